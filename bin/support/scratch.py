"""A throw-away folder for one run of the tests, and the end of those that killed runs left behind."""

import contextlib
import fcntl
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from support import processes
from support.speech import say

PREFIX = "courseapp-test-"


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a folder for the length of a block; whatever still runs in it then is ended."""
    _remove_stale()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    # As root the database runs as somebody else, who must get through.
    folder.chmod(0o711)
    try:
        with _sign_of_life(folder).open("a") as sign:
            fcntl.flock(sign, fcntl.LOCK_EX)
            yield folder
    finally:
        _remove(folder)


def _remove_stale() -> None:
    for folder in Path(tempfile.gettempdir()).resolve().glob(f"{PREFIX}*"):
        with contextlib.suppress(PermissionError), _sign_of_life(folder).open("a") as sign:
            if _is_dead(sign):
                say(f"Clearing away what a killed run left in {folder} …")
                _remove(folder)


def _remove(folder: Path) -> None:
    processes.end(processes.belonging_below(folder), signal.SIGTERM, patience=3)
    shutil.rmtree(folder, ignore_errors=True)


def _sign_of_life(folder: Path) -> Path:
    return folder / "alive"


def _is_dead(sign: IO[str]) -> bool:
    try:
        fcntl.flock(sign, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
