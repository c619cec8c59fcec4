"""Awarding: appended, to those who owe it, never to oneself (domain.md §10)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from courseapp.course.models import Enrollment, Role
from courseapp.kernel.decisions import Denied, Refused
from grading.models import Grade
from grading.services import awarding
from submissions.deadlines import Kind
from tests.factories import LECTURE_AT, START, actor, enroll, make_course, plan
from tests.grading.scenes import (
    AFTER,
    ATTENDANCE,
    CONTRIBUTION,
    QUESTIONS,
    SUMMARY,
    TALK,
    a_graded_course,
    move,
)

pytestmark = pytest.mark.django_db


def refused(call: Any, *args: Any, **options: Any) -> Any:
    before = Grade.objects.count()
    with pytest.raises(Refused) as caught:
        call(*args, **options)
    assert Grade.objects.count() == before
    return caught.value.denied.code


def test_each_award_is_appended_and_the_latest_is_current():
    graded = a_graded_course()
    student = graded.scene.presenters[0]
    graded.award_talk("60")
    graded.award_talk("85.50", by=graded.instructor)
    graded.release(TALK)

    assert list(Grade.objects.order_by("pk").values_list("points", flat=True)) == [60, 85.5]
    (mark,) = graded.line(student, TALK).marks
    assert (mark.points, mark.grader) == (Decimal("85.50"), graded.instructor.name)


def test_an_award_can_be_neither_changed_nor_deleted_by_the_application():
    graded = a_graded_course()
    grade = graded.award_talk()
    for change in (lambda: Grade.objects.update(points=100), grade.delete):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change()


@pytest.mark.parametrize("points", ["-0.01", "100.01", "1000"])
def test_points_stay_within_the_parts_range(points):
    graded = a_graded_course()

    assert refused(graded.award_talk, points) == "points_out_of_range"


@pytest.mark.parametrize("points", ["0", "100", "73.13"])
def test_points_at_the_ends_of_the_range_are_taken(points):
    assert a_graded_course().award_talk(points).points == Decimal(points)


def test_only_graders_of_the_course_award():
    graded = a_graded_course()
    plan(elsewhere := make_course())
    people = [
        enroll(elsewhere, "instructor"),
        graded.scene.listener,
        enroll(graded.course, "observer"),
    ]

    assert [refused(graded.award_talk, by=person) for person in people] == ["not_permitted"] * 3


def test_a_group_is_graded_only_for_what_it_owes():
    graded = a_graded_course()
    summary, slides = graded.due(Kind.SUMMARY), graded.due(Kind.SLIDES)
    presenting, writing = graded.scene.presenting, graded.scene.writing

    assert refused(graded.award, TALK, deliverable=slides, group=writing) == "not_owed"
    assert refused(graded.award, TALK, deliverable=summary, group=writing) == "not_owed"
    assert refused(graded.award, SUMMARY, deliverable=summary, group=presenting) == "not_owed"
    assert refused(graded.award, TALK, group=presenting) == "not_owed"
    reviewers = ("Paper summary", "as reviewers")
    assert refused(graded.award, reviewers, deliverable=summary, group=writing) == "not_owed"
    assert graded.award(SUMMARY, deliverable=summary, group=writing).pk


def test_another_courses_part_deliverable_or_owner_is_refused():
    graded, other = a_graded_course(), a_graded_course()
    slides = graded.due(Kind.SLIDES)
    theirs = {"deliverable": other.due(Kind.SLIDES), "group": other.scene.presenting}

    assert refused(graded.award, TALK, **theirs) == "not_owed"
    assert refused(graded.award, TALK, deliverable=slides, group=other.scene.presenting) == (
        "not_owed"
    )
    assert refused(other.award_talk, by=graded.ta) == "not_permitted"
    stranger = other.scene.listener
    assert refused(graded.award, CONTRIBUTION, enrollment=stranger) == "not_owed"


def test_a_part_without_a_deliverable_is_for_one_student_of_the_course():
    graded = a_graded_course()
    student, slides = graded.scene.listener, graded.due(Kind.SLIDES)
    group = graded.scene.presenting

    assert refused(graded.award, CONTRIBUTION, group=group) == "not_owed"
    assert refused(graded.award, CONTRIBUTION, enrollment=student, deliverable=slides) == (
        "not_owed"
    )
    assert refused(graded.award, CONTRIBUTION, enrollment=graded.instructor) == "not_owed"
    assert graded.award(CONTRIBUTION, enrollment=student).pk


def test_attendance_is_computed_and_not_awarded():
    graded = a_graded_course()

    assert refused(graded.award, ATTENDANCE, enrollment=graded.scene.listener) == "derived"


def test_a_question_is_awarded_to_the_student_who_owes_it():
    graded = a_graded_course()
    question = graded.due(Kind.QUESTION)

    assert graded.award(QUESTIONS, "0", deliverable=question, enrollment=graded.scene.listener).pk
    for wrong in ({"enrollment": graded.scene.presenters[0]}, {"group": graded.scene.presenting}):
        assert refused(graded.award, QUESTIONS, deliverable=question, **wrong) == "not_owed"


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_individual_adjustment_needs_a_reason(reason):
    graded = a_graded_course()
    student = graded.scene.presenters[0]

    assert refused(graded.award_talk, enrollment=student, reason=reason) == "reason_missing"
    assert graded.award_talk(enrollment=student, reason="Was ill that week.").pk


def test_an_adjustment_is_for_members_of_the_group_alone():
    graded = a_graded_course()

    assert refused(graded.award_talk, enrollment=graded.scene.listener, reason="No.") == "not_owed"


def became_ta(student: Enrollment) -> Any:
    """A student of before who helps to teach now."""
    Enrollment.objects.filter(pk=student.pk).update(role=Role.TA)
    return student


@pytest.mark.breaks_invariants("membership_of_student")
def test_nobody_grades_their_own_group_nor_its_members_whenever_they_belonged():
    graded = a_graded_course()
    first, second = graded.scene.presenters
    move(first, graded.scene.writing, at=LECTURE_AT - timedelta(days=9))
    became_ta(first)

    assert refused(graded.award_talk, by=first) == "own_work"
    assert refused(graded.award_talk, by=first, enrollment=second, reason="Mine.") == "own_work"
    assert graded.award_talk().pk


def test_nobody_grades_themselves():
    graded = a_graded_course()
    student = graded.scene.listener
    question = graded.due(Kind.QUESTION)
    student.extra_permissions = ["award_grades"]
    student.save()

    assert refused(graded.award, CONTRIBUTION, by=student, enrollment=student) == "own_work"
    assert (
        refused(graded.award, QUESTIONS, by=student, enrollment=student, deliverable=question)
        == "own_work"
    )


def test_the_database_refuses_what_the_service_would():
    graded = a_graded_course()
    student = graded.scene.presenters[0]
    row: dict[str, Any] = {"part": graded.part(TALK), "points": 1, "awarded_at": START}
    bad_rows: list[dict[str, Any]] = [
        {"group": graded.scene.presenting, "awarded_by": student},
        {"enrollment": student, "awarded_by": student},
        {"enrollment": student, "group": graded.scene.writing, "awarded_by": graded.ta},
        {"awarded_by": graded.ta},
        {"enrollment": student, "awarded_by": graded.ta, "points": -1},
    ]
    for bad in bad_rows:
        with pytest.raises(IntegrityError), transaction.atomic():
            Grade.objects.create(**{**row, **bad})
    assert not Grade.objects.exists()


def test_a_look_ahead_says_the_same_as_the_award():
    graded = a_graded_course()
    wish = awarding.Wish(
        part=graded.part(TALK),
        points=Decimal(101),
        deliverable=graded.due(Kind.SLIDES),
        group=graded.scene.presenting,
    )
    denied = awarding.may_award(actor=actor(graded.ta), wish=wish, now=AFTER)

    assert isinstance(denied, Denied)
    assert denied.sentence == "Points for this part run from 0 to 100."
