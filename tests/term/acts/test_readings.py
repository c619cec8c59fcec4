"""Readings that come, go or change: what is owed then, what was asked stays, and the way back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Refused
from courseapp.term.acts.action import Action
from courseapp.term.acts.readings import (
    AddReading,
    ChangeReading,
    RemoveReading,
    ReorderReadings,
    ReplaceReading,
)
from schedule.models import Lecture, Paper, Reading
from schedule.selectors.replaced import papers_asked_about
from submissions.models import Deliverable
from submissions.selectors.owed import Duty, duties
from submissions.selectors.places import version_visible_to
from submissions.services.handing_in import ask_questions
from tests.factories import LECTURE_AT, actor, add_reading, enroll
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db

QUESTION = "Which assumption of the evaluation would break first?"
URL = "https://example.org/new"


@pytest.fixture
def term() -> Term:
    return make_term()


@pytest.fixture
def listener(term: Term) -> Enrollment:
    """Someone without a group: in the audience of every lecture."""
    return enroll(term.course)


@pytest.fixture
def reading(term: Term) -> Reading:
    return term.lectures[0].readings.get()


def questions(term: Term, person: Enrollment, *, now: datetime = NOW) -> list[Duty]:
    """Return what a person owes for the first lecture."""
    owed = duties(course=term.course, now=now, person=person.pk)
    return [duty for duty in owed if duty.lecture_id == term.lectures[0].pk]


def ask(term: Term, person: Enrollment, *, text: str = QUESTION, at: datetime = NOW) -> None:
    place = questions(term, person)[0].deliverable_id
    ask_questions(actor=actor(person), texts={place: text}, received_at=at)


def titles(lecture: Lecture) -> list[str]:
    return [found.title for found in lecture.readings.all().order_by("position")]


def test_a_required_reading_asks_the_audience_for_a_question(
    term: Term, listener: Enrollment
) -> None:
    lecture = term.lectures[0]
    carried = term.do(AddReading(lecture_id=lecture.pk, title="Mixtral", url=URL, place=1))
    assert titles(lecture)[0] == "Mixtral"
    assert [found.reading_title for found in questions(term, listener)] == titles(lecture)
    assert carried.act.public_sentence == "New reading for Mixtures: Mixtral (required)."
    assert listener in carried.told
    term.undo(carried)
    assert len(titles(lecture)) == len(questions(term, listener)) == 1
    assert Reading.with_withdrawn.filter(lecture=lecture).count() == 2


def test_an_optional_reading_asks_nobody(term: Term, listener: Enrollment) -> None:
    before = questions(term, listener)
    carried = term.do(
        AddReading(lecture_id=term.lectures[0].pk, title="Mixtral", url=URL, is_required=False)
    )
    assert questions(term, listener) == before
    assert carried.consequences.lines == []


def test_a_reading_that_comes_late_is_told_to_be_short_notice(
    term: Term, listener: Enrollment
) -> None:
    action = AddReading(lecture_id=term.lectures[0].pk, title="Mixtral")
    [said] = term.see(action, now=LECTURE_AT - timedelta(hours=3)).act.consequences["said"]
    assert said.startswith("The lecture begins in less than 24 hours")
    late = term.do(action, now=LECTURE_AT)
    assert late.act.consequences["said"] == [
        "The lecture has begun, so nobody owes a question about it."
    ]
    assert len(questions(term, listener, now=LECTURE_AT)) == 1


def test_one_paper_is_known_once_wherever_it_is_read(term: Term) -> None:
    first, second, _ = term.lectures
    term.do(AddReading(lecture_id=first.pk, title="Mixtral", url=URL))
    term.do(AddReading(lecture_id=second.pk, title="Mixtral", url=URL, venue="arXiv", year=2024))
    assert Paper.objects.get(title="Mixtral").year == 2024
    term.do(AddReading(lecture_id=first.pk, title="Mixtral", url=URL, sections="Sec 5"))
    with pytest.raises(Refused) as refusal:
        term.do(AddReading(lecture_id=first.pk, title="Mixtral", url=URL, sections="Sec 5"))
    assert refusal.value.denied.code == "repeated"


def test_who_asked_about_a_replaced_paper_loses_nothing(
    term: Term, listener: Enrollment, reading: Reading
) -> None:
    ask(term, listener)
    was = reading.title
    later = NOW + timedelta(hours=1)
    carried = term.do(ReplaceReading(reading_id=reading.pk, title="Mixtral", url=URL), now=later)
    [owed] = questions(term, listener, now=later)
    assert owed.is_in
    assert owed.reading_title == "Mixtral"
    assert carried.act.consequences["said"][0].startswith(f"1 student has asked about {was}")
    # What was asked is still said to be about the paper that stood there then.
    assert papers_asked_about({reading.pk: NOW}) == {reading.pk: was}
    assert papers_asked_about({reading.pk: later}) == {}
    term.undo(carried, now=later + timedelta(hours=1))
    assert questions(term, listener)[0].reading_title == was
    assert papers_asked_about({reading.pk: NOW}) == {}


def test_who_has_not_asked_yet_asks_about_the_new_paper(
    term: Term, listener: Enrollment, reading: Reading
) -> None:
    other = enroll(term.course)
    ask(term, listener)
    term.do(ReplaceReading(reading_id=reading.pk, title="Mixtral", url=URL))
    [owed] = questions(term, other)
    assert (owed.reading_title, owed.is_in) == ("Mixtral", False)


def test_a_paper_replaced_twice_is_told_apart_by_the_time_of_asking(
    term: Term, reading: Reading
) -> None:
    was = reading.title
    for hour, title in enumerate(("Mixtral", "Switch"), start=1):
        at = NOW + timedelta(hours=hour)
        term.do(ReplaceReading(reading_id=reading.pk, title=title), now=at)
    assert papers_asked_about({reading.pk: NOW}) == {reading.pk: was}
    assert papers_asked_about({reading.pk: NOW + timedelta(hours=1)}) == {reading.pk: "Mixtral"}
    assert papers_asked_about({reading.pk: NOW + timedelta(hours=2)}) == {}


def test_a_removed_reading_is_owed_no_more_and_what_was_asked_stays(
    term: Term, listener: Enrollment, reading: Reading
) -> None:
    ask(term, listener)
    carried = term.do(RemoveReading(reading_id=reading.pk))
    assert questions(term, listener) == []
    version = Deliverable.objects.get(reading=reading).submissions.get().versions.get()
    readers = [actor(listener), term.teacher]
    assert all(
        version_visible_to(reader, now=NOW, version_id=version.pk) == version for reader in readers
    )
    term.undo(carried)
    assert questions(term, listener)[0].is_in


def test_what_was_asked_for_by_a_passed_instant_keeps_its_credit(
    term: Term, reading: Reading
) -> None:
    for action in (
        RemoveReading(reading_id=reading.pk),
        ChangeReading(
            reading_id=reading.pk, title=reading.title, url=reading.url, is_required=False
        ),
    ):
        with pytest.raises(Refused) as refusal:
            term.do(action, now=LECTURE_AT)
        assert refusal.value.denied.code == "asked_for"


def test_an_optional_reading_can_go_after_its_lecture(term: Term) -> None:
    optional = add_reading(term.lectures[0], position=2, is_required=False)
    term.do(RemoveReading(reading_id=optional.pk), now=LECTURE_AT + timedelta(days=1))
    assert len(titles(term.lectures[0])) == 1


def test_readings_are_put_in_another_order_and_back(term: Term) -> None:
    lecture = term.lectures[0]
    for position in (2, 3):
        add_reading(lecture, position=position, is_required=False)
    was = titles(lecture)
    ids = list(lecture.readings.order_by("position").values_list("pk", flat=True))
    carried = term.do(ReorderReadings(lecture_id=lecture.pk, order=(ids[2], ids[0], ids[1])))
    assert titles(lecture) == [was[2], was[0], was[1]]
    assert carried.told == []
    term.undo(carried)
    assert titles(lecture) == was


def test_a_removed_reading_comes_back_to_its_place(term: Term) -> None:
    lecture = term.lectures[0]
    for position in (2, 3):
        add_reading(lecture, position=position, is_required=False)
    was = titles(lecture)
    carried = term.do(RemoveReading(reading_id=lecture.readings.get(position=2).pk))
    assert titles(lecture) == [was[0], was[2]]
    term.do(AddReading(lecture_id=lecture.pk, title="Mixtral", is_required=False))
    term.undo(carried)
    assert titles(lecture) == [*was, "Mixtral"]


def test_an_order_of_other_readings_is_refused(term: Term, reading: Reading) -> None:
    others = term.lectures[1].readings.get()
    for order in ((), (others.pk,), (reading.pk, reading.pk)):
        with pytest.raises(Refused) as refusal:
            term.do(ReorderReadings(lecture_id=term.lectures[0].pk, order=order))
        assert refusal.value.denied.code == "other_readings"


def test_a_corrected_reading_stays_the_same_paper(
    term: Term, listener: Enrollment, reading: Reading
) -> None:
    ask(term, listener)
    carried = term.do(
        ChangeReading(reading_id=reading.pk, title="Mixtral", url=URL, sections="Sec 3", year=2024)
    )
    reading.refresh_from_db()
    assert (reading.paper.title, reading.paper.url, reading.sections) == ("Mixtral", URL, "Sec 3")
    assert questions(term, listener)[0].is_in
    assert papers_asked_about({reading.pk: NOW}) == {}
    term.undo(carried)
    reading.paper.refresh_from_db()
    assert reading.paper.title != "Mixtral"
    assert reading.paper.year is None


def test_a_reading_made_optional_is_owed_no_more(
    term: Term, listener: Enrollment, reading: Reading
) -> None:
    carried = term.do(
        ChangeReading(
            reading_id=reading.pk, title=reading.title, url=reading.url, is_required=False
        )
    )
    assert questions(term, listener) == []
    assert carried.told == [listener]


WRONG: list[tuple[Callable[[Reading], Action], str]] = [
    (lambda one: AddReading(lecture_id=one.lecture_id, title=" "), "no_title"),
    (lambda one: AddReading(lecture_id=one.lecture_id, title="X", url="javascript:1"), "bad_link"),
    (lambda one: AddReading(lecture_id=one.lecture_id, title="X", year=24), "bad_year"),
    (lambda _: AddReading(lecture_id=0, title="X"), "not_found"),
    (
        lambda one: ReplaceReading(reading_id=one.pk, title=one.title, url=one.url),
        "nothing_changed",
    ),
    (lambda one: ChangeReading(reading_id=one.pk, title=one.title, url=one.url), "nothing_changed"),
    (lambda _: RemoveReading(reading_id=0), "not_found"),
]


@pytest.mark.parametrize(("wrong", "code"), WRONG)
def test_what_makes_no_sense_is_refused(
    term: Term, reading: Reading, wrong: Callable[[Reading], Action], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(wrong(reading))
    assert refusal.value.denied.code == code


def test_what_changed_since_stops_an_undo(term: Term, reading: Reading) -> None:
    carried = term.do(ReplaceReading(reading_id=reading.pk, title="Mixtral", url=URL))
    later = NOW + timedelta(minutes=2)
    term.do(ReplaceReading(reading_id=reading.pk, title="Switch"), now=later)
    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert "Switch has been changed since." in refusal.value.denied.sentence
