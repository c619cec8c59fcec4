"""What is handed in is durable before anyone is told so, under a name that we made: in either store."""

import hashlib
import os
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from courseapp.kernel import files
from courseapp.kernel.files.bucket import PART

CHUNKS = [b"first ", b"second ", b"last"]
WHOLE = b"first second last"


@pytest.fixture(autouse=True, params=["local", "s3"])
def store(request: pytest.FixtureRequest) -> str:
    """Run every test in a folder and in a bucket."""
    if request.param == "s3":
        request.getfixturevalue("files_in_a_bucket")
    return str(request.param)


def kept_files() -> list[str]:
    """Return the keys of what is kept."""
    return [key for key, _ in files.kept_sizes()]


def test_a_kept_file_has_its_bytes_its_size_and_its_hash():
    kept = files.keep(CHUNKS)
    assert kept.size == len(WHOLE)
    assert kept.sha256 == hashlib.sha256(WHOLE).hexdigest()
    with files.open_kept(kept.key) as file:
        assert file.read() == WHOLE


def test_a_kept_file_has_a_name_of_our_making():
    key = files.keep(CHUNKS).key
    assert re.fullmatch(r"([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{28}", key)


def test_a_copy_on_this_machine_has_the_bytes():
    with files.local_copy(files.keep(CHUNKS).key) as path:
        assert path.read_bytes() == WHOLE


def test_the_same_bytes_are_kept_twice_without_touching_each_other():
    first, second = files.keep(CHUNKS), files.keep(CHUNKS)
    assert first.sha256 == second.sha256
    assert len({first.key, second.key}) == len(kept_files()) == 2


def test_an_empty_file_is_kept_as_such():
    assert files.keep([]).size == 0


def test_a_body_that_breaks_off_leaves_no_file():
    def broken() -> Iterator[bytes]:
        yield b"half of it"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.keep(broken())
    assert kept_files() == []


def test_a_file_that_the_store_lost_is_missed():
    key = f"ab/cd/abcd{28 * '0'}"
    with pytest.raises(FileNotFoundError):
        files.open_kept(key)
    with pytest.raises(FileNotFoundError), files.local_copy(key):
        pass


def test_a_large_file_is_read_from_any_place():
    content = os.urandom(2 * PART + 77)
    kept = files.keep(content[at : at + 65536] for at in range(0, len(content), 65536))
    assert (kept.size, kept.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with files.open_kept(kept.key) as file:
        assert file.seekable()
        for at in (PART - 3, 5, 2 * PART + 70):
            assert file.seek(at) == at
            assert file.read(10) == content[at : at + 10]
        assert file.seek(-7, os.SEEK_END) == len(content) - 7
        assert file.read() == content[-7:]
        file.seek(0)
        assert hashlib.file_digest(file, "sha256").hexdigest() == kept.sha256


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
    assert files.keep_pieces(key).sha256 == hashlib.sha256(WHOLE).hexdigest()


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


def test_what_no_version_came_to_name_can_be_forgotten_twice():
    named, repeated, key = files.keep(CHUNKS), files.keep(CHUNKS), files.begin_pieces()
    files.add_piece(key, 0, CHUNKS)
    files.keep_pieces(key)
    for _ in range(2):
        files.forget(repeated.key)
        files.forget_pieces(key)
    assert kept_files() == [named.key]
    for other in (files.keep_passing(CHUNKS).key, f"../{named.key}", f"x{named.key}", ""):
        with pytest.raises(FileNotFoundError):
            files.forget(other)


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


# -- a store that is not there -------------------------------------------------------------------


@pytest.fixture
def away(store: str, settings: Any) -> None:
    """Let the store be away: a file stands where its folder was, or nothing listens."""
    if store == "local":
        settings.FILES_ROOT.write_text("no folder")
        return
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{closed.getsockname()[1]}"


@pytest.mark.usefixtures("away")
def test_a_store_that_is_away_says_so():
    with pytest.raises(files.StoreAway) as told:
        files.keep(CHUNKS)
    assert told.value.denied.code == "store_away"
    with pytest.raises(files.StoreAway):
        files.begin_pieces()
