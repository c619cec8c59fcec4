"""A swap as it stands: its two duties, whose they are, and whether they can still be swapped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from courseapp.course.actors import Actor
from courseapp.course.models import Course, Enrollment
from courseapp.term.models import RoleSwap, SwapOutcome
from groups.models import Membership
from groups.selectors import group_of
from schedule.models import LectureKind, RoleAssignment
from schedule.planning import Cell, Role, broken_rules, broken_sentence
from schedule.selectors.planning import RolePlanning, has_begun


class SwapState(StrEnum):
    """Where a swap stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    CARRIED_OUT = "carried_out"
    DECLINED = "declined"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    OVERTAKEN = "overtaken"


OPEN_STATES = frozenset({SwapState.OFFERED, SwapState.ACCEPTED})
# Why nothing more can be done with a swap in this state.
OVER = {
    SwapState.CARRIED_OUT: "This swap has been carried out already.",
    SwapState.DECLINED: "This offer was declined.",
    SwapState.REFUSED: "Staff did not confirm this swap.",
    SwapState.WITHDRAWN: "This offer was taken back.",
    SwapState.EXPIRED: "One of the two lectures has begun; there is nothing to swap any more.",
    SwapState.OVERTAKEN: (
        "One of the two duties has changed hands meanwhile, so there is nothing to swap any more."
        " Look at who plays what now, and offer anew."
    ),
}


@dataclass(frozen=True)
class SwapCase:
    """A swap with what decides about it; `member_ids` are who is in the two groups now."""

    swap: RoleSwap
    state: SwapState
    offering_ids: frozenset[int]
    asked_ids: frozenset[int]
    broken: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Say whether it still waits for someone."""
        return self.state in OPEN_STATES

    @property
    def member_ids(self) -> frozenset[int]:
        """Return the members of both groups."""
        return self.offering_ids | self.asked_ids

    @property
    def is_undone(self) -> bool:
        """Say whether the swap was carried out and undone since."""
        return self.swap.act is not None and hasattr(self.swap.act, "undone_by")


def swaps_of(course: Course) -> QuerySet[RoleSwap]:
    """Return a course's swaps with all that pages print about them, the newest first."""
    return RoleSwap.objects.filter(course=course).select_related(
        "offered__lecture",
        "offered__group",
        "wanted__lecture",
        "wanted__group",
        "offered_by",
        "accepted_by",
        "ended_by",
        "act__undone_by",
    )


def courses_with_open_swaps() -> list[int]:
    """Return the ids of the courses in which an offer stands."""
    return sorted(set(RoleSwap.objects.open().values_list("course_id", flat=True)))


def case_of(
    swap: RoleSwap, members: dict[int, frozenset[int]], planning: RolePlanning, *, now: datetime
) -> SwapCase:
    """Return a swap as it stands; where it is open, with the rules that it would break."""
    state = state_of(swap, now=now)
    is_open = state in OPEN_STATES
    return SwapCase(
        swap=swap,
        state=state,
        offering_ids=members.get(swap.offered.group_id, frozenset()),
        asked_ids=members.get(swap.wanted.group_id, frozenset()),
        broken=broken_by_swap(planning, swap.offered, swap.wanted) if is_open else (),
    )


def state_of(swap: RoleSwap, *, now: datetime) -> SwapState:
    """Return where a swap stands."""
    if swap.outcome:
        return SwapState(SwapOutcome(swap.outcome).value)
    duties = (swap.offered, swap.wanted)
    if any(duty.withdrawn_at is not None for duty in duties):
        return SwapState.OVERTAKEN
    if not all(is_coming(duty, now=now) for duty in duties):
        return SwapState.EXPIRED
    return SwapState.OFFERED if swap.accepted_at is None else SwapState.ACCEPTED


def is_coming(duty: RoleAssignment, *, now: datetime) -> bool:
    """Say whether a duty lies in a lecture that has not begun."""
    lecture = duty.lecture
    is_lecture = lecture.kind == LectureKind.LECTURE and lecture.withdrawn_at is None
    return is_lecture and not has_begun(lecture, now=now)


def members_by_group(course: Course) -> dict[int, frozenset[int]]:
    """Return who is in which group now, by their ids, in one query."""
    current = Membership.objects.current().filter(group__course=course)
    found: dict[int, set[int]] = {}
    for group, person in current.values_list("group_id", "enrollment_id"):
        found.setdefault(group, set()).add(person)
    return {group: frozenset(people) for group, people in found.items()}


def people_of(ids: Iterable[int]) -> list[Enrollment]:
    """Return active people by their ids."""
    return list(Enrollment.objects.active().filter(pk__in=list(ids)))


def broken_by_swap(
    planning: RolePlanning, first: RoleAssignment, second: RoleAssignment
) -> tuple[str, ...]:
    """Return in words which rules of the plan a swap would break that hold now.

    Only what shares a group or a lecture with it is looked at: nothing else can clash.
    """
    old = {_cell(first, first.group_id), _cell(second, second.group_id)}
    new = {_cell(first, second.group_id), _cell(second, first.group_id)}
    lectures, groups = {cell.lecture for cell in old}, {cell.group for cell in old}
    near = {
        cell
        for cell in planning.standing
        if (cell.lecture in lectures or cell.group in groups) and _is_planned(planning, cell)
    }
    problem = planning.problem
    before = {found.key for found in broken_rules(problem, near)}
    after = (near - old) | {cell for cell in new if _is_planned(planning, cell)}
    return tuple(
        broken_sentence(problem, found)
        for found in broken_rules(problem, after)
        if found.key not in before
    )


def _cell(duty: RoleAssignment, group_id: int) -> Cell:
    return Cell(duty.lecture_id, Role(duty.role), group_id)


def _is_planned(planning: RolePlanning, cell: Cell) -> bool:
    return cell.lecture in planning.lectures and cell.group in planning.groups


def open_duties(course: Course, *, now: datetime) -> list[RoleAssignment]:
    """Return the duties in lectures that have not begun, in the order of the schedule."""
    held = RoleAssignment.objects.current().filter(
        lecture__course=course, lecture__withdrawn_at__isnull=True, group__dissolved_at__isnull=True
    )
    ordered = held.select_related("lecture", "group").order_by("lecture__position", "position")
    return [duty for duty in ordered if is_coming(duty, now=now)]


def own_group_id(actor: Actor) -> int | None:
    """Return the id of the actor's present group."""
    group = group_of(actor)
    return None if group is None else group.pk
