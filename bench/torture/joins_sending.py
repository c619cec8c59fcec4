"""Press hundreds of buttons at one moment, and hear what each answers."""

import asyncio
import http.client
import json
import re
import time
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from bench.torture.joins_plan import Move

PATIENCE_S: Final = 120
# Whoever may set a cookie may choose its value: the token need not be fetched first.
TOKEN: Final = "0123456789abcdef" * 2
MESSAGES: Final = re.compile(r"^set-cookie: messages=\"?([^;\"]+)", re.IGNORECASE | re.MULTILINE)
HEADING: Final = re.compile(r"<h1[^>]*>([^<]+)<")
SUCCESS: Final = 25


@dataclass(frozen=True)
class Heard:
    """What one request answered; `status` is 0 where nothing came."""

    move: Move
    status: int
    sentence: str
    seconds: float
    is_done: bool = False


def press_all(port: int, cast: Mapping[str, Any], moves: Sequence[Move]) -> list[Heard]:
    """Open a connection for each, then send all at once."""
    # In a thread of its own: whoever calls may have a loop running already.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(_press_all(port, cast, moves))).result()


async def _press_all(port: int, cast: Mapping[str, Any], moves: Sequence[Move]) -> list[Heard]:
    go = asyncio.Event()
    pressed = [asyncio.create_task(_press(port, cast, move, go)) for move in moves]
    await asyncio.sleep(0.5)
    go.set()
    return list(await asyncio.gather(*pressed))


async def _press(port: int, cast: Mapping[str, Any], move: Move, go: asyncio.Event) -> Heard:
    answer, begun = b"", time.monotonic()
    with suppress(OSError, TimeoutError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await go.wait()
        begun = time.monotonic()
        writer.write(_request(port, cast, move))
        answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
        writer.close()
    return heard(move, answer.decode(errors="replace"), seconds=time.monotonic() - begun)


def _request(port: int, cast: Mapping[str, Any], move: Move) -> bytes:
    session = f"{cast['session_cookie']}={cast['sessions'][move.presser]}"
    lines = (
        f"POST {move.path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Cookie: {session}; {cast['csrf_cookie']}={TOKEN}",
        f"X-CSRFToken: {TOKEN}",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: 0",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def heard(move: Move, answer: str, *, seconds: float) -> Heard:
    """Read an answer: a page with its heading, or the way on with the message that goes with it."""
    head, _, page = answer.partition("\r\n\r\n")
    status = int(head.split(maxsplit=2)[1]) if head else 0
    if status != http.client.FOUND:
        heading = HEADING.search(page)
        return Heard(move, status, heading[1].strip() if heading else "", seconds)
    level, sentence = _message_of(head)
    return Heard(move, status, sentence, seconds, is_done=level == SUCCESS)


def _message_of(head: str) -> tuple[int, str]:
    """Return level and words of the one message that a way on carries."""
    found = MESSAGES.search(head)
    if found is None:
        return 0, ""
    payload = found[1].partition(":")[0]
    packed = urlsafe_b64decode(payload.lstrip(".") + "=" * (-len(payload.lstrip(".")) % 4))
    plain = zlib.decompress(packed) if payload.startswith(".") else packed
    ((_, _, level, sentence, *_),) = json.loads(plain)
    return level, sentence
