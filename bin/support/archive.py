"""The file of a backup: a tar in gzip whose last member lists the SHA-256 of all others.

Behind it, gzip's own way to add more, stands an empty part whose comment is the SHA-256 of all before.
"""

import gzip
import hashlib
import json
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

FORMAT = "courseapp backup 1"
DATABASE = "database.dump"
RECEIPT_KEY = "receipt_key"
MANIFEST = "manifest.json"
FILE = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}")
# What is handed in and the dump are compressed already.
COMPRESSION = 1
# How gzip begins with this compression, without a name or an hour: ours are all alike.
HEADER = bytes.fromhex("1f8b08000000000004ff")
CHUNK = 1024 * 1024
# Far more than a list of a million files.
LONGEST_MANIFEST = 512 * 1024 * 1024


class NoBackup(Exception):  # noqa: N818 - what it says is the answer
    """The file cannot be restored; the sentence says why."""


@dataclass(frozen=True)
class Member:
    """One file inside: its name, its size in bytes and its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: the instant at which it is true, the server's version, its members."""

    made_at: str
    server_version: int
    members: tuple[Member, ...]

    @property
    def file_count(self) -> int:
        """Return how many files that were handed in are among the members."""
        return sum(FILE.fullmatch(member.name) is not None for member in self.members)


class Writer:
    """Puts members into an archive and notes their hashes."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self._members: list[Member] = []

    def add(self, path: Path, name: str) -> Member:
        """Add one file and return what was added."""
        with path.open("rb") as source:
            reader = _Hashing(source)
            size = path.stat().st_size
            self._archive.addfile(_information(name, size), reader)  # type: ignore[arg-type]  # read() is all it needs
        member = Member(name, size, reader.sha256)
        self._members.append(member)
        return member

    def close(self, *, made_at: str, server_version: int) -> None:
        """Add the list of all members, which makes the archive whole."""
        manifest = Manifest(made_at, server_version, tuple(self._members))
        text = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1).encode()
        self._archive.addfile(_information(MANIFEST, len(text)), BytesIO(text))


@contextmanager
def writing(target: IO[bytes]) -> Iterator[Writer]:
    """Write an archive into an open file; the caller closes it with `Writer.close`."""
    sink = _Sink(target)
    with (
        gzip.GzipFile("", "wb", COMPRESSION, sink, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        yield Writer(archive)
    target.write(_seal(sink.sha256))


def _seal(sha256: str) -> bytes:
    """Return the empty part of a gzip file whose comment is the hash of what stands before it."""
    head = bytes.fromhex("1f8b081000000000 00ff")
    return head + f"sha256 {sha256}".encode() + bytes.fromhex("00 0300 00000000 00000000")


SEAL_LENGTH = len(_seal("0" * 64))


def verify(source: IO[bytes]) -> Manifest:
    """Read the whole archive and return its list; raises `NoBackup` unless every byte is as written."""
    source.seek(0)
    if source.read(len(HEADER)) != HEADER:
        raise NoBackup("This is no file of bin/backup.")
    _require_the_seal(source)
    found: list[Member] = []
    listed: Manifest | None = None

    def note(name: str, size: int, content: IO[bytes]) -> None:
        nonlocal listed
        if listed is not None:
            raise NoBackup(f"{name} stands behind the list of members: somebody added it.")
        if name == MANIFEST:
            listed = _read_manifest(content, size)
        else:
            found.append(Member(name, size, _sha256_of(content)))

    _walk(source, note)
    if listed is None:
        raise NoBackup("The list of members is missing: the file was cut short.")
    _compare(listed, found)
    return listed


def _require_the_seal(source: IO[bytes]) -> None:
    length = source.seek(0, os.SEEK_END) - SEAL_LENGTH
    source.seek(max(length, 0))
    seal = source.read()
    if not seal.startswith(_seal("")[:17]):
        raise NoBackup("Its end is missing: the file was cut short, or something was added.")
    source.seek(0)
    digest = hashlib.sha256()
    while (left := length - source.tell()) > 0:
        digest.update(source.read(min(left, CHUNK)))
    if seal != _seal(digest.hexdigest()):
        raise NoBackup("Its bytes are not those that were written: the file was changed.")


def unpack(source: IO[bytes], manifest: Manifest, place_of: Callable[[str], Path]) -> None:
    """Write every member to the place that its name has; each is hashed once more on the way."""
    hashes = {member.name: member.sha256 for member in manifest.members}

    def write(name: str, size: int, content: IO[bytes]) -> None:
        if name == MANIFEST:
            return
        path = place_of(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("xb") as target:
            if _sha256_of(content, target) != hashes.get(name):
                raise NoBackup(f"{name} is not what it was a moment ago.")

    _walk(source, write)


def _walk(source: IO[bytes], visit: Callable[[str, int, IO[bytes]], None]) -> None:
    source.seek(0)
    try:
        with gzip.GzipFile(fileobj=source, mode="rb") as compressed:
            with tarfile.open(fileobj=compressed, mode="r|") as archive:
                for found in archive:
                    _require_a_name(found)
                    content = archive.extractfile(found)
                    assert content is not None
                    visit(found.name, found.size, content)
            # To the last byte, where gzip keeps the checksum of all of it.
            while compressed.read(CHUNK):
                pass
    except EOFError as error:
        raise NoBackup("The file was cut short.") from error
    except (OSError, tarfile.TarError, zlib.error) as error:
        raise NoBackup(f"The file is damaged ({error}).") from error


def _require_a_name(found: tarfile.TarInfo) -> None:
    is_known = found.name in (DATABASE, RECEIPT_KEY, MANIFEST) or FILE.fullmatch(found.name)
    if not found.isreg() or not is_known:
        raise NoBackup(f"{found.name!r} has no place in a backup.")


def _compare(listed: Manifest, found: list[Member]) -> None:
    for wanted, member in zip(listed.members, found, strict=False):
        if wanted != member:
            raise NoBackup(f"{member.name} is not what the list of members says: it was changed.")
    if len(listed.members) != len(found):
        raise NoBackup("There are not as many members as the list says: it was changed.")
    if DATABASE not in {member.name for member in found}:
        raise NoBackup("There is no database in it.")


def _read_manifest(content: IO[bytes], size: int) -> Manifest:
    if size > LONGEST_MANIFEST:
        raise NoBackup("The list of members is too long to be one.")
    try:
        told: dict[str, Any] = json.loads(content.read())
        if told.pop("format") != FORMAT:
            raise NoBackup("It was made by another version of bin/backup.")
        members = tuple(Member(**member) for member in told.pop("members"))
        return Manifest(**told, members=members)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoBackup("The list of members cannot be read: it was changed.") from error


def _sha256_of(content: IO[bytes], copy: IO[bytes] | None = None) -> str:
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        if copy is not None:
            copy.write(chunk)
    return digest.hexdigest()


def _information(name: str, size: int) -> tarfile.TarInfo:
    information = tarfile.TarInfo(name)
    information.size, information.mode = size, 0o600
    return information


class _Sink:
    """A file that hashes what is written to it."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target, self._digest = target, hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> int:
        self._digest.update(chunk)
        return self._target.write(chunk)

    def flush(self) -> None:
        self._target.flush()


class _Hashing:
    """A file that hashes what is read of it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._digest = source, hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def read(self, size: int) -> bytes:
        chunk = self._source.read(size)
        self._digest.update(chunk)
        return chunk
