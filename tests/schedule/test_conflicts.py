"""Why there is no plan: rules that cannot all hold, of which none can be spared."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import chain, combinations
from operator import attrgetter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedule.planning import Cell, Conflict, Problem, Role, Rule, Status, plan_roles
from schedule.planning.in_turn import InTurn
from tests.schedule.terms import days, term

SETTLED = (Rule.FIXED, Rule.FORBIDDEN, Rule.BLACKOUT)
AT_MOST_ONE = {
    Rule.ONE_ROLE: ("group", "lecture"),
    Rule.ROLE_ONCE: ("group", "role"),
    Rule.ONE_GROUP: ("lecture", "role"),
}


def holds(problem: Problem, rule: Conflict, plan: tuple[Cell, ...]) -> bool:
    """Say whether a set of cells keeps one rule, told from §7 without the planner's code."""
    if rule.rule in AT_MOST_ONE:
        key = attrgetter(*AT_MOST_ONE[rule.rule])
        return all(count == 1 for count in Counter(map(key, plan)).values())
    match rule.rule:
        case Rule.FIXED:
            return rule.cell in plan
        case Rule.FORBIDDEN:
            return rule.cell not in plan
        case Rule.BLACKOUT:
            return not any(_is_same_day(rule.cell, cell) for cell in plan)
        case Rule.DISTANCE:
            return not any(_is_too_soon(problem, *pair) for pair in combinations(plan, 2))
        case _:
            return _is_filled(problem, plan)


def _is_same_day(away: Cell | None, cell: Cell) -> bool:
    return away is not None and (away.group, away.lecture) == (cell.group, cell.lecture)


def _is_too_soon(problem: Problem, one: Cell, two: Cell) -> bool:
    held = {lecture.id: lecture.held_on for lecture in problem.lectures}
    apart = abs(held[one.lecture] - held[two.lecture])
    is_other_day = one.group == two.group and one.lecture != two.lecture
    return is_other_day and apart < problem.minimum_distance


def _is_filled(problem: Problem, plan: tuple[Cell, ...]) -> bool:
    full = min(len(problem.groups), len(problem.lectures))
    counted = Counter(cell.role for cell in plan)
    return all(counted[role] >= full for role in Role)


def is_possible(problem: Problem, rules: list[Conflict]) -> bool:
    """Say whether any set of cells at all keeps the rules."""
    cells = cells_of(problem)
    every = chain.from_iterable(combinations(cells, size) for size in range(len(cells) + 1))
    return any(all(holds(problem, rule, plan) for rule in rules) for plan in every)


def cells_of(problem: Problem) -> list[Cell]:
    return [
        Cell(lecture.id, role, group)
        for lecture in problem.lectures
        for role in Role
        for group in problem.groups
    ]


@st.composite
def tight_terms(draw: st.DrawFn) -> Problem:
    """Draw at most two groups and two lectures a few days apart, with settled cells."""
    lecture_count = draw(st.integers(1, 2))
    problem = term(draw(st.integers(1, 2)), days(lecture_count, apart=draw(st.integers(0, 8))))
    some = st.frozensets(st.sampled_from(cells_of(problem)), max_size=2)
    pairs = [(group, lecture.id) for group in problem.groups for lecture in problem.lectures]
    return replace(
        problem,
        fixed=draw(some),
        forbidden=draw(some),
        blackouts=draw(st.frozensets(st.sampled_from(pairs), max_size=1)),
        minimum_distance=timedelta(days=draw(st.sampled_from([0, 6]))),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tight_terms())
def test_conflicting_rules_cannot_all_hold_but_without_any_one_of_them_they_can(
    problem: Problem,
) -> None:
    plan = plan_roles(problem)
    assert plan.status == Status.INFEASIBLE  # three roles do not fit into two lectures
    rules = list(plan.conflicts)
    assert not is_possible(problem, rules)
    for spared in rules:
        assert is_possible(problem, [rule for rule in rules if rule != spared])


@given(tight_terms())
@settings(max_examples=20, deadline=None)
def test_a_conflict_names_only_cells_that_were_settled(problem: Problem) -> None:
    away = {Cell(lecture, Role.PRESENTER, group) for group, lecture in problem.blackouts}
    settled = {Rule.FIXED: problem.fixed, Rule.FORBIDDEN: problem.forbidden, Rule.BLACKOUT: away}
    for found in plan_roles(problem).conflicts:
        assert found.cell is None or found.cell in settled[found.rule]
        assert (found.cell is not None) == (found.rule in SETTLED)


def test_when_time_runs_out_the_rules_not_yet_tried_stay_in_the_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = replace(
        term(3, days(3)),
        fixed=frozenset({Cell(101, Role.AUTHORS, 1), Cell(101, Role.REVIEWERS, 1)}),
    )
    whole = plan_roles(problem).conflicts
    monkeypatch.setattr("schedule.planning.solving.Stopwatch.left", 0.0)
    # What is fixed and clashes needs no search: it is seen before the clock matters.
    found_none = InTurn(0, is_infeasible=True)
    monkeypatch.setattr("schedule.planning.planner.plan_in_turn", lambda *_, **__: found_none)
    hurried = plan_roles(problem).conflicts
    assert {found.rule for found in whole} == {Rule.FIXED, Rule.ONE_ROLE}
    assert set(whole) < set(hurried)
