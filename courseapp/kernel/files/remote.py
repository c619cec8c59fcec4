"""Reading an object of a store as a file, and what the store answers instead."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final

from typing_extensions import Buffer, override

from courseapp.kernel.files.kept import CHUNK, StoreAway

READ_AHEAD: Final = CHUNK // 4
NO_BUCKET: Final = "NoSuchBucket"


@contextmanager
def asking(key: str) -> Iterator[None]:
    """Ask the store: FileNotFoundError where it has no such object, else `StoreAway` with the reason."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        is_missing = status == HTTPStatus.NOT_FOUND and error.response["Error"]["Code"] != NO_BUCKET
        if is_missing:
            raise FileNotFoundError(key) from error
        raise StoreAway(str(error)) from error
    except BotoCoreError as error:
        raise StoreAway(str(error)) from error


class RemoteFile(io.RawIOBase):
    """An object as a file to read: one request runs on while reading does, another begins after a jump."""

    def __init__(self, open_at: Callable[[int], Any], size: int) -> None:
        self._open_at, self._size = open_at, size
        self._position = 0
        self._body: Any = None

    @classmethod
    def buffered(cls, open_at: Callable[[int], Any], size: int) -> io.BufferedReader:
        """Return the object as a file that reads a little ahead."""
        return io.BufferedReader(cls(open_at, size), READ_AHEAD)

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def tell(self) -> int:
        return self._position

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        position = max(origin + offset, 0)
        if position != self._position:
            self._hang_up()
        self._position = position
        return position

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        """Read on from where the file stands."""
        room = memoryview(buffer).cast("B")
        if self._position >= self._size or not room:
            return 0
        if self._body is None:
            self._body = self._open_at(self._position)
        with asking("an object that is being read"):
            chunk = self._body.read(len(room))
        if not chunk:
            raise StoreAway("the object ended before its size")
        room[: len(chunk)] = chunk
        self._position += len(chunk)
        return len(chunk)

    @override
    def close(self) -> None:
        self._hang_up()
        super().close()

    def _hang_up(self) -> None:
        if self._body is not None:
            self._body.close()
        self._body = None
