"""A page: a template with what the frame around it needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a template inside the frame: `actor`, `course`, `now` and the navigation come along.

    What stands in the frame is the pages app's knowledge; settings name it (`FRAME_LOADER`).
    """
    frame: dict[str, Any] = import_string(settings.FRAME_LOADER)(request)
    return render(request, template, {**frame, **context}, status=status)
