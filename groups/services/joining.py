"""How students come into a group and leave it (domain.md §6); every way in takes a seat."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import audit
from courseapp.kernel.decisions import Decision, Denied, Refused, require
from groups import policies
from groups.models import Group, Invitation, JoinLink, JoinRequest, Membership
from groups.selectors import group_of
from groups.selectors.standing import Asking, HeldLink, Standing
from groups.services.seats import (
    Entry,
    give_up_seat,
    locked_standing,
    take_seat,
    violations_refused,
)


@transaction.atomic
def found(*, actor: Actor, name: str, interests: str, now: datetime) -> Membership:
    """Found a group with the actor as its first member; without a name it gets the next number."""
    person = _person_of(actor)
    assert actor.course is not None
    # Founders wait for one another here: two may want one name.
    course = Course.objects.select_for_update(no_key=True).get(pk=actor.course.pk)
    standing = locked_standing(person_id=person, group_id=None, now=now)
    require(policies.found(actor, standing, now=now))
    position = (course.groups.aggregate(last=Max("position"))["last"] or 0) + 1
    with audit.acting(user_id=actor.user_id, action="found_group"), violations_refused():
        group = Group.objects.create(
            course=course,
            name=name or _next_name(course),
            position=position,
            interests=interests,
            formed_at=standing.instant,
        )

    def may(standing: Standing) -> Decision:
        return policies.found(actor, standing, now=now)

    return take_seat(actor=actor, entry=Entry(person, group.pk, may, "Founded the group."), now=now)


def _next_name(course: Course) -> str:
    """Return the first "Group N" that no group of the course ever had."""
    names = set(course.groups.values_list("name", flat=True))
    return next(name for at in range(1, len(names) + 2) if (name := f"Group {at}") not in names)


@transaction.atomic
def accept_invitation(*, actor: Actor, invitation_id: int, now: datetime) -> Membership:
    """Join the group that has invited the actor."""
    invitation = Invitation.objects.select_related("group", "invited_by").get(pk=invitation_id)

    def may(standing: Standing) -> Decision:
        invitation.refresh_from_db(fields=["outcome", "ended_at"])
        return policies.accept_invitation(actor, Asking(standing, invitation), now=now)

    reason = f"Accepted the invitation of {invitation.invited_by}."
    entry = Entry(invitation.enrollment_id, invitation.group_id, may, reason)
    return take_seat(actor=actor, entry=entry, now=now)


@transaction.atomic
def accept_request(*, actor: Actor, request_id: int, now: datetime) -> Membership:
    """Let a person in who has asked."""
    request = JoinRequest.objects.select_related("group").get(pk=request_id)

    def may(standing: Standing) -> Decision:
        request.refresh_from_db(fields=["outcome", "ended_at"])
        return policies.accept_request(actor, Asking(standing, request), now=now)

    reason = f"Asked, and was accepted by {actor.name}."
    entry = Entry(request.enrollment_id, request.group_id, may, reason)
    return take_seat(actor=actor, entry=entry, now=now)


@transaction.atomic
def join_by_link(*, actor: Actor, link_id: int, now: datetime) -> Membership:
    """Join the group whose link the actor holds."""
    link = JoinLink.objects.select_related("group").get(pk=link_id)

    def may(standing: Standing) -> Decision:
        link.refresh_from_db(fields=["ended_at"])
        return policies.join_by_link(actor, HeldLink(link, standing), now=now)

    entry = Entry(_person_of(actor), link.group_id, may, "Came by the group's link.")
    return take_seat(actor=actor, entry=entry, now=now)


@transaction.atomic
def leave(*, actor: Actor, now: datetime) -> Membership:
    """Leave the present group; the last to leave dissolves it."""
    present = group_of(actor)
    standing = locked_standing(
        person_id=_person_of(actor), group_id=None if present is None else present.pk, now=now
    )
    require(policies.leave(actor, standing, now=now))
    return give_up_seat(standing=standing, actor=actor, now=now, reason="Left.")


def _person_of(actor: Actor) -> int:
    if actor.enrollment is None:
        raise Refused(Denied("students_only", "Only students of this course form groups."))
    return actor.enrollment.pk
