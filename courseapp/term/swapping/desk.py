"""What the page of swaps shows: to a student their group's, to staff all and what waits for them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel.decisions import Decision
from courseapp.term.models import RoleSwap
from courseapp.term.swapping import policies
from courseapp.term.swapping.cases import (
    SwapCase,
    SwapState,
    broken_by_swap,
    case_of,
    members_by_group,
    open_duties,
    own_group_id,
    state_of,
    swaps_of,
)
from schedule.models import RoleAssignment
from schedule.planning import RoleNames
from schedule.selectors.planning import RolePlanning, role_planning
from schedule.selectors.role_names import role_names

# Earlier swaps that the page lists.
SHOWN_OVER = 20


@dataclass(frozen=True)
class DutyLine:
    """A duty in words, and which rules a swap for it would break."""

    duty: RoleAssignment
    part: str
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class SwapLine:
    """A swap in words, with what the reader may do about it."""

    case: SwapCase
    gives: str
    wants: str
    may_answer: Decision
    may_withdraw: Decision
    may_confirm: Decision

    @property
    def swap(self) -> RoleSwap:
        """Return the swap."""
        return self.case.swap


@dataclass(frozen=True)
class SwapDesk:
    """Swaps of a group, or, for staff, of the course.

    `own` are the group's duties that it can give; of the one that is chosen, `fitting` and `breaking`
    are the duties of other groups that it could get.
    """

    course: Course
    has_group: bool
    waiting: list[SwapLine]
    others: list[SwapLine]
    over: list[SwapLine]
    own: list[DutyLine] = field(default_factory=list)
    chosen: DutyLine | None = None
    fitting: list[DutyLine] = field(default_factory=list)
    breaking: list[DutyLine] = field(default_factory=list)


def desk_of(actor: Actor, *, now: datetime) -> SwapDesk | None:
    """Return the swaps that concern the actor, for the course's members."""
    return desk_with(actor, now=now, chosen_id=None) if actor.is_member else None


def desk_with(actor: Actor, *, now: datetime, chosen_id: int | None) -> SwapDesk:
    """Return the swaps, with what could be had for a duty of the actor's group."""
    assert actor.course is not None
    course, group_id = actor.course, own_group_id(actor)
    planning, names = role_planning(course, now=now), role_names(course)
    duties = open_duties(course, now=now) if group_id is not None else []
    own = [DutyLine(duty, names.noun(duty.role)) for duty in duties if duty.group_id == group_id]
    chosen = next((line for line in own if line.duty.pk == chosen_id), None)
    offers = [] if chosen is None else _offers(chosen.duty, duties, planning, names)
    lines = _lines(actor, course, planning, names, now=now)
    return SwapDesk(
        course=course,
        has_group=group_id is not None,
        waiting=[line for line in lines if line.case.is_open and _waits(line)],
        others=[line for line in lines if line.case.is_open and not _waits(line)],
        over=[line for line in lines if not line.case.is_open][:SHOWN_OVER],
        own=own,
        chosen=chosen,
        fitting=[line for line in offers if not line.broken],
        breaking=[line for line in offers if line.broken],
    )


def _offers(
    given: RoleAssignment, duties: list[RoleAssignment], planning: RolePlanning, names: RoleNames
) -> list[DutyLine]:
    """Return what a group could get for a duty: the same role first, then by the schedule."""
    others = [duty for duty in duties if duty.group_id != given.group_id]
    held = {(duty.lecture_id, duty.role, duty.group_id) for duty in duties}
    possible = [
        duty
        for duty in others
        if (duty.lecture_id, duty.role, given.group_id) not in held
        and (given.lecture_id, given.role, duty.group_id) not in held
    ]
    possible.sort(key=lambda duty: duty.role != given.role)
    return [
        DutyLine(duty, names.noun(duty.role), broken_by_swap(planning, given, duty))
        for duty in possible
    ]


def _lines(
    actor: Actor, course: Course, planning: RolePlanning, names: RoleNames, *, now: datetime
) -> list[SwapLine]:
    members = members_by_group(course)
    cases = [case_of(swap, members, planning, now=now) for swap in _readable(actor, course)]
    return [
        SwapLine(
            case=case,
            gives=names.noun(case.swap.offered.role),
            wants=names.noun(case.swap.wanted.role),
            may_answer=policies.answer(actor, case, now=now),
            may_withdraw=policies.withdraw(actor, case, now=now),
            may_confirm=policies.confirm(actor, case, now=now),
        )
        for case in cases
    ]


def _readable(actor: Actor, course: Course) -> Iterable[RoleSwap]:
    """Return the swaps that the actor may read: all for staff, those of their group for a student."""
    found = swaps_of(course)
    if actor.is_staff:
        return found
    group_id = own_group_id(actor)
    return [swap for swap in found if group_id in {swap.offered.group_id, swap.wanted.group_id}]


def _waits(line: SwapLine) -> bool:
    """Say whether the swap waits for the reader."""
    return bool(line.may_answer) or bool(line.may_confirm)


@dataclass(frozen=True)
class NamedSwap:
    """A swap that was named in an address, for someone who may know of it."""

    course: Course
    swap_id: int


def named_swap(actor: Actor, *, now: datetime, swap_id: int) -> NamedSwap | None:
    """Return a swap for the members of its groups and for staff."""
    if actor.course is None or actor.enrollment is None:
        return None
    found = swaps_of(actor.course).filter(pk=swap_id).first()
    if found is None or not (actor.is_staff or found in _readable(actor, actor.course)):
        return None
    return NamedSwap(actor.course, found.pk)


def waiting_count(course: Course, *, now: datetime) -> int:
    """Return how many swaps wait for staff."""
    accepted = RoleSwap.objects.open().filter(course=course, accepted_at__isnull=False)
    swaps = accepted.select_related("offered__lecture", "wanted__lecture")
    return sum(state_of(swap, now=now) is SwapState.ACCEPTED for swap in swaps)
