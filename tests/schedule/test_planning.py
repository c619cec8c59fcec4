"""The planner of roles: hard rules kept, cost proved least, ties by spread (domain.md §7)."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedule.planning import (
    Cell,
    NoPlanInTime,
    Plan,
    PlannedLecture,
    Problem,
    Progress,
    Role,
    Rule,
    Status,
    broken_rules,
    plan_roles,
)
from tests.schedule.terms import (
    best_by_force,
    cost,
    days,
    every_plan,
    faults,
    is_judged_right,
    presented_by,
    shortfall,
    term,
    twice_a_week,
)


@pytest.mark.parametrize(("group_count", "lecture_count"), [(19, 19), (20, 19), (18, 19)])
@pytest.mark.parametrize("seed", range(3))
def test_a_term_of_usual_size_is_planned_by_all_rules_and_proved_best(
    group_count: int, lecture_count: int, seed: int
) -> None:
    problem = term(group_count, twice_a_week(lecture_count), seed=seed)

    plan = plan_roles(problem)

    assert is_judged_right(problem, plan)
    assert (plan.status, plan.bound, plan.gap) == (Status.OPTIMAL, plan.cost, 0)


@pytest.mark.parametrize(
    ("group_count", "dates"),
    [
        (3, days(3)),
        (3, days(3, apart=6)),
        (2, days(5, apart=4)),
        (4, days(3)),
        (3, days(3, apart=20)),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_a_tiny_term_is_planned_as_well_as_trying_every_plan_would(
    group_count: int, dates: list[object], seed: int
) -> None:
    problem = term(group_count, dates, seed=seed, ranked_count=2)  # type: ignore[arg-type]

    plan = plan_roles(problem)

    best = best_by_force(problem)
    assert best is not None
    assert (plan.cost, plan.shortfall) == best
    assert (plan.status, plan.is_shortfall_proved) == (Status.OPTIMAL, True)


@st.composite
def tiny_terms(draw: st.DrawFn) -> Problem:
    """Draw up to three groups and lectures on any days, wishes, and settled cells."""
    gaps = draw(st.lists(st.integers(0, 9), min_size=1, max_size=3))
    dates = [days(1)[0] + timedelta(days=sum(gaps[:number])) for number in range(1, len(gaps) + 1)]
    problem = term(draw(st.integers(1, 3)), dates, seed=draw(st.integers(0, 99)), ranked_count=2)
    cells = [
        Cell(lecture.id, role, group)
        for lecture in problem.lectures
        for role in Role
        for group in problem.groups
    ]
    some = st.frozensets(st.sampled_from(cells), max_size=2)
    pairs = st.frozensets(
        st.sampled_from([(cell.group, cell.lecture) for cell in cells]), max_size=1
    )
    return replace(
        problem,
        fixed=draw(some),
        forbidden=draw(some),
        blackouts=draw(pairs),
        minimum_distance=timedelta(days=draw(st.integers(0, 7))),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tiny_terms())
def test_any_tiny_term_is_planned_best_or_its_conflict_is_irreducible(problem: Problem) -> None:
    plan = plan_roles(problem)
    best = best_by_force(problem)
    if best is None:
        assert plan.status == Status.INFEASIBLE
        assert plan.conflicts
        return
    assert (plan.status, plan.cost, plan.shortfall) == (Status.OPTIMAL, *best)
    assert is_judged_right(problem, plan)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tiny_terms(), st.randoms(use_true_random=False))
def test_the_rules_told_cell_by_cell_agree_with_the_judge(problem: Problem, random: object) -> None:
    cells = [
        Cell(lecture.id, role, group)
        for lecture in problem.lectures
        for role in Role
        for group in problem.groups
    ]
    chosen = random.sample(cells, random.randint(0, min(len(cells), 6)))  # type: ignore[attr-defined]
    fewer_filled = {Rule.FILLED}
    told = {found.rule for found in broken_rules(problem, chosen)} - fewer_filled
    judged = [fault for fault in faults(problem, chosen) if " of " not in fault]
    assert bool(told) == bool(judged)


@pytest.mark.parametrize(("group_count", "lecture_count"), [(4, 7), (7, 7), (19, 19)])
def test_the_same_question_has_the_same_answer_whatever_the_order_of_its_parts(
    group_count: int, lecture_count: int
) -> None:
    problem = term(group_count, twice_a_week(lecture_count), seed=3)
    turned = replace(
        problem,
        groups=problem.groups[::-1],
        lectures=problem.lectures[::-1],
        ranks=dict(sorted(problem.ranks.items(), reverse=True)),
    )
    first = plan_roles(problem)
    assert plan_roles(problem).assignments == first.assignments
    assert plan_roles(turned).assignments == first.assignments


def test_fixed_cells_stand_forbidden_ones_do_not_and_nobody_plays_while_away() -> None:
    wished = term(4, days(4), seed=1)
    free = presented_by(plan_roles(wished))
    problem = replace(
        wished,
        fixed=frozenset({Cell(free[1], Role.REVIEWERS, 1)}),
        forbidden=frozenset({Cell(free[2], Role.PRESENTER, 2)}),
        blackouts=frozenset({(3, free[3])}),
    )

    plan = plan_roles(problem)

    assert faults(problem, plan.assignments) == []
    assert presented_by(plan)[2] != free[2]
    assert free[3] not in {cell.lecture for cell in plan.assignments if cell.group == 3}


def test_what_is_over_stays_even_where_it_broke_rules_and_counts_from_then_on() -> None:
    dates = days(4)
    over = PlannedLecture(101, dates[0], is_closed=True)
    # A real term: one group presented and reviewed in the same lecture, and nobody played authors.
    facts = frozenset({Cell(101, Role.PRESENTER, 1), Cell(101, Role.REVIEWERS, 1)})
    planned = term(3, dates)
    problem = replace(planned, lectures=(over, *planned.lectures[1:]), fixed=facts)

    plan = plan_roles(problem)

    assert plan.status == Status.OPTIMAL
    assert broken_rules(problem, plan.assignments) == []
    assert {cell for cell in plan.assignments if cell.lecture == 101} == facts
    assert [cell.role for cell in plan.assignments if cell.group == 1 and cell not in facts] == [
        Role.AUTHORS
    ]


def test_where_nothing_is_open_the_facts_are_the_plan_and_groups_stay_without_a_role() -> None:
    planned = term(2, days(2))
    over = tuple(replace(lecture, is_closed=True) for lecture in planned.lectures)
    facts = frozenset({Cell(101, Role.PRESENTER, 1)})
    plan = plan_roles(replace(planned, lectures=over, fixed=facts))
    assert (plan.status, plan.assignments) == (Status.OPTIMAL, tuple(facts))
    assert (plan.open_cells, len(plan.unserved)) == ((), 5)


def test_a_lecture_that_everyone_is_away_from_leaves_no_plan() -> None:
    plan = plan_roles(term(1, days(1), blackouts=frozenset({(1, 101)})))
    assert plan.status == Status.INFEASIBLE


def is_as_real_terms_go_on(problem: Problem, facts: set[Cell], added: tuple[Cell, ...]) -> bool:
    """Say whether cells may be added to what happened, told from §7 without the planner's code."""
    held = {lecture.id: lecture.held_on for lecture in problem.lectures}
    for one in added:
        for two in (facts | set(added)) - {one}:
            same_group, same_role = one.group == two.group, one.role == two.role
            if same_group and (same_role or abs(held[one.lecture] - held[two.lecture]).days < 6):
                return False
            if one.lecture == two.lecture and same_role:
                return False
    open_count = sum(not lecture.is_closed for lecture in problem.lectures)
    for role in Role:
        lacking = set(problem.groups) - {cell.group for cell in facts if cell.role == role}
        if sum(cell.role == role for cell in added) < min(len(lacking), open_count):
            return False
    return True


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_term_that_has_begun_is_planned_as_well_as_trying_every_way_on_would(
    data: st.DataObject,
) -> None:
    planned = term(
        2, days(3, apart=data.draw(st.integers(5, 8))), seed=data.draw(st.integers(0, 9))
    )
    over = replace(planned.lectures[0], is_closed=True)
    happened = [Cell(101, role, group) for role in Role for group in (1, 2)]
    facts = data.draw(st.frozensets(st.sampled_from(happened), max_size=4))
    problem = replace(planned, lectures=(over, *planned.lectures[1:]), fixed=facts)
    free = [
        Cell(lecture, role, group) for lecture in (102, 103) for role in Role for group in (1, 2)
    ]
    every = (added for size in range(7) for added in combinations(free, size))
    ways = [added for added in every if is_as_real_terms_go_on(problem, set(facts), added)]

    plan = plan_roles(problem)

    if not ways:
        assert plan.status == Status.INFEASIBLE
        return
    least = min(
        (cost(problem, {*facts, *added}), shortfall(problem, {*facts, *added})) for added in ways
    )
    assert (plan.status, plan.cost, plan.shortfall) == (Status.OPTIMAL, *least)
    assert set(plan.assignments) - facts in [set(added) for added in ways]


def test_an_unranked_lecture_costs_the_number_ranked_and_no_wish_costs_nothing() -> None:
    elsewhere = frozenset(Cell(lecture, Role.PRESENTER, 2) for lecture in (101, 102, 103))
    problem = replace(
        term(3, days(4)),
        ranks={1: {101: 1}, 2: {101: 1, 102: 2, 103: 3}},
        forbidden=elsewhere,
    )

    plan = plan_roles(problem)

    assert plan.cost == 3
    assert (presented_by(plan)[1], presented_by(plan)[2]) == (101, 104)


def rules(plan: Plan) -> set[Rule]:
    return {found.rule for found in plan.conflicts}


def test_two_lectures_in_one_week_cannot_serve_two_groups_in_three_roles() -> None:
    plan = plan_roles(term(2, days(2, apart=2)))
    assert plan.status == Status.INFEASIBLE
    assert (plan.cost, plan.gap, plan.assignments) == (None, None, ())
    assert Rule.FILLED in rules(plan)
    assert rules(plan) & {Rule.DISTANCE, Rule.ONE_ROLE}


def test_a_conflict_names_the_cells_that_were_settled_and_only_those_that_matter() -> None:
    problem = replace(
        term(4, days(4)),
        fixed=frozenset({Cell(101, Role.AUTHORS, 1), Cell(103, Role.REVIEWERS, 2)}),
        blackouts=frozenset({(1, 101), (3, 102)}),
        group_names={1: "G01"},
        lecture_names={101: "“MoE”"},
    )
    plan = plan_roles(problem)
    assert [found.sentence for found in plan.conflicts] == [
        "It is fixed that G01 plays the authors in “MoE”.",
        "G01 cannot play a part in “MoE”.",
    ]


def test_a_conflict_is_irreducible_without_any_one_of_its_rules_there_is_a_plan() -> None:
    cell = Cell(102, Role.AUTHORS, 1)
    problem = replace(
        term(3, days(3)),
        fixed=frozenset({cell, Cell(102, Role.AUTHORS, 2)}),
        forbidden=frozenset({Cell(101, Role.PRESENTER, 1)}),
    )
    plan = plan_roles(problem)
    assert rules(plan) == {Rule.FIXED, Rule.ONE_GROUP}
    assert len(plan.conflicts) == 3
    assert any(every_plan(replace(problem, fixed=frozenset({cell}))))


def test_a_role_that_everyone_is_kept_from_is_named_with_what_keeps_them() -> None:
    keeping = frozenset(Cell(101, Role.PRESENTER, group) for group in (1, 2, 3))
    plan = plan_roles(replace(term(3, days(3)), forbidden=keeping))
    assert {found.cell for found in plan.conflicts if found.rule == Rule.FORBIDDEN} == keeping
    assert plan.conflicts[0].sentence == "It is ruled out that group 1 presents in lecture 101."


def test_the_search_tells_its_progress_and_keeps_what_it_has_when_told_to_stop() -> None:
    heard: list[Progress] = []

    def stop_at_a_plan(progress: Progress) -> bool:
        heard.append(progress)
        return progress.cost is None

    problem = term(9, twice_a_week(8), seed=0)
    plan = plan_roles(problem, report=stop_at_a_plan)
    assert heard
    assert faults(problem, plan.assignments) == []


def test_a_search_that_is_stopped_before_it_has_a_plan_gives_no_verdict() -> None:
    with pytest.raises(NoPlanInTime):
        plan_roles(term(9, twice_a_week(8), seed=0), report=lambda progress: False)


def test_without_time_there_is_neither_a_plan_nor_a_verdict() -> None:
    with pytest.raises(NoPlanInTime, match="allow more time"):
        plan_roles(term(8, twice_a_week(8), seed=0), time_limit=0)


def test_a_term_that_names_what_it_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="not part of the plan"):
        term(2, days(2), blackouts=frozenset({(3, 101)}))
    with pytest.raises(ValueError, match="named twice"):
        Problem((1, 1), ())


def test_a_spread_too_large_to_prove_is_not_said_to_be_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("schedule.planning.planner.LARGEST_SPREAD", 0)
    problem = term(4, twice_a_week(7), seed=0)
    plan = plan_roles(problem)
    assert is_judged_right(problem, plan)
    assert (plan.status, plan.is_shortfall_proved) == (Status.OPTIMAL, False)


def test_the_gap_is_the_share_of_the_cost_that_is_not_proved_to_be_needed() -> None:
    assert Plan(Status.FEASIBLE, cost=10, bound=8).gap == 0.2
    assert Plan(Status.OPTIMAL, cost=0, bound=0).gap == 0
    assert Plan(Status.INFEASIBLE).gap is None


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    plan_roles(term(4, days(4), seed=1))
    plan_roles(term(2, days(2, apart=2)))
    assert capfd.readouterr() == ("", "")
