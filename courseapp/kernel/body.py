"""The body of a request, taken as it comes: whoever sends a large file sends it for minutes.

The rule of `received_at` (domain.md §3): it is read once, when the last byte of the body is in,
before anything is done with that byte; of a file that comes in several bodies, the last one's holds.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.http import HttpRequest

from courseapp.kernel import arrival, clock
from courseapp.kernel.whole import came_before

# Little at a time: what has come before a break is kept, but for the piece that is being read.
PIECE: Final = 16 * 1024
# Of a body that nobody wants so much is read all the same, so that the sender reads the answer.
WASTE: Final = 16 * 1024 * 1024


class BrokeOff(Exception):  # noqa: N818 - what came is kept
    """The body ended before its announced length: the connection is lost, or the time was up."""


class Body:
    """The body of one request; iterate over it once.

    `length` is what was announced, in bytes, None where something comes that was not. `received_at`
    is the instant of the last byte, or at which it broke off; None before that.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        announced = request.META.get("CONTENT_LENGTH") or "0"
        is_open = "HTTP_TRANSFER_ENCODING" in request.META or not announced.isdecimal()
        self.length = None if is_open else int(announced)
        self.received_at: datetime | None = None
        self._left = self.length or 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield what comes, at most `PIECE` bytes at a time; raises `BrokeOff`."""
        while self._left:
            piece = self._read()
            if not piece:
                self.received_at = clock.now()
                raise BrokeOff
            if not self._left:
                lay_here = arrival.waited(self._request)
                self.received_at = clock.now() - lay_here
            yield piece

    def waste(self) -> None:
        """Read on without keeping anything, so that a refusal can be answered."""
        until = self._left - WASTE
        while self._left > until and self._read():
            pass

    def _read(self) -> bytes:
        """Return the next piece; nothing where the body is at its end, or the connection is."""
        try:
            piece: bytes = self._request.read(min(PIECE, self._left))
        except OSError as broken:  # UnreadablePostError is one
            piece = came_before(broken)
        self._left -= len(piece)
        return piece
