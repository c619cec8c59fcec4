"""Noticing that the product was down, and leaving a due instant as it is all the same (§3)."""

from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import mail
from courseapp.kernel.decisions import Denied, Refused, require
from submissions import emails, policies
from submissions.deadlines import silence_between
from submissions.models import Extension, Outage, OutageAnswer, Pulse
from submissions.selectors.outages import (
    MoreTimeProposed,
    instructors_of,
    proposal_for,
    proposals_of,
    published_courses,
)


@transaction.atomic
def note_pulse(*, now: datetime) -> Outage | None:
    """Note that the whole product works; where it was silent before, keep that and tell instructors.

    The first pulse of all follows on nothing: that is no outage.
    """
    Pulse.objects.bulk_create([Pulse(seen_at=now)], ignore_conflicts=True)
    pulse = Pulse.objects.select_for_update().get()
    silence = silence_between(seen_at=pulse.seen_at, now=now)
    pulse.seen_at = max(pulse.seen_at, now)
    pulse.save(update_fields=["seen_at"])
    if silence is None:
        return None
    outage = Outage.objects.create(began_at=silence.began_at, ended_at=silence.ended_at)
    for course in published_courses():
        touched = [one for one in proposals_of(course, now=now) if outage in one.outages]
        if touched:
            letters = emails.outage(outage=outage, proposed=touched, people=instructors_of(course))
            mail.queue(letters, now=now)
    return outage


@transaction.atomic
def leave(*, actor: Actor, deliverable_id: int, now: datetime) -> None:
    """Give no more time for what an outage took; it is not proposed again."""
    if actor.course is not None:
        # As acts do: of two who answer at once the second finds the answer of the first.
        Course.objects.select_for_update().get(pk=actor.course.pk)
    proposed = require_proposal(actor, deliverable_id, now=now)
    require(policies.give_time(actor, proposed.course))
    answer(actor=actor, proposed=proposed, extension=None, now=now)


def require_proposal(actor: Actor, deliverable_id: int, *, now: datetime) -> MoreTimeProposed:
    """Return what is proposed; raises `Refused` where nothing is, or it was answered meanwhile."""
    proposed = proposal_for(actor, now=now, deliverable_id=deliverable_id)
    if proposed is None:
        sentence = "No outage asks for more time here, or someone has answered meanwhile."
        raise Refused(Denied("nothing_proposed", sentence))
    return proposed


def answer(
    *, actor: Actor, proposed: MoreTimeProposed, extension: Extension | None, now: datetime
) -> None:
    """Keep what was decided, once for each outage; the course is locked."""
    assert actor.enrollment is not None
    OutageAnswer.objects.bulk_create(
        OutageAnswer(
            outage=outage,
            deliverable_id=proposed.deliverable_id,
            extension=extension,
            answered_by=actor.enrollment,
            answered_at=now,
        )
        for outage in proposed.outages
    )
