"""A small process that has the libraries loaded and gives each file a child of its own.

`python -m submissions.inspection.warm` reads one JSON line a file (`path`, `ending`, `wanted`,
`seconds`) and answers with one (`findings`, `is_whole`, `peak`, `seconds`). Whatever a file does to
its child - memory, endless loops, a crash in C - ends that child, and is told as `is_whole: false`.
It ends when its input does, hence with the worker that started it, and the look with it.
"""

import contextlib
import gc
import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from submissions.inspection.limits import LARGEST_ANSWER, confine
from submissions.inspection.reading import look_into
from submissions.inspection.wanted import Wanted

ASKS = 0
WHOLE = b"{}"
CHUNK = 16 * 1024
KIBIBYTE = 1024


@dataclass(frozen=True, slots=True)
class Heard:
    """What a child said before it ended, and its memory at the highest, in bytes."""

    said: bytes
    peak: int


def serve(asks: Iterable[bytes], answers: BinaryIO) -> None:
    """Answer each line, one after the other, until there are no more."""
    gc.freeze()
    for line in asks:
        answers.write(json.dumps(_answer(json.loads(line))).encode() + b"\n")
        answers.flush()


def _answer(ask: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    heard = _heard_of_child(ask)
    lines = heard.said.splitlines()
    return {
        "findings": [json.loads(line) for line in lines if line != WHOLE and line.endswith(b"}")],
        "is_whole": lines[-1:] == [WHOLE],
        "peak": heard.peak,
        "seconds": round(time.monotonic() - began, 3),
    }


def _heard_of_child(ask: dict[str, Any]) -> Heard:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_the_child(ask, writing)
    os.close(writing)
    try:
        said = _read_until_end(reading, seconds=ask["seconds"])
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, _, usage = os.wait4(child, 0)
    return Heard(said, usage.ru_maxrss * KIBIBYTE)


def _read_until_end(reading: int, *, seconds: float) -> bytes:
    """Return what the child says until it ends, is too late, or says too much.

    While one file is looked into, nobody asks about another: what comes then is the end of whoever
    asks, and with it of this look.
    """
    said, until = b"", time.monotonic() + seconds
    while len(said) < LARGEST_ANSWER:
        waited_for = [reading, ASKS]
        ready, _, _ = select.select(waited_for, [], [], max(0.0, until - time.monotonic()))
        chunk = os.read(reading, CHUNK) if reading in ready else b""
        if not chunk:
            break
        said += chunk
    return said


def _be_the_child(ask: dict[str, Any], writing: int) -> NoReturn:
    """Look into the file and tell each line as it is found; end without any ceremony."""
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        confine()
        wanted = Wanted.from_plain(ask["wanted"])
        for finding in look_into(Path(ask["path"]), ending=ask["ending"], wanted=wanted):
            os.write(writing, json.dumps(finding.as_plain()).encode() + b"\n")
        os.write(writing, WHOLE + b"\n")
    finally:
        os._exit(0)


if __name__ == "__main__":
    os.nice(5)
    with contextlib.suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)
