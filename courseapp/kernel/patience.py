"""How long a body may take, and how many may be on their way at once (docs/adr/0008).

A thread reads a body for as long as its sender takes. So that many who send slowly leave threads for
all who only read a page, bodies that are no mere form share a lane, and each has its time. What came
of a file in pieces by then is kept, and its sender goes on with the next piece.
"""

import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from courseapp.kernel.decisions import Denied
from courseapp.kernel.middleware import refusal

# Of sixteen threads so many may read files; the others are for pages.
LANE_SIZE: Final = 8
# One sender has no need of more, and leaves room for others.
EACH_SENDER: Final = 3
# A body up to this size comes with its head, or soon after.
SMALL: Final = 64 * 1024
LEAST_S: Final = 15.0
LEAST_BYTES_A_SECOND: Final = 32 * 1024
# A sender who is silent for so long has lost the connection, and may come back on another.
SILENCE_S: Final = 10.0
CROWDED: Final = Denied(
    "crowded_lane",
    "Many files are coming in at this moment. Nothing is lost: try again in a few seconds.",
)
RETRY_AFTER_SECONDS: Final = "3"


class Lane:
    """Who is sending files at this moment; safe between threads."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self.senders: Counter[str] = Counter()

    def enter(self, sender: str) -> bool:
        """Take a place, where the lane has one and the sender not too many."""
        with self._changing:
            if self.senders.total() >= LANE_SIZE or self.senders[sender] >= EACH_SENDER:
                return False
            self.senders[sender] += 1
            return True

    def leave(self, sender: str) -> None:
        """Give the place back."""
        with self._changing:
            self.senders[sender] -= 1
            self.senders += Counter()  # forgets who has no place any more


_lane = Lane()


class PatienceMiddleware:
    """Lets a body into the lane, and hangs up on one that takes too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        finally:
            for settle in getattr(request, "patience", ()):
                settle()

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        length = _length_of(request)
        if length == 0:
            return None
        sender = _sender_of(request)
        if length > SMALL and not _lane.enter(sender):
            # Else the server reads on for a while, for the sake of the connection.
            _hang_up(request.META.get("gunicorn.socket"))
            response = refusal(request, CROWDED, status=HTTPStatus.SERVICE_UNAVAILABLE)
            response["Retry-After"] = RETRY_AFTER_SECONDS
            return response
        settling: list[Callable[[], Any]] = _watch(request, length)
        if length > SMALL:
            settling.append(partial(_lane.leave, sender))
        request.patience = settling  # type: ignore[attr-defined]  # read above
        return None


def _sender_of(request: HttpRequest) -> str:
    """Return whose session it is; of a visitor, where they come from."""
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return session or str(request.META.get("REMOTE_ADDR", ""))


def _length_of(request: HttpRequest) -> int:
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return int(announced) if announced.isdecimal() else SMALL + 1


def _watch(request: HttpRequest, length: int) -> list[Callable[[], Any]]:
    """Hang up in time, where the server shows its socket; return what ends the watch."""
    connection = request.META.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        return []
    connection.settimeout(SILENCE_S)
    timer = threading.Timer(LEAST_S + length / LEAST_BYTES_A_SECOND, _hang_up, [connection])
    timer.daemon = True
    timer.start()
    return [timer.cancel]


def _hang_up(connection: object) -> None:
    """Read nothing more: what has come is given to whoever reads, and an answer can still be sent."""
    if not isinstance(connection, socket.socket):
        return
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
