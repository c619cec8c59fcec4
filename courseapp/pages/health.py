"""The staff's home: what is late, what is ungraded, what falls due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from courseapp.course.actors import Actor
from grading.selectors.awards import GradingPart, grading_parts
from schedule.models import Lecture
from schedule.selectors import next_class
from submissions.selectors.owed import Duty, duties

AHEAD = timedelta(days=7)
BEHIND = timedelta(days=7)


@dataclass(frozen=True)
class Falling:
    """One deliverable that falls due, counted over its owners."""

    duty: Duty
    owed_count: int
    in_count: int

    @property
    def missing_count(self) -> int:
        """Return how many owners have nothing in that counts."""
        return self.owed_count - self.in_count


@dataclass(frozen=True)
class CourseHealth:
    """All that the staff's home shows."""

    coming: list[Falling]
    missed: list[Falling]
    ungraded: list[GradingPart]
    next_class: Lecture | None


def health_of(actor: Actor, *, now: datetime) -> CourseHealth:
    """Return what needs a look now."""
    assert actor.course is not None
    near = duties(course=actor.course, now=now, due_after=now - BEHIND, due_by=now + AHEAD)
    falling = _by_deliverable(near)
    parts = grading_parts(actor, now=now) or []
    return CourseHealth(
        coming=[found for found in falling if found.duty.base_due_at >= now],
        missed=[found for found in falling if found.duty.base_due_at < now and found.missing_count],
        ungraded=[part for part in parts if part.in_count > part.graded_count],
        next_class=next_class(actor.course, now=now),
    )


def _by_deliverable(owed: list[Duty]) -> list[Falling]:
    by_id: dict[int, list[Duty]] = {}
    for duty in owed:
        by_id.setdefault(duty.deliverable_id, []).append(duty)
    return [
        Falling(duty=found[0], owed_count=len(found), in_count=sum(duty.is_in for duty in found))
        for found in by_id.values()
    ]
