"""Courses that came in from the two real folders, and the facts of spring 2025."""

from datetime import timedelta
from typing import Any

from courseapp.course.models import Course
from courseapp.term.exporting import export_course
from courseapp.term.importing import import_course
from tests.factories import START
from tests.term.folders import DOMAIN, SPRING

NOW = START - timedelta(days=30)

SPRING_FACTS = {
    "students": 90,
    "groups": 19,
    "group_sizes": {"4": 6, "5": 12, "6": 1},
    "lectures": {"lecture": 22, "no_class": 1, "midterm": 3, "final": 3, "deadline": 1},
    "readings": {"required": 44, "optional": 28},
    "role_assignments": {"presenter": 19, "authors": 19, "reviewers": 19},
    "deliverables": {
        "question": 43,
        "slides": 19,
        "final_slides": 19,
        "summary": 19,
        "proposal": 1,
        "midterm": 1,
        "final": 1,
        "report": 1,
        "code": 1,
    },
    "owed": {
        "question": 3344,
        "slides": 19,
        "final_slides": 19,
        "summary": 38,
        "proposal": 19,
        "midterm": 19,
        "final": 19,
        "report": 19,
        "code": 19,
    },
    "components": {
        "Participation": 15,
        "Paper presentation & discussion": 15,
        "Paper summary": 10,
        "Project proposal": 5,
        "Mid-semester presentation": 10,
        "Final presentation": 10,
        "Final report": 35,
    },
}


def came_in(
    files: dict[str, bytes] = SPRING, *, slug: str = "cs598-s25", mail_domain: Any = DOMAIN
) -> Any:
    return import_course(files=files, slug=slug, mail_domain=mail_domain, now=NOW)[0]


def gone_out(course: Course) -> Any:
    """The course's files, read from the database anew."""
    return export_course(course=Course.objects.get(pk=course.pk))


def folder_on_disk(files: dict[str, bytes], folder: Any) -> Any:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder
