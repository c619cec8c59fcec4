"""The door to the looks: keeps the warm process, and turns every mishap into a finding."""

import atexit
import json
import os
import select
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from submissions.inspection.findings import Finding, bad, warn
from submissions.inspection.limits import SECONDS
from submissions.inspection.wanted import Wanted

ROOT: Final = Path(__file__).resolve().parents[2]
COMMAND: Final = (sys.executable, "-E", "-s", "-m", "submissions.inspection.warm")
# The warm process ends a look by itself; one that says nothing for longer has died on its feet.
PATIENCE: Final = SECONDS + 10
ATTEMPTS: Final = 2
CHUNK: Final = 64 * 1024

BEYOND_LIMITS: Final = bad(
    "beyond_limits",
    "This file could not be opened within our limits of memory and time, so graders may not be able"
    " to open it either: export it anew, with smaller pictures, and hand that in.",
)
NOT_WHOLE: Final = warn(
    "not_whole",
    "The rest of it could not be looked at within our limits of memory and time: export it anew if"
    " it opens slowly.",
)


class SilentError(Exception):
    """The warm process has ended, or does not answer."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found; the child's memory at the highest in bytes, and the time it took."""

    findings: tuple[Finding, ...]
    peak: int
    seconds: float


class Pool:
    """One warm process, started when it is first asked, and anew where it has died.

    One file at a time, for so many seconds. A process that was forked from its owner gets a warm
    process of its own.
    """

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._warm: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def look(self, path: Path, *, ending: str, wanted: Wanted) -> Look:
        """Look into a file; nothing that the file does is raised."""
        ask = {
            "path": str(path),
            "ending": ending,
            "wanted": wanted.as_plain(),
            "seconds": self._seconds,
        }
        with self._lock:
            for _ in range(ATTEMPTS):
                try:
                    return _concluded(self._ask(ask))
                except (SilentError, OSError, ValueError):
                    self._end()
        return Look((BEYOND_LIMITS,), peak=0, seconds=0.0)

    def close(self) -> None:
        """End the warm process; the next look starts another."""
        with self._lock:
            self._end()

    @property
    def warm_pid(self) -> int | None:
        """Return the warm process's id, where one runs."""
        return None if self._warm is None else self._warm.pid

    def _ask(self, ask: dict[str, Any]) -> dict[str, Any]:
        warm = self._started()
        assert warm.stdin is not None
        assert warm.stdout is not None
        warm.stdin.write(json.dumps(ask).encode() + b"\n")
        warm.stdin.flush()
        answer: dict[str, Any] = json.loads(_line_of(warm.stdout))
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._warm is not None and self._owner == os.getpid():
            return self._warm
        # No secret of ours is in its environment, as hostile files are opened below it.
        self._warm = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            COMMAND,
            cwd=ROOT,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._owner = os.getpid()
        return self._warm

    def _end(self) -> None:
        if self._warm is not None and self._owner == os.getpid():
            self._warm.kill()
            for stream in (self._warm.stdin, self._warm.stdout):
                _close(stream)
            self._warm.wait()
        self._warm = None


def _close(stream: IO[bytes] | None) -> None:
    assert stream is not None
    try:
        stream.close()
    except OSError:
        # What was not sent any more is lost with the process.
        return


def _line_of(stream: IO[bytes]) -> bytes:
    """Return the next line; raises `SilentError` where none comes."""
    line, until = b"", time.monotonic() + PATIENCE
    while not line.endswith(b"\n"):
        is_ready, _, _ = select.select([stream], [], [], max(0.0, until - time.monotonic()))
        chunk = os.read(stream.fileno(), CHUNK) if is_ready else b""
        if not chunk:
            raise SilentError
        line += chunk
    return line


def _concluded(answer: dict[str, Any]) -> Look:
    findings = tuple(Finding.from_plain(plain) for plain in answer["findings"])
    if not answer["is_whole"]:
        findings = (*findings, NOT_WHOLE) if findings else (BEYOND_LIMITS,)
    return Look(findings, peak=answer["peak"], seconds=answer["seconds"])


_POOL: Final = Pool()
atexit.register(_POOL.close)


def look(path: Path, *, ending: str, wanted: Wanted) -> Look:
    """Look into a file by this process's own pool."""
    return _POOL.look(path, ending=ending, wanted=wanted)
