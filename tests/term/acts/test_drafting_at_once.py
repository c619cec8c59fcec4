"""Two instructors publish one draft at the same moment: it is carried out once."""

from functools import partial

import pytest

from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.carrying_out import doing_of, rehearse
from courseapp.term.acts.drafting import PublishDraft, draft_of, note_in_draft, publish_draft
from courseapp.term.acts.meetings import SwapMeetings
from courseapp.term.models import Act, PlannedAct
from tests.term.acts.scenes import NOW, Term, make_term
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def publish(term: Term, action: PublishDraft, shown: str) -> str:
    try:
        publish_draft(actor=term.teacher, action=action, reason="", now=NOW, shown=shown)
    except Refused as refusal:
        return refusal.denied.code
    return "published"


def test_a_draft_published_twice_at_once_is_carried_out_once():
    term = make_term()
    first, _, third = term.lectures
    swap = SwapMeetings(lecture_id=first.pk, other_id=third.pk)
    note_in_draft(actor=term.teacher, action=swap, now=NOW)
    action = PublishDraft(tuple(planned.pk for planned in draft_of(term.course)))
    seen = rehearse(doing_of(action, reason=""), actor=term.teacher, reason="", now=NOW)
    said = at_once([partial(publish, term, action, seen.fingerprint) for _ in range(3)])
    assert sorted(said) == ["draft_changed", "draft_changed", "published"]
    assert Act.objects.count() == 1
    assert PlannedAct.objects.get().act == Act.objects.get()
    assert OutboxMail.objects.count() == 12
