"""Forming the rest: after the deadline, everyone who remains is placed in one step (domain.md §6).

What would be done is shown first. It is done as it was shown, or not at all.
"""

from datetime import datetime
from itertools import chain, count

from django.db import transaction
from django.db.models import F, Max, Value
from django.db.models.functions import Greatest

from courseapp.course.actors import Actor
from courseapp.course.models import Course, Enrollment
from courseapp.kernel import audit, mail
from courseapp.kernel.decisions import Denied, Refused, require
from groups import emails, policies
from groups.models import (
    REASON_LENGTH,
    SHORTEST_STAY,
    Group,
    Invitation,
    JoinRequest,
    Membership,
    Outcome,
    SizeWaiver,
)
from groups.planning import form_the_rest
from groups.selectors.division import ShownDivision, ShownGroup, shown_before, shown_division
from groups.selectors.remaining import remaining_of
from groups.selectors.standing import OVERTAKEN
from groups.services.seats import active_members, violations_refused

CHANGED = Denied(
    "changed_since",
    "Groups have changed since this was shown, and nothing was done. Look at the new division below.",
)
NOTHING_LEFT = Denied("nobody_left", "Everyone is in a group; there is nothing to do.")


def propose(*, actor: Actor, course: Course, now: datetime) -> ShownDivision:
    """Return how those who remain would be placed. Nothing is changed."""
    require(policies.read_rest(actor, course, now=now))
    remaining = remaining_of(course, now=now)
    return shown_division(remaining, form_the_rest(remaining.problem))


@transaction.atomic
def apply_division(
    *, actor: Actor, course: Course, shown: str, is_early: bool, now: datetime
) -> ShownDivision:
    """Place everyone as it was shown; `shown` is the token of that division.

    Before the deadline only where the actor says so (`is_early`). Raises `Refused` where anything
    that the division rests on has changed since.
    """
    course = _lock(course)
    require(policies.form_rest(actor, course, is_early=is_early, now=now))
    division = shown_before(shown, remaining_of(course, now=now))
    if division is None:
        raise Refused(CHANGED)
    if division.is_empty:
        raise Refused(NOTHING_LEFT)
    with (
        audit.acting(user_id=actor.user_id, action="form_the_rest", reason=division.sentence),
        violations_refused(),
    ):
        _write(division, actor=actor, now=now)
    return division


def _lock(course: Course) -> Course:
    """Lock the course, its students and its groups, in the order that every way into a group keeps."""
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    students = Enrollment.objects.students().filter(course=course).order_by("pk")
    list(students.select_for_update(no_key=True).values_list("pk"))
    groups = Group.objects.filter(course=course).order_by("pk")
    list(groups.select_for_update(no_key=True).values_list("pk"))
    return course


def _write(division: ShownDivision, *, actor: Actor, now: datetime) -> None:
    instant = _instant_after(division, now=now)
    groups = _groups_of(division, instant=instant)
    for proposed in division.groups:
        _move_in_whole_groups(proposed, actor=actor, instant=instant)
    seats = [
        membership
        for proposed, group in zip(division.groups, groups, strict=True)
        for membership in _memberships(proposed, group, instant=instant)
    ]
    Membership.objects.bulk_create(seats)
    _end_approaches([seat.enrollment_id for seat in seats], actor=actor, now=now)
    _waive(division, groups, actor=actor, now=now)
    if division.remaining.course.mails:
        _tell(division, groups, instant=instant, now=now)


def _instant_after(division: ShownDivision, *, now: datetime) -> datetime:
    """Return now, or the latest instant just ahead of it at which a membership began or ended."""
    memberships = chain.from_iterable(one.memberships for one in division.remaining.seated)
    known = [
        instant
        for one in memberships
        for instant in (one.starts_at + SHORTEST_STAY, one.ends_at)
        if instant is not None
    ]
    return max([now, *(instant for instant in known if now < instant <= now + OVERTAKEN)])


def _groups_of(division: ShownDivision, *, instant: datetime) -> list[Group]:
    """Return the group of each proposed one, founded where it is new."""
    course = division.remaining.course
    last: int = course.groups.aggregate(last=Max("position"))["last"] or 0
    positions = count(last + 1)
    founded = {
        proposed.name: Group(
            course=course, name=proposed.name, position=next(positions), formed_at=instant
        )
        for proposed in division.groups
        if proposed.seated is None
    }
    Group.objects.bulk_create(founded.values())
    return [
        founded[proposed.name] if proposed.seated is None else proposed.seated.group
        for proposed in division.groups
    ]


def _move_in_whole_groups(proposed: ShownGroup, *, actor: Actor, instant: datetime) -> None:
    """End the memberships of groups that move into another, and these groups with them."""
    for moved in proposed.moved:
        current = Membership.objects.current().filter(group=moved.group)
        reason = f"Moved with {moved.group} into {proposed.name}."
        current.update(ends_at=instant, end_reason=reason, ended_by=actor.enrollment)
        moved.group.dissolved_at = instant
        moved.group.save(update_fields=["dissolved_at"])


def _memberships(proposed: ShownGroup, group: Group, *, instant: datetime) -> list[Membership]:
    """Return the memberships that begin, each in the lowest seat that is free."""
    seated = proposed.seated
    taken = set() if seated is None else {one.seat for one in seated.memberships}
    free = (seat for seat in count(1) if seat not in taken)
    coming = [(person, f"Placed by staff. {proposed.why}") for person in proposed.newcomers]
    coming += [
        (member, f"Moved with {moved.group}. {proposed.why}")
        for moved in proposed.moved
        for member in moved.members
    ]
    return [
        Membership(
            group=group,
            enrollment=person,
            seat=next(free),
            starts_at=instant,
            start_reason=reason[:REASON_LENGTH],
        )
        for person, reason in coming
    ]


def _end_approaches(placed: list[int], *, actor: Actor, now: datetime) -> None:
    """End what was open for those who are placed: accepted by their group, overtaken for the others."""
    for kind in (Invitation, JoinRequest):
        waiting = kind.objects.filter(enrollment__in=placed, ended_at__isnull=True)
        ended = {"ended_at": Greatest("made_at", Value(now)), "ended_by": actor.enrollment}
        theirs = waiting.filter(
            enrollment__memberships__group=F("group"), enrollment__memberships__ends_at=None
        )
        accepted = list(theirs.values_list("pk", flat=True))
        waiting.filter(pk__in=accepted).update(outcome=Outcome.ACCEPTED, **ended)
        waiting.update(outcome=Outcome.LAPSED, **ended)


def _waive(division: ShownDivision, groups: list[Group], *, actor: Actor, now: datetime) -> None:
    """Record each group that is, or stays, outside the course's sizes, where it is not yet."""
    outside = [
        (group, proposed.size, proposed.waiver_why)
        for proposed, group in zip(division.groups, groups, strict=True)
        if proposed.waiver_why
    ]
    outside += [
        (left.seated.group, left.size, left.why)
        for left in division.left_outside
        if not left.is_waived
    ]
    SizeWaiver.objects.bulk_create(
        SizeWaiver(
            group=group,
            size=size,
            reason=why[:REASON_LENGTH],
            granted_by=actor.enrollment,
            granted_at=now,
        )
        for group, size, why in outside
    )


def _tell(
    division: ShownDivision, groups: list[Group], *, instant: datetime, now: datetime
) -> None:
    """Tell everyone in the groups that changed who is with them now."""
    letters = [
        emails.placed(
            group=group,
            members=active_members(group),
            newcomers=[*proposed.newcomers, *chain.from_iterable(proposed.moved_members)],
            shared=proposed.shared,
            instant=instant,
        )
        for proposed, group in zip(division.groups, groups, strict=True)
    ]
    mail.queue(list(chain.from_iterable(letters)), now=now)
