"""Home: what I owe, until when, my part in the next class, and where I stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.pages.owing import Item, items_of
from courseapp.pages.timeline import Mark, Term, term_of
from grading.selectors.standing import Standing, standing_of
from groups.selectors import OwnGroup, own_group_of
from schedule.models import GroupRole, Lecture
from schedule.selectors import Part, next_class, parts_by_lecture
from schedule.selectors.role_names import role_names
from submissions.deadlines import Kind
from submissions.selectors.owed import Duty, duties

RECENT = timedelta(days=7)
SHOWN_AHEAD = 6
# What the picture of the term marks: for some kinds the role in which a group owes it, for others words.
ROLE_MARKS = {
    (Kind.SLIDES, GroupRole.PRESENTER),
    (Kind.SUMMARY, GroupRole.AUTHORS),
    (Kind.SUMMARY, GroupRole.REVIEWERS),
}
PROJECT_MARKS = {
    Kind.PROPOSAL: "Proposal",
    Kind.MIDTERM: "Mid-semester talk",
    Kind.FINAL: "Final talk",
    Kind.REPORT: "Report",
}


@dataclass(frozen=True)
class StudentHome:
    """All that a student's home shows."""

    next_item: Item | None
    ahead: list[Item]
    later_count: int
    recent: list[Item]
    open_count: int
    in_count: int
    late_count: int
    next_class: Lecture | None
    roles: list[Part]
    own: OwnGroup | None
    term: Term | None
    standing: Standing


def student_home(actor: Actor, *, now: datetime, shows_all: bool) -> StudentHome:
    """Return what a student owes and what comes next, by time; unless all is asked for, the next."""
    assert actor.course is not None
    assert actor.enrollment is not None
    owed = duties(course=actor.course, now=now, person=actor.enrollment.pk)
    open_until = [(duty, duty.asked_again_until or duty.due_at) for duty in owed]
    ahead = items_of([duty for duty, until in open_until if now <= until], now=now)
    ahead.sort(key=lambda item: item.due_at)
    coming = next_class(actor.course, now=now)
    return StudentHome(
        next_item=next((item for item in ahead if not item.is_in), None),
        ahead=ahead if shows_all else ahead[:SHOWN_AHEAD],
        later_count=0 if shows_all else max(0, len(ahead) - SHOWN_AHEAD),
        recent=items_of([duty for duty in owed if now - RECENT <= duty.due_at < now], now=now),
        open_count=sum(not item.is_in for item in ahead),
        in_count=sum(item.is_in for item in ahead),
        late_count=sum(duty.is_only_late for duty in owed),
        next_class=coming,
        roles=parts_by_lecture(actor, [coming])[coming.pk] if coming else [],
        own=own_group_of(actor),
        term=duties_over_term(owed, course=actor.course, now=now),
        standing=standing_of(actor, now=now, owed=owed),
    )


def duties_over_term(owed: list[Duty], *, course: Course, now: datetime) -> Term | None:
    """Return the group's duties over the term as a picture."""
    marks, meetings = [], []
    zone, names = ZoneInfo(course.timezone), role_names(course)
    for duty in owed:
        day = duty.event_at.astimezone(zone).date()
        if duty.kind == Kind.QUESTION:
            meetings.append((day, False))
        elif duty.role is not None and (duty.kind, duty.role) in ROLE_MARKS:
            text, letter = names.noun(duty.role), names.letter(duty.role)
            marks.append(Mark(days=(day,), text=text, letter=letter))
        elif duty.kind in PROJECT_MARKS:
            marks.append(Mark(days=(day,), text=PROJECT_MARKS[duty.kind]))
    if not marks:
        return None
    return term_of(meetings=sorted(set(meetings)), marks=marks, today=now.astimezone(zone).date())
