"""Seats: the one way into a group, and the one way out that a member has.

Whoever changes what a person or a group may do locks the person first, then the group, so that
nobody waits in a circle. Then the policy is asked again; the database's constraints judge last.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import DatabaseError, transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import audit, mail
from courseapp.kernel.decisions import Decision, Denied, Refused, require
from groups import emails
from groups.models import (
    SHORTEST_STAY,
    Approach,
    Group,
    Invitation,
    JoinRequest,
    Membership,
    Outcome,
    SizeWaiver,
)
from groups.selectors.sizes import needs_waiver, waived_sizes
from groups.selectors.standing import Standing, standing_of

# What a constraint says where someone who took no lock was faster.
_VIOLATIONS: Final = {
    "group_unique_name": Denied("name_taken", "Another group has this name; choose another one."),
    "invitation_open_once": Denied("already_invited", "This person is invited already."),
    "join_link_one_open": Denied("link_made", "Another member has just made a link."),
    "joinrequest_open_once": Denied("already_asked", "You have asked this group already."),
    "membership_one_group_at_a_time": Denied("has_group", "This person has just joined a group."),
    "membership_one_person_a_seat": Denied("seat_taken", "Someone just took this seat; try again."),
}
# Postgres' word for two that wait for each other: it ends one of them.
DEADLOCK = "40P01"


@contextmanager
def violations_refused() -> Iterator[None]:
    """Turn what the database does not let happen beside another change to a refusal."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        cause: Any = error.__cause__
        denied = _refusal_of(cause)
        if denied is None:
            raise
        raise Refused(denied) from error


def _refusal_of(cause: Any) -> Denied | None:
    if cause.pgcode == DEADLOCK:
        return Denied("busy", "This group was changed at the same moment; try again.")
    return _VIOLATIONS.get(cause.diag.constraint_name)


def locked_standing(*, person_id: int, group_id: int | None, now: datetime) -> Standing:
    """Lock a person and a group and return how they stand, as things are now."""
    people = Enrollment.objects.select_for_update(of=("self",), no_key=True)
    groups = Group.objects.select_for_update(no_key=True)
    with violations_refused():
        person = people.select_related("course").get(pk=person_id)
        group = None if group_id is None else groups.get(pk=group_id)
    if group is not None and group.course_id != person.course_id:
        raise Refused(Denied("not_found", "There is no such group in this course."))
    return standing_of(person, group, now=now)


@dataclass(frozen=True)
class Entry:
    """A person on the way into a group: whether they may is asked under the lock; `reason` is kept."""

    person_id: int
    group_id: int
    may: Callable[[Standing], Decision]
    reason: str


@transaction.atomic
def take_seat(*, actor: Actor, entry: Entry, now: datetime) -> Membership:
    """Give a person the lowest free seat of a group, end what else they had open, and tell those concerned."""
    standing = locked_standing(person_id=entry.person_id, group_id=entry.group_id, now=now)
    require(entry.may(standing))
    assert standing.group is not None
    with audit.acting(user_id=actor.user_id, action="join_group"), violations_refused():
        membership = Membership.objects.create(
            group=standing.group,
            enrollment=standing.person,
            seat=standing.lowest_free_seat,
            starts_at=standing.instant,
            start_reason=entry.reason,
        )
    _end_all_of(membership, actor=actor, now=now)
    _waive(standing, actor=actor)
    _tell_of(membership, standing, actor=actor, now=now)
    return membership


def _waive(standing: Standing, *, actor: Actor) -> None:
    """Record a group that is still too small after the deadline, when only staff let people in."""
    assert standing.group is not None
    course, size = standing.course, len(standing.member_ids) + 1
    until = course.groups_form_until
    if until is None or standing.instant <= until or size >= course.group_size_min:
        return
    if not needs_waiver(course, size, waived_sizes([standing.group.pk])[standing.group.pk]):
        return
    SizeWaiver.objects.create(
        group=standing.group,
        size=size,
        reason="Let in after the deadline; the group is still too small.",
        granted_by=actor.enrollment,
        granted_at=standing.instant,
    )


def end(approach: Approach, outcome: Outcome, *, by: Actor, now: datetime) -> None:
    """End one invitation or request; the person is locked."""
    approach.outcome, approach.ended_by = outcome, by.enrollment
    approach.ended_at = max(now, approach.made_at)
    approach.save(update_fields=["outcome", "ended_at", "ended_by"])


def _end_all_of(membership: Membership, *, actor: Actor, now: datetime) -> None:
    """End what was open for a person who joins: accepted by the one group, overtaken for the others."""
    for kind in (Invitation, JoinRequest):
        waiting = kind.objects.filter(enrollment=membership.enrollment, ended_at__isnull=True)
        ended = {"ended_at": Greatest("made_at", Value(now)), "ended_by": actor.enrollment}
        waiting.filter(group=membership.group).update(outcome=Outcome.ACCEPTED, **ended)
        waiting.update(outcome=Outcome.LAPSED, **ended)


def _tell_of(membership: Membership, standing: Standing, *, actor: Actor, now: datetime) -> None:
    if not standing.course.mails:
        return
    members = active_members(membership.group)
    by = None if actor.enrollment is None else actor.enrollment.pk
    others = [one for one in members if one.pk not in {by, standing.person.pk}]
    letters = emails.joined(membership=membership, members=members, recipients=others)
    if by != standing.person.pk:
        letters += emails.accepted(membership=membership, members=members)
    mail.queue(letters, now=now)


def active_members(group: Group) -> list[Enrollment]:
    """Return the group's present members who are active, by seat."""
    current = Membership.objects.current().filter(group=group).order_by("seat")
    people = Enrollment.objects.active().filter(memberships__in=current)
    return list(people.order_by("memberships__seat"))


def give_up_seat(*, standing: Standing, actor: Actor, now: datetime, reason: str) -> Membership:
    """End the membership of a locked standing; the group ends with its last member."""
    assert standing.group is not None
    current = Membership.objects.current().filter(group=standing.group)
    membership = current.select_related("group", "enrollment").get(enrollment=standing.person)
    membership.ends_at = max(standing.instant, membership.starts_at + SHORTEST_STAY)
    membership.end_reason, membership.ended_by = reason, actor.enrollment
    with audit.acting(user_id=actor.user_id, action="leave_group"):
        membership.save(update_fields=["ends_at", "end_reason", "ended_by"])
        if standing.member_ids == {standing.person.pk}:
            standing.group.dissolved_at = membership.ends_at
            standing.group.save(update_fields=["dissolved_at"])
    if standing.course.mails:
        letters = emails.left(membership=membership, members=active_members(standing.group))
        mail.queue(letters, now=now)
    return membership
