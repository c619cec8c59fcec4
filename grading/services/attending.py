"""Attendance: the roll of a lecture, and who missed it (domain.md §8)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused, require
from grading import policies
from grading.models import Absence, Roll
from schedule.models import Lecture


@transaction.atomic
def record_attendance(
    *, actor: Actor, lecture_id: int, absent_ids: Iterable[int], now: datetime
) -> Roll:
    """Take the roll of a lecture: it counts as held, and those named as missed, unexcused.

    Taken again, it adds those who are named anew; a wrong entry is struck with a reason.
    """
    lecture = Lecture.objects.select_for_update().filter(pk=lecture_id, course=actor.course).first()
    if lecture is None:
        raise Refused(Denied("not_found", "There is no such lecture in this course."))
    require(policies.record_attendance(actor, lecture, now=now))
    assert actor.enrollment is not None
    wanted = set(absent_ids)
    students = Enrollment.objects.students().filter(course=actor.course, pk__in=wanted)
    if students.count() != len(wanted):
        raise Refused(Denied("not_a_student", "Only students of this course are on its roll."))
    with audit.acting(user_id=actor.user_id, action="record_attendance"):
        roll, _ = Roll.objects.get_or_create(
            lecture=lecture, defaults={"taken_by": actor.enrollment, "taken_at": now}
        )
        known = Absence.objects.filter(lecture=lecture, struck_at__isnull=True)
        for student in students.exclude(pk__in=known.values("enrollment")):
            Absence.objects.create(
                lecture=lecture, enrollment=student, recorded_by=actor.enrollment, recorded_at=now
            )
    return roll


@transaction.atomic
def excuse(*, actor: Actor, absence_id: int, reason: str, now: datetime) -> Absence:
    """Excuse an absence, with a reason."""
    absence = (
        Absence.objects.select_for_update(of=("self",))
        .select_related("lecture", "enrollment")
        .filter(pk=absence_id, lecture__course=actor.course, struck_at__isnull=True)
        .first()
    )
    if absence is None:
        raise Refused(Denied("not_found", "There is no such absence in this course."))
    require(policies.excuse(actor, absence, reason=reason, now=now))
    absence.is_excused = True
    absence.reason = reason
    with audit.acting(user_id=actor.user_id, action="excuse", reason=reason):
        absence.save(update_fields=["is_excused", "reason"])
    return absence
