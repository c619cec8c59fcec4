"""Every gradebook: both totals against an independent oracle, and what must never change them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from grading.weights import (
    ComponentScore,
    PartScore,
    PartState,
    combined,
    component_score,
    course_totals,
    shown,
)

WEIGHTS = st.decimals(min_value=0, max_value=100, places=2)
FRACTIONS = st.builds(
    Fraction, st.integers(min_value=0, max_value=30), st.integers(min_value=30, max_value=40)
)


@st.composite
def part_scores(draw):
    state = draw(st.sampled_from(PartState))
    fraction = draw(FRACTIONS) if state is PartState.GRADED else None
    return PartScore(weight=draw(WEIGHTS), state=state, fraction=fraction)


COMPONENTS = st.builds(
    ComponentScore, weight=WEIGHTS, parts=st.lists(part_scores(), max_size=4).map(tuple)
)
GRADEBOOKS = st.lists(COMPONENTS, max_size=5)


def oracle(gradebook: list[ComponentScore]) -> tuple[Fraction | None, Fraction | None]:
    """Both totals from a flat list of (share of the course, score), straight from the text."""
    leaves: list[tuple[Fraction, Fraction | None]] = []
    for each in gradebook:
        kept = [p for p in each.parts if p.state != "exempt"]
        inside = sum(Fraction(p.weight) for p in kept)
        if inside == 0:
            if not any(p.weight for p in each.parts):
                leaves.append((Fraction(each.weight), None))
            continue
        for p in kept:
            known = Fraction(0) if p.state == "missing" else None
            if p.fraction is not None:
                known = Fraction(p.fraction)
            leaves.append((Fraction(each.weight) * Fraction(p.weight) / inside, known))
    everything = sum(share for share, _ in leaves)
    graded = sum(share for share, known in leaves if known is not None)
    earned = sum(share * known for share, known in leaves if known is not None)
    return (
        100 * Fraction(earned) / graded if graded else None,
        100 * Fraction(earned) / everything if everything else None,
    )


@settings(max_examples=300, deadline=None)
@given(GRADEBOOKS)
def test_totals_equal_the_oracle(gradebook):
    found = course_totals(gradebook)
    assert (found.so_far, found.if_nothing_more) == oracle(gradebook)
    assert found.graded_weight + found.ungraded_weight <= found.total_weight


@settings(deadline=None)
@given(gradebook=GRADEBOOKS, data=st.data())
def test_the_order_of_components_and_parts_does_not_matter(gradebook, data):
    shuffled = [
        replace(each, parts=tuple(data.draw(st.permutations(each.parts))))
        for each in data.draw(st.permutations(gradebook))
    ]
    assert course_totals(shuffled) == course_totals(gradebook)


@settings(deadline=None)
@given(GRADEBOOKS)
def test_handing_in_changes_no_total_until_it_is_graded(gradebook):
    def as_ungraded(each: PartScore) -> PartScore:
        is_open = each.state is PartState.OPEN
        return replace(each, state=PartState.UNGRADED) if is_open else each

    handed_in = [replace(each, parts=tuple(map(as_ungraded, each.parts))) for each in gradebook]
    before, after = course_totals(gradebook), course_totals(handed_in)
    assert (before.so_far, before.if_nothing_more) == (after.so_far, after.if_nothing_more)


@settings(deadline=None)
@given(gradebook=GRADEBOOKS, data=st.data(), weight=WEIGHTS)
def test_an_ungraded_part_in_a_component_changes_no_score_of_it(gradebook, data, weight):
    for each in gradebook:
        extra = data.draw(st.sampled_from([PartState.OPEN, PartState.UNGRADED, PartState.EXEMPT]))
        more = (*each.parts, PartScore(weight=weight, state=extra))
        assert component_score(replace(each, parts=more)) == component_score(each)


@settings(deadline=None)
@given(gradebook=GRADEBOOKS, data=st.data())
def test_a_better_award_never_lowers_a_total(gradebook, data):
    graded = [
        (i, j)
        for i, each in enumerate(gradebook)
        for j, p in enumerate(each.parts)
        if p.state is PartState.GRADED
    ]
    before = course_totals(gradebook)
    for i, j in graded:
        old = gradebook[i].parts[j]
        better = replace(old, fraction=old.fraction + data.draw(FRACTIONS))
        parts = (*gradebook[i].parts[:j], better, *gradebook[i].parts[j + 1 :])
        raised = [*gradebook[:i], replace(gradebook[i], parts=parts), *gradebook[i + 1 :]]
        after = course_totals(raised)
        for name in ("so_far", "if_nothing_more"):
            old_total = getattr(before, name)
            assert old_total is None or getattr(after, name) >= old_total


@settings(deadline=None)
@given(GRADEBOOKS)
def test_so_far_is_undefined_exactly_when_nothing_is_graded(gradebook):
    found = course_totals(gradebook)
    assert (found.so_far is None) == (found.graded_weight == 0)


@settings(deadline=None)
@given(items=st.lists(part_scores(), max_size=6), weight=WEIGHTS)
def test_several_hand_ins_score_as_a_component_of_them_would(items, weight):
    found = combined(items, weight=weight)
    assert found.score == component_score(
        ComponentScore(weight=Decimal(1), parts=tuple(items))
    ) or (found.state is PartState.MISSING)
    assert found.weight == weight
    assert found.least_score <= (found.score or 0)


@given(st.fractions(min_value=0, max_value=100), st.integers(min_value=0, max_value=4))
def test_what_is_shown_is_the_nearest_and_of_two_the_upper(value, places):
    unit = Fraction(1, 10**places)
    assert -unit / 2 < Fraction(shown(value, places=places)) - value <= unit / 2
