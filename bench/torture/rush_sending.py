"""Press when it is time, and write down when what left, what was answered, and what the page says then."""

import asyncio
import http.client
import re
import socket
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from bench.torture.rush_plan import Press
from bench.torture.sending import file_form, text_form

PATIENCE_S: Final = 120
# Cut off, or told that many files are coming in: whoever presses again does so after this time.
NO_ROOM: Final = frozenset({0, http.client.SERVICE_UNAVAILABLE})
RETRY_AFTER_S: Final = 3.0
MOST_ATTEMPTS: Final = 40
SEND_BUFFER: Final = 16 * 1024
RECEIPT: Final = re.compile(r'<dl class="receipt">(.*?)</dl>', re.DOTALL)
HEADER: Final = re.compile(r"^([\w-]+): *(.*?)\r?$", re.MULTILINE)
TUS: Final = {"Tus-Resumable": "1.0.0"}
PIECE: Final = {**TUS, "Content-Type": "application/offset+octet-stream"}


@dataclass(frozen=True)
class Answer:
    """One answer; `status` is 0 where none came. Instants in seconds since 1970, by this machine.

    `last_left_at` is when the last half of the request's body was begun to be given away, `left_at`
    when all of it was, `came_at` when it was answered.
    """

    status: int = 0
    headers: Mapping[str, str] | None = None
    page: str = ""
    last_left_at: float = 0.0
    left_at: float = 0.0
    came_at: float = 0.0

    def header(self, name: str) -> str:
        """Return a header's value, or nothing."""
        return (self.headers or {}).get(name.lower(), "")


@dataclass(frozen=True)
class Pressed:
    """One hand-in and what came of it; `says` is the verdict on the page that is shown then."""

    press: Press
    begun_at: float
    answer: Answer
    is_taken: bool
    attempts: int = 1
    page_status: int = http.client.OK
    says: str = ""

    @property
    def seconds(self) -> float:
        """Return how long it took from the last bytes to the answer."""
        return self.answer.came_at - self.answer.last_left_at


def press_all(port: int, presses: Sequence[Press], *, due_at: float) -> list[Pressed]:
    """Press each at its time, around the due instant in seconds since 1970."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(_press_all(port, presses, due_at))).result()


async def _press_all(port: int, presses: Sequence[Press], due_at: float) -> list[Pressed]:
    return list(await asyncio.gather(*(_press(port, press, due_at) for press in presses)))


async def _press(port: int, press: Press, due_at: float) -> Pressed:
    """Hand in, again where there was no room for the file at that moment, and read the page."""
    at = due_at + press.at
    await _until(at - press.pause)
    begun_at, attempts = time.time(), 1
    answer = await _hand_in(port, press, at)
    while answer.status in NO_ROOM and attempts < MOST_ATTEMPTS:
        await asyncio.sleep(RETRY_AFTER_S)
        answer, attempts = await _hand_in(port, press, at), attempts + 1
    is_taken = answer.status == http.client.NO_CONTENT or (
        answer.status == http.client.FOUND and answer.header("Location") == press.path
    )
    pressed = Pressed(press, begun_at, answer, is_taken, attempts)
    if not is_taken:
        return pressed
    page = await _ask(port, _head(port, "GET", press.path, press, {}, 0))
    return replace(pressed, page_status=page.status, says=verdict_on(page.page, press))


async def _hand_in(port: int, press: Press, at: float) -> Answer:
    if press.way == "upload":
        return await _upload(port, press, at)
    body, kind = text_form(press) if press.is_text else file_form(press)
    head = _head(port, "POST", press.path, press, {"Content-Type": kind}, len(body))
    return await _ask(port, head, body, last_half_at=at)


async def _upload(port: int, press: Press, at: float) -> Answer:
    """Begin an upload and send its two halves; the second when it is time."""
    content = press.content()
    meta = ",".join(
        f"{name} {b64encode(value.encode()).decode()}"
        for name, value in (("filename", press.name), ("key", press.key))
    )
    announced = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": meta}
    path = str(press.place["uploads"])
    begun = await _ask(port, _head(port, "POST", path, press, announced, 0))
    if begun.status != http.client.CREATED:
        return begun
    path, answer = begun.header("Location"), begun
    there = int(begun.header("Upload-Offset") or 0)
    middle = max(there, len(content) // 2)
    for begins, ends in ((there, middle), (middle, len(content))):
        if ends == len(content):
            await _until(at)
        piece = content[begins:ends]
        if not piece:
            continue
        headers = {**PIECE, "Upload-Offset": str(begins)}
        answer = await _ask(port, _head(port, "PATCH", path, press, headers, len(piece)), piece)
        if answer.status != http.client.NO_CONTENT:
            break
    return answer


async def _until(instant: float) -> None:
    await asyncio.sleep(max(0.0, instant - time.time()))


def _head(
    port: int, method: str, path: str, press: Press, headers: Mapping[str, str], length: int
) -> bytes:
    fields = {
        "Host": f"127.0.0.1:{port}",
        "Cookie": press.cookie,
        "X-CSRFToken": press.token,
        "Content-Length": str(length),
        "Connection": "close",
        **headers,
    }
    lines = (f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()))
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _ask(port: int, head: bytes, body: bytes = b"", *, last_half_at: float = 0.0) -> Answer:
    """Send head and body, the last half of the body not before an instant, and read the answer."""
    answer, last_left_at, left_at = b"", 0.0, 0.0
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            # So that little of what has been given away is still on its way.
            writer.transport.set_write_buffer_limits(0)
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            # Whoever is refused before all is sent hears why, where the connection still tells.
            with suppress(ConnectionError):
                writer.write(head + body[: len(body) // 2])
                await writer.drain()
                await _until(last_half_at)
                last_left_at = time.time()
                writer.write(body[len(body) // 2 :])
                await writer.drain()
                left_at = time.time()
            answer = await reader.read()
            writer.close()
    instants = Answer(last_left_at=last_left_at, left_at=left_at, came_at=time.time())
    return _read(answer, instants)


def _read(answer: bytes, instants: Answer) -> Answer:
    head, _, page = answer.decode(errors="replace").partition("\r\n\r\n")
    if not head:
        return instants
    headers = {name.lower(): value for name, value in HEADER.findall(head)}
    return replace(instants, status=int(head.split(maxsplit=2)[1]), headers=headers, page=page)


def verdict_on(page: str, press: Press) -> str:
    """Return what the page on which it was handed in says of it: "on time", "late", or nothing."""
    if press.is_text:
        _, _, behind = page.partition(f'id="q{press.deliverable_id}-note"')
        said = behind.partition("</p>")[0]
        return "late" if "Late, no credit" in said else "on time" if "Saved" in said else ""
    for receipt in RECEIPT.findall(page):
        if press.sha256 in receipt:
            return verdict_in(receipt)
    return ""


def verdict_in(receipt: str) -> str:
    """Return what a receipt on a page says."""
    words = (">on time<", "on time"), (">late<", "late")
    return next((word for mark, word in words if mark in receipt), "")
