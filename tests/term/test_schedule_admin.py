"""The schedule in Django's admin: read by staff, changed by the same actions as elsewhere."""

from datetime import time, timedelta
from inspect import isabstract
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from typing_extensions import override

from courseapp.course.models import Course, Enrollment, Role
from courseapp.kernel import clock
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.meetings import ChangeMeeting
from courseapp.term.admin import ActingAdmin, ActingForm
from courseapp.term.models import Act
from schedule.models import Lecture, Preference, Reading
from tests.factories import LECTURE_AT, START, enroll, make_course, make_staff_lecture
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return make_term()


def browser(person: Enrollment) -> Client:
    client = Client()
    assert person.user is not None
    client.force_login(person.user)
    return client


def path_of(row: Any) -> str:
    return reverse(f"admin:schedule_{row._meta.model_name}_change", args=[row.pk])


def fields_of(person: Enrollment, row: Any) -> dict[str, Any]:
    """Return what a browser would send from the page, hidden fields and all."""
    with clock.standing_at(NOW):
        form = browser(person).get(path_of(row)).context["adminform"].form
    sent: dict[str, Any] = {}
    for field in form:
        value = field.value()
        for name in (field.html_name, field.html_initial_name):
            if value not in (None, "", False):
                sent[name] = "on" if value is True else field.field.widget.format_value(value)
    return sent


def save(person: Enrollment, row: Any, **changes: Any) -> Any:
    sent = {**fields_of(person, row), **changes}
    with clock.standing_at(NOW):
        return browser(person).post(path_of(row), {k: v for k, v in sent.items() if v is not None})


def test_a_move_in_the_admin_is_an_act_like_any_other(term: Term) -> None:
    first = term.lectures[0]
    due = dict(first.deliverables.values_list("pk", "due_at"))
    answer = save(term.instructor, first, starts_on="2025-02-13", reason="A storm.")
    assert answer.status_code == 302
    act = Act.objects.get()
    assert (act.kind, act.reason) == ("change_meeting", "A storm.")
    assert dict(first.deliverables.values_list("pk", "due_at")) == {
        pk: at and at + timedelta(days=1) for pk, at in due.items()
    }
    assert OutboxMail.objects.count() == 12
    assert LogEntry.objects.count() == 1


def test_place_and_words_that_change_at_once_are_two_acts(term: Term) -> None:
    save(term.instructor, term.lectures[0], room="2406", topic="Experts", asks_questions=None)
    assert set(Act.objects.values_list("kind", flat=True)) == {"change_meeting", "edit_lecture"}
    lecture = Lecture.objects.get(pk=term.lectures[0].pk)
    assert (lecture.room, lecture.topic, lecture.asks_questions) == ("2406", "Experts", False)
    assert lecture.starts_at == LECTURE_AT


def test_saving_without_a_change_does_nothing(term: Term) -> None:
    assert save(term.instructor, term.lectures[0]).status_code == 302
    assert not Act.objects.exists()


def test_what_others_changed_meanwhile_stays(term: Term) -> None:
    first = term.lectures[0]
    sent = fields_of(term.instructor, first)
    term.do(
        ChangeMeeting(
            lecture_id=first.pk,
            starts_on=first.starts_on,
            starts_from=time(14),
            ends_by=time(15),
            lecture_kind="lecture",
            room="2406",
        )
    )
    with clock.standing_at(NOW):
        browser(term.instructor).post(path_of(first), {**sent, "topic": "Experts"})
    first.refresh_from_db()
    assert (first.topic, first.room) == ("Experts", "2406")
    assert first.starts_at != LECTURE_AT


def test_a_reading_is_corrected(term: Term) -> None:
    reading = term.lectures[0].readings.get()
    assert save(term.instructor, reading, title="Mixtral", year="2024").status_code == 302
    reading = Reading.objects.get(pk=reading.pk)
    assert (reading.title, reading.paper.year) == ("Mixtral", 2024)
    assert Act.objects.get().kind == "change_reading"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends_by": None}, "Give both when it begins and when it ends, or neither."),
        ({"ends_by": "09:00"}, "It would end before it begins"),
        ({"starts_on": "never"}, "Enter a valid date."),
        ({"kind": "party"}, "Select a valid choice."),
    ],
)
def test_what_makes_no_sense_comes_back_with_the_reason(
    term: Term, changes: dict[str, Any], said: str
) -> None:
    answer = save(term.instructor, term.lectures[0], **changes)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Act.objects.exists()
    assert not OutboxMail.objects.exists()


def test_a_bad_link_of_a_reading_comes_back_with_the_reason(term: Term) -> None:
    reading = term.lectures[0].readings.get()
    answer = save(term.instructor, reading, url="javascript:alert(1)")
    assert "leads nowhere; give an address" in answer.content.decode()


def test_a_ta_reads_and_changes_nothing(term: Term) -> None:
    ta = enroll(term.course, Role.TA)
    row = term.lectures[0]
    reading = row.readings.get()
    for record in (row, reading):
        answer = browser(ta).get(path_of(record))
        assert answer.status_code == 200
        assert record.title in answer.content.decode()
        assert browser(ta).post(path_of(record), {"topic": "Experts"}).status_code == 403


def test_staff_of_another_course_find_nothing(term: Term) -> None:
    outsider = enroll(make_course(), Role.INSTRUCTOR)
    for model in ("lecture", "reading", "roleassignment", "preference", "milestone"):
        html = browser(outsider).get(reverse(f"admin:schedule_{model}_changelist")).content.decode()
        assert term.lectures[0].title not in html
        assert "0 " in html
    assert browser(outsider).get(path_of(term.lectures[0])).status_code == 302


@pytest.mark.parametrize(
    "model", ["lecture", "reading", "milestone", "otherpresenter", "roleassignment", "preference"]
)
def test_a_list_of_the_admin_asks_as_often_however_long_it_is(term: Term, model: str) -> None:
    client = browser(term.instructor)
    path = reverse(f"admin:schedule_{model}_changelist")
    client.get(path)
    counts = []
    for rank in range(1, 4):
        make_staff_lecture(term.course, kind="other", topic=f"Guest {rank}")
        Preference.objects.create(
            group=term.groups[0], lecture=term.lectures[rank - 1], rank=rank, ranked_at=START
        )
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1


def test_a_form_that_does_not_say_what_it_does_cannot_be_made() -> None:
    class Half(ActingForm[Reading]):
        class Meta:
            model = Reading
            fields = ("note",)

        @override
        def course(self) -> Course:
            return self.instance.lecture.course

    with pytest.raises(TypeError, match=r"actions.*current"):
        Half()  # type: ignore[abstract]  # what a checker of types refuses is tried here


def test_every_form_that_acts_in_the_admin_says_all_of_it() -> None:
    acting = [found for found in site._registry.values() if isinstance(found, ActingAdmin)]
    assert {found.model for found in acting} == {Lecture, Reading}
    assert not any(isabstract(found.acting_form) for found in acting)
