"""What a group and a person show of themselves: interests in a line, and the link by which to join."""

from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused, require
from groups import policies
from groups.models import InterestsLine, JoinLink
from groups.selectors import group_of
from groups.selectors.standing import Standing
from groups.services.seats import locked_standing, violations_refused


@transaction.atomic
def set_group_interests(*, actor: Actor, text: str, now: datetime) -> None:
    """Write the line of the actor's group."""
    standing = _locked(actor, now=now)
    require(policies.set_group_interests(actor, standing, now=now))
    assert standing.group is not None
    standing.group.interests = text
    with audit.acting(user_id=actor.user_id, action="set_interests"):
        standing.group.save(update_fields=["interests"])


@transaction.atomic
def set_own_interests(*, actor: Actor, text: str, now: datetime) -> None:
    """Write the actor's own line."""
    standing = _locked(actor, now=now)
    require(policies.set_own_interests(actor, standing, now=now))
    with audit.acting(user_id=actor.user_id, action="set_interests"):
        InterestsLine.objects.update_or_create(enrollment=standing.person, defaults={"text": text})


@transaction.atomic
def renew_link(*, actor: Actor, now: datetime) -> JoinLink:
    """Make a new link for the actor's group; the one before ends."""
    standing = _locked(actor, now=now)
    require(policies.change_link(actor, standing, now=now))
    assert standing.group is not None
    _end_link(standing, actor=actor)
    with violations_refused():
        return JoinLink.objects.create(
            group=standing.group, made_by=standing.person, made_at=standing.instant
        )


@transaction.atomic
def end_link(*, actor: Actor, now: datetime) -> None:
    """End the link of the actor's group."""
    standing = _locked(actor, now=now)
    require(policies.change_link(actor, standing, now=now))
    _end_link(standing, actor=actor)


def _end_link(standing: Standing, *, actor: Actor) -> None:
    for link in JoinLink.objects.filter(group=standing.group, ended_at__isnull=True):
        link.ended_at, link.ended_by = max(standing.instant, link.made_at), actor.enrollment
        link.save(update_fields=["ended_at", "ended_by"])


def _locked(actor: Actor, *, now: datetime) -> Standing:
    if actor.enrollment is None:
        raise Refused(Denied("students_only", "Only students of this course are in groups."))
    present = group_of(actor)
    return locked_standing(
        person_id=actor.enrollment.pk, group_id=None if present is None else present.pk, now=now
    )
