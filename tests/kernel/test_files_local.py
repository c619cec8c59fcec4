"""Files in a folder: flushed before anyone is told, and nothing half there after a crash."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from courseapp.kernel import files
from tests.architecture.house import ROOT

CHUNKS = [b"first ", b"second ", b"last"]
DIES_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from django.conf import settings
settings.configure(FILES_STORE="local", FILES_ROOT=Path(sys.argv[1]))
from courseapp.kernel import files
def chunks():
    yield b"half of it"
    os.kill(os.getpid(), signal.SIGKILL)
key = files.begin_pieces()
print(key, files.add_piece(key, 0, [b"durable"]), flush=True)
if sys.argv[2] == "kept":
    files.keep(chunks())
files.add_piece(key, 7, chunks())
"""


def whole_files() -> list[Path]:
    """Return the files below the store that are whole."""
    found = settings.FILES_ROOT.rglob("*")
    return [path for path in found if path.is_file() and path.suffix != ".part"]


def dies_while(writing: str) -> str:
    """Let a process die while it writes; return the key of what it had written in a piece before."""
    done = subprocess.run(
        [sys.executable, "-c", DIES_WHILE_WRITING, str(settings.FILES_ROOT), writing],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    key, length = done.stdout.split()
    assert length == "7"
    return key


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Give what was flushed and renamed, in order; all of it truly is."""
    noted: list[tuple[str, str]] = []
    flush, rename = os.fsync, Path.rename

    def noted_flush(descriptor: int) -> None:
        flush(descriptor)
        noted.append(("flushed", str(Path(f"/proc/self/fd/{descriptor}").readlink())))

    def noted_rename(path: Path, target: Path) -> Path:
        noted.append(("renamed", str(path)))
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noted_flush)
    monkeypatch.setattr(Path, "rename", noted_rename)
    return noted


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells a descriptor's file by /proc")
def test_bytes_are_flushed_before_the_name_and_the_name_before_we_return(
    steps: list[tuple[str, str]],
) -> None:
    path = settings.FILES_ROOT / files.keep(CHUNKS).key
    staged = str(path.with_suffix(".part"))
    assert steps == [
        ("flushed", staged),
        ("renamed", staged),
        ("flushed", str(path.parent)),
        ("flushed", str(path.parent.parent)),
        ("flushed", str(settings.FILES_ROOT)),
    ]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells a descriptor's file by /proc")
def test_a_piece_is_flushed_before_its_length_is_told(steps: list[tuple[str, str]]) -> None:
    key = files.begin_pieces()
    steps.clear()
    files.add_piece(key, 0, CHUNKS)
    assert steps == [("flushed", str(settings.FILES_ROOT / key))]


def test_nothing_is_half_there_once_it_is_kept():
    whole = settings.FILES_ROOT / files.keep(CHUNKS).key
    assert [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()] == [whole]


def test_a_copy_on_this_machine_is_the_file_itself():
    kept = files.keep(CHUNKS)
    with files.local_copy(kept.key) as path:
        assert path == settings.FILES_ROOT / kept.key


def test_a_crash_before_the_name_is_given_leaves_no_file():
    key = dies_while("kept")
    assert whole_files() == [settings.FILES_ROOT / key]


def test_a_crash_while_a_piece_is_written_loses_nothing_that_was_told():
    key = dies_while("pieces")
    assert files.add_piece(key, 7, [b", and on"]) == len(b"durable, and on")
    assert files.staged_head(key, 100) == b"durable, and on"


def test_a_full_disk_is_the_store_being_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(files.StoreAway):
        files.keep(CHUNKS)
    assert list(settings.FILES_ROOT.rglob("*.part")) == []
