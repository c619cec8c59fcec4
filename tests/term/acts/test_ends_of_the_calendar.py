"""Dates that no course has: every form says so beside the field, and nothing kept slips by."""

from datetime import date
from itertools import product
from typing import Any

import pytest

from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.term.acts.drafting import PublishDraft, note_in_draft, rehearse_draft
from courseapp.term.acts.milestones import AddMilestone
from courseapp.term.acts.policies import YEARS_SENTENCE
from courseapp.term.forms.registry import FORMS
from courseapp.term.forms.rows import DayField
from courseapp.term.models import PlannedAct
from submissions.models import Deliverable
from tests.doors import browser
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db

ENDS = ("9999-12-31", "0001-01-01", "2100-01-01", "1989-12-31")
DATED = [
    (form.makes.kind, name)
    for form in FORMS
    for name, field in form.base_fields.items()
    if isinstance(field, DayField)
]


@pytest.fixture
def term() -> Term:
    return make_term()


def body(term: Term) -> dict[str, Any]:
    """Return what each of the forms takes, dates in the term."""
    return {
        "lecture": term.lectures[0].pk,
        "deliverable": Deliverable.objects.filter(due_at__isnull=False)[0].pk,
        "starts_on": "2025-02-13",
        "starts_from": "14:00",
        "ends_by": "15:15",
        "lecture_kind": "lecture",
        "rest": "slides",
        "milestone_kind": "proposal",
        "title": "A step",
        "on_date": "2025-03-01",
        "rule": "questions_wanted",
        "value": "1",
        "holds_from": "2025-03-01",
        "reason": "So.",
    }


def test_every_day_that_is_asked_for_is_kept_to_the_years_of_courses():
    kinds = {kind for kind, _ in DATED}
    wanted = {"change_meeting", "insert_day", "cancel_day", "add_milestone", "change_milestone"}
    assert wanted | {"extend_deadline", "change_rule", "change_weights"} == kinds


@pytest.mark.parametrize(("dated", "end"), list(product(DATED, ENDS[:2])))
def test_a_date_at_an_end_of_the_calendar_is_refused_in_words(
    term: Term, dated: tuple[str, str], end: str
) -> None:
    kind, name = dated
    with clock.standing_at(NOW):
        response = browser(term.instructor).post(
            f"/c/{term.course.slug}/acts/{kind}/", {**body(term), name: end}
        )
    assert response.status_code == 422
    assert YEARS_SENTENCE in response.content.decode()


@pytest.mark.parametrize("end", ENDS)
def test_the_years_are_those_of_the_import(end: str) -> None:
    assert DayField().clean("2099-12-31") == date(2099, 12, 31)
    with pytest.raises(Exception, match="1990 to 2099"):
        DayField().clean(end)


@pytest.mark.parametrize("end", ENDS)
def test_an_action_with_such_a_date_is_neither_carried_out_nor_noted(term: Term, end: str) -> None:
    action = AddMilestone("proposal", "A step", date.fromisoformat(end))
    with pytest.raises(Refused) as refused:
        term.do(action)
    assert refused.value.denied.code == "year"
    with pytest.raises(Refused) as refused:
        note_in_draft(actor=term.teacher, action=action, now=NOW)
    assert refused.value.denied.code == "year"


@pytest.mark.parametrize("end", ENDS[:2])
def test_a_noted_action_with_such_a_date_stops_the_draft_and_says_why(term: Term, end: str) -> None:
    action = AddMilestone("proposal", "A step", date.fromisoformat(end))
    planned = PlannedAct.objects.create(
        course=term.course,
        kind=action.kind,
        parameters=action.parameters(),
        noted_by=term.instructor,
        noted_at=NOW,
    )
    [line], _ = rehearse_draft(actor=term.teacher, now=NOW, look=lambda: None)
    assert line.is_stopped
    assert line.sentence == YEARS_SENTENCE
    with pytest.raises(Refused, match="1990 to 2099"):
        term.do(PublishDraft((planned.pk,)))
