"""Who may offer, answer and confirm a swap, and when (domain.md §7)."""

from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import CourseState
from courseapp.kernel.decisions import Allowed, Decision, Denied
from courseapp.term.swapping.cases import OVER, SwapCase, SwapState
from schedule.models import RoleAssignment


@dataclass(frozen=True)
class Offer:
    """A duty for a duty, and whether each can be swapped; `own_group_id` is the offering person's."""

    offered: RoleAssignment | None
    wanted: RoleAssignment | None
    own_group_id: int | None


def read_swaps(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Students and staff see the course's swaps: their groups' own, or all."""
    if actor.is_student or actor.is_staff:
        return Allowed()
    return Denied("not_in_class", "Swaps are between the groups of the course.")


def offer(actor: Actor, wish: Offer, *, now: datetime) -> Decision:
    """A member offers a duty of their group for one of another group, while both lie ahead."""
    running = _runs(actor)
    if not running:
        return running
    if not actor.may(Permission.HAND_IN) or wish.own_group_id is None:
        return Denied("no_group", "Only a member of a group offers one of its duties.")
    if wish.offered is None or wish.wanted is None:
        return Denied(
            "not_held",
            "One of these duties is not there (any more), or its lecture has begun. Choose again.",
        )
    if wish.offered.group_id != wish.own_group_id:
        return Denied("not_yours", "This duty is not your group's. Choose one of yours to give.")
    if wish.wanted.group_id == wish.own_group_id:
        return Denied("own_duty", "This duty is your group's already. Choose one of another group.")
    return Allowed()


def answer(actor: Actor, case: SwapCase, *, now: datetime) -> Decision:
    """A member of the group that was asked accepts or declines, once."""
    running = _runs(actor)
    if not running:
        return running
    if actor.enrollment is None or actor.enrollment.pk not in case.asked_ids:
        return Denied("not_asked", "Only a member of the group that was asked answers this.")
    if case.state is SwapState.ACCEPTED:
        return Denied("accepted", "Your group has accepted this already; it waits for staff.")
    return _still(case, SwapState.OFFERED)


def withdraw(actor: Actor, case: SwapCase, *, now: datetime) -> Decision:
    """Either group takes it back while nothing was swapped."""
    ids = case.member_ids if case.state is SwapState.ACCEPTED else case.offering_ids
    if actor.enrollment is None or actor.enrollment.pk not in ids:
        return Denied("not_yours", "Only a member of the group that offered this takes it back.")
    return Allowed() if case.is_open else Denied("over", OVER[case.state])


def confirm(actor: Actor, case: SwapCase, *, now: datetime) -> Decision:
    """Whoever changes the plan confirms, or does not, what both groups agreed on."""
    if not actor.may(Permission.CHANGE_PLAN):
        return Denied("not_permitted", "Only an instructor, or a TA whom one let, confirms a swap.")
    if actor.enrollment is not None and actor.enrollment.pk in case.member_ids:
        return Denied("own_group", "Nobody confirms a swap of their own group.")
    if case.state is SwapState.OFFERED:
        return Denied("not_accepted", "The other group has not accepted this yet.")
    return _still(case, SwapState.ACCEPTED)


def _still(case: SwapCase, wanted: SwapState) -> Decision:
    return Allowed() if case.state is wanted else Denied("over", OVER[case.state])


def _runs(actor: Actor) -> Decision:
    if actor.course is not None and actor.course.state == CourseState.PUBLISHED:
        return Allowed()
    return Denied("not_running", "Duties are swapped while the course runs.")
