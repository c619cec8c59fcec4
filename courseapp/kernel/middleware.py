"""Default deny, and refusals shown with their reason."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    UnreadablePostError,
)
from django.utils.cache import add_never_cache_headers

from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.files import StoreAway
from courseapp.kernel.guard import Forbidden, refusal_in_json
from courseapp.kernel.page import render_page
from courseapp.kernel.press import Busy

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = "30"
BUSY_SECONDS: Final = "5"
BROKE_OFF: Final = Denied(
    "broke_off",
    "The connection broke off on the way, so nothing of this was taken. Send it once more.",
)


def is_exempt(route: str) -> bool:
    """Say whether a URL route belongs to a library whose pages ask for themselves."""
    return route.startswith(tuple(settings.GUARD_EXEMPT_PREFIXES))


class GuardMiddleware:
    """Answers 404 for a view without a guard, and a page with the reason for a refusal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # No address of ours holds a NUL, and the database refuses it: the admin's filters would fail.
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL.")
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        match = request.resolver_match
        if match is not None and is_exempt(match.route):
            return
        if not getattr(view, "declares_guard", False):
            raise Http404("This view declares no guard.")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, StoreAway):
            logger.error("The store of files is away: %s", exception)
            response = refusal(request, exception.denied, status=HTTPStatus.SERVICE_UNAVAILABLE)
            response["Retry-After"] = RETRY_AFTER_SECONDS
            return response
        if isinstance(exception, Busy):
            response = refusal(request, exception.denied, status=HTTPStatus.SERVICE_UNAVAILABLE)
            response["Retry-After"] = BUSY_SECONDS
            return response
        if not isinstance(exception, Refused):
            return None
        status = HTTPStatus.FORBIDDEN if isinstance(exception, Forbidden) else HTTPStatus.CONFLICT
        return refusal(request, exception.denied, status=status)


class WholeFormsMiddleware:
    """Reads a form before anything else does, and answers 400 where it broke off."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        try:
            _ = request.POST
        except UnreadablePostError:
            # What protects forms would read on and find no token: a wrong reason.
            return refusal(request, BROKE_OFF, status=HTTPStatus.BAD_REQUEST)
        return None


def refusal(request: HttpRequest, denied: Denied, *, status: HTTPStatus) -> HttpResponse:
    """Answer with why not: a page, or its words alone where a script asks."""
    match = request.resolver_match
    if match is not None and getattr(match.func, "answers_scripts", False):
        return refusal_in_json(denied, status=status)
    is_away = status == HTTPStatus.SERVICE_UNAVAILABLE
    context = {"code": denied.code, "sentence": denied.sentence, "is_away": is_away}
    return render_page(request, "refused.html", context, status=status)
