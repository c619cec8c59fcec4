"""Mails to people of a course."""

from collections.abc import Iterable
from typing import Any

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.mail import Letter


def letters_to(
    people: Iterable[Enrollment], *, kind: str, course: Course, key: str, context: dict[str, Any]
) -> list[Letter]:
    """Return the same letter to each person; `key` names what it is about, so that it goes once."""
    shared = {"course": course, **context}
    return [
        Letter(
            kind=kind,
            recipient=person.email,
            course_id=course.pk,
            dedupe_key=f"{key}/{person.pk}",
            context=shared,
        )
        for person in people
    ]
