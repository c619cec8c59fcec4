"""Printed pages."""

from django.template.loader import render_to_string

from courseapp.kernel.pdf import STATIC_BASE
from courseapp.kernel.press import printed
from courseapp.pages.course_page import CoursePage


def programme(page: CoursePage) -> bytes:
    """Return the course as a printed programme: people, milestones, schedule, weights."""
    context = {
        "page": page,
        "course": page.course,
        "stylesheet": f"{STATIC_BASE}css/programme.css",
    }
    return printed(render_to_string("pages/programme.html", context))
