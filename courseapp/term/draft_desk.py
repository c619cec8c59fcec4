"""Where the draft of a schedule is looked at, and published."""

from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel.decisions import Decision, Refused
from courseapp.term.acts import policies
from courseapp.term.acts.carrying_out import doing_of
from courseapp.term.acts.drafting import DraftLine, PublishDraft, draft_of, rehearse_draft
from courseapp.term.desks import Preview, preview_of
from courseapp.term.models import PlannedAct


@dataclass(frozen=True)
class DraftPage:
    """What the draft holds, and what publishing it would do.

    Without a preview there is nothing to publish, or `stopped` says why it cannot be.
    """

    course: Course
    action: PublishDraft
    lines: tuple[DraftLine, ...]
    preview: Preview | None
    stopped: str = ""


def draft_page(actor: Actor, *, now: datetime) -> DraftPage | None:
    """Return the draft of the actor's course, for its members."""
    if actor.course is None or not actor.is_member:
        return None
    course = actor.course
    action = PublishDraft(tuple(planned.pk for planned in draft_of(course)))
    if not action.planned_ids or not policies.permitted(actor, PublishDraft):
        return DraftPage(course, action, (), None)
    lines, _ = rehearse_draft(actor=actor, now=now, look=lambda: None)
    try:
        preview = preview_of(doing_of(action, reason=""), actor=actor, reason="", now=now)
    except Refused as refusal:
        return DraftPage(course, action, tuple(lines), None, refusal.denied.sentence)
    return DraftPage(course, action, tuple(lines), preview)


def planned_in_draft(actor: Actor, *, now: datetime, planned_id: int) -> PlannedAct | None:
    """Return an action in the draft of the actor's course."""
    if actor.course is None or not actor.is_member:
        return None
    return next((found for found in draft_of(actor.course) if found.pk == planned_id), None)


def use_draft(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Whoever may change the schedule drafts it."""
    return policies.permitted(actor, PublishDraft)
