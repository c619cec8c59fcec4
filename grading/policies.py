"""Who may award and release, and when."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from courseapp.course.actors import Actor, Permission
from courseapp.kernel.decisions import Allowed, Decision, Denied
from grading.models import Absence, Part, Scoring
from schedule.models import Lecture
from schedule.selectors import MEETING_KINDS


@dataclass(frozen=True)
class Award:
    """What is to be awarded: points for one duty (or, without a deliverable, to one student).

    `is_owed`: the owner owes the deliverable for this part, or is a student whom the part grades.
    `member_ids` are all whose work it is, former members of the group included.
    """

    part: Part
    points: Decimal
    reason: str
    is_owed: bool
    is_adjustment: bool
    member_ids: frozenset[int]


def award(actor: Actor, wish: Award, *, now: datetime) -> Decision:
    """Graders award to others, within the part's points, to those who owe it (domain.md §10)."""
    allowed = award_at_all(actor, wish.part, now=now)
    if isinstance(allowed, Denied):
        return allowed
    if actor.enrollment is not None and actor.enrollment.pk in wish.member_ids:
        return Denied("own_work", "Nobody grades themselves or their own group.")
    if wish.part.scoring == Scoring.ATTENDANCE:
        return Denied("derived", "Attendance is computed from the roll; record an absence instead.")
    if not wish.is_owed:
        return _not_owed(wish.part)
    if not 0 <= wish.points <= wish.part.points_max:
        top = wish.part.points_max.normalize()
        return Denied("points_out_of_range", f"Points for this part run from 0 to {top:f}.")
    if wish.is_adjustment and not wish.reason.strip():
        return Denied(
            "reason_missing", "A grade for one member of a group needs a reason; write it down."
        )
    return Allowed()


def _not_owed(part: Part) -> Denied:
    if part.deliverable_kind:
        return Denied("not_owed", "This owner does not owe this deliverable for this part.")
    return Denied("not_owed", "This part is graded once for each student, without a deliverable.")


def award_at_all(actor: Actor, part: Part, *, now: datetime) -> Decision:
    """Staff with the permission grade in their own course."""
    if actor.course is None or part.component.course_id != actor.course.pk:
        return Denied("not_permitted", "Only staff of this course grade in it.")
    if not actor.may(Permission.AWARD_GRADES):
        return Denied("not_permitted", "Only staff of this course grade in it.")
    return Allowed()


def read_grading(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Staff read the grading lists."""
    if actor.is_staff:
        return Allowed()
    return Denied("staff_only", "The grading lists are for the staff of the course.")


def release(actor: Actor, part: Part, *, now: datetime) -> Decision:
    """Whoever holds the permission releases a part; a TA by an instructor's grant."""
    if actor.may(Permission.RELEASE_GRADES):
        return Allowed()
    return Denied("not_permitted", "Only an instructor releases grades.")


def read_own_grades(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Students read where they stand."""
    if actor.is_student:
        return Allowed()
    return Denied("students_only", "This page shows a student where they stand; yours is Grading.")


def record_attendance(actor: Actor, lecture: Lecture, *, now: datetime) -> Decision:
    """Staff take the roll of a meeting that has begun."""
    if not actor.may(Permission.RECORD_ATTENDANCE):
        return Denied("not_permitted", "Only staff of this course take the roll.")
    if lecture.starts_at is None or lecture.kind not in MEETING_KINDS:
        return Denied("no_meeting", "This row of the schedule is no meeting; there is no roll.")
    if now < lecture.starts_at:
        return Denied("not_begun", "The roll is taken when the meeting has begun.")
    return Allowed()


def excuse(actor: Actor, absence: Absence, *, reason: str, now: datetime) -> Decision:
    """Staff excuse others, with a reason."""
    if not actor.may(Permission.RECORD_ATTENDANCE):
        return Denied("not_permitted", "Only staff of this course excuse an absence.")
    if actor.enrollment is not None and actor.enrollment.pk == absence.enrollment_id:
        return Denied("own_absence", "Nobody excuses themselves.")
    if not reason.strip():
        return Denied("reason_missing", "An excuse needs a reason; write it down.")
    return Allowed()
