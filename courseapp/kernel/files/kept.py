"""What every store of files has in common: its names, its promises, and what can go wrong."""

import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

from courseapp.kernel.decisions import Denied

CHUNK: Final = 1024 * 1024
PIECES: Final = "pieces/"
PASSING: Final = "passing/"
_NAME: Final = re.compile(r"[0-9a-f]{32}")
AWAY: Final = Denied(
    "store_away",
    "The store of files does not answer just now. Nothing was taken and nothing is lost:"
    " try again in a minute.",
)


@dataclass(frozen=True)
class KeptFile:
    """A durable file: its key in the store, its size in bytes and its SHA-256 in hex."""

    key: str
    size: int
    sha256: str


class Interrupted(Exception):  # noqa: N818 - what arrived is kept: an answer, not an error
    """The bytes broke off; `length` says how many of the whole file are durable by now."""

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} bytes are durable")
        self.length = length


class Gap(Exception):  # noqa: N818 - the sender begins again where the file ends
    """A piece would begin behind the end of what is there; `length` says where that is."""

    def __init__(self, length: int) -> None:
        super().__init__(f"only {length} bytes are there")
        self.length = length


class StoreAway(Exception):  # noqa: N818 - answered with a page that says to try again
    """The store cannot be written or read now: answered 503, with the sentence."""

    denied = AWAY


class Store(Protocol):
    """Where files lie. What a method has returned for is durable.

    A key is one that the store gave. FileNotFoundError says that there is no such file.
    """

    def keep(self, chunks: Iterable[bytes]) -> KeptFile: ...
    def open_kept(self, key: str) -> BufferedReader: ...
    def local_copy(self, key: str) -> AbstractContextManager[Path]: ...
    def kept_sizes(self) -> Iterator[tuple[str, int]]: ...

    def begin_pieces(self) -> str: ...
    def add_piece(self, key: str, offset: int, chunks: Iterable[bytes]) -> int: ...
    def staged_length(self, key: str) -> int: ...
    def staged_head(self, key: str, size: int) -> bytes: ...
    def keep_pieces(self, key: str) -> KeptFile: ...
    def drop_pieces(self, key: str) -> None: ...
    def forget(self, key: str) -> None: ...

    def keep_passing(self, chunks: Iterable[bytes]) -> KeptFile: ...
    def remove_passing(self, key: str) -> None: ...


def new_name() -> str:
    """Return a name that nobody can guess and nothing else has."""
    return uuid4().hex


def kept_key(name: str) -> str:
    """Return where a file of history lies; no folder grows large."""
    return f"{name[:2]}/{name[2:4]}/{name}"


def kept_key_of_pieces(key: str) -> str:
    """Return where pieces lie once they are kept: told by their name, so that keeping can be repeated."""
    return kept_key(name_of(key, PIECES))


def kept_name_of(key: str) -> str:
    """Return the name in a kept file's key; raises FileNotFoundError for any other key."""
    name = key.rpartition("/")[2]
    if not _NAME.fullmatch(name) or key != kept_key(name):
        raise FileNotFoundError(key)
    return name


def name_of(key: str, folder: str) -> str:
    """Return the name in a key of one of our folders; raises FileNotFoundError for any other key."""
    name = key.removeprefix(folder)
    if not key.startswith(folder) or not _NAME.fullmatch(name):
        raise FileNotFoundError(key)
    return name


def is_own_key(key: str) -> bool:
    """Say whether a key is one that a store gave."""
    name = key.rpartition("/")[2]
    known = (kept_key(name), f"{PIECES}{name}", f"{PASSING}{name}")
    return _NAME.fullmatch(name) is not None and key in known
