"""Stylesheets, scripts and pictures as browsers get them: collected once for each state of the code."""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from support import processes, services
from support.environment import CHECKOUT
from support.state import State

# Ours, and what names the versions and the places of the libraries' own.
SOURCES = ("static", "requirements.txt", "courseapp/settings.py")
# What was written before a power cut may be there in part only.
BOOT = Path("/proc/sys/kernel/random/boot_id")


@contextlib.contextmanager
def being_collected(state: State, environment: Mapping[str, str]) -> Iterator[Callable[[], None]]:
    """Collect and compress beside a block, where the code has others than last time; gives the wait.

    Compressing them takes many seconds of a core, which a start after a crash would spend again.
    """
    wanted = digest_of_sources()
    mark = mark_of(state)
    if _text_of(mark) == wanted and (state.path / "static" / "staticfiles.json").exists():
        yield lambda: None
        return
    mark.unlink(missing_ok=True)
    command = services.manage_command("collectstatic", "--no-input", "-v", "0")
    with processes.begun(command, environment) as collection:

        def wait() -> None:
            if collection.wait() != 0:
                raise SystemExit("The static files could not be collected.")
            mark.write_text(wanted)

        yield wait


def mark_of(state: State) -> Path:
    """Return the file that says of which sources the collected files are."""
    return state.path / "static-collected"


def _text_of(file: Path) -> str:
    try:
        return file.read_text()
    except FileNotFoundError:
        return ""


def digest_of_sources() -> str:
    """Return a digest of what the collected files are made of, in this run of the machine."""
    whole = hashlib.sha256(_text_of(BOOT).encode())
    for source in SOURCES:
        top = CHECKOUT / source
        for file in sorted([top, *top.rglob("*")]):
            if file.is_file():
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                whole.update(f"{file.relative_to(CHECKOUT)} {content}\n".encode())
    return whole.hexdigest()
