"""Small courses in which something is due."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from courseapp.course.models import Course, Enrollment
from groups.models import Group
from schedule.models import GroupRole, Lecture
from submissions.deadlines import Kind
from submissions.models import Deliverable
from tests.factories import (
    LECTURE_AT,
    assign,
    deliverable,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_milestone,
)

SLIDES_DUE = LECTURE_AT - timedelta(hours=24)
SUMMARY_DUE = LECTURE_AT + timedelta(hours=24, minutes=75)
PROPOSAL_DUE = LECTURE_AT + timedelta(days=14)


@dataclass
class Scene:
    """A lecture of a course: a group that presents it, one that writes on it, and an audience."""

    course: Course
    lecture: Lecture
    presenters: list[Enrollment]
    authors: list[Enrollment]
    listener: Enrollment
    presenting: Group
    writing: Group

    def due(self, kind: Kind) -> Deliverable:
        """Return the only deliverable of a kind."""
        return deliverable(self.course, kind)


def a_lecture(**options: Any) -> Scene:
    """Make a published course with one lecture with one required reading, and a proposal."""
    course = make_course(**options)
    presenters, authors = [enroll(course), enroll(course)], [enroll(course)]
    listener = enroll(course)
    lecture = make_lecture(course)
    presenting, writing = make_group(course, presenters), make_group(course, authors)
    assign(lecture, presenting)
    assign(lecture, writing, GroupRole.AUTHORS)
    make_milestone(course, due_at=PROPOSAL_DUE)
    derive(course)
    return Scene(course, lecture, presenters, authors, listener, presenting, writing)
