"""Files as objects of an S3-compatible service; nothing lies on this machine longer than a request."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

from courseapp.kernel.files import kept
from courseapp.kernel.files.bucket import PART, Bucket
from courseapp.kernel.files.kept import CHUNK, KeptFile

BEGUN: Final = "begun"


@dataclass(frozen=True)
class _Piece:
    """One object of an upload: where it begins in the file, and its size, in bytes."""

    key: str
    offset: int
    size: int


class ObjectStore:
    """A bucket: kept files below two folders of their name, pieces as objects below their upload."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def keep(self, chunks: Iterable[bytes]) -> KeptFile:
        """Write one object; it is there whole or not at all."""
        return self._bucket.write(kept.kept_key(kept.new_name()), chunks)

    def open_kept(self, key: str) -> BufferedReader:
        """Open the object; what is read is asked for then."""
        if not kept.is_own_key(key):
            raise FileNotFoundError(key)
        return self._bucket.open(key)

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        """Copy the object into a file that is gone afterwards."""
        with self.open_kept(key) as source, tempfile.NamedTemporaryFile() as copy:
            while chunk := source.read(CHUNK):
                copy.write(chunk)
            copy.flush()
            yield Path(copy.name)

    def kept_sizes(self) -> Iterator[tuple[str, int]]:
        """List the bucket."""
        for key, size in self._bucket.listed(""):
            if not key.startswith((kept.PIECES, kept.PASSING)):
                yield key, size

    def begin_pieces(self) -> str:
        """Put an empty object, by which one knows that there is an upload."""
        key = f"{kept.PIECES}{kept.new_name()}"
        self._bucket.put(f"{key}/{BEGUN}", b"")
        return key

    def add_piece(self, key: str, offset: int, chunks: Iterable[bytes]) -> int:
        """Put objects behind the offset, as large as one request takes."""
        self._cut(key, offset)
        waiting = bytearray()
        try:
            for chunk in chunks:
                waiting += chunk
                offset = self._put_pieces(key, offset, waiting, least=PART)
        except kept.StoreAway:
            raise
        except Exception as error:
            raise kept.Interrupted(self._put_pieces(key, offset, waiting, least=1)) from error
        return self._put_pieces(key, offset, waiting, least=1)

    def staged_length(self, key: str) -> int:
        """Return where the last piece ends."""
        pieces = self._pieces(key)
        return pieces[-1].offset + pieces[-1].size if pieces else 0

    def staged_head(self, key: str, size: int) -> bytes:
        """Read from the first pieces."""
        head = b""
        for piece in self._pieces(key):
            if len(head) < size:
                head += self._bucket.read(piece.key, size - len(head))
        return head

    def keep_pieces(self, key: str) -> KeptFile:
        """Write one object of the pieces; whoever asks again finds it there."""
        final = kept.kept_key_of_pieces(key)
        try:
            done = self._hashed(final)
        except FileNotFoundError:
            done = self._bucket.write(final, self._staged_chunks(key))
        self.drop_pieces(key)
        return done

    def drop_pieces(self, key: str) -> None:
        """Delete the objects, if there still are any."""
        kept.name_of(key, kept.PIECES)
        for found, _ in list(self._bucket.listed(f"{key}/")):
            self._bucket.delete(found)

    def forget(self, key: str) -> None:
        """Delete the object."""
        self._bucket.delete(kept.kept_key(kept.kept_name_of(key)))

    def keep_passing(self, chunks: Iterable[bytes]) -> KeptFile:
        """Write an object where objects may be removed."""
        return self._bucket.write(f"{kept.PASSING}{kept.new_name()}", chunks)

    def remove_passing(self, key: str) -> None:
        """Remove such an object."""
        kept.name_of(key, kept.PASSING)
        self._bucket.delete(key)

    # -- pieces ----------------------------------------------------------------------------------

    def _pieces(self, key: str) -> list[_Piece]:
        """Return the pieces in order, as far as each begins where the one before it ends."""
        kept.name_of(key, kept.PIECES)
        found = dict(self._bucket.listed(f"{key}/"))
        if not found:
            raise FileNotFoundError(key)
        pieces: list[_Piece] = []
        length = 0
        # Names of one length: their order is that of the offsets.
        for name in sorted(found.keys() - {f"{key}/{BEGUN}"}):
            if (offset := int(name.rpartition("/")[2])) != length:
                break
            pieces.append(_Piece(name, offset, found[name]))
            length += found[name]
        return pieces

    def _cut(self, key: str, length: int) -> None:
        """Delete what lies beyond a length; raises `Gap` where less is there."""
        pieces = self._pieces(key)
        there = pieces[-1].offset + pieces[-1].size if pieces else 0
        if there < length:
            raise kept.Gap(there)
        for piece in reversed(pieces):
            if piece.offset >= length:
                self._bucket.delete(piece.key)
            elif piece.offset + piece.size > length:
                self._bucket.put(piece.key, self._bucket.read(piece.key, length - piece.offset))

    def _put_pieces(self, key: str, offset: int, waiting: bytearray, *, least: int) -> int:
        """Put what waits, in pieces of at least so many bytes; return where the file ends then."""
        while len(waiting) >= least:
            block = bytes(waiting[:PART])
            self._bucket.put(f"{key}/{offset:015d}", block)
            del waiting[:PART]
            offset += len(block)
        return offset

    def _staged_chunks(self, key: str) -> Iterator[bytes]:
        for piece in self._pieces(key):
            yield self._bucket.read(piece.key, piece.size)

    def _hashed(self, key: str) -> KeptFile:
        with self.open_kept(key) as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            return KeptFile(key=key, size=file.tell(), sha256=sha256)
