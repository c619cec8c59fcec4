"""What is answered when something breaks: a page that needs nothing that could be broken."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_AFTER_SECONDS = "5"


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is away, so that a hand-in is tried again; else 500."""
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_away else HTTPStatus.INTERNAL_SERVER_ERROR
    response = HttpResponse(render_to_string("503.html" if is_away else "500.html"), status=status)
    if is_away:
        response["Retry-After"] = RETRY_AFTER_SECONDS
    return response
