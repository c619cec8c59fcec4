"""Other weights in mid-term: whole, told to all, counted in the preview, undone."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from courseapp.kernel.decisions import Refused
from courseapp.term.acts.weights import ChangeWeights
from grading.models import Component, Part
from grading.services.awarding import Wish, award
from grading.services.releasing import release
from tests.factories import part, plan
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db
TODAY = date(2025, 2, 5)


@pytest.fixture
def term() -> Term:
    made = make_term()
    plan(made.course)
    return made


def weights(term: Term, **changed: str) -> ChangeWeights:
    """Return the weights that hold, but for some components or parts by their names' first words."""
    components = Component.objects.filter(course=term.course)
    parts = Part.objects.filter(component__course=term.course)
    return ChangeWeights(
        TODAY,
        tuple(f"{one.pk}={changed.get(first(one.name), one.weight)}" for one in components),
        tuple(f"{one.pk}={changed.get(first(one.name), one.weight)}" for one in parts),
    )


def first(name: str) -> str:
    return name.split(maxsplit=1)[0].lower().replace("-", "_")


def held(term: Term) -> dict[str, Decimal]:
    return dict(Component.objects.filter(course=term.course).values_list("name", "weight"))


def test_weights_change_for_the_whole_class_and_are_undone(term: Term) -> None:
    before = held(term)
    carried = term.do(weights(term, participation="20", mid_semester="5"))
    assert held(term) == {
        **before,
        "Participation": Decimal(20),
        "Mid-semester presentation": Decimal(5),
    }
    assert carried.act.sentence == (
        "From Wed Feb 5 on, for the whole term: Participation 20 (was 15)"
        " and Mid-semester presentation 5 (was 10)."
    )
    assert len(carried.told) == 12
    term.undo(carried)
    assert held(term) == before


def test_the_parts_of_a_component_change_among_themselves(term: Term) -> None:
    term.do(weights(term, questions="50", attendance="50"))
    inside = Part.objects.filter(component__name="Participation").order_by("position")
    assert [one.weight for one in inside] == [50, 50, 0]


def test_the_preview_counts_whose_total_changes(term: Term) -> None:
    action = weights(term, questions="40", attendance="50", contribution="10")
    assert said(term, action) == "No student's total changes by this so far."
    contribution = part(term.course, "Participation", "contribution")
    for student, points in zip(term.members(term.groups[0]), ("80", "60"), strict=False):
        wish = Wish(part=contribution, points=Decimal(points), enrollment=student)
        award(actor=term.teacher, wish=wish, now=NOW)
    release(actor=term.teacher, part_id=contribution.pk, now=NOW)
    assert said(term, action) == "The total of 2 students changes by this."


def said(term: Term, action: ChangeWeights) -> str:
    [line] = term.see(action).act.consequences["said"]
    return str(line)


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"participation": "14"}, "not_100", "The components add up to 99, not to 100."),
        ({"questions": "61"}, "not_100", "The parts of Participation add up to 101"),
        ({"participation": "101"}, "bad_weight", "from 0 to 100"),
        ({"participation": "15.0005"}, "bad_weight", "three decimals"),
        ({"participation": "lots"}, "bad_weight", "A weight is a number"),
        ({}, "no_change", "change one"),
    ],
)
def test_what_is_no_weight_is_refused_in_words(
    term: Term, changed: dict[str, str], code: str, words: str
) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(weights(term, **changed))
    assert refusal.value.denied.code == code
    assert words in refusal.value.denied.sentence


def test_weights_that_leave_one_out_are_refused(term: Term) -> None:
    whole = weights(term, participation="20", mid_semester="5")
    with pytest.raises(Refused) as refusal:
        term.do(ChangeWeights(TODAY, whole.components[1:], whole.parts))
    assert refusal.value.denied.code == "changed_since"


@pytest.mark.parametrize("days", [-1, 1])
def test_weights_hold_from_the_day_itself_on(term: Term, days: int) -> None:
    wish = weights(term, participation="20", mid_semester="5")
    with pytest.raises(Refused) as refusal:
        term.do(replace(wish, holds_from=TODAY + timedelta(days=days)))
    assert refusal.value.denied.code == "not_today"
