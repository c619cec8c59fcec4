"""The course that the tests of the calendars are about."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from courseapp.course.models import Course, Enrollment, Role
from schedule.models import GroupRole, MilestoneKind
from tests.factories import (
    START,
    assign,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_milestone,
)


@pytest.fixture
def course(db: None) -> Iterator[Course]:
    """A course whose groups may be of one."""
    made = make_course()
    made.group_size_min = 1
    made.save()
    yield made
    derive(made)


@pytest.fixture
def term(course: Course) -> dict[str, Enrollment]:
    """Two groups, one of which presents, and a lecture that all others ask about."""
    people = {name: enroll(course, name=name.title()) for name in ("mara", "otto")}
    people["ta"] = enroll(course, Role.TA)
    people["observer"] = enroll(course, Role.OBSERVER)
    lecture = make_lecture(course, topic="Attention", required_count=2)
    assign(lecture, make_group(course, [people["mara"]], name="North"))
    assign(lecture, make_group(course, [people["otto"]], name="South"), GroupRole.REVIEWERS)
    people["asker"] = enroll(course)
    make_milestone(course, due_at=datetime(2025, 2, 27, 5, 59, 59, tzinfo=UTC))
    make_milestone(course, MilestoneKind.FORM_GROUPS, due_at=START)
    derive(course)
    return people
