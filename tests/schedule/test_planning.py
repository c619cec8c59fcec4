"""The planner of roles: hard rules kept, cost proved least, ties by spread (domain.md §7)."""

from dataclasses import replace
from datetime import timedelta

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
    days,
    every_plan,
    faults,
    is_judged_right,
    term,
    twice_a_week,
)


def presented_by(plan: Plan) -> dict[int, int]:
    """Return the lecture that each group presents."""
    return {cell.group: cell.lecture for cell in plan.assignments if cell.role == Role.PRESENTER}


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


def test_a_group_is_told_what_it_got_and_why_not_its_first() -> None:
    wishes = {group: {101: 1, 101 + group: 2} for group in (1, 2, 3)}
    problem = replace(term(5, days(5)), ranks={**wishes, 4: {105: 1}})

    told = plan_roles(problem).explanations

    assert sorted(told.values()) == sorted(
        [
            "You got your first.",
            "You got your first.",
            "You got your second; your first was wanted by three groups.",
            "You got your second; your first was wanted by three groups.",
            "You ranked no lecture, and got one that was left.",
        ]
    )


def test_a_first_choice_that_nobody_else_had_first_is_explained_too() -> None:
    problem = replace(
        term(3, days(3)), ranks={1: {101: 1}}, forbidden=frozenset({Cell(101, Role.PRESENTER, 1)})
    )
    assert plan_roles(problem).explanations[1] == (
        "You got a lecture that you did not rank; your first did not fit the rules,"
        " or another group's wishes, as well."
    )


def test_more_lectures_than_groups_leave_open_cells_each_with_its_remedies() -> None:
    plan = plan_roles(term(2, days(4)))
    assert len(plan.open_cells) == 6
    assert plan.unserved == ()
    assert all(len(place.remedies) == 3 for place in plan.open_cells)


def test_more_groups_than_lectures_leave_groups_unserved_which_can_share() -> None:
    plan = plan_roles(term(5, days(4)))
    assert plan.open_cells == ()
    assert sorted(left.role for left in plan.unserved) == ["authors", "presenter", "reviewers"]
    assert {left.remedies for left in plan.unserved} == {
        ("Let two groups play this role in one lecture.",)
    }
    presenting = presented_by(plan)
    (left_out,) = {1, 2, 3, 4, 5} - presenting.keys()
    assert plan.explanations[left_out].startswith("You present no lecture")


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


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    plan_roles(term(4, days(4), seed=1))
    plan_roles(term(2, days(2, apart=2)))
    assert capfd.readouterr() == ("", "")
