"""Who owes what (domain.md §4)."""

from datetime import datetime, timedelta

import pytest

from courseapp.course.models import Course, EnrollmentState, QuestionsOwedBy
from schedule.models import GroupRole
from submissions.deadlines import Kind
from submissions.selectors.owed import Duty, duties
from tests.factories import (
    LECTURE_AT,
    START,
    assign,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_staff_lecture,
)

pytestmark = pytest.mark.django_db
BEFORE = LECTURE_AT - timedelta(days=2)
AFTER = LECTURE_AT + timedelta(days=2)


def owed(course: Course, kind: Kind, *, now: datetime = BEFORE) -> list[Duty]:
    return [duty for duty in duties(course=course, now=now) if duty.kind == kind]


def test_each_audience_student_owes_a_question_per_required_reading():
    course = make_course()
    presenting, listening = enroll(course), enroll(course)
    lecture = make_lecture(course, required_count=2, optional_count=1)
    assign(lecture, make_group(course, [presenting]))
    derive(course)

    assert {duty.enrollment_id for duty in owed(course, Kind.QUESTION)} == {listening.pk}
    assert len(owed(course, Kind.QUESTION)) == 2


def test_everyone_owes_questions_where_the_course_says_so():
    course = make_course()
    presenting, listening = enroll(course), enroll(course)
    assign(make_lecture(course), make_group(course, [presenting]))
    derive(course)
    course.questions_owed_by = QuestionsOwedBy.EVERYONE
    course.save()

    owners = {duty.enrollment_id for duty in owed(course, Kind.QUESTION)}
    assert owners == {presenting.pk, listening.pk}


def test_a_lecture_without_role_groups_has_the_whole_class_as_audience():
    course = make_course()
    student = enroll(course)
    make_staff_lecture(course)
    derive(course)

    assert [duty.enrollment_id for duty in owed(course, Kind.QUESTION)] == [student.pk]
    assert owed(course, Kind.SLIDES) == []


def test_presenters_owe_slides_and_authors_and_reviewers_a_summary_each():
    course = make_course()
    lecture = make_lecture(course)
    presenters, authors, reviewers = (make_group(course, [enroll(course)]) for _ in range(3))
    assign(lecture, presenters)
    assign(lecture, authors, GroupRole.AUTHORS)
    assign(lecture, reviewers, GroupRole.REVIEWERS)
    derive(course)

    assert [duty.group_id for duty in owed(course, Kind.SLIDES)] == [presenters.pk]
    assert [duty.group_id for duty in owed(course, Kind.FINAL_SLIDES)] == [presenters.pk]
    assert {(duty.group_id, duty.role) for duty in owed(course, Kind.SUMMARY)} == {
        (authors.pk, "authors"),
        (reviewers.pk, "reviewers"),
    }


def test_slides_are_due_24_hours_before_and_summaries_24_hours_after():
    course = make_course()
    lecture = make_lecture(course)
    assign(lecture, make_group(course, [enroll(course)]))
    assign(lecture, make_group(course, [enroll(course)]), GroupRole.AUTHORS)
    derive(course)

    assert [duty.due_at for duty in owed(course, Kind.SLIDES)] == [LECTURE_AT - timedelta(hours=24)]
    assert [duty.due_at for duty in owed(course, Kind.SUMMARY)] == [
        LECTURE_AT + timedelta(hours=24, minutes=75)
    ]


def test_a_dropped_student_owes_nothing_more_but_still_owed_what_was_due_before():
    course = make_course()
    student = enroll(course)
    past = make_staff_lecture(course)
    coming = make_staff_lecture(course, starts_at=LECTURE_AT + timedelta(days=7))
    derive(course)
    student.state = EnrollmentState.DROPPED
    student.dropped_at = LECTURE_AT + timedelta(days=1)
    student.save()

    found = owed(course, Kind.QUESTION, now=AFTER)
    assert [duty.lecture_id for duty in found] == [past.pk]
    assert coming.pk not in [duty.lecture_id for duty in found]


def test_after_the_due_instant_roles_count_as_they_stood_then():
    course = make_course()
    student = enroll(course)
    lecture = make_lecture(course)
    assignment = assign(lecture, make_group(course, [student]))
    derive(course)
    assignment.withdrawn_at = LECTURE_AT + timedelta(days=1)
    assignment.save()

    assert owed(course, Kind.QUESTION, now=AFTER) == []
    assert len(owed(course, Kind.SLIDES, now=AFTER)) == 1


def test_a_row_without_times_makes_nothing_due():
    course = make_course()
    enroll(course)
    make_staff_lecture(course, starts_at=None)
    derive(course)

    assert duties(course=course, now=START) == []


def test_a_person_sees_only_their_own_and_their_groups_duties():
    course = make_course()
    mine, theirs = enroll(course), enroll(course)
    lecture = make_lecture(course)
    assign(lecture, make_group(course, [theirs]))
    derive(course)

    assert {duty.kind for duty in duties(course=course, now=BEFORE, person=mine.pk)} == {
        Kind.QUESTION
    }
    assert {duty.kind for duty in duties(course=course, now=BEFORE, person=theirs.pk)} == {
        Kind.SLIDES,
        Kind.FINAL_SLIDES,
        Kind.SUMMARY,
    } - {Kind.SUMMARY}
