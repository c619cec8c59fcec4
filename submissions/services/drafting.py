"""Text that saves itself while it is typed (domain.md §5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Denied, Refused, require
from courseapp.kernel.lookup import Lookup
from submissions import policies, rules
from submissions.models import Submission, TextDraft
from submissions.selectors.places import Place, place_of, place_under_lock
from submissions.services.appending import locked_submission
from submissions.services.cutting import (
    cut_before_what_does_not_count,
    cut_what_is_unseen,
    cut_what_was_in_time,
)


@dataclass(frozen=True)
class Saved:
    """The draft as it stands after a write; `is_conflict` where another had written meanwhile.

    In a conflict nothing was written: the draft is theirs, and the writer chooses.
    """

    draft: TextDraft
    place: Place
    is_conflict: bool = False


@dataclass(frozen=True)
class Typed:
    """What was typed by whom, and when it was received."""

    text: str
    by: Enrollment
    received_at: datetime


@transaction.atomic
def save_draft(
    *,
    actor: Actor,
    deliverable_id: int,
    text: str,
    revision: int,
    received_at: datetime,
    sent_before: Sequence[str] = (),
) -> Saved:
    """Keep what is being typed; raises `Refused` where it cannot be, with what to change.

    `revision` is that of the draft on which the writer built, 0 where there was none; `sent_before`
    what they sent since without an answer, on which this builds as well. The same text again is no
    write, so a repetition is harmless. What was acknowledged as counting never vanishes: it becomes a
    version before another's text, a late one or one that does not count takes its place.
    """
    assert actor.enrollment is not None
    place, submission = _locked(actor, deliverable_id, received_at=received_at)
    draft = draft_under_lock(submission)
    written = rules.as_typed(text)
    if draft is not None and draft.text == written:
        return Saved(draft, place)
    require(policies.hand_in(actor, place, now=received_at))
    require(rules.draft_acceptable(written))
    typed = Typed(text=written, by=actor.enrollment, received_at=received_at)
    if draft is not None:
        if draft.revision != revision and draft.text not in map(rules.as_typed, sent_before):
            return Saved(draft, place, is_conflict=True)
        _cut_what_counts(draft, place, typed)
    return Saved(write(draft, submission, typed), place)


def _cut_what_counts(draft: TextDraft, place: Place, typed: Typed) -> None:
    due_at = place.due_at_for(draft.received_at)
    cut_what_was_in_time(draft, due_at=due_at, received_at=typed.received_at)
    cut_what_is_unseen(draft, by=typed.by, received_at=typed.received_at)
    kind = place.kind.value
    counted = rules.text_acceptable(draft.text, kind=kind)
    if counted and not rules.text_acceptable(typed.text, kind=kind):
        cut_before_what_does_not_count(draft, received_at=typed.received_at)


def _locked(
    actor: Actor, deliverable_id: int, *, received_at: datetime
) -> tuple[Place, Submission]:
    place = place_of(actor, now=received_at, deliverable_id=deliverable_id)
    if place is None:
        raise Refused(Denied("not_found", "This is not due in your course (any more)."))
    if place.kind.value not in rules.TEXT_LIMITS:
        raise Refused(Denied("not_text", "This is handed in as a file, not written as text."))
    if not place.is_owed:
        require(policies.hand_in(actor, place, now=received_at))
    submission = locked_submission(place)
    locked = place_under_lock(place, actor, submission_id=submission.pk)
    if locked.owner != place.owner:
        raise Refused(Denied("owner_changed", "You changed groups meanwhile; load the page anew."))
    return locked, submission


def draft_under_lock(submission: Submission) -> TextDraft | None:
    """Return the draft of a submission that is locked."""
    found = _DRAFT.first(submission=submission.pk)
    if found is not None:
        found.submission = submission
    return found


def _draft_of(*, submission: int) -> QuerySet[TextDraft]:
    return TextDraft.objects.select_related("written_by").filter(submission=submission)


_DRAFT = Lookup(_draft_of, submission=-1)


def write(
    draft: TextDraft | None,
    submission: Submission,
    typed: Typed,
    *,
    settled_at: datetime | None = None,
) -> TextDraft:
    """Write the text into the draft of a locked submission; made where there is none.

    `settled_at` where a version holds it already.
    """
    if draft is None:
        return TextDraft.objects.create(
            submission=submission,
            text=typed.text,
            received_at=typed.received_at,
            written_by=typed.by,
            settled_at=settled_at,
        )
    draft.text, draft.received_at, draft.written_by = typed.text, typed.received_at, typed.by
    draft.revision += 1
    draft.settled_at, draft.receipted_at = settled_at, None
    draft.save()
    return draft
