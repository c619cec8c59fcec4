"""What outages took from whom, and how much more time is proposed for it (domain.md §3)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from courseapp.course.actors import Actor
from courseapp.course.models import Course, CourseState, Enrollment, Role
from submissions.deadlines import OUTAGE_WINDOW, Silence, made_up_due_at, time_lost
from submissions.models import Outage, OutageAnswer
from submissions.selectors.owed import Duty, duties

# What nobody answered for so long is not proposed any more.
PROPOSED_FOR = timedelta(days=14)


@dataclass(frozen=True)
class MoreTimeProposed:
    """More time for one deliverable, for all whose due instant an outage touched.

    `due_at` is the first such instant, `lost` the longest that anyone could not hand in during the 3
    hours before theirs; `until` is the latest instant that is proposed to anyone.
    """

    course: Course
    outages: tuple[Outage, ...]
    hit: tuple[Duty, ...]
    until: datetime
    lost: timedelta

    @property
    def duty(self) -> Duty:
        """Return the duty that was due first, which stands for all."""
        return self.hit[0]

    @property
    def deliverable_id(self) -> int:
        """Return what is due."""
        return self.duty.deliverable_id

    @property
    def due_at(self) -> datetime:
        """Return the first due instant that is touched."""
        return self.duty.due_at

    @property
    def in_count(self) -> int:
        """Return how many of those touched have something in on time."""
        return sum(duty.is_in for duty in self.hit)

    @property
    def began_at(self) -> datetime:
        """Return when the product went silent."""
        return self.outages[0].began_at

    @property
    def ended_at(self) -> datetime:
        """Return when it answered again."""
        return self.outages[-1].ended_at

    @property
    def lost_minutes(self) -> int:
        """Return the minutes lost, rounded down."""
        return self.lost // timedelta(minutes=1)


def proposals_of(
    course: Course, *, now: datetime, deliverables: list[int] | None = None
) -> list[MoreTimeProposed]:
    """Return what is proposed and was not answered yet, by due instant; one query on a calm day."""
    if course.state != CourseState.PUBLISHED:
        return []
    found = Outage.objects.filter(ended_at__gt=now - PROPOSED_FOR, ended_at__lte=now)
    outages = list(found.order_by("began_at"))
    if not outages:
        return []
    answered = _answered(course, outages)
    by_deliverable: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties(
        course=course,
        now=now,
        deliverables=deliverables,
        due_after=outages[0].began_at,
        due_by=outages[-1].ended_at + OUTAGE_WINDOW,
    ):
        by_deliverable[duty.deliverable_id].append(duty)
    proposed = [
        _proposed(course, owed, [one for one in outages if one.pk not in answered[key]], now=now)
        for key, owed in by_deliverable.items()
    ]
    return sorted(filter(None, proposed), key=lambda one: one.due_at)


def _answered(course: Course, outages: list[Outage]) -> dict[int, set[int]]:
    answers = OutageAnswer.objects.filter(
        outage__in=outages, deliverable__course=course, withdrawn_at__isnull=True
    )
    answered: dict[int, set[int]] = defaultdict(set)
    for deliverable_id, outage_id in answers.values_list("deliverable_id", "outage_id"):
        answered[deliverable_id].add(outage_id)
    return answered


def _proposed(
    course: Course, owed: list[Duty], outages: list[Outage], *, now: datetime
) -> MoreTimeProposed | None:
    silences = silences_of(outages)
    until = {
        duty.due_at: made_up_due_at(due_at=duty.due_at, silences=silences, now=now) for duty in owed
    }
    hit = sorted((duty for duty in owed if until[duty.due_at]), key=lambda duty: duty.due_at)
    if not hit:
        return None
    touching = [
        one
        for one in outages
        if any(time_lost(due_at=duty.due_at, silences=silences_of([one])) for duty in hit)
    ]
    return MoreTimeProposed(
        course=course,
        outages=tuple(touching),
        hit=tuple(hit),
        until=max(found for found in until.values() if found is not None),
        lost=max(time_lost(due_at=due_at, silences=silences) for due_at in until),
    )


def silences_of(outages: Iterable[Outage]) -> list[Silence]:
    """Return outages as the rule reads them."""
    return [Silence(one.began_at, one.ended_at) for one in outages]


def proposal_for(actor: Actor, *, now: datetime, deliverable_id: int) -> MoreTimeProposed | None:
    """Return what is proposed for a deliverable of the actor's course, to staff; None without."""
    if actor.course is None or not actor.is_staff:
        return None
    found = proposals_of(actor.course, now=now, deliverables=[deliverable_id])
    return found[0] if found else None


def published_courses() -> list[Course]:
    """Return the courses in which something can be due."""
    return list(Course.objects.filter(state=CourseState.PUBLISHED))


def instructors_of(course: Course) -> list[Enrollment]:
    """Return those who decide about due instants."""
    return list(Enrollment.objects.active().filter(course=course, role=Role.INSTRUCTOR))
