"""Days that come or go: what slides, what stays, what falls off, and the way back."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courseapp.kernel.decisions import Refused
from courseapp.term.acts.sliding import CancelDay, DropLecture, InsertDay
from groups.models import Group
from schedule.models import (
    Lecture,
    LectureKind,
    OtherPresenter,
    PresentationSlot,
    Reading,
    RoleAssignment,
)
from schedule.services.ordering import settle_positions
from submissions.models import Deliverable
from tests.factories import LECTURE_AT, derive, make_lecture
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db

SPARE: dict[str, Any] = {
    "overflow_on": date(2025, 3, 5),
    "overflow_from": time(9),
    "overflow_by": time(10),
}


@pytest.fixture
def term() -> Term:
    return make_term()


def schedule() -> list[tuple[str, str]]:
    """Return the rows in order, each with its date."""
    return [(found.title, f"{found.starts_on:%m-%d}") for found in Lecture.objects.all()]


def standing_duties() -> dict[int, Any]:
    standing = Deliverable.objects.filter(withdrawn_at__isnull=True)
    return dict(standing.values_list("pk", "due_at"))


def roles() -> set[tuple[int, int, str]]:
    return set(RoleAssignment.objects.current().values_list("lecture_id", "group_id", "role"))


BEGINNING = [("Mixtures", "02-12"), ("Caches", "02-19"), ("Agents", "02-26")]


def test_a_new_day_leaves_the_rest_where_it_is(term: Term) -> None:
    before = standing_duties()
    carried = term.do(
        InsertDay(
            starts_on=date(2025, 2, 14),
            starts_from=time(12, 30),
            ends_by=time(13, 45),
            topic="A make-up class",
            lecture_kind="other",
        )
    )
    assert schedule() == [BEGINNING[0], ("A make-up class", "02-14"), *BEGINNING[1:]]
    assert standing_duties() == before
    assert len(carried.told) == 12
    term.undo(carried)
    assert schedule() == BEGINNING


def test_a_new_day_takes_a_place_and_the_rest_slides(term: Term) -> None:
    before, held = standing_duties(), roles()
    carried = term.do(
        InsertDay(starts_on=date(2025, 2, 12), topic="A guest", rest="slides", **SPARE)
    )
    assert schedule() == [
        ("A guest", "02-12"),
        ("Mixtures", "02-19"),
        ("Caches", "02-26"),
        ("Agents", "03-05"),
    ]
    assert Lecture.objects.get(topic="A guest").starts_at == LECTURE_AT
    assert roles() == held
    mixtures = term.lectures[0].deliverables.filter(withdrawn_at__isnull=True)
    assert all(found.due_at == before[found.pk] + timedelta(days=7) for found in mixtures)
    term.undo(carried)
    assert schedule() == BEGINNING
    assert standing_duties() == before


def test_what_falls_off_is_never_cut_unasked(term: Term) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(InsertDay(starts_on=date(2025, 2, 12), topic="A guest", rest="slides"))
    assert refusal.value.denied.code == "falls_off"
    assert refusal.value.denied.sentence.startswith("Agents slides off the end of the term.")
    assert schedule() == BEGINNING


def test_what_is_cut_goes_with_its_readings_and_roles_and_comes_back_with_them(term: Term) -> None:
    before, held = standing_duties(), roles()
    agents = term.lectures[2]
    carried = term.do(
        InsertDay(starts_on=date(2025, 2, 12), topic="A guest", rest="slides", cuts_last=True)
    )
    assert schedule() == [("A guest", "02-12"), ("Mixtures", "02-19"), ("Caches", "02-26")]
    assert not Reading.objects.filter(lecture=agents).exists()
    assert {lecture for lecture, *_ in roles()} == {found.pk for found in term.lectures[:2]}
    term.undo(carried)
    assert schedule() == BEGINNING
    assert roles() == held
    assert standing_duties() == before
    assert Reading.objects.filter(lecture=agents).count() == 1


def test_nothing_makes_room_on_a_day_without_a_lecture(term: Term) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(InsertDay(starts_on=date(2025, 2, 13), topic="A guest", rest="slides"))
    assert refusal.value.denied.code == "no_place_taken"


def test_a_cancelled_day_lets_the_rest_slide_around_what_does_not(term: Term) -> None:
    before = standing_duties()
    make_lecture(
        term.course,
        starts_at=LECTURE_AT + timedelta(days=9),
        kind=LectureKind.MIDTERM,
        topic="Talks",
    )
    talks = Lecture.objects.get(topic="Talks")
    settle_positions(course=term.course, lecture_ids=[talks.pk])
    carried = term.do(CancelDay(lecture_id=term.lectures[1].pk, note="A storm", **SPARE))
    assert schedule() == [
        ("Mixtures", "02-12"),
        ("A storm", "02-19"),
        ("Talks", "02-21"),
        ("Caches", "02-26"),
        ("Agents", "03-05"),
    ]
    assert "No class on Wed Feb 19, 12:30 PM: Caches is not held that day." in carried.act.sentence
    term.undo(carried)
    assert schedule() == [*BEGINNING[:2], ("Talks", "02-21"), BEGINNING[2]]
    assert standing_duties() == before


def test_a_cancelled_day_takes_its_content_along_where_nothing_slides(term: Term) -> None:
    OtherPresenter.objects.create(
        lecture=term.lectures[0], role="reviewers", kind="guest", name="A guest"
    )
    carried = term.do(CancelDay(lecture_id=term.lectures[0].pk, note="A storm", rest="cancelled"))
    assert schedule() == [("A storm", "02-12"), *BEGINNING[1:]]
    assert not OtherPresenter.objects.exists()
    assert {line.after for line in carried.consequences.lines} == {None}
    term.undo(carried)
    assert schedule() == BEGINNING
    assert OtherPresenter.objects.get().lecture == term.lectures[0]


def test_a_day_without_class_is_not_cancelled_again(term: Term) -> None:
    term.do(CancelDay(lecture_id=term.lectures[0].pk, rest="cancelled"))
    with pytest.raises(Refused) as refusal:
        term.do(CancelDay(lecture_id=Lecture.objects.get(kind="no_class").pk))
    assert refusal.value.denied.code == "no_class"


def test_talks_do_not_slide(term: Term) -> None:
    talks = make_lecture(
        term.course, starts_at=LECTURE_AT + timedelta(days=9), kind=LectureKind.MIDTERM
    )
    with pytest.raises(Refused) as refusal:
        term.do(CancelDay(lecture_id=talks.pk))
    assert refusal.value.denied.code == "does_not_slide"


def test_a_dropped_topic_leaves_its_day_or_lets_the_rest_move_up(term: Term) -> None:
    carried = term.do(DropLecture(lecture_id=term.lectures[0].pk))
    assert schedule() == BEGINNING[1:]
    term.undo(carried)
    assert schedule() == BEGINNING
    later = NOW + timedelta(hours=1)
    carried = term.do(DropLecture(lecture_id=term.lectures[0].pk, rest="slides"), now=later)
    assert schedule() == [("Caches", "02-12"), ("Agents", "02-19")]
    term.undo(carried, now=later + timedelta(hours=1))
    assert schedule() == BEGINNING


def test_what_has_begun_is_not_dropped(term: Term) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(DropLecture(lecture_id=term.lectures[0].pk), now=LECTURE_AT)
    assert refusal.value.denied.code == "has_begun"


def test_a_new_day_that_is_used_by_now_is_not_undone(term: Term) -> None:
    carried = term.do(InsertDay(starts_on=date(2025, 2, 14), topic="A make-up class"))
    row = Lecture.objects.get(topic="A make-up class")
    RoleAssignment.objects.create(
        lecture=row, group=Group.objects.earliest("pk"), role="presenter", assigned_at=NOW
    )
    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert "A make-up class has got readings or roles since." in refusal.value.denied.sentence


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    days=st.lists(st.integers(0, 60), min_size=2, max_size=5, unique=True),
    cancelled=st.integers(0, 4),
)
def test_sliding_loses_no_lecture_and_no_place(term: Term, days: list[int], cancelled: int) -> None:
    """Whatever the term looks like: each place is held once, in the same order, and undo restores it."""
    Lecture.objects.filter(course=term.course).update(kind=LectureKind.OTHER)
    rows = [
        make_lecture(term.course, starts_at=LECTURE_AT + timedelta(days=100 + day))
        for day in sorted(days)
    ]
    places = {found.pk: found.starts_at for found in rows}
    row = rows[cancelled % len(rows)]
    carried = term.do(
        CancelDay(
            lecture_id=row.pk,
            overflow_on=date(2025, 9, 1),
            overflow_from=time(9),
            overflow_by=time(10),
        )
    )
    standing = Lecture.objects.filter(pk__in=places)
    assert [found.pk for found in standing.order_by("starts_at")] == [found.pk for found in rows]
    taken = sorted(filter(None, (found.starts_at for found in standing)))
    assert taken[:-1] == sorted(at for at in places.values() if at and at != places[row.pk])
    term.undo(carried)
    assert dict(standing.values_list("pk", "starts_at")) == places
    Lecture.objects.filter(pk__in=places).update(kind=LectureKind.OTHER)
    derive(term.course)


def test_a_meeting_with_slots_is_neither_cancelled_nor_dropped(term: Term) -> None:
    """Whoever presents in them would be due nowhere."""
    row = term.lectures[0]
    PresentationSlot.objects.create(
        lecture=row, position=0, length_minutes=10, capacity=1, opened_at=NOW
    )
    for action in (CancelDay(lecture_id=row.pk, rest="cancelled"), DropLecture(lecture_id=row.pk)):
        with pytest.raises(Refused) as refusal:
            term.do(action)
        assert refusal.value.denied.code == "has_slots"
