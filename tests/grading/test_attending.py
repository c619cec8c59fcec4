"""The roll and excuses (domain.md §8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from courseapp.course.models import Enrollment, Role
from courseapp.kernel.decisions import Refused
from grading.models import Absence, Roll
from grading.services.attending import excuse, record_attendance
from schedule.models import Lecture, LectureKind
from tests.factories import LECTURE_AT, actor, derive, enroll, make_course, make_lecture

pytestmark = pytest.mark.django_db
IN_CLASS = LECTURE_AT + timedelta(minutes=10)


def test_a_roll_counts_the_lecture_as_held_and_notes_who_was_missing_once() -> None:
    course = make_course()
    ta, there, missing = enroll(course, Role.TA), enroll(course), enroll(course)
    lecture = make_lecture(course)
    derive(course)
    for _ in range(2):
        record_attendance(
            actor=actor(ta), lecture_id=lecture.pk, absent_ids=[missing.pk], now=IN_CLASS
        )

    assert Roll.objects.count() == 1
    assert list(Absence.objects.values_list("enrollment", flat=True)) == [missing.pk]
    assert there.absences.count() == 0


def test_only_staff_take_the_roll_of_a_meeting_that_has_begun() -> None:
    course, elsewhere = make_course(), make_course()
    ta, student, stranger = enroll(course, Role.TA), enroll(course), enroll(elsewhere)
    lecture = make_lecture(course)
    day_off = make_lecture(course, kind=LectureKind.NO_CLASS)
    derive(course)

    assert code(student, lecture) == "not_permitted"
    assert code(ta, lecture, now=LECTURE_AT - timedelta(microseconds=1)) == "not_begun"
    assert code(ta, day_off) == "no_meeting"
    assert code(ta, lecture, absent=[stranger.pk]) == "not_a_student"
    assert code(enroll(elsewhere, Role.TA), lecture) == "not_found"
    assert Roll.objects.count() == 0


def code(
    who: Enrollment, lecture: Lecture, absent: Sequence[int] = (), now: datetime = IN_CLASS
) -> str:
    with pytest.raises(Refused) as refusal:
        record_attendance(actor=actor(who), lecture_id=lecture.pk, absent_ids=absent, now=now)
    return refusal.value.denied.code


def test_an_excuse_has_a_reason_and_is_never_ones_own() -> None:
    course = make_course()
    ta, student = enroll(course, Role.TA), enroll(course)
    lecture = make_lecture(course)
    derive(course)
    record_attendance(actor=actor(ta), lecture_id=lecture.pk, absent_ids=[student.pk], now=IN_CLASS)
    absence = Absence.objects.get()
    with pytest.raises(Refused):
        excuse(actor=actor(ta), absence_id=absence.pk, reason=" ", now=IN_CLASS)
    with pytest.raises(Refused):
        excuse(actor=actor(student), absence_id=absence.pk, reason="Ill.", now=IN_CLASS)
    excuse(actor=actor(ta), absence_id=absence.pk, reason="Ill.", now=IN_CLASS)

    absence.refresh_from_db()
    assert (absence.is_excused, absence.reason) == (True, "Ill.")
