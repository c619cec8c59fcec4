"""What was handed in, on disk: staged, hashed, flushed, then kept under a name of our making."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class KeptFile:
    """A durable file: its key below `FILES_ROOT`, its size in bytes and its SHA-256 in hex."""

    key: str
    size: int
    sha256: str


def keep(chunks: Iterable[bytes]) -> KeptFile:
    """Write the bytes durably and return where they lie.

    Django's own storage does not flush: file and folders are flushed here before we return, so that
    a receipt is never given for bytes that a power cut can take (failures.md §0, 4). A file that no
    version names is inactive.
    """
    key = _new_key()
    path = settings.FILES_ROOT / key
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_suffix(".part")
    digest, size = hashlib.sha256(), 0
    with staged.open("xb") as file:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    staged.rename(path)
    for folder in (path.parent, path.parent.parent, settings.FILES_ROOT):
        _flush_folder(folder)
    return KeptFile(key=key, size=size, sha256=digest.hexdigest())


def open_kept(key: str) -> BinaryIO:
    """Open a kept file for reading; FileNotFoundError where the store lost it."""
    return path_of(key).open("rb")


def path_of(key: str) -> Path:
    """Return a kept file's place; the key is one that `keep` gave."""
    path: Path = settings.FILES_ROOT / key
    return path


def _new_key() -> str:
    name = uuid4().hex
    return f"{name[:2]}/{name[2:4]}/{name}"


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
