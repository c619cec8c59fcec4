"""What a reader may change from the page on which they look for it."""

from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor
from courseapp.kernel.decisions import Decision
from courseapp.term.acts import policies
from courseapp.term.acts.deadlines import ExtendDeadline
from courseapp.term.acts.roles import PutInRole
from courseapp.term.acts.rules import ChangeRule
from schedule.models import Lecture, LectureKind
from schedule.selectors.planning import has_begun


@dataclass(frozen=True)
class Ways:
    """Whether the reader changes who plays what, deadlines, and the course's rules."""

    change_plan: Decision
    extend: Decision
    change_rules: Decision

    @property
    def lead_anywhere(self) -> bool:
        """Say whether there is anything for the reader to change."""
        return bool(self.change_plan) or bool(self.extend) or bool(self.change_rules)


@dataclass(frozen=True)
class WaysOfLecture:
    """What may be changed about one lecture: before it, who plays; after it, who really did."""

    ways: Ways
    has_parts: bool
    has_begun: bool


def ways_of(actor: Actor) -> Ways:
    """Return what the actor may change about roles, deadlines and rules."""
    return Ways(
        change_plan=policies.permitted(actor, PutInRole),
        extend=policies.permitted(actor, ExtendDeadline),
        change_rules=policies.permitted(actor, ChangeRule),
    )


def ways_of_lecture(actor: Actor, lecture: Lecture, *, now: datetime) -> WaysOfLecture:
    """Return what the actor may change about a lecture."""
    return WaysOfLecture(
        ways=ways_of(actor),
        has_parts=lecture.kind == LectureKind.LECTURE,
        has_begun=has_begun(lecture, now=now),
    )
