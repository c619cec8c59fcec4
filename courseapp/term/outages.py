"""What an outage took from whom, as staff see it and answer it with one click (domain.md §3)."""

from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor
from courseapp.kernel.decisions import Decision
from courseapp.kernel.templatetags.times import in_zone
from courseapp.term.acts.carrying_out import carry_out, doing_of
from courseapp.term.acts.outages import MakeUpForOutage
from courseapp.term.models import Act
from submissions import policies
from submissions.emails import duty_words
from submissions.models import Deliverable
from submissions.selectors.outages import MoreTimeProposed, proposals_of
from submissions.services.outages import leave, require_proposal


@dataclass(frozen=True)
class OutageNote:
    """What is proposed, in words, and whether the reader may answer."""

    proposed: MoreTimeProposed
    what: str
    may_answer: Decision


def notes_for(actor: Actor, *, now: datetime) -> list[OutageNote]:
    """Return what waits for an answer in the actor's course."""
    assert actor.course is not None
    may_answer = policies.give_time(actor, actor.course)
    return [
        OutageNote(proposed=one, what=duty_words(one.duty), may_answer=may_answer)
        for one in proposals_of(actor.course, now=now)
    ]


def deliverable_of(actor: Actor, *, now: datetime, deliverable_id: int) -> Deliverable | None:
    """Return what is due in the actor's course, to staff."""
    if actor.course is None or not actor.is_staff:
        return None
    standing = Deliverable.objects.filter(course=actor.course, withdrawn_at__isnull=True)
    return standing.select_related("course").filter(pk=deliverable_id).first()


def may_answer(actor: Actor, deliverable: Deliverable, *, now: datetime) -> Decision:
    """Whoever may give more time answers."""
    return policies.give_time(actor, deliverable.course)


def answer_proposal(*, actor: Actor, deliverable_id: int, gives: bool, now: datetime) -> Act | None:
    """Give the time that is proposed, as an act, or leave the due instant as it is."""
    if not gives:
        leave(actor=actor, deliverable_id=deliverable_id, now=now)
        return None
    reason = _reason(require_proposal(actor, deliverable_id, now=now))
    doing = doing_of(MakeUpForOutage(deliverable_id), reason=reason)
    return carry_out(doing, actor=actor, reason=reason, now=now).act


def _reason(proposed: MoreTimeProposed) -> str:
    zone = proposed.course.timezone
    spans = [
        f"from {in_zone(one.began_at, zone)} to {in_zone(one.ended_at, zone)}"
        for one in proposed.outages
    ]
    return f"This site was down {' and '.join(spans)}."[:500]
