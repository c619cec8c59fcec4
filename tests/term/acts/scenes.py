"""A course on which actions are carried out, and who does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from courseapp.course.actors import Actor
from courseapp.course.models import Course, Enrollment, Role
from courseapp.term.acts.action import Action
from courseapp.term.acts.carrying_out import CAREFULLY, Carried, carry_out, doing_of, rehearse
from courseapp.term.acts.undoing import undoing_of
from groups.models import Group
from schedule.models import GroupRole, Lecture
from submissions.deadlines import Choices
from submissions.services.deriving import derive_deliverables
from tests.factories import (
    LECTURE_AT,
    START,
    actor,
    assign,
    enroll,
    make_course,
    make_group,
    make_lecture,
)

# A week before the first of the lectures.
NOW = LECTURE_AT - timedelta(days=7)


@dataclass(frozen=True)
class Term:
    """Three groups of four, three lectures a week apart, each group with a part in each."""

    course: Course
    instructor: Enrollment
    groups: list[Group]
    lectures: list[Lecture]

    @property
    def teacher(self) -> Actor:
        """Return the instructor as an actor."""
        return actor(self.instructor)

    def members(self, group: Group) -> list[Enrollment]:
        """Return who is in a group, by seat."""
        current = group.memberships.filter(ends_at__isnull=True).order_by("seat")
        return [one.enrollment for one in current.select_related("enrollment")]

    def do(
        self,
        action: Action,
        *,
        now: datetime = NOW,
        choices: Choices = CAREFULLY,
        reason: str = "So.",
    ) -> Carried:
        """Carry an action out as the instructor."""
        doing = doing_of(action, reason=reason)
        return carry_out(doing, actor=self.teacher, reason=reason, now=now, choices=choices)

    def see(self, action: Action, *, now: datetime = NOW, choices: Choices = CAREFULLY) -> Carried:
        """Rehearse an action as the instructor."""
        doing = doing_of(action, reason="So.")
        return rehearse(doing, actor=self.teacher, reason="So.", now=now, choices=choices)

    def undo(self, carried: Carried, *, now: datetime = NOW + timedelta(minutes=5)) -> Carried:
        """Undo what was carried out."""
        doing = undoing_of(carried.act)
        return carry_out(doing, actor=self.teacher, reason="A mistake.", now=now)


def make_term() -> Term:
    """Make the course."""
    course = make_course()
    instructor = enroll(course, Role.INSTRUCTOR, name="Ines Haugen")
    groups = [make_group(course, [enroll(course) for _ in range(4)]) for _ in range(3)]
    lectures = [
        make_lecture(course, starts_at=LECTURE_AT + timedelta(days=7 * week), topic=topic)
        for week, topic in enumerate(("Mixtures", "Caches", "Agents"))
    ]
    for number, lecture in enumerate(lectures):
        for offset, role in enumerate(GroupRole.values):
            assign(lecture, groups[(number + offset) % 3], role)
    derive_deliverables(course=course, now=START)
    return Term(course=course, instructor=instructor, groups=groups, lectures=lectures)
