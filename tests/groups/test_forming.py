"""Forming the rest: everyone placed, no group divided, the fewest waivers (domain.md §6)."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groups.planning import Division, Newcomer, Problem, form_the_rest, interest_words
from tests.groups.crowds import (
    VOCABULARY,
    best_by_force,
    crowd,
    faults,
    fewest_waivers,
    judged,
    person,
    standing,
)


def people(count: int) -> tuple[Newcomer, ...]:
    return tuple(person(100 + number) for number in range(count))


def sizes(division: Division) -> list[int]:
    return sorted(planned.size for planned in division.planned)


@pytest.mark.parametrize("count", range(1, 201))
def test_every_number_of_students_is_placed_with_the_fewest_waivers(count: int) -> None:
    sizes = (1, 2, 3, 3, 4, 5) if count <= 60 else (2, 3, 4, 4, 4, 5)
    problem = crowd(count, seed=count, sizes=sizes)

    division = form_the_rest(problem)

    assert faults(problem, division) == []
    assert division.waiver_count == division.waiver_bound
    assert division.is_proved
    # Nothing is below none; what is above must be proved by the other way of counting.
    assert division.waiver_count == 0 or division.waiver_count == fewest_waivers(problem)


@pytest.mark.parametrize("count", range(1, 201))
def test_people_without_any_group_need_a_waiver_only_where_the_number_does(count: int) -> None:
    division = form_the_rest(Problem(people(count)))

    assert division.placed_count == count
    assert division.waiver_count == (count in {1, 2, 3, 6, 7, 11})


@pytest.mark.parametrize("count", range(3, 61))
def test_where_partial_groups_cannot_be_filled_the_fewest_stay_outside(count: int) -> None:
    problem = crowd(count, seed=count, sizes=(3, 3, 3, 2, 5))
    problem = replace(problem, newcomers=problem.newcomers[:2])

    division = form_the_rest(problem)

    assert faults(problem, division) == []
    assert division.waiver_count == fewest_waivers(problem)


@st.composite
def small_crowds(draw: st.DrawFn) -> Problem:
    """Up to nine people in up to seven units, with wide and narrow sizes."""
    chance = random.Random(draw(st.integers(0, 10**9)))
    least = draw(st.sampled_from([2, 3, 4, 4]))
    groups = draw(st.lists(st.integers(1, least + 1), max_size=4))
    room = min(9 - sum(groups), 7 - len(groups))
    count = draw(st.integers(0, max(room, 0)))
    vocabulary = VOCABULARY[: draw(st.integers(2, 6))]

    def words() -> list[str]:
        return chance.sample(vocabulary, chance.randint(0, 2))

    return Problem(
        tuple(person(number, *words()) for number in range(1, count + 1)),
        tuple(
            standing(number, size, *words(), may_merge=chance.random() < 0.7)
            for number, size in enumerate(groups, 1)
        ),
        size_min=least,
        size_max=least + draw(st.integers(0, 1)) + (max(groups, default=0) > least),
    )


@given(problem=small_crowds())
@settings(max_examples=100, deadline=None)
def test_no_division_of_a_small_crowd_is_better(problem: Problem) -> None:
    division = form_the_rest(problem)

    assert faults(problem, division) == []
    assert judged(problem, division) == best_by_force(problem)
    assert division.shared_count == division.shared_bound


@pytest.mark.parametrize("seed", range(6))
def test_no_division_of_nine_or_ten_people_is_better(seed: int) -> None:
    problem = crowd(9 + seed % 2, seed=seed)

    assert judged(problem, form_the_rest(problem)) == best_by_force(problem)


def test_the_same_people_get_the_same_proposal_in_whatever_order_they_come() -> None:
    problem = crowd(80, seed=4)
    other = replace(problem, newcomers=problem.newcomers[::-1], groups=problem.groups[::-1])

    first, second = form_the_rest(problem), form_the_rest(other)

    assert replace(first, seconds=0) == replace(second, seconds=0)


def test_nobody_left_leaves_nothing_to_propose() -> None:
    division = form_the_rest(Problem((), (standing(1, 4), standing(2, 5))))

    assert (division.planned, division.left_outside, division.is_proved) == ((), (), True)


def test_two_join_a_group_of_three_and_complete_groups_stay_as_they_are() -> None:
    division = form_the_rest(Problem(people(2), (standing(1, 3), standing(2, 4), standing(3, 5))))

    assert [(found.group_id, found.size) for found in division.planned] == [(1, 5)]


def test_one_person_joins_a_complete_group_rather_than_being_alone() -> None:
    division = form_the_rest(Problem(people(1), (standing(1, 5), standing(2, 4))))

    assert [(found.group_id, found.size) for found in division.planned] == [(2, 5)]
    assert division.planned[0].why == (
        "Was complete with 4; with 1 more, no further group has to be outside 4 to 5."
    )


def test_where_all_groups_are_full_one_person_makes_a_group_of_six() -> None:
    division = form_the_rest(Problem(people(1), (standing(1, 5), standing(2, 5))))

    assert sizes(division) == [6]
    assert division.planned[0].waiver_why == (
        "6 members instead of 4 to 5: no division of those who remain leaves fewer groups"
        " outside, or closer."
    )


def test_three_are_a_group_of_three_rather_than_two_waivers() -> None:
    assert sizes(form_the_rest(Problem(people(3), (standing(1, 5),)))) == [3]


def test_partial_groups_come_together_as_wholes_where_that_saves_a_waiver() -> None:
    words = ("energy", "caching", "energy", "caching")
    groups = tuple(standing(number, 2, word) for number, word in enumerate(words, 1))

    first, second = form_the_rest(Problem((), groups)).planned

    assert (first.group_id, first.merged, first.size) == (1, (3,), 4)
    assert (second.group_id, second.merged, second.size) == (2, (4,), 4)
    assert first.why == (
        "Group 3 (2 members) moves into Group 1 (2 members) as a whole:"
        " apart, more groups would stay outside 4 to 5."
    )


def test_a_group_that_may_not_merge_is_filled_and_else_stays_as_it_is() -> None:
    bound, *others = standing(1, 2, may_merge=False), standing(2, 2), standing(3, 2)

    alone = form_the_rest(Problem((), (bound, others[0])))
    beside = form_the_rest(Problem((), (bound, *others)))
    filled = form_the_rest(Problem(people(2), (bound, *others)))

    assert (alone.planned, [left.group_id for left in alone.left_outside]) == ((), [1, 2])
    assert "joins no other group" in alone.left_outside[0].why
    assert [(found.group_id, found.merged) for found in beside.planned] == [(2, (3,))]
    assert {(found.group_id, found.merged) for found in filled.planned} == {(1, ()), (2, (3,))}


def test_a_partial_group_that_nobody_can_fill_stays_and_is_told() -> None:
    division = form_the_rest(Problem((), (standing(1, 2), standing(2, 2), standing(3, 3))))

    assert [(found.group_id, found.merged) for found in division.planned] == [(1, (2,))]
    assert [(left.group_id, left.size) for left in division.left_outside] == [(3, 3)]


def test_partial_groups_are_filled_rather_than_merged_where_there_are_people() -> None:
    division = form_the_rest(Problem(people(4), (standing(1, 2), standing(2, 2))))

    assert [found.merged for found in division.planned] == [(), ()]
    assert sizes(division) == [4, 4]


def test_no_group_of_twice_the_least_size_is_made_to_save_a_waiver() -> None:
    division = form_the_rest(Problem((), tuple(standing(number, 3) for number in (1, 2, 3))))

    assert sizes(division) == [6]
    assert division.waiver_count == 2


def test_a_closed_group_and_one_that_is_too_large_stay_as_they_are() -> None:
    groups = (standing(1, 3, is_open=False), standing(2, 7))

    division = form_the_rest(Problem(people(1), groups))

    assert [found.group_id for found in division.planned] == [None]
    assert [left.why for left in division.left_outside] == [
        "It is not open to more.",
        "It is larger already, and nobody is taken out of a group.",
    ]
    assert (division.waiver_count, division.waiver_bound) == (3, 3)


def test_those_who_care_about_the_same_found_a_group() -> None:
    crowd_of_eight = tuple(
        person(number, "caching" if number % 2 else "energy", f"only {number}")
        for number in range(1, 9)
    )

    division = form_the_rest(Problem(crowd_of_eight))

    assert sorted(found.newcomers for found in division.planned) == [(1, 3, 5, 7), (2, 4, 6, 8)]
    assert sorted(found.shared for found in division.planned) == [("caching",), ("energy",)]
    assert "Founded by 4 who have no group yet; all care about caching." in {
        found.why for found in division.planned
    }


def test_a_group_takes_those_who_share_its_interests() -> None:
    groups = (standing(1, 3, "caching"), standing(2, 3, "energy"))
    newcomers = (person(1, "energy"), person(2, "caching", "tracing"))

    division = form_the_rest(Problem(newcomers, groups))

    assert {found.group_id: found.newcomers for found in division.planned} == {1: (2,), 2: (1,)}


def test_interests_are_read_from_a_line_whatever_its_case_and_spacing() -> None:
    assert interest_words(" KV  Caching, energy;; Energy ;") == {"kv caching", "energy"}


def test_sizes_without_an_end_of_ways_to_come_together_are_still_answered() -> None:
    groups = tuple(standing(number, 1 + number % 20) for number in range(1, 101))
    problem = Problem(people(50), groups, size_min=25, size_max=30)

    division = form_the_rest(problem, time_limit=1)

    assert faults(problem, division) == []
    assert not division.is_proved


def test_a_search_without_time_still_places_everyone_and_says_that_it_is_not_proved() -> None:
    problem = crowd(150, seed=1)

    division = form_the_rest(problem, time_limit=0)

    assert faults(problem, division) == []
    assert division.waiver_bound <= division.waiver_count


def test_a_very_large_course_is_answered_with_a_bound_on_what_could_be_better() -> None:
    newcomers = tuple(person(number, "caching", f"w{number % 7}") for number in range(1, 601))
    groups = tuple(standing(number, 3, "caching", "w1") for number in range(1, 151))
    problem = Problem(newcomers, groups)

    division = form_the_rest(problem)

    assert faults(problem, division) == []
    assert division.waiver_count == division.waiver_bound == 0
    assert 0 < division.shared_count < division.shared_bound <= 600
    assert not division.is_proved
