"""Bodies are whole, or nobody sees them: what breaks off before its announced length is no form.

Neither the web server nor Django compares what came with what was announced: half a text would
become the newest version. Here a read that meets the end too early fails, and a form that broke off
is answered 400 before any view sees it (`WholeFormsMiddleware`). `courseapp.kernel.body.Body` keeps
what came of a piece.
"""

import io
from collections.abc import Callable, Iterable
from typing import BinaryIO, Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.http import HttpRequest
from typing_extensions import override

# So much at a time is asked of the connection: what came so far is known soon.
STEP: Final = 16 * 1024


class CutOff(OSError):  # noqa: N818 - what came may be kept: an answer
    """The connection ended before the announced length; `came` are the bytes of this read."""

    def __init__(self, came: bytes) -> None:
        super().__init__("the body ended before its announced length")
        self.came = came


class WholeInput(io.IOBase):
    """A request's body of an announced length, in bytes; read before its end, it raises `CutOff`.

    `came` says how much was read, `is_waiting` whether somebody waits for the sender just now;
    `when_whole` is called once all is read.
    """

    when_whole: Callable[[], None] | None = None

    def __init__(self, source: BinaryIO, length: int) -> None:
        self._source, self.length = source, length
        self.came = 0
        self.is_waiting = False

    @property
    def left(self) -> int:
        """Return how many bytes are still to come."""
        return self.length - self.came

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        """Return as many bytes as asked for, fewer only where the body is at its end."""
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        got = bytearray()
        while len(got) < wanted:
            some = self._ask(self._source.read, min(STEP, wanted - len(got)))
            if not some:
                raise CutOff(bytes(got))
            got += some
        return bytes(got)

    @override
    def readline(self, size: int | None = -1, /) -> bytes:
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        line = self._ask(self._source.readline, wanted) if wanted else b""
        if len(line) < wanted and not line.endswith(b"\n"):
            raise CutOff(line)
        return line

    def _ask(self, read: Callable[[int], bytes], size: int) -> bytes:
        self.is_waiting = True
        try:
            some = read(size)
        finally:
            self.is_waiting = False
        self.came += len(some)
        if self.left == 0 and self.when_whole is not None:
            self.when_whole()
        return some


def with_whole_bodies(application: WSGIApplication) -> WSGIApplication:
    """Let an application read bodies only as whole as they were announced."""

    def reading(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        announced = environ.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal():
            environ["wsgi.input"] = WholeInput(environ["wsgi.input"], int(announced))
        return application(environ, start_response)

    return reading


def input_of(request: HttpRequest) -> WholeInput | None:
    """Return the body as it is read here; None where no server gave it."""
    found = request.META.get("wsgi.input")
    return found if isinstance(found, WholeInput) else None


def came_before(broken: OSError) -> bytes:
    """Return what a read got before its connection ended."""
    cause = broken if isinstance(broken, CutOff) else broken.__cause__
    return cause.came if isinstance(cause, CutOff) else b""
