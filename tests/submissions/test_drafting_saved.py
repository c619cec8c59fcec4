"""Typed text that is saved, receipted and shown: once each, for what counts (domain.md §5)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from groups.models import Membership
from submissions.deadlines import Kind
from submissions.models import Door, Extension, TextDraft
from submissions.selectors.owed import duties
from submissions.selectors.tallies import tallies
from submissions.services import cutting, receipting
from submissions.services.writing import hand_in_text
from tests.doors import TEXT, ask, versions
from tests.factories import LECTURE_AT, START, actor, enroll
from tests.submissions.scenes import Scene, a_lecture
from tests.submissions.typing_scenes import EARLY, OTHER, SUMMARY, TICK, dropped, typed

pytestmark = pytest.mark.django_db


# -- saving --------------------------------------------------------------------------------------


def test_saving_makes_a_version_at_once_and_settles_the_draft():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question, "Why does", at=EARLY)
    receipt = ask(scene.listener, question, TEXT, at=EARLY + TICK)
    cutting.sweep(now=LECTURE_AT)

    assert [(version.number, version.door) for version in versions()] == [(1, Door.FORM)]
    draft = TextDraft.objects.get()
    assert (draft.text, draft.settled_at) == (TEXT, EARLY + TICK)
    assert OutboxMail.objects.get().subject.endswith("version 1 received")
    assert receipt.version.received_at == EARLY + TICK


def test_saving_over_a_text_that_was_not_seen_loses_neither():
    scene = a_lecture()
    second = enroll(scene.course)
    Membership.objects.create(group=scene.writing, enrollment=second, seat=2, starts_at=START)
    summary = scene.due(Kind.SUMMARY)
    typed(scene.authors[0], summary, SUMMARY, at=EARLY)
    saving: dict[str, Any] = {
        "actor": actor(second),
        "deliverable_id": summary.pk,
        "text": SUMMARY + "Mine.",
        "received_at": EARLY + TICK,
    }
    with pytest.raises(Refused) as caught:
        hand_in_text(**saving, revision=0)
    assert caught.value.denied.code == "conflict"
    assert versions() == []

    # A page without scripts tells no revision: both become versions.
    hand_in_text(**saving)
    assert [version.text for version in versions()] == [SUMMARY.strip(), SUMMARY + "Mine."]


def test_saving_late_first_cuts_what_was_typed_in_time():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question, at=LECTURE_AT)
    ask(scene.listener, question, OTHER, at=LECTURE_AT + TICK)

    assert [(version.text, version.received_at) for version in versions()] == [
        (TEXT, LECTURE_AT),
        (OTHER, LECTURE_AT + TICK),
    ]


# -- receipts ------------------------------------------------------------------------------------


def test_typed_text_is_receipted_once_at_the_due_instant_for_what_counts():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    for at, text in ((EARLY, TEXT), (LECTURE_AT, OTHER)):
        typed(scene.listener, question, text, at=at, on=len(versions()))
        cutting.sweep(now=at + cutting.QUIET_FOR)
        receipting.sweep(now=LECTURE_AT - TICK)
    assert not OutboxMail.objects.exists()

    for _ in range(2):
        receipting.sweep(now=LECTURE_AT)
    mail = OutboxMail.objects.get()
    assert (mail.recipient, mail.subject.endswith("version 2 received")) == (
        scene.listener.email,
        True,
    )
    assert "Verdict   on time" in mail.text


def test_a_late_text_beside_one_in_time_brings_no_second_receipt():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question, at=LECTURE_AT)
    typed(scene.listener, question, OTHER, at=LECTURE_AT + TICK, on=1)
    for hours in (0, 1, 2):
        cutting.sweep(now=LECTURE_AT + timedelta(hours=hours))
        receipting.sweep(now=LECTURE_AT + timedelta(hours=hours))
    assert OutboxMail.objects.get().subject.endswith("version 1 received")


def test_what_came_only_late_is_receipted_as_late():
    scene = a_lecture()
    typed(scene.listener, scene.due(Kind.QUESTION), at=LECTURE_AT + TICK)
    cutting.sweep(now=LECTURE_AT + timedelta(hours=1))
    receipting.sweep(now=LECTURE_AT + timedelta(hours=1))
    assert "Verdict   late, no credit" in OutboxMail.objects.get().text


def test_who_has_more_time_gets_the_receipt_at_its_end():
    scene = a_lecture()
    end = LECTURE_AT + timedelta(hours=2)
    Extension.objects.create(
        deliverable=scene.due(Kind.QUESTION),
        enrollment=scene.listener,
        due_at=end,
        reason="Ill.",
        granted_by=enroll(scene.course, "instructor"),
        granted_at=START,
    )
    typed(scene.listener, scene.due(Kind.QUESTION), at=EARLY)
    cutting.sweep(now=LECTURE_AT)
    receipting.sweep(now=end - TICK)
    assert not OutboxMail.objects.exists()
    receipting.sweep(now=end)
    assert OutboxMail.objects.count() == 1


def test_more_time_of_another_holds_back_nobodys_receipt():
    scene = a_lecture()
    question, other = scene.due(Kind.QUESTION), enroll(scene.course)
    for owner, due_at in (
        ({"enrollment": other}, LECTURE_AT + timedelta(days=7)),
        ({}, LECTURE_AT + timedelta(days=7)),
        ({}, None),  # taken back again
    ):
        Extension.objects.create(
            deliverable=question,
            due_at=due_at,
            reason="Ill.",
            granted_by=enroll(scene.course, "instructor"),
            granted_at=START,
            **owner,
        )
    typed(scene.listener, question, at=EARLY)
    cutting.sweep(now=LECTURE_AT)
    receipting.sweep(now=LECTURE_AT)
    assert OutboxMail.objects.get().recipient == scene.listener.email


def test_saving_what_was_cut_already_mails_its_receipt_at_once_and_never_again():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question, at=EARLY)
    cutting.sweep(now=EARLY + cutting.QUIET_FOR)
    receipt = ask(scene.listener, question, TEXT, at=EARLY + timedelta(minutes=5))
    receipting.sweep(now=LECTURE_AT)

    assert (receipt.is_new, receipt.version.door) == (False, Door.TYPED)
    assert OutboxMail.objects.count() == 1


def test_who_has_dropped_gets_no_receipt():
    scene = a_lecture()
    typed(scene.listener, scene.due(Kind.QUESTION), at=EARLY)
    dropped(scene)
    cutting.sweep(now=LECTURE_AT)
    receipting.sweep(now=LECTURE_AT)
    assert len(versions()) == 1
    assert not OutboxMail.objects.exists()


def test_the_sweep_uses_the_index_of_what_is_not_settled():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'draft_unsettled'")
        assert "settled_at IS NULL" in cursor.fetchone()[0]


# -- what is shown in between ----------------------------------------------------------------------


def shown_as_in(scene: Scene, *, now: datetime) -> set[int]:
    question = scene.due(Kind.QUESTION)
    duty = duties(course=scene.course, now=now, person=scene.listener.pk)[0]
    tally = next(one for one in tallies(course=scene.course, now=now) if one.kind == Kind.QUESTION)
    assert duty.deliverable_id == tally.deliverable_id == question.pk
    return {int(duty.is_in), tally.in_count}


@pytest.mark.parametrize(
    ("text", "received", "asked", "is_in"),
    [
        (TEXT, 0 * TICK, 0 * TICK, True),
        (TEXT, 0 * TICK, TICK, True),
        (TEXT, -TICK, -TICK, False),
        (TEXT, TICK, TICK, False),
        ("Too short", 0 * TICK, TICK, False),
        ("x" * 2001, 0 * TICK, TICK, False),
    ],
)
def test_what_was_typed_in_time_is_not_missing_before_it_is_cut(text, received, asked, is_in):
    scene = a_lecture()
    typed(scene.listener, scene.due(Kind.QUESTION), text, at=LECTURE_AT + received)

    assert shown_as_in(scene, now=LECTURE_AT + asked) == {int(is_in)}
    cutting.sweep(now=LECTURE_AT + timedelta(hours=1))
    on_time = received <= 0 * TICK and text == TEXT
    assert shown_as_in(scene, now=LECTURE_AT + asked) == {int(on_time)}
