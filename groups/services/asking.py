"""Inviting and asking, and how both end without a seat taken (domain.md §6)."""

from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import mail
from courseapp.kernel.decisions import Denied, Refused, require
from courseapp.kernel.mail import Letter
from groups import emails, policies
from groups.models import Invitation, JoinRequest, Outcome
from groups.selectors import group_of
from groups.selectors.standing import (
    Asking,
    Kind,
    Standing,
    deciders_of,
    latest_approach,
    person_of,
)
from groups.services.seats import active_members, end, locked_standing, violations_refused


@transaction.atomic
def invite(*, actor: Actor, who: int | str, now: datetime) -> Invitation:
    """Invite a student into the actor's group: by number, student id or mail address."""
    person, group = _invitee(actor, who), group_of(actor)
    if group is None:
        raise Refused(Denied("no_group", "You are in no group; found one, then invite."))
    standing = locked_standing(person_id=person.pk, group_id=group.pk, now=now)
    asking = Asking(standing, latest_approach(Invitation, standing))
    require(policies.invite(actor, asking, now=now))
    assert actor.enrollment is not None
    with violations_refused():
        invitation = Invitation.objects.create(
            group=group,
            enrollment=standing.person,
            invited_by=actor.enrollment,
            made_at=standing.instant,
        )
    if standing.course.mails:
        letters = emails.invited(
            invitation=invitation, standing=standing, members=active_members(group)
        )
        mail.queue(letters, now=now)
    return invitation


def _invitee(actor: Actor, who: int | str) -> Enrollment:
    assert actor.course is not None
    person = person_of(actor.course, who)
    if person is not None:
        return person
    raise Refused(
        Denied(
            "unknown_person",
            f"Nobody in this course has the student id or address “{who}”. Check its spelling; "
            "the address is the one on the course's roster.",
        )
    )


@transaction.atomic
def ask(*, actor: Actor, group_id: int, message: str, now: datetime) -> JoinRequest:
    """Ask a group to be let in."""
    assert actor.enrollment is not None
    standing = locked_standing(person_id=actor.enrollment.pk, group_id=group_id, now=now)
    asking = Asking(standing, latest_approach(JoinRequest, standing))
    require(policies.ask(actor, asking, now=now))
    with violations_refused():
        request = JoinRequest.objects.create(
            group=asking.group,
            enrollment=standing.person,
            message=message,
            made_at=standing.instant,
        )
    if standing.course.mails:
        mail.queue(_letters_of(request, standing, now=now), now=now)
    return request


def _letters_of(request: JoinRequest, standing: Standing, *, now: datetime) -> list[Letter]:
    """Tell the members and, after the deadline, when they cannot answer, those staff who can."""
    members = active_members(request.group)
    letters = emails.asked(request=request, people=members, page="group")
    until = standing.course.groups_form_until
    if until is None or now <= until:
        return letters
    staff = deciders_of(standing.course)
    return letters + emails.asked(request=request, people=staff, page="groups")


@transaction.atomic
def decline_invitation(*, actor: Actor, invitation_id: int, now: datetime) -> None:
    """Say no to an invitation, and tell who invited."""
    invitation, standing = _locked(Invitation, invitation_id, now=now)
    require(policies.decline_invitation(actor, Asking(standing, invitation), now=now))
    end(invitation, Outcome.DECLINED, by=actor, now=now)
    if standing.course.mails:
        mail.queue(emails.invitation_declined(invitation=invitation), now=now)


@transaction.atomic
def withdraw_invitation(*, actor: Actor, invitation_id: int, now: datetime) -> None:
    """Take an invitation back."""
    invitation, standing = _locked(Invitation, invitation_id, now=now)
    require(policies.withdraw_invitation(actor, Asking(standing, invitation), now=now))
    end(invitation, Outcome.WITHDRAWN, by=actor, now=now)


@transaction.atomic
def decline_request(*, actor: Actor, request_id: int, now: datetime) -> None:
    """Say no to a request, and tell who asked."""
    request, standing = _locked(JoinRequest, request_id, now=now)
    require(policies.decline_request(actor, Asking(standing, request), now=now))
    end(request, Outcome.DECLINED, by=actor, now=now)
    if standing.course.mails:
        mail.queue(emails.request_declined(request=request), now=now)


@transaction.atomic
def withdraw_request(*, actor: Actor, request_id: int, now: datetime) -> None:
    """Take a request back."""
    request, standing = _locked(JoinRequest, request_id, now=now)
    require(policies.withdraw_request(actor, Asking(standing, request), now=now))
    end(request, Outcome.WITHDRAWN, by=actor, now=now)


def _locked(kind: type[Kind], approach_id: int, *, now: datetime) -> tuple[Kind, Standing]:
    """Lock the person and the group of an invitation or a request, and read it as it stands then."""
    between = kind.objects.values_list("enrollment_id", "group_id").get(pk=approach_id)
    standing = locked_standing(person_id=between[0], group_id=between[1], now=now)
    return kind.objects.select_related("group", "enrollment").get(pk=approach_id), standing
