"""Moving and changing meetings: what follows, who is told, and the way back."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.meetings import ChangeMeeting, EditLecture, SwapMeetings
from schedule.models import Lecture, RoleAssignment
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.owed import duties
from tests.factories import LECTURE_AT, derive, enroll, make_course, make_lecture
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return make_term()


def moved(lecture: Lecture, *, days: int, **changes: Any) -> ChangeMeeting:
    wanted: dict[str, Any] = {
        "lecture_id": lecture.pk,
        "starts_on": date(2025, 2, 12) + timedelta(days=days),
        "starts_from": time(12, 30),
        "ends_by": time(13, 45),
        "room": lecture.room,
        "lecture_kind": lecture.kind,
    }
    return ChangeMeeting(**{**wanted, **changes})


def dues() -> dict[int, Any]:
    return dict(Deliverable.objects.values_list("pk", "due_at"))


def test_a_move_takes_every_due_instant_along(term: Term) -> None:
    before = dues()
    carried = term.do(moved(term.lectures[0], days=1))
    after = dues()
    of_lecture = set(term.lectures[0].deliverables.values_list("pk", flat=True))
    assert {pk for pk in before if before[pk] != after[pk]} == of_lecture
    assert all(after[pk] == before[pk] + timedelta(days=1) for pk in of_lecture)
    # All hold a role, so nobody owes a question.
    assert {(line.what, line.owners) for line in carried.consequences.lines} == {
        ("Slides for Mixtures", term.groups[0].name),
        ("Final slides for Mixtures", term.groups[0].name),
        ("Summary for Mixtures", f"{term.groups[1].name}, {term.groups[2].name}"),
    }


def test_a_rehearsal_shows_the_same_and_changes_nothing(term: Term) -> None:
    before = dues()
    seen = term.see(moved(term.lectures[0], days=1))
    assert dues() == before
    assert not OutboxMail.objects.exists()
    assert seen.fingerprint == term.do(moved(term.lectures[0], days=1)).fingerprint


def test_the_class_is_told_with_what_it_means_for_each(term: Term) -> None:
    term.do(moved(term.lectures[0], days=1), reason="The room is flooded.")
    presenter = term.members(term.groups[0])[0]
    mails = OutboxMail.objects.all()
    assert {found.recipient for found in mails} == {
        member.email for group in term.groups for member in term.members(group)
    }
    text = mails.get(recipient=presenter.email).text
    assert "The room is flooded." in text
    assert "was due Tue Feb 11, 12:30 PM CST" in text
    assert "now due Wed Feb 12, 12:30 PM CST" in text


def test_an_undo_brings_the_meeting_and_its_due_instants_back(term: Term) -> None:
    before, row = dues(), Lecture.objects.values().get(pk=term.lectures[0].pk)
    carried = term.do(moved(term.lectures[0], days=8))
    assert [found.topic for found in Lecture.objects.all()] == ["Caches", "Mixtures", "Agents"]
    undone = term.undo(carried)
    assert dues() == before
    assert Lecture.objects.values().get(pk=term.lectures[0].pk) == {**row, "position": 1}
    assert undone.act.undoes == carried.act
    assert set(undone.act.told) == set(carried.act.told)


def test_a_move_lets_nothing_come_nearer_than_a_day(term: Term) -> None:
    now = LECTURE_AT - timedelta(hours=30)
    carried = term.see(
        moved(term.lectures[1], days=0, starts_from=time(20), ends_by=time(21)), now=now
    )
    nearest = min(filter(None, (line.after for line in carried.consequences.held_back)))
    assert nearest >= now + timedelta(days=1)


def test_what_has_passed_stays_where_it_is_not_ticked(term: Term) -> None:
    now = LECTURE_AT - timedelta(hours=2)
    action = moved(term.lectures[0], days=1)
    slides = Deliverable.objects.get(lecture=term.lectures[0], kind="slides")
    [passed] = term.see(action, now=now).consequences.passed
    assert (passed.deliverable_id, passed.after) == (slides.pk, slides.due_at)
    term.do(action, now=now)
    slides.refresh_from_db()
    assert slides.due_at == LECTURE_AT - timedelta(days=1)


def test_what_changed_since_stops_an_undo(term: Term) -> None:
    carried = term.do(moved(term.lectures[0], days=1))
    term.do(moved(term.lectures[0], days=2))

    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert refusal.value.denied.sentence == (
        "This cannot be undone any more. Mixtures has been changed since."
    )


def place(lecture: Lecture) -> tuple[object, ...]:
    found = Lecture.with_withdrawn.get(pk=lecture.pk)
    return found.starts_on, found.starts_at, found.ends_at, found.room, found.position


def topics() -> list[str]:
    return [found.title for found in Lecture.objects.all()]


def test_two_meetings_swap_with_all_that_hangs_on_them(term: Term) -> None:
    first, _, third = term.lectures
    Lecture.objects.filter(pk=third.pk).update(room="2406")
    settled = {lecture.pk: place(lecture) for lecture in term.lectures}
    before = dues()
    held = dict(RoleAssignment.objects.values_list("pk", "lecture_id"))
    carried = term.do(SwapMeetings(lecture_id=first.pk, other_id=third.pk))
    assert place(first)[:4] == settled[third.pk][:4]
    assert place(third)[:4] == settled[first.pk][:4]
    assert topics() == ["Agents", "Caches", "Mixtures"]
    assert dict(RoleAssignment.objects.values_list("pk", "lecture_id")) == held
    weeks = {first.pk: 14, third.pk: -14, term.lectures[1].pk: 0}
    assert dues() == {
        pk: before[pk] + timedelta(days=weeks[lecture_id])
        for pk, lecture_id in Deliverable.objects.values_list("pk", "lecture_id")
    }
    term.undo(carried)
    assert dues() == before
    assert topics() == ["Mixtures", "Caches", "Agents"]


def test_a_meeting_is_not_swapped_with_itself_or_with_another_course(term: Term) -> None:
    elsewhere = make_lecture(make_course())
    derive(elsewhere.course)
    one = term.lectures[0].pk
    with pytest.raises(Refused) as refusal:
        term.do(SwapMeetings(lecture_id=one, other_id=one))
    assert refusal.value.denied.code == "same_meeting"
    with pytest.raises(Refused) as refusal:
        term.do(SwapMeetings(lecture_id=one, other_id=elsewhere.pk))
    assert refusal.value.denied.code == "not_found"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_by": None}, "half_a_time"),
        ({"ends_by": time(12)}, "ends_first"),
        ({"ends_on": date(2025, 2, 1)}, "ends_first"),
        ({"lecture_kind": "party"}, "unknown_kind"),
        ({}, "nothing_changed"),
    ],
)
def test_what_makes_no_sense_is_refused(term: Term, changes: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(moved(term.lectures[0], days=0, **changes))
    assert refusal.value.denied.code == code


def test_a_row_without_times_has_nothing_due_until_it_gets_some(term: Term) -> None:
    before = dues()
    of_lecture = set(term.lectures[0].deliverables.values_list("pk", flat=True))
    carried = term.do(moved(term.lectures[0], days=0, starts_from=None, ends_by=None))
    assert {pk for pk, due in dues().items() if due is None} == of_lecture
    term.undo(carried)
    assert dues() == before


def test_a_row_that_spans_days_keeps_its_last_day(term: Term) -> None:
    last = date(2025, 2, 14)
    carried = term.do(moved(term.lectures[0], days=0, ends_on=last))
    assert Lecture.objects.get(pk=term.lectures[0].pk).ends_on == last
    assert "Wed Feb 12 to Fri Feb 14" in carried.act.sentence


def test_editing_what_a_row_says_tells_nobody(term: Term) -> None:
    lecture = term.lectures[0]
    action = EditLecture(
        lecture_id=lecture.pk, topic="Experts", module="Basics", note="Bring paper."
    )
    carried = term.do(action)
    lecture.refresh_from_db()
    assert (lecture.topic, lecture.module, lecture.note) == ("Experts", "Basics", "Bring paper.")
    assert carried.act.public_sentence.startswith("Mixtures is now called Experts.")
    assert carried.told == []
    term.undo(carried)
    assert Lecture.objects.get(pk=lecture.pk).topic == "Mixtures"


def test_switching_questions_off_tells_those_who_owed_one(term: Term) -> None:
    lecture = term.lectures[0]
    listener = enroll(term.course)
    assert {found.kind for found in duties(course=term.course, now=NOW, person=listener.pk)} == {
        Kind.QUESTION
    }
    carried = term.do(EditLecture(lecture_id=lecture.pk, topic="Mixtures", asks_questions=False))
    assert carried.told == [listener]
    assert lecture.pk not in {
        found.lecture_id for found in duties(course=term.course, now=NOW, person=listener.pk)
    }


def test_a_move_that_breaks_a_rule_of_the_plan_says_so(term: Term) -> None:
    first, second, _ = term.lectures
    carried = term.do(moved(first, days=5))
    said = carried.act.consequences["said"]
    assert len(said) == 3
    assert all(line.startswith("Against the plan: ") and second.topic in line for line in said)
    assert term.undo(carried).act.consequences["said"] == []
