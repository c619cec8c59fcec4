"""The draft of a schedule: noted, looked at, published as one act, or not at all."""

from collections import Counter
from datetime import date, time, timedelta

import pytest

from courseapp.course.models import Role
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.action import Action
from courseapp.term.acts.carrying_out import Carried, doing_of, rehearse
from courseapp.term.acts.drafting import (
    PublishDraft,
    draft_of,
    note_in_draft,
    publish_draft,
    rehearse_draft,
    withdraw_from_draft,
)
from courseapp.term.acts.meetings import ChangeMeeting, EditLecture, SwapMeetings
from courseapp.term.acts.readings import AddReading, RemoveReading
from courseapp.term.acts.sliding import DropLecture
from courseapp.term.models import PlannedAct
from schedule.models import Lecture, Reading
from submissions.models import Deliverable
from tests.factories import actor, enroll
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return make_term()


def note(term: Term, *actions: Action) -> PublishDraft:
    """Note actions in the draft; return its publication."""
    for action in actions:
        note_in_draft(actor=term.teacher, action=action, now=NOW)
    return PublishDraft(tuple(planned.pk for planned in draft_of(term.course)))


def publish(term: Term, action: PublishDraft) -> Carried:
    doing = doing_of(action, reason="So.")
    seen = rehearse(doing, actor=term.teacher, reason="So.", now=NOW)
    return publish_draft(
        actor=term.teacher, action=action, reason="So.", now=NOW, shown=seen.fingerprint
    )


def topics() -> list[str]:
    return [found.title for found in Lecture.objects.all()]


def swap(term: Term, one: int, other: int) -> SwapMeetings:
    return SwapMeetings(lecture_id=term.lectures[one].pk, other_id=term.lectures[other].pk)


def test_what_is_noted_changes_nothing_and_nobody_is_told(term: Term) -> None:
    note(term, swap(term, 0, 2))
    assert topics() == ["Mixtures", "Caches", "Agents"]
    assert not OutboxMail.objects.exists()


def test_a_draft_is_published_as_one_act_with_one_mail_to_each(term: Term) -> None:
    first, second, _ = term.lectures
    action = note(
        term,
        swap(term, 0, 2),
        AddReading(lecture_id=second.pk, title="Mixtral"),
        EditLecture(lecture_id=first.pk, topic="Experts"),
    )
    before = dict(Deliverable.objects.values_list("pk", "due_at"))
    carried = publish(term, action)
    assert topics() == ["Agents", "Caches", "Experts"]
    assert carried.act.kind == "publish_draft"
    assert set(PlannedAct.objects.values_list("act", flat=True)) == {carried.act.pk}
    assert draft_of(term.course) == []
    assert set(Counter(OutboxMail.objects.values_list("recipient", flat=True)).values()) == {1}
    text = OutboxMail.objects.earliest("pk").text
    assert "New reading for Caches: Mixtral (required)." in text
    assert carried.act.public_sentence.splitlines()[2] == "Mixtures is now called Experts."
    undone = term.undo(carried)
    assert topics() == ["Mixtures", "Caches", "Agents"]
    assert not Reading.objects.filter(paper__title="Mixtral").exists()
    standing = Deliverable.objects.filter(withdrawn_at__isnull=True)
    assert dict(standing.values_list("pk", "due_at")) == before
    assert undone.act.undoes == carried.act


def test_one_that_cannot_be_carried_out_stops_all_and_is_named(term: Term) -> None:
    action = note(
        term,
        EditLecture(lecture_id=term.lectures[0].pk, topic="Experts"),
        RemoveReading(reading_id=term.lectures[1].readings.get().pk),
    )
    term.do(RemoveReading(reading_id=term.lectures[1].readings.get().pk))
    with pytest.raises(Refused) as refusal:
        publish(term, action)
    assert refusal.value.denied.sentence == (
        "Nothing was published: “Remove a reading”, noted by Ines Haugen, cannot be carried out any "
        "more. This reading is not in the schedule (any more)."
    )
    assert topics() == ["Mixtures", "Caches", "Agents"]
    assert len(draft_of(term.course)) == 2


def test_the_draft_is_looked_at_as_it_would_turn_out_and_taken_back(term: Term) -> None:
    gone = term.lectures[1].pk
    note(term, DropLecture(lecture_id=gone), swap(term, 0, 2), swap(term, 0, 1))
    lines, seen = rehearse_draft(actor=term.teacher, now=NOW, look=topics)
    assert seen == ["Agents", "Mixtures"]
    assert [line.denied is None for line in lines] == [True, True, False]
    assert lines[0].sentence == "Caches (Wed Feb 19, 12:30 PM) is dropped."
    assert lines[2].sentence == "This row is not in the schedule (any more)."
    assert topics() == ["Mixtures", "Caches", "Agents"]


def test_what_is_withdrawn_from_the_draft_is_not_published(term: Term) -> None:
    note(term, swap(term, 0, 2), EditLecture(lecture_id=term.lectures[0].pk, topic="Experts"))
    first, second = draft_of(term.course)
    withdraw_from_draft(actor=term.teacher, planned_id=first.pk, now=NOW)
    publish(term, PublishDraft((second.pk,)))
    assert topics() == ["Experts", "Caches", "Agents"]
    for planned in (first, second):
        with pytest.raises(Refused) as refusal:
            withdraw_from_draft(actor=term.teacher, planned_id=planned.pk, now=NOW)
        assert refusal.value.denied.code == "not_found"


def test_a_draft_that_has_changed_meanwhile_is_not_published(term: Term) -> None:
    action = note(term, swap(term, 0, 2))
    withdraw_from_draft(actor=term.teacher, planned_id=action.planned_ids[0], now=NOW)
    for stale in (action, PublishDraft(())):
        with pytest.raises(Refused) as refusal:
            publish(term, stale)
        assert refusal.value.denied.code == "draft_changed"


def test_what_was_not_shown_is_not_published(term: Term) -> None:
    action = note(term, swap(term, 0, 2))
    with pytest.raises(Refused) as refusal:
        publish_draft(actor=term.teacher, action=action, reason="", now=NOW, shown="something else")
    assert refusal.value.denied.code == "changed_since"
    assert topics() == ["Mixtures", "Caches", "Agents"]


def test_an_action_of_which_the_product_knows_nothing_any_more_is_named(term: Term) -> None:
    action = note(term, swap(term, 0, 2))
    PlannedAct.objects.update(kind="teleport_meeting")
    with pytest.raises(Refused) as refusal:
        publish(term, action)
    assert "“Teleport meeting”" in refusal.value.denied.sentence
    PlannedAct.objects.update(kind="swap_meetings", parameters={"nothing": 1})
    [line], _ = rehearse_draft(actor=term.teacher, now=NOW, look=topics)
    assert line.denied is not None
    assert line.denied.code == "unknown_action"


def test_only_who_may_change_the_schedule_drafts_it(term: Term) -> None:
    helper = actor(enroll(term.course, Role.TA))
    action = note(term, swap(term, 0, 2))
    with pytest.raises(Refused):
        note_in_draft(actor=helper, action=swap(term, 0, 1), now=NOW)
    with pytest.raises(Refused):
        withdraw_from_draft(actor=helper, planned_id=action.planned_ids[0], now=NOW)
    with pytest.raises(Refused):
        publish_draft(actor=helper, action=action, reason="", now=NOW, shown="")


def test_what_is_done_at_once_does_not_wait_in_a_draft(term: Term) -> None:
    with pytest.raises(Refused) as refusal:
        note_in_draft(actor=term.teacher, action=PublishDraft((1,)), now=NOW)
    assert refusal.value.denied.code == "not_for_drafts"


def test_dates_and_times_come_out_of_the_draft_as_they_went_in(term: Term) -> None:
    moved = ChangeMeeting(
        lecture_id=term.lectures[0].pk,
        starts_on=date(2025, 2, 13),
        lecture_kind="lecture",
        starts_from=time(9),
        ends_by=time(10),
    )
    publish(term, note(term, moved))
    at = Lecture.objects.get(pk=term.lectures[0].pk).starts_at
    assert at is not None
    assert at == term.lectures[0].starts_at + timedelta(hours=20, minutes=30)  # type: ignore[operator]
