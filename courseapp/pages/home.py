"""Home: what I owe, until when, my part in the next class, and where I stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from grading.selectors.standing import Standing, standing_of
from groups.models import Group
from groups.selectors import group_of, members_at
from schedule.models import Lecture
from schedule.selectors import Part, lectures_of, next_class, parts_of
from submissions.deadlines import Kind
from submissions.selectors.owed import Duty, duties

RECENT = timedelta(days=7)
SHOWN_AHEAD = 12


@dataclass(frozen=True)
class StudentHome:
    """All that a student's home shows."""

    next_due: Duty | None
    open_duties: list[Duty]
    later_count: int
    open_count: int
    next_questions: int
    recent_duties: list[Duty]
    in_count: int
    late_count: int
    next_class: Lecture | None
    roles: list[Part]
    group: Group | None
    members: list[Enrollment]
    standing: Standing


def student_home(actor: Actor, *, now: datetime) -> StudentHome:
    """Return what a student owes and what comes next, by time."""
    assert actor.course is not None
    assert actor.enrollment is not None
    owed = duties(course=actor.course, now=now, person=actor.enrollment.pk)
    ahead = [duty for duty in owed if now <= duty.due_at]
    recent = [duty for duty in owed if now - RECENT <= duty.due_at < now]
    group = group_of(actor)
    coming = next_class(list(lectures_of(actor.course)), now=now)
    next_due = next((duty for duty in ahead if not duty.is_in), None)
    return StudentHome(
        next_due=next_due,
        open_duties=ahead[:SHOWN_AHEAD],
        later_count=max(0, len(ahead) - SHOWN_AHEAD),
        recent_duties=recent,
        open_count=sum(not duty.is_in for duty in ahead),
        next_questions=_question_count(ahead, next_due),
        in_count=sum(duty.is_in for duty in ahead),
        late_count=sum(duty.is_only_late for duty in owed),
        next_class=coming,
        roles=_roles(coming, group),
        group=group,
        members=members_at(group.pk, instant=now) if group else [],
        standing=standing_of(actor, now=now),
    )


def _question_count(ahead: list[Duty], next_due: Duty | None) -> int:
    """Return how many questions are still to be written for the lecture that comes next."""
    if next_due is None:
        return 0
    return sum(
        duty.kind == Kind.QUESTION and duty.lecture_id == next_due.lecture_id and not duty.is_in
        for duty in ahead
    )


def _roles(coming: Lecture | None, group: Group | None) -> list[Part]:
    if coming is None:
        return []
    return parts_of(coming, names_groups=True, own_group_id=group.pk if group else None)
