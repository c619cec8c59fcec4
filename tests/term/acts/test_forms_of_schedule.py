"""The forms of actions on the schedule: what they offer, what they are filled with, what they make."""

from datetime import date, time
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from courseapp.term.acts.action import Action
from courseapp.term.acts.meetings import ChangeMeeting
from courseapp.term.acts.readings import ReorderReadings
from courseapp.term.forms.meetings import ChangeMeetingForm
from courseapp.term.forms.readings import ChangeReadingForm, ReorderReadingsForm
from courseapp.term.forms.registry import FORMS, form_for
from tests.factories import add_reading, make_course, make_lecture
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return make_term()


def opened(form: type, term: Term, **initial: Any) -> Any:
    return form(course=term.course, now=NOW, initial={k: str(v) for k, v in initial.items()})


def sent(form: type, term: Term, **fields: Any) -> Any:
    data = QueryDict(urlencode({k: str(v) for k, v in fields.items()}))
    return form(data, course=term.course, now=NOW)


def shown(form: Any) -> dict[str, Any]:
    return {field.name: field.value() for field in form}


def made(form: Any) -> Action:
    assert form.is_valid(), form.errors
    action: Action = form.action()
    return action


def test_a_form_that_is_opened_for_a_row_shows_what_stands_there(term: Term) -> None:
    lecture = term.lectures[0]
    form = opened(ChangeMeetingForm, term, lecture=lecture.pk)
    fields = {"starts_on": date(2025, 2, 12), "starts_from": "12:30", "ends_by": "13:45"}
    assert fields.items() <= shown(form).items()
    reading = lecture.readings.get()
    form = opened(ChangeReadingForm, term, reading=reading.pk)
    assert (shown(form)["title"], shown(form)["is_required"]) == (reading.title, True)


def test_what_is_sent_makes_the_action(term: Term) -> None:
    form = sent(
        ChangeMeetingForm,
        term,
        lecture=term.lectures[0].pk,
        starts_on="2025-02-13",
        starts_from="14:00",
        ends_by="15:15",
        lecture_kind="lecture",
    )
    assert made(form) == ChangeMeeting(
        lecture_id=term.lectures[0].pk,
        starts_on=date(2025, 2, 13),
        starts_from=time(14),
        ends_by=time(15, 15),
        lecture_kind="lecture",
    )


def test_rows_of_another_course_are_not_offered(term: Term) -> None:
    elsewhere = make_lecture(make_course(), required_count=0, kind="other")
    form = sent(ReorderReadingsForm, term, lecture=elsewhere.pk)
    assert "lecture" in form.errors


@pytest.mark.parametrize(
    ("places", "order"),
    [
        ((1, 2, 3), (0, 1, 2)),
        ((1, 2, 1), (2, 0, 1)),
        ((3, 2, 3), (1, 2, 0)),
        ((2, 2, 2), (2, 1, 0)),
    ],
)
def test_the_moved_reading_takes_the_place(
    term: Term, places: tuple[int, ...], order: tuple[int, ...]
) -> None:
    lecture = term.lectures[0]
    readings = [lecture.readings.get()]
    readings += [add_reading(lecture, position=at, is_required=False) for at in (2, 3)]
    wanted = {f"place_{one.pk}": at for one, at in zip(readings, places, strict=True)}
    action = made(sent(ReorderReadingsForm, term, lecture=lecture.pk, **wanted))
    assert action == ReorderReadings(
        lecture_id=lecture.pk, order=tuple(readings[index].pk for index in order)
    )


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.makes.kind)
def test_every_form_can_be_opened_with_nothing_and_with_nonsense(term: Term, form: type) -> None:
    for value in ("", "x", "0", "9" * 40, "-1"):
        names = ("lecture", "other", "reading", "milestone", "student", "group", "enrollment")
        assert str(opened(form, term, **dict.fromkeys(names, value)))
        assert sent(form, term, **dict.fromkeys(names, value)).errors


def test_every_kind_has_one_form():
    kinds = [form.makes.kind for form in FORMS]
    assert len(kinds) == len(set(kinds))
    assert form_for("nothing") is None
