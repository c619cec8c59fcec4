"""How long a body may take, how large it may be, and how many may be on their way (docs/adr/0018).

A thread reads a body for as long as its sender takes. So that many who send slowly leave threads for
all who only read a page, bodies that are no mere form share a lane, in which nobody is a visitor or
has many places, and each body keeps a pace. What came of a file in pieces before a hang-up is kept,
and its sender goes on with the next piece.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase

from courseapp.kernel.decisions import Denied
from courseapp.kernel.guard import SIGNED_OUT
from courseapp.kernel.lane import Lane
from courseapp.kernel.middleware import is_exempt, refusal
from courseapp.kernel.pace import Watch, hang_up
from courseapp.kernel.whole import STEP, input_of

MEGABYTE: Final = 1024 * 1024
# A body up to this size comes with its head, or soon after.
SMALL: Final = 64 * 1024
# Of a page that takes no files.
LARGEST_FORM: Final = 2 * MEGABYTE
# What a form adds to the largest file.
MARGIN: Final = MEGABYTE
# A browser waits so long for a place, and is read on for so long, that it shows why there is none.
WAIT_S: Final = 3.0
LINGER_S: Final = 3.0
LINGER_BYTES: Final = 16 * MEGABYTE
# So many threads at most wait so; who comes then is answered at once.
ANTEROOM_SIZE: Final = 3
RETRY_AFTER_SECONDS: Final = "3"
CROWDED: Final = Denied(
    "crowded_lane",
    "Many files are coming in at this moment. Nothing is lost: try again in a few seconds.",
)
UNSIZED: Final = Denied("unsized", "Say how long the body is: send it with a Content-Length.")
VISITOR: Final = Denied(
    "signed_out",
    "You are signed out by now, so nothing of this was taken. Sign in again, then send it once more.",
)
PUBLIC: Final = Denied("too_large", f"This page takes {SMALL // 1024} kB at most. Send less.")

_lane = Lane()
_anteroom = threading.BoundedSemaphore(ANTEROOM_SIZE)


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
        if length is None:
            return _turn_away(request, UNSIZED, status=HTTPStatus.LENGTH_REQUIRED)
        if length > (largest := _largest(request, view)):
            denied = Denied(
                "too_large",
                f"This page takes {largest // MEGABYTE} MB at most. Send less of it at once.",
            )
            return _turn_away(request, denied, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        settling: list[Callable[[], Any]] = []
        request.patience = settling  # type: ignore[attr-defined]  # read above
        if length > SMALL:
            sender = request.session.get(SESSION_KEY)
            if sender is None:
                return _turn_visitor_away(request, view)
            if not _admit(request, sender):
                response = _turn_away(request, CROWDED, status=HTTPStatus.SERVICE_UNAVAILABLE)
                response["Retry-After"] = RETRY_AFTER_SECONDS
                return response
            settling.append(_leave_once_read(request, sender))
        if length > 0 and (watch := _watch(request)) is not None:
            settling.append(watch.end)
        return None


def _length_of(request: HttpRequest) -> int | None:
    """Return the announced length in bytes; None of a body without one."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or request.META.get("HTTP_TRANSFER_ENCODING"):
        return None
    return int(announced)


def _largest(request: HttpRequest, view: Callable[..., Any]) -> int:
    match = request.resolver_match
    takes_files = getattr(view, "takes_files", False) or (match and is_exempt(match.route))
    return settings.FILE_SIZE_LIMIT + MARGIN if takes_files else LARGEST_FORM


def _is_script(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and getattr(match.func, "answers_scripts", False)


def _admit(request: HttpRequest, sender: str) -> bool:
    """Find a place in the lane; a script tries again by itself, a browser waits a little."""
    if _lane.enter(sender):
        return True
    if _is_script(request) or not _anteroom.acquire(blocking=False):
        return False
    try:
        return _lane.enter(sender, patience_s=WAIT_S)
    finally:
        _anteroom.release()


def _leave_once_read(request: HttpRequest, sender: str) -> Callable[[], None]:
    """Return what gives the place back; that is done as soon as the body is whole, and once."""
    places = [sender]

    def leave() -> None:
        while places:
            _lane.leave(places.pop())

    if (body := input_of(request)) is not None:
        body.when_whole = leave
    return leave


def _watch(request: HttpRequest) -> Watch | None:
    """Watch the pace where the server shows its connection and the body."""
    connection, body = request.META.get("gunicorn.socket"), input_of(request)
    return None if connection is None or body is None else Watch(connection, body)


def _turn_visitor_away(request: HttpRequest, view: Callable[..., Any]) -> HttpResponseBase:
    """Ask a visitor to sign in; where nobody need be signed in, what they sent is too large."""
    if _is_script(request):
        return _turn_away(request, SIGNED_OUT, status=HTTPStatus.UNAUTHORIZED)
    if not getattr(view, "login_required", True):
        return _turn_away(request, PUBLIC, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _turn_away(request, VISITOR, status=HTTPStatus.UNAUTHORIZED)


def _turn_away(request: HttpRequest, denied: Denied, *, status: HTTPStatus) -> HttpResponseBase:
    """Refuse a body that nobody reads; the little that is read on is for the answer to be seen."""
    connection = request.META.get("gunicorn.socket")
    if not _is_script(request) and _anteroom.acquire(blocking=False):
        try:
            _read_on(request)
        finally:
            _anteroom.release()
    # Else the server reads on for a while, for the sake of the connection.
    hang_up(connection)
    return refusal(request, denied, status=status)


def _read_on(request: HttpRequest) -> None:
    body = input_of(request)
    connection = request.META.get("gunicorn.socket")
    if body is None or connection is None:
        return
    timer = threading.Timer(LINGER_S, hang_up, [connection])
    timer.daemon = True
    timer.start()
    with suppress(OSError):
        while body.left and body.came < LINGER_BYTES:
            body.read(STEP)
    timer.cancel()
