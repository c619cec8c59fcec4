"""What is owed and in, counted: the counts of lists equal those of the duties one by one."""

from collections import Counter
from datetime import timedelta

import pytest

from courseapp.course.models import Course, EnrollmentState, QuestionsOwedBy, Role
from schedule.models import GroupRole, MilestoneKind
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.owed import duties
from submissions.selectors.tallies import tallies
from submissions.services.extending import extend
from submissions.services.handing_in import ask_questions
from tests.factories import (
    LECTURE_AT,
    actor,
    assign,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_milestone,
    make_staff_lecture,
)

pytestmark = pytest.mark.django_db
TEXT = "Which assumption would break first on a cluster twice the size?"


@pytest.fixture
def course() -> Course:
    """A course in which people are on time, late, extended, dropped, and hold roles."""
    course = make_course()
    instructor = enroll(course, Role.INSTRUCTOR)
    punctual, late, extended, dropped, presenting = (enroll(course) for _ in range(5))
    lecture = make_lecture(course, required_count=2)
    make_staff_lecture(course, starts_at=LECTURE_AT + timedelta(days=2))
    make_milestone(course, MilestoneKind.PROPOSAL, due_at=LECTURE_AT + timedelta(days=9))
    group = make_group(course, [presenting])
    assign(lecture, group)
    assign(lecture, make_group(course, [dropped]), GroupRole.AUTHORS)
    derive(course)
    first = Deliverable.objects.filter(lecture=lecture, kind=Kind.QUESTION.value)[0]
    extend(
        actor=actor(instructor),
        deliverable_id=first.pk,
        owner=extended,
        due_at=LECTURE_AT + timedelta(days=1),
        reason="Ill.",
        now=LECTURE_AT,
    )
    for student, at in ((punctual, -1), (late, 1), (extended, 1)):
        ask_questions(
            actor=actor(student),
            texts={first.pk: TEXT},
            received_at=LECTURE_AT + timedelta(hours=at),
        )
    dropped.state = EnrollmentState.DROPPED
    dropped.dropped_at = LECTURE_AT + timedelta(days=1)
    dropped.save()
    return course


@pytest.mark.parametrize("owed_by", [QuestionsOwedBy.AUDIENCE, QuestionsOwedBy.EVERYONE])
@pytest.mark.parametrize("days", [-3, 0, 1, 3, 30])
def test_tallies_count_what_the_duties_say(course: Course, owed_by: str, days: int) -> None:
    course.questions_owed_by = owed_by
    course.save()
    now = LECTURE_AT + timedelta(days=days)
    listed = duties(course=course, now=now)
    owed = Counter((duty.deliverable_id, duty.role) for duty in listed)
    came_in = Counter((duty.deliverable_id, duty.role) for duty in listed if duty.is_in)

    found = tallies(course=course, now=now)
    assert {(tally.deliverable_id, tally.role): tally.owed_count for tally in found} == owed
    assert {
        (tally.deliverable_id, tally.role): tally.in_count for tally in found if tally.in_count
    } == came_in
    assert sum(came_in.values()) == 2
