"""Handing in a text that was written here, by saving it (domain.md §5)."""

from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.kernel import mail
from courseapp.kernel.decisions import Denied, Refused, require
from submissions import emails, policies, rules
from submissions.models import Door, Submission, TextDraft
from submissions.selectors.places import place_of
from submissions.services import cutting
from submissions.services.appending import (
    HandIn,
    Receipt,
    append_under_lock,
    locked_submission,
)
from submissions.services.contents import text_content
from submissions.services.drafting import Typed, draft_under_lock, write

CONFLICT = Denied(
    "conflict",
    "Somebody else wrote here meanwhile, so nothing was saved: look at both texts and choose.",
)


@transaction.atomic
def hand_in_text(
    *,
    actor: Actor,
    deliverable_id: int,
    text: str,
    received_at: datetime,
    revision: int | None = None,
) -> Receipt:
    """Make a version of what was written; raises `Refused` with what to change where it cannot be.

    `revision` is that of the draft on which the writer built; where the page did not tell it, what
    another wrote meanwhile becomes a version first.
    """
    place = place_of(actor, now=received_at, deliverable_id=deliverable_id)
    if place is None:
        raise Refused(Denied("not_found", "This is not due in your course (any more)."))
    written = rules.as_typed(text).strip()
    if not place.is_owed:
        require(policies.hand_in(actor, place, now=received_at))
    require(rules.text_acceptable(written, kind=place.kind.value))
    submission = locked_submission(place)
    draft = draft_under_lock(submission)
    if draft is not None:
        # What was kept in time counts, also where the same words are saved again too late.
        due_at = place.due_at_for(draft.received_at)
        cutting.cut_what_was_in_time(draft, due_at=due_at, received_at=received_at)
    if draft is not None and draft.text.strip() != written:
        _keep_what_stands(actor, draft, revision=revision, received_at=received_at)
    hand_in = HandIn(content=text_content(written), door=Door.FORM, received_at=received_at)
    receipt = append_under_lock(actor=actor, place=place, submission=submission, hand_in=hand_in)
    if not receipt.is_new:
        _mail_receipt(receipt, received_at=received_at)
    _settle(actor, draft, submission, written, received_at)
    return receipt


def _mail_receipt(receipt: Receipt, *, received_at: datetime) -> None:
    """Mail at once what would have waited for the due instant, as it was typed; never a second time."""
    named = receipt.version.members.select_related("enrollment")
    members = [member.enrollment for member in named]
    letters = emails.receipts(version=receipt.version, place=receipt.place, members=members)
    mail.queue(letters, now=received_at)


def _keep_what_stands(
    actor: Actor, draft: TextDraft, *, revision: int | None, received_at: datetime
) -> None:
    assert actor.enrollment is not None
    if revision is not None and draft.revision != revision:
        raise Refused(CONFLICT)
    cutting.cut_what_is_unseen(draft, by=actor.enrollment, received_at=received_at)


def _settle(
    actor: Actor,
    draft: TextDraft | None,
    submission: Submission,
    written: str,
    received_at: datetime,
) -> None:
    """Let the draft be what was saved, with nothing left to cut."""
    assert actor.enrollment is not None
    if draft is None or draft.text.strip() != written:
        typed = Typed(text=written, by=actor.enrollment, received_at=received_at)
        write(draft, submission, typed, settled_at=received_at)
    else:
        draft.settled_at = received_at
        draft.save(update_fields=["settled_at"])
