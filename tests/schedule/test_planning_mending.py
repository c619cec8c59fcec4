"""Mending a plan by an exchange, its figures, and its broken rules in words (domain.md §7)."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedule.planning import (
    Cell,
    Exchange,
    Problem,
    Progress,
    Role,
    Rule,
    broken_rules,
    broken_sentence,
    exchanged,
    exchanges,
    figures_of,
    plan_roles,
)
from schedule.planning.rules import Broken
from schedule.planning.words import sentence_of_exchange
from tests.schedule.terms import cost, days, shortfall, term

A, R, P = Role.AUTHORS, Role.REVIEWERS, Role.PRESENTER


def keys(problem: Problem, plan: frozenset[Cell]) -> set[str]:
    return {found.key for found in broken_rules(problem, plan)}


@st.composite
def spoiled_plans(draw: st.DrawFn) -> tuple[Problem, frozenset[Cell]]:
    """Draw a good plan, with two cells of one role exchanged against the rules."""
    problem = term(4, days(5), seed=draw(st.integers(0, 30)), ranked_count=3)
    plan = frozenset(plan_roles(problem).assignments)
    pairs = [
        pair
        for pair in combinations(sorted(plan), 2)
        if pair[0].role == pair[1].role and keys(problem, exchanged(plan, *pair))
    ]
    return problem, exchanged(plan, *draw(st.sampled_from(pairs)))


@settings(max_examples=40, deadline=None)
@given(spoiled_plans())
def test_the_exchanges_that_mend_are_those_that_trying_every_exchange_finds(
    spoiled: tuple[Problem, frozenset[Cell]],
) -> None:
    problem, plan = spoiled
    before = keys(problem, plan)
    for broken in broken_rules(problem, plan):
        wanted = {}
        for first, second in combinations(sorted(plan), 2):
            if first.role != second.role or not {first, second} & set(broken.cells):
                continue
            after = exchanged(plan, first, second)
            if keys(problem, after) < before and broken.key not in keys(problem, after):
                wanted[first, second] = (
                    len(keys(problem, after)),
                    cost(problem, after) - cost(problem, plan),
                    shortfall(problem, after) - shortfall(problem, plan),
                )
        found = exchanges(problem, plan, broken)
        assert {
            (one.first, one.second): (one.broken_count, one.cost, one.shortfall) for one in found
        } == wanted
        order = [(one.broken_count, one.cost, one.shortfall) for one in found]
        assert order == sorted(order)


def test_what_is_fixed_or_over_is_not_offered_for_exchange() -> None:
    problem = term(3, days(3))
    plan = frozenset(plan_roles(problem).assignments)
    first, second = sorted(cell for cell in plan if cell.role == P)[:2]
    spoiled = plan - {first} | {replace(first, group=second.group)}
    (broken, *_) = (
        found for found in broken_rules(problem, spoiled) if found.rule == Rule.ROLE_ONCE
    )
    fixed = replace(problem, fixed=frozenset(spoiled))
    assert exchanges(fixed, spoiled, broken) == []
    over = replace(
        problem, lectures=tuple(replace(lecture, is_closed=True) for lecture in problem.lectures)
    )
    assert exchanges(over, spoiled, broken) == []


def test_two_groups_exchange_one_role_and_the_exchange_has_a_name() -> None:
    one, two = Cell(101, A, 1), Cell(102, A, 2)
    assert exchanged([one, two], one, two) == {Cell(101, A, 2), Cell(102, A, 1)}
    with pytest.raises(ValueError, match="exchange one role"):
        exchanged([one], one, Cell(102, R, 2))
    problem = term(2, days(2, apart=7), blackouts=frozenset({(1, 101)}))
    (broken,) = (b for b in broken_rules(problem, [one, two]) if b.rule == Rule.BLACKOUT)
    (exchange,) = exchanges(problem, [one, two], broken)
    assert exchange.key == "authors.101.1.102.2"


def test_the_figures_of_a_plan_leave_out_what_is_over() -> None:
    problem = term(2, days(3, apart=7), seed=1, ranked_count=2)
    first = min(problem.ranks[1], key=lambda lecture: problem.ranks[1][lecture])
    rest = next(lecture for lecture in (101, 102, 103) if lecture != first)
    figures = figures_of(problem, [Cell(first, P, 1), Cell(rest, A, 1)])
    assert (figures.cost, figures.first_choice_count, figures.ranking_count) == (0, 1, 2)
    assert figures.shortest_days == abs((first - rest) * 7)
    assert figures_of(problem, []).shortest_days is None
    closed = replace(
        problem,
        lectures=tuple(replace(lecture, is_closed=True) for lecture in problem.lectures),
        fixed=frozenset({Cell(first, P, 1), Cell(rest, A, 1)}),
    )
    assert figures_of(closed, closed.fixed).shortest_days is None


def test_each_broken_rule_is_told_with_who_breaks_it_and_when() -> None:
    problem = replace(
        term(2, days(3, apart=2), forbidden=frozenset({Cell(103, R, 1)})),
        group_names={1: "Group 1", 2: "Group 2"},
        lecture_names={101: "“MoE”", 102: "“RAG”"},
    )
    plan = [Cell(101, P, 1), Cell(101, P, 2), Cell(101, A, 1), Cell(102, A, 1), Cell(103, R, 1)]
    said = [broken_sentence(problem, found) for found in broken_rules(problem, plan)]
    assert "Group 1 and Group 2 both present in “MoE” (Mon Jan 20)." in said
    assert (
        "Group 1 plays two roles in “MoE” (Mon Jan 20): it plays the authors and presents." in said
    )
    assert (
        "Group 1 plays the authors twice: in “MoE” (Mon Jan 20) and in “RAG” (Wed Jan 22)." in said
    )
    assert (
        "Group 1 presents in “MoE” (Mon Jan 20) and plays the authors in “RAG” (Wed Jan 22): two"
        " days apart, six are asked for." in said
    )
    assert "It is ruled out that Group 1 reviews in lecture 103." in said
    assert "A role stays open that a group could play: nobody reviews." in said


def test_a_broken_rule_has_one_name_for_whoever_answers_for_it() -> None:
    assert Broken(Rule.FILLED, (), R).key == "filled-reviewers"
    assert Broken(Rule.FORBIDDEN, (Cell(1, A, 2),)).key == "forbidden-1.authors.2"


def test_the_gap_of_a_search_is_told_while_it_runs() -> None:
    assert Progress(1.0, None, 3.0).gap is None
    assert Progress(1.0, 4.0, 3.0).gap == 0.25
    assert Progress(1.0, 3.0, 4.0).gap == 0


def test_an_exchange_is_told_with_what_it_mends_and_what_it_costs() -> None:
    problem = replace(
        term(2, days(2, apart=7)),
        group_names={1: "Group 1", 2: "Group 2"},
        lecture_names={101: "“MoE”", 102: "“RAG”"},
    )
    one, two = Cell(101, P, 1), Cell(102, P, 2)
    told = {
        (0, 0): "and every rule holds again, at the same cost.",
        (1, 2): "and this rule holds again, at 2 more.",
        (0, -3): "and every rule holds again, at 3 less.",
    }
    for (broken_count, added), ending in told.items():
        exchange = Exchange(one, two, broken_count, added, 0)
        assert sentence_of_exchange(problem, exchange) == (
            "Exchange the presentation of Group 1 in “MoE” (Mon Jan 20) with that of Group 2 in"
            f" “RAG” (Mon Jan 27), {ending}"
        )
