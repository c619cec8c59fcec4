"""Where a student stands: missing, ungraded, credited, adjusted, exempt (domain.md §10)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from courseapp.course.models import Course, CourseState, Enrollment
from grading.models import Absence, Exemption, Roll
from grading.selectors.standing import STATE_WORDS
from grading.weights import PartState
from submissions.deadlines import Kind
from submissions.models import Extension
from tests.doors import PDF, ask, hand_in_file
from tests.factories import LECTURE_AT, START, derive, enroll, make_staff_lecture
from tests.grading.scenes import (
    AFTER,
    ATTENDANCE,
    CONTRIBUTION,
    PROPOSAL,
    QUESTIONS,
    SLIDES,
    SUMMARY,
    TALK,
    Graded,
    a_graded_course,
    move,
)
from tests.submissions.scenes import PROPOSAL_DUE, SLIDES_DUE, SUMMARY_DUE

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


def word(state: Any) -> Any:
    return STATE_WORDS[state][0]


def percent(
    graded: Graded, student: Enrollment, names: tuple[str, str], *, now: datetime = AFTER
) -> Any:
    return graded.line(student, names, now=now).percent


# -- missing and ungraded ------------------------------------------------------------------------


def test_missing_is_open_until_the_due_instant_has_passed_and_zero_after():
    graded = a_graded_course()
    author = graded.scene.authors[0]

    at_due = graded.line(author, SUMMARY, now=SUMMARY_DUE)
    assert (at_due.state_word, at_due.percent) == (word(PartState.OPEN), None)
    past = graded.line(author, SUMMARY, now=SUMMARY_DUE + TICK)
    assert (past.state_word, past.percent) == (word(PartState.MISSING), Decimal("0.0"))


def test_an_ungraded_hand_in_is_never_zero():
    graded = a_graded_course()
    author = graded.scene.authors[0]
    hand_in_file(author, graded.due(Kind.SUMMARY), PDF, name="s.pdf", at=SUMMARY_DUE)

    line = graded.line(author, SUMMARY)
    assert (line.state_word, line.percent) == (word(PartState.UNGRADED), None)


def test_late_work_alone_is_missing():
    graded = a_graded_course()
    author = graded.scene.authors[0]
    hand_in_file(author, graded.due(Kind.SUMMARY), PDF, name="s.pdf", at=SUMMARY_DUE + TICK)

    assert percent(graded, author, SUMMARY) == 0


def test_an_award_takes_the_place_of_the_derived_zero():
    graded = a_graded_course()
    graded.award(SUMMARY, "40", deliverable=graded.due(Kind.SUMMARY), group=graded.scene.writing)
    graded.release(SUMMARY)

    assert percent(graded, graded.scene.authors[0], SUMMARY) == 40


def test_an_observed_part_is_never_zero_by_itself():
    graded = a_graded_course()

    assert percent(graded, graded.scene.presenters[0], TALK) is None
    assert percent(graded, graded.scene.presenters[0], SLIDES) == 0


def test_an_extension_delays_the_zero_for_its_owner_alone():
    graded = a_graded_course()
    other = enroll(graded.course)
    Extension.objects.create(
        deliverable=graded.due(Kind.QUESTION),
        enrollment=graded.scene.listener,
        due_at=AFTER,
        reason="Ill.",
        granted_by=graded.instructor,
        granted_at=START,
    )

    assert percent(graded, graded.scene.listener, QUESTIONS) is None
    assert percent(graded, other, QUESTIONS) == 0
    assert percent(graded, graded.scene.listener, QUESTIONS, now=AFTER + TICK) == 0


def test_a_draft_course_makes_nothing_zero():
    graded = a_graded_course(state=CourseState.DRAFT)

    assert percent(graded, graded.scene.authors[0], SUMMARY) is None


def test_what_was_due_before_publication_is_no_zero_unless_the_course_reckons_it():
    published_at = SUMMARY_DUE + TICK
    graded = a_graded_course(published_at=published_at)
    author = graded.scene.authors[0]
    late = PROPOSAL_DUE + TICK

    assert percent(graded, author, SUMMARY, now=late) is None
    assert percent(graded, author, PROPOSAL, now=late) == 0
    Course.objects.update(reckons_past_dues=True)
    assert percent(graded, author, SUMMARY, now=late) == 0


def test_a_finished_course_keeps_its_zeros():
    graded = a_graded_course()
    Course.objects.update(state=CourseState.FINISHED)

    assert percent(graded, graded.scene.authors[0], SUMMARY) == 0


# -- whose grade ---------------------------------------------------------------------------------


def test_a_groups_grade_is_each_members_and_nobody_elses():
    graded = a_graded_course()
    graded.award_talk("80")
    graded.release(TALK)

    assert [percent(graded, each, TALK) for each in graded.scene.presenters] == [80, 80]
    others = [*graded.scene.authors, graded.scene.listener]
    assert [percent(graded, each, TALK) for each in others] == [None, None]


def test_credit_stays_with_who_was_in_the_group_at_the_due_instant():
    graded = a_graded_course()
    moved, stayed = graded.scene.presenters
    newcomer = graded.scene.listener
    move(moved, graded.scene.writing, at=SLIDES_DUE + TICK)
    move(newcomer, graded.scene.presenting, at=SLIDES_DUE + TICK)
    graded.award_talk("80")
    graded.award(SUMMARY, "50", deliverable=graded.due(Kind.SUMMARY), group=graded.scene.writing)
    graded.release(TALK, SUMMARY)

    assert [percent(graded, each, TALK) for each in (moved, stayed, newcomer)] == [80, 80, None]
    assert percent(graded, moved, SUMMARY) == 50


def test_an_extension_neither_adds_nor_removes_the_credited():
    graded = a_graded_course()
    moved = graded.scene.presenters[0]
    Extension.objects.create(
        deliverable=graded.due(Kind.SLIDES),
        group=graded.scene.presenting,
        due_at=SLIDES_DUE + timedelta(days=2),
        reason="Power cut.",
        granted_by=graded.instructor,
        granted_at=START,
    )
    move(moved, graded.scene.writing, at=SLIDES_DUE + timedelta(days=1))
    graded.award_talk("80")
    graded.release(TALK)

    assert percent(graded, moved, TALK) == 80


def test_an_individual_adjustment_is_that_members_alone_and_outlives_a_newer_group_grade():
    graded = a_graded_course()
    adjusted, other = graded.scene.presenters
    graded.award_talk("60", enrollment=adjusted, reason="Did not speak.")
    graded.award_talk("80")
    graded.release(TALK)

    assert [percent(graded, each, TALK) for each in (adjusted, other)] == [60, 80]


def test_an_exempt_part_leaves_numerator_and_denominator():
    graded = a_graded_course()
    author = graded.scene.authors[0]
    assert graded.standing(author).graded_weight > 0
    Exemption.objects.create(
        part=graded.part(SUMMARY),
        enrollment=author,
        reason="Was ill.",
        granted_by=graded.instructor,
        granted_at=START,
    )
    line = graded.line(author, SUMMARY)

    assert (line.state_word, line.percent) == (word(PartState.EXEMPT), None)


# -- questions and attendance --------------------------------------------------------------------


def test_questions_by_completion_count_those_on_time_of_those_past_due():
    graded = a_graded_course()
    student = graded.scene.listener
    for days in (1, 2, 9):
        make_staff_lecture(graded.course, starts_at=LECTURE_AT + timedelta(days=days))
    derive(graded.course)
    questions: list[Any] = list(
        graded.course.deliverables.filter(kind="question").order_by("due_at")
    )
    ask(student, questions[0], at=questions[0].due_at)
    ask(student, questions[1], at=questions[1].due_at + TICK)
    ask(student, questions[3], at=AFTER)

    # One on time, one late, one missing, one on time long before it is due.
    line = graded.line(student, QUESTIONS)
    assert line.percent == 50
    assert [mark.state_word for mark in line.marks] == [
        "on time, full credit",
        word(PartState.MISSING),
        word(PartState.MISSING),
        "on time, full credit",
    ]


def test_staff_can_mark_a_question_zero_and_release_it():
    graded = a_graded_course()
    student, question = graded.scene.listener, graded.due(Kind.QUESTION)
    ask(student, question, at=START)
    graded.award(QUESTIONS, "0", deliverable=question, enrollment=student)

    assert percent(graded, student, QUESTIONS) == 100
    graded.release(QUESTIONS)
    assert percent(graded, student, QUESTIONS) == 0


def held(graded: Graded, count: int) -> Any:
    """Lectures of which attendance was taken."""
    lectures = [
        make_staff_lecture(graded.course, starts_at=START + timedelta(days=at + 1))
        for at in range(count)
    ]
    for lecture in lectures:
        Roll.objects.create(lecture=lecture, taken_by=graded.ta, taken_at=START)
    return lectures


def miss(graded: Graded, lectures: Any, **options: Any) -> None:
    for lecture in lectures:
        Absence.objects.create(
            lecture=lecture,
            enrollment=graded.scene.listener,
            recorded_by=graded.ta,
            recorded_at=lecture.starts_at,
            **options,
        )


@pytest.mark.parametrize(
    ("held_count", "missed", "excused", "expected"),
    [
        (0, 0, 0, None),
        (1, 1, 0, "100.0"),
        (2, 2, 0, "100.0"),
        (3, 3, 0, "0.0"),
        (8, 2, 0, "100.0"),
        (8, 3, 0, "83.3"),
        (8, 3, 5, "83.3"),
        (8, 8, 0, "0.0"),
    ],
)
@pytest.mark.breaks_invariants("deliverable_stands")
def test_attendance_is_one_less_the_unexcused_beyond_two(held_count, missed, excused, expected):
    graded = a_graded_course()
    lectures = held(graded, held_count)
    miss(graded, lectures[:missed])
    miss(graded, lectures[missed : missed + excused], is_excused=True)

    found = percent(graded, graded.scene.listener, ATTENDANCE)
    assert found == (None if expected is None else Decimal(expected))


@pytest.mark.breaks_invariants("deliverable_stands", "absence_where_attendance_was_taken")
def test_struck_absences_lectures_without_a_roll_and_those_before_enrolling_do_not_count():
    graded = a_graded_course()
    student = graded.scene.listener
    lectures = held(graded, 6)
    miss(graded, lectures[:4])
    miss(graded, [graded.scene.lecture])
    assert percent(graded, student, ATTENDANCE) == 50

    Absence.objects.filter(lecture=lectures[3]).update(struck_at=AFTER)
    assert percent(graded, student, ATTENDANCE) == 75
    student.enrolled_at = lectures[1].starts_at
    student.save()
    # Five held, two missed.
    assert percent(graded, student, ATTENDANCE) == 100


# -- totals --------------------------------------------------------------------------------------


def test_nothing_graded_is_no_total_and_zero_is_one():
    graded = a_graded_course()
    student = graded.scene.listener

    assert graded.standing(student, now=START).so_far is None
    assert graded.standing(student, now=START).if_nothing_more == 0
    past = graded.standing(student, now=LECTURE_AT + TICK)
    assert (past.so_far, past.graded_weight) == (Decimal("0.0"), Decimal("9.0"))


def test_both_totals_of_one_talk():
    graded = a_graded_course()
    graded.award_talk("75")
    graded.release(TALK)
    found = graded.standing(graded.scene.presenters[0], now=SLIDES_DUE)

    # 75 % of 80 of 15 points.
    assert (found.so_far, found.graded_weight) == (Decimal(75), Decimal(12))
    assert found.if_nothing_more == 9


def test_a_part_of_no_weight_shows_its_grade_and_moves_no_total():
    graded = a_graded_course()
    student = graded.scene.listener
    before = graded.standing(student)
    graded.award(CONTRIBUTION, "100", enrollment=student)
    graded.release(CONTRIBUTION)
    after = graded.standing(student)

    assert percent(graded, student, CONTRIBUTION) == 100
    assert (after.so_far, after.if_nothing_more) == (before.so_far, before.if_nothing_more)
