"""What is handed in is durable before anyone is told so, under a name that we made."""

import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from courseapp.kernel import files
from tests.architecture.house import ROOT

CHUNKS = [b"first ", b"second ", b"last"]
WHOLE = b"first second last"
DIES_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from django.conf import settings
settings.configure(FILES_ROOT=Path(sys.argv[1]))
from courseapp.kernel import files
def chunks():
    yield b"half of it"
    os.kill(os.getpid(), signal.SIGKILL)
files.keep(chunks())
"""


def kept_files() -> list[Path]:
    """Return the files below the store that are whole."""
    found = settings.FILES_ROOT.rglob("*")
    return [path for path in found if path.is_file() and path.suffix != ".part"]


def test_a_kept_file_has_its_bytes_its_size_and_its_hash():
    kept = files.keep(CHUNKS)
    assert kept.size == len(WHOLE)
    assert kept.sha256 == hashlib.sha256(WHOLE).hexdigest()
    with files.open_kept(kept.key) as file:
        assert file.read() == WHOLE


def test_a_kept_file_has_a_name_of_our_making():
    key = files.keep(CHUNKS).key
    assert re.fullmatch(r"([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{28}", key)
    with files.local_copy(key) as path:
        assert path == settings.FILES_ROOT / key


def test_the_same_bytes_are_kept_twice_without_touching_each_other():
    first, second = files.keep(CHUNKS), files.keep(CHUNKS)
    assert first.sha256 == second.sha256
    assert len({first.key, second.key}) == len(kept_files()) == 2


def test_an_empty_file_is_kept_as_such():
    assert files.keep([]).size == 0


def test_nothing_is_half_there_once_it_is_kept():
    kept = files.keep(CHUNKS)
    whole = settings.FILES_ROOT / kept.key
    assert [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()] == [whole]


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


def test_a_body_that_breaks_off_leaves_no_file():
    def broken() -> Iterator[bytes]:
        yield b"half of it"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.keep(broken())
    assert kept_files() == []


def test_a_crash_before_the_name_is_given_leaves_no_file(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DIES_WHILE_WRITING, str(settings.FILES_ROOT)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert kept_files() == []


def test_a_file_that_the_store_lost_is_missed():
    kept = files.keep(CHUNKS)
    (settings.FILES_ROOT / kept.key).unlink()
    with pytest.raises(FileNotFoundError):
        files.open_kept(kept.key)


# -- in pieces -----------------------------------------------------------------------------------


def breaking_off(*chunks: bytes) -> Iterator[bytes]:
    """Give these chunks and then lose the connection."""
    yield from chunks
    raise ConnectionResetError


def test_pieces_become_the_file_that_they_make():
    key = files.begin_pieces()
    assert files.add_piece(key, 0, CHUNKS[:2]) == 13
    assert files.add_piece(key, 13, CHUNKS[2:]) == files.staged_length(key) == len(WHOLE)
    assert files.staged_head(key, 5) == b"first"
    assert files.staged_sha256(key) == hashlib.sha256(WHOLE).hexdigest()
    kept = files.keep_pieces(key)
    assert (kept.size, kept.sha256) == (len(WHOLE), hashlib.sha256(WHOLE).hexdigest())
    with files.open_kept(kept.key) as file:
        assert file.read() == WHOLE


def test_what_arrived_before_the_bytes_broke_off_is_kept():
    key = files.begin_pieces()
    with pytest.raises(files.Interrupted) as told:
        files.add_piece(key, 0, breaking_off(b"first ", b"sec"))
    assert told.value.length == files.staged_length(key) == 9
    assert files.add_piece(key, 9, [b"ond last"]) == len(WHOLE)
    assert files.staged_sha256(key) == hashlib.sha256(WHOLE).hexdigest()


def test_what_lies_beyond_the_offset_is_cut_off():
    key = files.begin_pieces()
    files.add_piece(key, 0, [b"first second that nobody was told of"])
    assert files.add_piece(key, 13, [b"last"]) == len(WHOLE)
    assert files.staged_head(key, 100) == WHOLE


def test_a_piece_behind_the_end_is_answered_with_where_the_end_is():
    key = files.begin_pieces()
    files.add_piece(key, 0, [b"first "])
    with pytest.raises(files.Gap) as told:
        files.add_piece(key, 7, [b"second"])
    assert told.value.length == files.staged_length(key) == 6


def test_keeping_pieces_again_returns_the_same_file():
    key = files.begin_pieces()
    files.add_piece(key, 0, CHUNKS)
    first = files.keep_pieces(key)
    assert files.keep_pieces(key) == first
    files.drop_pieces(key)
    with files.open_kept(first.key) as file:
        assert file.read() == WHOLE


def test_kept_pieces_take_no_more_bytes():
    key = files.begin_pieces()
    files.add_piece(key, 0, CHUNKS)
    files.keep_pieces(key)
    with pytest.raises(FileNotFoundError):
        files.add_piece(key, 0, [b"another beginning"])


def test_dropped_pieces_are_gone_and_may_be_dropped_again():
    key = files.begin_pieces()
    files.add_piece(key, 0, CHUNKS)
    files.drop_pieces(key)
    files.drop_pieces(key)
    with pytest.raises(FileNotFoundError):
        files.keep_pieces(key)
    assert kept_files() == []


# -- what may be removed -------------------------------------------------------------------------


def test_only_a_passing_file_can_be_removed():
    passing, kept = files.keep_passing(CHUNKS), files.keep(CHUNKS)
    assert list(files.kept_sizes()) == [(kept.key, len(WHOLE))]
    files.remove_passing(passing.key)
    with pytest.raises(FileNotFoundError):
        files.open_kept(passing.key)
    with pytest.raises(FileNotFoundError):
        files.remove_passing(kept.key)
    with files.open_kept(kept.key) as file:
        assert file.read() == WHOLE


@pytest.mark.parametrize("key", ["../secret_key", "ab/cd/../../secret_key", "/etc/passwd", ""])
def test_a_key_that_the_store_never_gave_opens_nothing(key: str) -> None:
    with pytest.raises(FileNotFoundError):
        files.open_kept(key)
