"""A page that says nothing: what the product's guard, middleware and frame cost by themselves."""

from typing import Any

from django.http import HttpResponse

from courseapp.course import policies as course_policies
from courseapp.course import selectors as course_selectors
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page


@guard(load=course_selectors.course_of_member, policy=course_policies.read_course)
def empty(request: GuardedRequest, course: Any) -> HttpResponse:
    """Show the frame around nothing."""
    return render_page(request, "bench/empty.html", {})
