"""Files in a folder outside every web root: written, flushed, then named."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader, FileIO
from pathlib import Path

from courseapp.kernel.files import kept
from courseapp.kernel.files.kept import KeptFile

HALF = ".part"


class LocalStore:
    """A folder on this machine, or on storage that every machine mounts.

    Django's own storage does not flush: file and folders are flushed here before we return, so that
    a receipt is never given for bytes that a power cut can take (failures.md §0, 4).
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, chunks: Iterable[bytes]) -> KeptFile:
        """Write the bytes below their final name's folder, then name them."""
        return self._write(kept.kept_key(kept.new_name()), chunks)

    def open_kept(self, key: str) -> BufferedReader:
        """Open the file itself."""
        return self.path_of(key).open("rb")

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        """Give the file itself: nothing has to be copied."""
        path = self.path_of(key)
        path.stat()
        yield path

    def kept_sizes(self) -> Iterator[tuple[str, int]]:
        """Look at every file below the folder."""
        for path in self._root.rglob("*"):
            key = path.relative_to(self._root).as_posix()
            if path.is_file() and not key.startswith((kept.PIECES, kept.PASSING)):
                yield key, path.stat().st_size

    def begin_pieces(self) -> str:
        """Make an empty file."""
        key = f"{kept.PIECES}{kept.new_name()}"
        path = self.path_of(key)
        with _telling_away():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(exist_ok=False)
            self._flush_folders(path)
        return key

    def add_piece(self, key: str, offset: int, chunks: Iterable[bytes]) -> int:
        """Write behind the offset and flush, whether or not the bytes break off."""
        with self._staged(key).open("r+b", buffering=0) as file:
            if (length := file.seek(0, os.SEEK_END)) < offset:
                raise kept.Gap(length)
            file.seek(offset)
            file.truncate()
            try:
                _copy(chunks, file)
            except kept.StoreAway:
                raise
            except Exception as error:
                raise kept.Interrupted(_flushed(file)) from error
            return _flushed(file)

    def staged_length(self, key: str) -> int:
        """Return the length of the file so far."""
        return self._staged(key).stat().st_size

    def staged_head(self, key: str, size: int) -> bytes:
        """Read the first bytes."""
        with self._staged(key).open("rb") as file:
            return file.read(size)

    def keep_pieces(self, key: str) -> KeptFile:
        """Name the file; whoever asks again finds it there."""
        final = kept.kept_key_of_pieces(key)
        path = self.path_of(final)
        if not path.exists():
            staged = self._staged(key)
            with _telling_away():
                path.parent.mkdir(parents=True, exist_ok=True)
                staged.rename(path)
        with _telling_away():
            _flush(path)
            self._flush_folders(path)
        return KeptFile(key=final, size=path.stat().st_size, sha256=_sha256_of(path))

    def drop_pieces(self, key: str) -> None:
        """Remove the file, if it still is one of pieces."""
        self._staged(key).unlink(missing_ok=True)

    def forget(self, key: str) -> None:
        """Remove the file; no folder is kept for it."""
        (self._root / kept.kept_key(kept.kept_name_of(key))).unlink(missing_ok=True)

    def keep_passing(self, chunks: Iterable[bytes]) -> KeptFile:
        """Write a file where files may be removed."""
        return self._write(f"{kept.PASSING}{kept.new_name()}", chunks)

    def remove_passing(self, key: str) -> None:
        """Remove such a file."""
        (self._root / kept.PASSING / kept.name_of(key, kept.PASSING)).unlink(missing_ok=True)

    def path_of(self, key: str) -> Path:
        """Return a file's place; FileNotFoundError for a key that no store gave."""
        if not kept.is_own_key(key):
            raise FileNotFoundError(key)
        return self._root / key

    def _staged(self, key: str) -> Path:
        return self._root / kept.PIECES / kept.name_of(key, kept.PIECES)

    def _write(self, key: str, chunks: Iterable[bytes]) -> KeptFile:
        path = self.path_of(key)
        staged = path.with_suffix(HALF)
        with _telling_away():
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with staged.open("xb", buffering=0) as file:
                size, sha256 = _copy(chunks, file)
                _flushed(file)
        except BaseException:
            with suppress(OSError):
                staged.unlink()
            raise
        with _telling_away():
            staged.rename(path)
            self._flush_folders(path)
        return KeptFile(key=key, size=size, sha256=sha256)

    def _flush_folders(self, path: Path) -> None:
        for folder in path.parents:
            _flush(folder)
            if folder == self._root:
                return


@contextmanager
def _telling_away() -> Iterator[None]:
    """Say of a full or broken disk that the store is away."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise kept.StoreAway(str(error)) from error


def _copy(chunks: Iterable[bytes], file: FileIO) -> tuple[int, str]:
    """Write the chunks; return how many bytes they were, and their SHA-256."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        _write(file, chunk)
    return size, digest.hexdigest()


def _flushed(file: FileIO) -> int:
    """Flush to the disk and return where the file ends."""
    with _telling_away():
        os.fsync(file.fileno())
    return file.tell()


def _write(file: FileIO, chunk: bytes) -> None:
    """Write all of it: without a buffer, which would fail once more when the file is closed."""
    rest = memoryview(chunk)
    while rest:
        with _telling_away():
            rest = rest[file.write(rest) :]


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
