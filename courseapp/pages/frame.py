"""What stands in the frame around every page: the course, who reads it, and where one can go."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from courseapp.course.actors import Actor

VISITOR_ENTRIES = (("Course", "course-page"),)
STUDENT_ENTRIES = (
    ("Home", "home"),
    ("Course", "course-page"),
    ("Group", "group"),
    ("Project", "project"),
    ("Grades", "grades"),
)
STAFF_ENTRIES = (
    ("Home", "home"),
    ("Course", "course-page"),
    ("Grading", "grading"),
    ("Proposals", "proposals"),
    ("Plan", "plan"),
    ("People", "roster"),
)


@dataclass(frozen=True)
class Entry:
    """One place that the navigation leads to."""

    label: str
    url: str
    is_current: bool


def frame_of(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's context; empty of course where a request came through no guard."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.course is None:
        return {"now": getattr(request, "now", None)}
    return {
        "actor": actor,
        "course": actor.course,
        "course_url": reverse("course-page", args=[actor.course.slug]),
        "navigation": navigation(actor, path=request.path),
        "now": getattr(request, "now", None),
    }


def navigation(actor: Actor, *, path: str) -> list[Entry]:
    """Return the entries for the actor's role in the course, the one of `path` marked."""
    assert actor.course is not None
    urls = [(label, reverse(name, args=[actor.course.slug])) for label, name in _entries(actor)]
    return [Entry(label, url, is_current=_leads_to(url, path, actor)) for label, url in urls]


def _leads_to(url: str, path: str, actor: Actor) -> bool:
    """Say whether a page lies at an entry or below it; every page lies below the course's own."""
    assert actor.course is not None
    is_course_page = url == reverse("course-page", args=[actor.course.slug])
    return url == path if is_course_page else path.startswith(url)


def _entries(actor: Actor) -> tuple[tuple[str, str], ...]:
    if actor.is_staff:
        return STAFF_ENTRIES
    return STUDENT_ENTRIES if actor.is_student else VISITOR_ENTRIES
