"""Placing groups in slots: the least cost of ranks, each group once, no slot overfull (domain.md §9)."""

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedule.planning import (
    Slot,
    SlotProblem,
    Status,
    cost_of_slots,
    overfull,
    place_groups,
    slot_explanation,
)


def best_by_force(problem: SlotProblem) -> int | None:
    """Return the least cost, found by trying every placing; None where none fits."""
    costs = []
    for chosen in product([slot.id for slot in problem.slots], repeat=len(problem.groups)):
        placing = dict(zip(problem.groups, chosen, strict=True))
        held = Counter(chosen)
        fits = all(held[slot.id] <= slot.capacity for slot in problem.slots)
        if fits and all(placing[group] == slot for group, slot in problem.fixed.items()):
            costs.append(
                sum(
                    problem.ranks.get(group, {}).get(slot, len(problem.ranks.get(group, {})) + 1)
                    - 1
                    for group, slot in placing.items()
                )
            )
    return min(costs, default=None)


@st.composite
def tiny_days(draw: st.DrawFn) -> SlotProblem:
    groups = tuple(range(1, draw(st.integers(0, 4)) + 1))
    slots = tuple(
        Slot(11 + number, draw(st.integers(0, 2))) for number in range(draw(st.integers(1, 4)))
    )
    ids = [slot.id for slot in slots]
    ranks = {}
    for group in groups:
        wishes = draw(st.lists(st.sampled_from(ids), unique=True, max_size=len(ids)))
        ranks[group] = {slot: rank for rank, slot in enumerate(wishes, start=1)}
    some = st.dictionaries(st.sampled_from(groups or (0,)), st.sampled_from(ids), max_size=2)
    fixed = draw(some) if groups else {}
    return SlotProblem(groups, slots, ranks, fixed)


@settings(max_examples=150, deadline=None)
@given(tiny_days())
def test_any_tiny_day_is_placed_as_well_as_trying_every_placing_would(problem: SlotProblem) -> None:
    found = place_groups(problem)
    least = best_by_force(problem)
    if least is None:
        assert (found.status, found.placements) == (Status.INFEASIBLE, {})
        assert found.conflict
        return
    assert (found.status, found.cost) == (Status.OPTIMAL, least)
    assert found.placements.keys() == set(problem.groups)
    assert cost_of_slots(problem, found.placements) == least
    assert overfull(problem, found.placements) == []
    assert problem.fixed.items() <= found.placements.items()


@settings(max_examples=40, deadline=None)
@given(tiny_days(), st.randoms(use_true_random=False))
def test_the_same_question_has_the_same_answer_whatever_the_order(
    problem: SlotProblem, random: object
) -> None:
    groups, slots = list(problem.groups), list(problem.slots)
    random.shuffle(groups)  # type: ignore[attr-defined]
    random.shuffle(slots)  # type: ignore[attr-defined]
    other = replace(problem, groups=tuple(groups), slots=tuple(slots))
    assert place_groups(other) == place_groups(problem)


def test_a_real_day_is_placed_with_all_groups_and_says_what_it_cost() -> None:
    slots = tuple(Slot(number, 2) for number in range(10))
    ranks = {group: {group % 10: 1, (group + 1) % 10: 2} for group in range(1, 20)}
    found = place_groups(SlotProblem(tuple(range(1, 20)), slots, ranks))
    assert (found.status, found.cost, len(found.placements)) == (Status.OPTIMAL, 0, 19)


def test_too_few_places_are_told_with_what_to_do() -> None:
    problem = SlotProblem((1, 2, 3), (Slot(11, 1), Slot(12, 1)))
    assert place_groups(problem).conflict == (
        "3 groups do not fit into 2 places: tick another meeting, shorten the slots, or let each "
        "take more groups."
    )
    by_hand = SlotProblem((1, 2), (Slot(11, 1), Slot(12, 1)), fixed={1: 11, 2: 11})
    assert "holds more groups by hand" in place_groups(by_hand).conflict
    assert overfull(by_hand, by_hand.fixed) == [11]
    assert overfull(by_hand, {1: 99}) == [99]


def test_without_time_nothing_is_said_to_be_placed() -> None:
    slots = tuple(Slot(number, 1) for number in range(300))
    found = place_groups(SlotProblem(tuple(range(1, 301)), slots), time_limit=0)
    assert (found.status, found.placements) == (Status.INFEASIBLE, {})
    assert "try again" in found.conflict


def test_a_placing_of_what_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="not part of the plan"):
        SlotProblem((1,), (Slot(11, 1),), fixed={2: 11})
    with pytest.raises(ValueError, match="not part of the plan"):
        SlotProblem((1,), (Slot(11, 1),), fixed={1: 12})


def test_a_group_is_told_which_of_its_slots_it_got() -> None:
    assert slot_explanation({}, 1) == "You ranked no slot, and got one that was left."
    assert slot_explanation({1: 2}, 1) == "You got your second."
    assert slot_explanation({1: 2}, 3) == "You got a slot that you did not rank."
