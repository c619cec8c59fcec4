"""How work is taken, for the staff to read and the instructor to change."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from courseapp.course import policies as course_policies
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from courseapp.term import due_settings as desk

WORDS_LENGTH = 100


@require_safe
@guard(load=desk.due_settings, policy=course_policies.read_as_staff)
def due_settings(request: GuardedRequest, course: Any) -> HttpResponse:
    """Show how each kind is taken, what is set otherwise, and the way to change it."""
    words = " ".join(request.GET.get("words", "").split())[:WORDS_LENGTH]
    page = desk.page_of(request.actor, course, words=words, now=request.now)
    return render_page(request, "term/due_settings.html", {"page": page, "words": words})
