"""Offering, answering and confirming swaps; each step asks again under the course's lock."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import audit, mail
from courseapp.kernel.decisions import Allowed, Decision, Denied, Refused, require
from courseapp.kernel.mail import Letter
from courseapp.term.acts.carrying_out import CAREFULLY, Doing, carry_out
from courseapp.term.acts.roles import SwapDuties
from courseapp.term.models import RoleSwap, SwapOutcome
from courseapp.term.swapping import emails, policies
from courseapp.term.swapping.cases import (
    OPEN_STATES,
    SwapCase,
    broken_by_swap,
    case_of,
    courses_with_open_swaps,
    members_by_group,
    open_duties,
    own_group_id,
    people_of,
    state_of,
    swaps_of,
)
from courseapp.term.swapping.people import confirming
from schedule.selectors.planning import role_planning

Permit = Callable[[Actor], Decision]


@transaction.atomic
def offer_swap(
    *, actor: Actor, offered_id: int, wanted_id: int, message: str, now: datetime
) -> RoleSwap:
    """Offer a duty of the actor's group for one of another group, and tell that group."""
    course = _locked_course(actor)
    duties = {duty.pk: duty for duty in open_duties(course, now=now)}
    offered, wanted = duties.get(offered_id), duties.get(wanted_id)
    wish = policies.Offer(offered, wanted, own_group_id(actor))
    require(policies.offer(actor, wish, now=now))
    _require_new(offered_id, wanted_id)
    assert offered is not None
    assert wanted is not None
    assert actor.enrollment is not None
    with audit.acting(user_id=actor.user_id, action="offer_swap"):
        swap = RoleSwap.objects.create(
            course=course,
            offered=offered,
            wanted=wanted,
            message=message,
            offered_by=actor.enrollment,
            offered_at=now,
        )
    broken = broken_by_swap(role_planning(course, now=now), offered, wanted)
    asked = people_of(members_by_group(course).get(wanted.group_id, ()))
    _send(emails.swap_offered(swap=swap, broken=broken, people=asked), course, now=now)
    return swap


def _require_new(offered_id: int, wanted_id: int) -> None:
    standing = RoleSwap.objects.open()
    if standing.filter(offered=offered_id, wanted=wanted_id).exists():
        message = "Your group has offered just this already; it waits for an answer."
        raise Refused(Denied("offered_already", message))
    if standing.filter(offered=wanted_id, wanted=offered_id).exists():
        message = "The other group offers you just this: accept their offer instead."
        raise Refused(Denied("offered_to_you", message))


@transaction.atomic
def accept_swap(*, actor: Actor, swap_id: int, now: datetime) -> SwapCase:
    """Agree to a swap; it is carried out at once where neither staff nor a rule stands before it."""
    case = _locked_case(actor, swap_id, now=now)
    require(policies.answer(actor, case, now=now))
    swap = case.swap
    swap.accepted_by, swap.accepted_at = actor.enrollment, now
    with audit.acting(user_id=actor.user_id, action="accept_swap"):
        swap.save(update_fields=["accepted_by", "accepted_at"])
    if swap.course.swaps_need_staff or case.broken:
        _tell_of_agreement(actor, case, now=now)
        return case
    permit = partial(_agreed, case=case, now=now)
    _carry_out(actor, case, reason="Both groups agreed to it.", permit=permit, now=now)
    return case


def _agreed(actor: Actor, *, case: SwapCase, now: datetime) -> Decision:
    """Allow a member of the asked group to carry out what the course lets groups settle."""
    is_asked = actor.enrollment is not None and actor.enrollment.pk in case.asked_ids
    return Allowed() if is_asked else Denied("not_asked", "Only the group that was asked agrees.")


def _tell_of_agreement(actor: Actor, case: SwapCase, *, now: datetime) -> None:
    swap = case.swap
    offering = people_of(case.offering_ids)
    letters = emails.swap_accepted(swap=swap, broken=case.broken, people=offering)
    staff = confirming(swap.course)
    letters += emails.swap_waits(swap=swap, broken=case.broken, people=staff)
    _send(letters, swap.course, now=now)


@transaction.atomic
def confirm_swap(*, actor: Actor, swap_id: int, reason: str, now: datetime) -> SwapCase:
    """Carry out what both groups agreed on, with a reason where it breaks a rule of the plan."""
    case = _locked_case(actor, swap_id, now=now)
    require(policies.confirm(actor, case, now=now))
    _carry_out(actor, case, reason=reason, permit=partial(_confirmed, case=case, now=now), now=now)
    return case


def _confirmed(actor: Actor, *, case: SwapCase, now: datetime) -> Decision:
    return policies.confirm(actor, case, now=now)


def _carry_out(actor: Actor, case: SwapCase, *, reason: str, permit: Permit, now: datetime) -> None:
    """Swap as one act: the rules are asked again, both groups are told, and it can be undone."""
    swap = case.swap
    action = SwapDuties(swap.offered_id, swap.wanted_id)
    doing = Doing(action.kind, action.parameters(), permit, action.carry_out)
    carried = carry_out(doing, actor=actor, reason=reason, now=now, choices=CAREFULLY)
    swap.act = carried.act
    _end(case, actor, SwapOutcome.CARRIED_OUT, now=now)


@transaction.atomic
def decline_swap(*, actor: Actor, swap_id: int, answer: str, now: datetime) -> SwapCase:
    """Say no to a swap, and tell the group that offered it."""
    case = _locked_case(actor, swap_id, now=now)
    require(policies.answer(actor, case, now=now))
    return _turn_down(case, actor, SwapOutcome.DECLINED, answer, case.offering_ids, now=now)


@transaction.atomic
def withdraw_swap(*, actor: Actor, swap_id: int, now: datetime) -> SwapCase:
    """Take a swap back, and tell the other group."""
    case = _locked_case(actor, swap_id, now=now)
    require(policies.withdraw(actor, case, now=now))
    assert actor.enrollment is not None
    is_offering = actor.enrollment.pk in case.offering_ids
    others = case.asked_ids if is_offering else case.offering_ids
    return _turn_down(case, actor, SwapOutcome.WITHDRAWN, "", others, now=now)


@transaction.atomic
def refuse_swap(*, actor: Actor, swap_id: int, answer: str, now: datetime) -> SwapCase:
    """Do not confirm a swap, and tell both groups why."""
    case = _locked_case(actor, swap_id, now=now)
    require(policies.confirm(actor, case, now=now))
    return _turn_down(case, actor, SwapOutcome.REFUSED, answer, case.member_ids, now=now)


def _turn_down(
    case: SwapCase,
    actor: Actor,
    outcome: SwapOutcome,
    answer: str,
    told: frozenset[int],
    *,
    now: datetime,
) -> SwapCase:
    case.swap.answer = answer
    _end(case, actor, outcome, now=now)
    letters = emails.swap_ended(swap=case.swap, people=people_of(told))
    _send(letters, case.swap.course, now=now)
    return case


def _end(case: SwapCase, actor: Actor, outcome: SwapOutcome, *, now: datetime) -> None:
    swap = case.swap
    swap.outcome, swap.ended_by, swap.ended_at = outcome, actor.enrollment, now
    with audit.acting(user_id=actor.user_id, action=f"swap_{outcome.value}"):
        swap.save(update_fields=["outcome", "answer", "ended_by", "ended_at", "act"])


def settle_swaps(*, now: datetime) -> int:
    """End the offers that can no more be carried out, and tell who waits; return how many."""
    return sum(_settle_swaps_of(pk, now=now) for pk in courses_with_open_swaps())


@transaction.atomic
def _settle_swaps_of(course_id: int, *, now: datetime) -> int:
    course = Course.objects.select_for_update().get(pk=course_id)
    lapsed = [
        swap
        for swap in swaps_of(course).filter(ended_at__isnull=True)
        if state_of(swap, now=now) not in OPEN_STATES
    ]
    members = members_by_group(course)
    for swap in lapsed:
        swap.outcome, swap.ended_at = SwapOutcome(state_of(swap, now=now).value), now
        with audit.acting(user_id=None, action=f"swap_{swap.outcome}"):
            swap.save(update_fields=["outcome", "ended_at"])
        waiting = members.get(swap.offered.group_id, frozenset())
        if swap.accepted_at is not None:
            waiting |= members.get(swap.wanted.group_id, frozenset())
        letters = emails.swap_ended(swap=swap, people=people_of(waiting))
        _send(letters, course, now=now)
    return len(lapsed)


def _locked_course(actor: Actor) -> Course:
    """Lock the course: whatever changes parts waits for whoever is at it."""
    if actor.course is None:
        raise Refused(Denied("not_found", "There is no such course."))
    return Course.objects.select_for_update().get(pk=actor.course.pk)


def _locked_case(actor: Actor, swap_id: int, *, now: datetime) -> SwapCase:
    """Return a swap as it stands now that nobody else can change it."""
    course = _locked_course(actor)
    found = swaps_of(course).filter(pk=swap_id).first()
    if found is None:
        raise Refused(Denied("not_found", "There is no such offer."))
    found.course = course
    planning = role_planning(course, now=now)
    return case_of(found, members_by_group(course), planning, now=now)


def _send(letters: list[Letter], course: Course, *, now: datetime) -> None:
    if course.mails:
        mail.queue(letters, now=now)
