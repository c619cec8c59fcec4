"""Course health: what waits for the staff, what is missing, what falls due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel.decisions import Decision
from courseapp.kernel.outbox import TroubledMails, troubled_mails
from courseapp.term.outages import OutageNote, notes_for
from courseapp.term.swapping.desk import waiting_count
from courseapp.term.ways import Ways, ways_of
from grading.models import Scoring
from grading.selectors.attendance import AbsentStudent, often_absent
from grading.selectors.awards import GradingPart, counted_parts
from groups import policies
from groups.selectors import GroupSize, groups_outside_sizes
from groups.selectors.remaining import without_group_count
from schedule.models import Lecture
from schedule.selectors import next_class
from submissions.selectors.extensions import overriding_count
from submissions.selectors.proposals import waiting_proposal_count
from submissions.selectors.tallies import Tally, tallies

AHEAD = timedelta(days=7)
BEHIND = timedelta(days=7)


@dataclass(frozen=True)
class Falling:
    """What falls due at one instant for one lecture or milestone, counted over its owners.

    `deliverable_id` is None where it is several, as the questions of a lecture are.
    """

    what: str
    kind: str
    deliverable_id: int | None
    lecture_id: int | None
    lecture_title: str
    due_at: datetime
    owed_count: int
    in_count: int

    @property
    def missing_count(self) -> int:
        """Return how many hand-ins are not in, or came too late to count."""
        return self.owed_count - self.in_count


@dataclass(frozen=True)
class CourseHealth:
    """All that the staff's home shows."""

    outages: list[OutageNote]
    coming: list[Falling]
    missed: list[Falling]
    ungraded: list[GradingPart]
    waiting_proposals: int
    odd_groups: list[GroupSize]
    without_group_count: int
    may_form_rest: Decision
    absent: list[AbsentStudent]
    mails: TroubledMails
    next_class: Lecture | None
    waiting_swaps: int
    extension_count: int
    ways: Ways

    @property
    def ungraded_count(self) -> int:
        """Return how many hand-ins wait for points."""
        return sum(part.in_count - part.graded_count for part in self.ungraded)

    @property
    def is_calm(self) -> bool:
        """Say whether nothing waits for the staff."""
        groups = (self.odd_groups, self.without_group_count)
        asked = (self.waiting_proposals, self.waiting_swaps)
        waiting = (self.outages, self.ungraded, *asked, *groups, self.mails.count)
        return not any(waiting)


def health_of(actor: Actor, *, now: datetime) -> CourseHealth:
    """Return what needs a look now."""
    assert actor.course is not None
    counts = tallies(course=actor.course, now=now)
    near = [tally for tally in counts if now - BEHIND <= tally.due_at <= now + AHEAD]
    falling = _by_instant(near)
    return CourseHealth(
        outages=notes_for(actor, now=now),
        coming=[found for found in falling if found.due_at >= now],
        missed=[found for found in falling if found.due_at < now and found.missing_count],
        ungraded=[
            part
            for part in counted_parts(actor, counts)
            if part.in_count > part.graded_count and part.part.scoring == Scoring.AWARD
        ],
        waiting_proposals=waiting_proposal_count(actor.course),
        odd_groups=groups_outside_sizes(actor.course),
        without_group_count=_left_without_group(actor.course, now=now),
        may_form_rest=policies.read_rest(actor, actor.course, now=now),
        absent=often_absent(actor.course),
        mails=troubled_mails(actor.course.pk, now=now),
        next_class=next_class(actor.course, now=now),
        waiting_swaps=waiting_count(actor.course, now=now),
        extension_count=overriding_count(actor.course),
        ways=ways_of(actor),
    )


def _left_without_group(course: Course, *, now: datetime) -> int:
    """Return how many students have no group although groups are formed."""
    if not policies.formation_over(course, now=now):
        return 0
    return without_group_count(course, now=now)


def _by_instant(near: list[Tally]) -> list[Falling]:
    """Count the questions of one lecture together, everything else by its deliverable."""
    groups: dict[tuple[str, int | None], list[Tally]] = {}
    for tally in near:
        groups.setdefault((tally.kind, tally.lecture_id), []).append(tally)
    return [
        Falling(
            what=f"{found[0].words}s" if found[0].kind == "question" else found[0].words,
            kind=found[0].kind.value,
            deliverable_id=_only({tally.deliverable_id for tally in found}),
            lecture_id=found[0].lecture_id,
            lecture_title=found[0].lecture_title,
            due_at=found[0].due_at,
            owed_count=sum(tally.owed_count for tally in found),
            in_count=sum(tally.in_count for tally in found),
        )
        for found in groups.values()
    ]


def _only(ids: set[int]) -> int | None:
    return next(iter(ids)) if len(ids) == 1 else None
