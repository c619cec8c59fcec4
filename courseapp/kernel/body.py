"""The body of a request, taken as it comes: whoever sends a large file sends it for minutes.

The rule of `received_at` (domain.md §3): it is read once, when the last byte of the body is in,
before anything is done with that byte; of a file that comes in several bodies, the last one's holds.
"""

import socket
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Final, Protocol

from django.http import HttpRequest, UnreadablePostError

from courseapp.kernel import arrival, clock

# Little at a time: what has come before a break is kept, but for the piece that is being read.
PIECE: Final = 16 * 1024
# A sender who is silent for so long has lost the connection, and may come back on another.
SILENCE_S: Final = 10.0
# So long one body may take; who sends in pieces goes on with the next. A thread is held meanwhile.
LONGEST_S: Final = 120.0
# Of a body that nobody wants so much is read all the same, so that the sender reads the answer.
WASTE: Final = 16 * 1024 * 1024


class BrokeOff(Exception):  # noqa: N818 - what came is kept
    """The body ended before its announced length: the connection is lost, or the time was up."""


class Clock(Protocol):
    """Counts seconds; never an instant of the product."""

    def __call__(self) -> float: ...


class Body:
    """The body of one request; iterate over it once.

    `length` is what was announced, in bytes, None where something comes that was not. `received_at` is the instant of
    the last byte, or at which it broke off; None before that.
    """

    def __init__(self, request: HttpRequest, *, ticks: Clock = time.monotonic) -> None:
        self._request = request
        self._ticks = ticks
        announced = request.META.get("CONTENT_LENGTH") or "0"
        is_open = "HTTP_TRANSFER_ENCODING" in request.META or not announced.isdecimal()
        self.length = None if is_open else int(announced)
        self.received_at: datetime | None = None
        self._left = self.length or 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield what comes, at most `PIECE` bytes at a time; raises `BrokeOff`."""
        self._be_patient()
        until = self._ticks() + LONGEST_S
        while self._left:
            piece = b"" if self._ticks() > until else self._read()
            if not piece:
                self.received_at = clock.now()
                raise BrokeOff
            if not self._left:
                lay_here = arrival.waited(self._request)
                self.received_at = clock.now() - lay_here
            yield piece

    def waste(self) -> None:
        """Read on without keeping anything, so that a refusal can be answered."""
        self._be_patient()
        until = self._left - WASTE
        while self._left > until and self._read():
            pass

    def _read(self) -> bytes:
        """Return the next piece; nothing where the body is at its end, or the connection is."""
        try:
            piece: bytes = self._request.read(min(PIECE, self._left))
        except (UnreadablePostError, OSError):
            return b""
        self._left -= len(piece)
        return piece

    def _be_patient(self) -> None:
        """Wait for a silent sender no longer than `SILENCE_S`, where the server shows its socket."""
        connection = self._request.META.get("gunicorn.socket")
        if isinstance(connection, socket.socket):
            connection.settimeout(SILENCE_S)
