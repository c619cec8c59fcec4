"""The draft of a schedule: actions noted down, to be published together."""

from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused, require
from courseapp.term.acts import policies
from courseapp.term.acts.action import Action
from courseapp.term.models import PlannedAct


@transaction.atomic
def note_in_draft(*, actor: Actor, action: Action, now: datetime) -> PlannedAct:
    """Note an action in the draft of the schedule, behind those that are there."""
    require(policies.permitted(actor, type(action)))
    if not action.can_be_drafted or actor.course is None or actor.enrollment is None:
        raise Refused(Denied("not_for_drafts", "This is done at once; it cannot wait in a draft."))
    with audit.acting(user_id=actor.user_id, action="note_in_draft"):
        return PlannedAct.objects.create(
            course=actor.course,
            kind=action.kind,
            parameters=action.parameters(),
            noted_by=actor.enrollment,
            noted_at=now,
        )
