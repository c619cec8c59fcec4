"""From marks to totals: the rules one by one, by examples that are reckoned by hand."""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

from grading.weights import (
    ComponentScore,
    CourseTotals,
    PartScore,
    PartState,
    attendance,
    combined,
    completion,
    component_score,
    course_totals,
    fraction_of,
    part_state,
    question_score,
    shown,
)

HALF = Fraction(1, 2)


def part(
    weight: int | str, fraction: str | None = None, *, state: PartState | None = None
) -> PartScore:
    """A part: graded where a fraction is given, else open or in the state that is named."""
    known = PartState.OPEN if fraction is None else PartState.GRADED
    return PartScore(
        weight=Decimal(weight),
        state=state or known,
        fraction=None if fraction is None else Decimal(fraction),
    )


def component(weight: int, *parts: PartScore) -> ComponentScore:
    return ComponentScore(weight=Decimal(weight), parts=parts)


def missing(weight: int) -> PartScore:
    return part(weight, state=PartState.MISSING)


def ungraded(weight: int) -> PartScore:
    return part(weight, state=PartState.UNGRADED)


def exempt(weight: int) -> PartScore:
    return part(weight, state=PartState.EXEMPT)


# -- the state of a part -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_on_time", "is_past_due", "is_waived", "expected"),
    [
        (False, False, False, PartState.OPEN),
        (True, False, False, PartState.UNGRADED),
        (True, True, False, PartState.UNGRADED),
        (False, True, False, PartState.MISSING),
        (False, True, True, PartState.UNGRADED),
        (False, False, True, PartState.OPEN),
    ],
)
def test_a_hand_in_is_zero_only_when_past_due_with_nothing_on_time(
    is_on_time, is_past_due, is_waived, expected
):
    found = part_state(
        is_hand_in=True,
        is_on_time=is_on_time,
        is_past_due=is_past_due,
        has_award=False,
        is_waived=is_waived,
    )
    assert found is expected


@pytest.mark.parametrize(
    ("is_past_due", "expected"), [(False, PartState.OPEN), (True, PartState.UNGRADED)]
)
def test_an_observed_part_is_never_zero_by_itself(is_past_due, expected):
    found = part_state(is_hand_in=False, is_on_time=False, is_past_due=is_past_due, has_award=False)
    assert found is expected


@pytest.mark.parametrize(
    ("is_hand_in", "is_on_time", "is_past_due", "is_waived"), list(product([False, True], repeat=4))
)
def test_an_award_comes_before_all_but_an_exemption(is_hand_in, is_on_time, is_past_due, is_waived):
    facts = {
        "is_hand_in": is_hand_in,
        "is_on_time": is_on_time,
        "is_past_due": is_past_due,
        "is_waived": is_waived,
    }
    assert part_state(**facts, has_award=True) is PartState.GRADED
    assert part_state(**facts, has_award=True, is_exempt=True) is PartState.EXEMPT
    assert part_state(**facts, has_award=False, is_exempt=True) is PartState.EXEMPT


# -- what a part may hold ------------------------------------------------------------------------


def test_a_part_cannot_have_a_negative_weight_or_score():
    with pytest.raises(ValueError, match="weight cannot be negative"):
        part(-1)
    with pytest.raises(ValueError, match="score cannot be negative"):
        part(1, "-0.1")


@pytest.mark.parametrize("state", list(PartState))
def test_only_a_graded_part_has_a_fraction(state):
    fraction = None if state is PartState.GRADED else HALF
    with pytest.raises(ValueError, match="has a fraction"):
        PartScore(weight=Decimal(1), state=state, fraction=fraction)


def test_an_award_is_an_exact_fraction():
    assert fraction_of(points=Decimal("0.7"), points_max=Decimal("2.1")) == Fraction(1, 3)
    with pytest.raises(ValueError, match="must be positive"):
        fraction_of(points=Decimal(1), points_max=Decimal(0))


# -- components ----------------------------------------------------------------------------------


def test_a_component_is_scored_over_what_counts():
    assert component_score(component(15, part(80, "0.5"), part(10, "1"), part(10))) == Fraction(
        5, 9
    )


def test_a_missing_part_counts_as_zero_and_an_ungraded_one_does_not_count():
    graded = part(50, "0.8")
    assert component_score(component(10, graded, missing(50))) == Fraction(2, 5)
    assert component_score(component(10, graded, ungraded(50))) == Fraction(4, 5)


def test_a_component_has_no_score_while_nothing_of_weight_counts():
    assert component_score(component(10)) is None
    assert component_score(component(10, part(100), ungraded(10), exempt(5))) is None
    assert component_score(component(10, part(100), part(0, "1"))) is None


# -- course totals -------------------------------------------------------------------------------


def test_nothing_graded_has_no_total_so_far():
    found = course_totals([component(60, part(100)), component(40, ungraded(100))])
    assert found == CourseTotals(
        so_far=None,
        if_nothing_more=Fraction(0),
        graded_weight=Fraction(0),
        ungraded_weight=Fraction(40),
        total_weight=Fraction(100),
    )


def test_no_components_have_no_totals():
    found = course_totals([])
    assert (found.so_far, found.if_nothing_more) == (None, None)


def test_so_far_is_over_what_is_graded_and_the_other_total_over_100():
    found = course_totals(
        [
            component(60, part(50, "0.9"), part(50)),
            component(30, missing(100)),
            component(10, ungraded(100)),
        ]
    )
    assert found.graded_weight == 60
    assert found.so_far == Fraction(27, 60) * 100
    assert found.if_nothing_more == 27


def test_an_exempt_part_leaves_numerator_and_denominator_of_its_component():
    found = course_totals([component(60, part(50, "0.5"), exempt(50)), component(40, part(1, "1"))])
    assert found.so_far == found.if_nothing_more == 70


def test_a_component_that_is_exempt_as_a_whole_leaves_too():
    found = course_totals([component(60, exempt(40), exempt(60)), component(40, part(1, "0.5"))])
    assert found.total_weight == 40
    assert found.so_far == found.if_nothing_more == 50


def test_exempt_from_everything_there_is_no_total():
    found = course_totals([component(100, exempt(100))])
    assert (found.so_far, found.if_nothing_more) == (None, None)
    assert found.total_weight == 0


@pytest.mark.parametrize("parts", [(), (part(0, "1"),), (part(0, "1"), exempt(0))])
def test_a_component_without_weighted_parts_as_yet_is_open(parts):
    found = course_totals([component(50, *parts), component(50, part(1, "1"))])
    assert found.so_far == 100
    assert found.if_nothing_more == 50


def test_weights_inside_a_component_need_not_add_up_to_100():
    ones = course_totals([component(100, part(1, "1"), part(2, "0"))])
    assert ones.so_far == Fraction(100, 3)


def test_the_reference_course_by_hand():
    found = course_totals(
        [
            component(15, part(60, "0.9"), part(40, "1"), part(0)),
            component(15, part(80, "0.85"), missing(10), ungraded(10)),
            component(10, part(50, "0.8"), part(50)),
            component(5, part(100, "0.95")),
            component(10, part(100), part(0)),
            component(10, part(100), part(0)),
            component(35, part(90), part(10)),
        ]
    )
    # 15 * .94 + 15 * (.8 * .85) + 10 * (.5 * .8) + 5 * .95 = 14.1 + 10.2 + 4 + 4.75
    assert found.if_nothing_more == Fraction("33.05")
    assert found.graded_weight == Fraction("38.5")
    assert found.so_far is not None
    assert shown(found.so_far) == Decimal("85.8")


# -- parts of several hand-ins -------------------------------------------------------------------


def test_several_hand_ins_are_averaged_over_those_that_count():
    found = combined(
        [part(1, "1"), missing(1), part(1), ungraded(1), exempt(1)], weight=Decimal(60)
    )
    assert found == PartScore(
        weight=Decimal(60), state=PartState.GRADED, fraction=HALF, least=Fraction(1, 4)
    )


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], PartState.OPEN),
        ([part(1)], PartState.OPEN),
        ([part(1), exempt(1)], PartState.OPEN),
        ([exempt(1), exempt(1)], PartState.EXEMPT),
        ([part(1), ungraded(1)], PartState.UNGRADED),
        ([missing(1), part(1)], PartState.MISSING),
        ([part(0, "1"), part(1)], PartState.OPEN),
    ],
)
def test_several_hand_ins_without_a_score_have_one_state(items, expected):
    found = combined(iter(items), weight=Decimal(7))
    assert found == PartScore(weight=Decimal(7), state=expected)


def test_of_several_hand_ins_only_what_is_in_counts_if_nothing_more_comes():
    questions = combined([part(1, "1"), part(1), part(1), part(1)], weight=Decimal(100))
    found = course_totals([component(100, questions)])
    assert found.so_far == 100
    assert found.if_nothing_more == 25


# -- questions and attendance --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "state", "score"),
    [
        ({"is_on_time": True, "is_past_due": False}, PartState.GRADED, 1),
        ({"is_on_time": True, "is_past_due": True}, PartState.GRADED, 1),
        ({"is_on_time": False, "is_past_due": False}, PartState.OPEN, None),
        ({"is_on_time": False, "is_past_due": True}, PartState.MISSING, 0),
        ({"is_on_time": False, "is_past_due": True, "is_waived": True}, PartState.UNGRADED, None),
        ({"is_on_time": True, "is_past_due": True, "is_exempt": True}, PartState.EXEMPT, None),
        ({"is_on_time": True, "is_past_due": True, "award": Decimal(0)}, PartState.GRADED, 0),
        ({"is_on_time": False, "is_past_due": True, "award": HALF}, PartState.GRADED, HALF),
    ],
)
def test_a_question_on_time_is_full_credit_unless_awarded_otherwise(facts, state, score):
    found = question_score(**{"award": None, **facts})
    assert (found.state, found.score) == (state, score)


def test_completion_is_taken_over_what_was_owed_so_far():
    on_time = question_score(award=None, is_on_time=True, is_past_due=True)
    lost = question_score(award=None, is_on_time=False, is_past_due=True)
    to_come = question_score(award=None, is_on_time=False, is_past_due=False)
    assert completion([on_time, on_time, lost, to_come]) == Fraction(2, 3)
    assert completion([lost, to_come]) == 0
    assert completion([to_come]) is None
    assert completion([]) is None


@pytest.mark.parametrize(
    ("held", "unexcused", "expected"),
    [
        (0, 0, None),
        (1, 0, 1),
        (1, 1, 1),
        (2, 2, 1),
        (3, 3, 0),
        (22, 0, 1),
        (22, 2, 1),
        (22, 3, Fraction(19, 20)),
        (22, 12, HALF),
        (22, 22, 0),
    ],
)
def test_two_absences_are_free_and_the_rest_counts(held, unexcused, expected):
    assert attendance(held=held, unexcused=unexcused) == expected


@pytest.mark.parametrize(("held", "unexcused"), [(-1, -1), (3, -1), (3, 4)])
def test_absences_that_cannot_be_are_refused(held, unexcused):
    with pytest.raises(ValueError, match="cannot be"):
        attendance(held=held, unexcused=unexcused)


# -- rounding ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Decimal("66.65"), 1, "66.7"),
        (Decimal("66.6499999999999999999999"), 1, "66.6"),
        (Fraction(200, 3), 1, "66.7"),
        (Fraction(200, 3), 0, "67"),
        (Fraction(200, 3), 3, "66.667"),
        (Decimal("0.05"), 1, "0.1"),
        (Decimal("2.5"), 0, "3"),
        (Decimal("99.95"), 1, "100.0"),
        (85, 1, "85.0"),
        (0, 1, "0.0"),
    ],
)
def test_rounding_is_half_up_and_only_when_shown(value, places, expected):
    assert str(shown(value, places=places)) == expected


def test_one_decimal_is_shown_unless_asked_otherwise():
    assert str(shown(Fraction(1, 3))) == "0.3"
