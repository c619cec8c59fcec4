"""Middles, ratios, goals and tables from figures that were not measured."""

from dataclasses import replace

from bench import report
from bench.figures import Figure, Round, Sample, figure_of
from bench.goals import STUDENT_PAGES, Verdict, verdicts
from bench.load import Load
from bench.plan import FULL, QUICK, Plan, Size

PLAN = Plan(sizes=(Size(92, 1), Size(10_000, 1_000)), tables=(92,), rounds=1, seconds={1: 1})


def load(connections: int, *, p50_ms: float = 5) -> Load:
    return Load(connections, requests=100, seconds=1, p50_ms=p50_ms, p99_ms=9, errors=0)


def sample(connections: int, *, app_ms: float, p50_ms: float = 5) -> Sample:
    return Sample(load(connections, p50_ms=p50_ms), app_ms=app_ms, database_ms=1)


def figure(
    name: str, size: Size, *, ratio: float = 1, query_count: int = 8, app_ms: float = 2
) -> Figure:
    return Figure(name, size, query_count, 1000, app_ms, 1, ratio, (load(1),))


def figures(**changed: Figure) -> dict[tuple[str, Size], Figure]:
    names = (*STUDENT_PAGES, "hand in", "empty page")
    made = {(name, size): figure(name, size) for name in names for size in PLAN.sizes}
    return made | {(one.name, one.size or Size(0, 0)): one for one in changed.values()}


def missed(found: list[Verdict]) -> list[tuple[int, str]]:
    return [(verdict.goal, verdict.unit) for verdict in found if not verdict.is_met]


def test_cpu_is_compared_at_sixteen_connections_and_the_middle_counts():
    rounds = [
        Round((sample(1, app_ms=9), sample(16, app_ms=app_ms, p50_ms=app_ms)), floor_ms=2)
        for app_ms in (3, 5, 99)
    ]
    found = figure_of("home", Size(92, 1), rounds, query_count=8, byte_count=10)
    assert (found.app_ms, found.database_ms, found.ratio) == (5, 1, 3)
    assert [one.connections for one in found.loads] == [1, 16]
    assert (found.loads[1].p50_ms, found.loads[1].requests) == (5, 300)


def test_a_slow_page_is_compared_by_its_only_sample():
    found = figure_of(
        "list", None, [Round((sample(1, app_ms=7),), floor_ms=4)], query_count=1, byte_count=0
    )
    assert found.ratio == 2


def test_all_goals_are_met_by_what_costs_as_much_as_the_floor():
    assert missed(verdicts(figures(), PLAN)) == []


def test_a_page_that_costs_too_much_or_asks_too_often_misses_the_first_goal():
    slow = figure("grades", PLAN.sizes[0], ratio=1.71, query_count=9)
    same = figure("grades", PLAN.sizes[1], ratio=1.71, query_count=9)
    found = verdicts(figures(slow=slow, same=same), PLAN)
    assert missed(found) == [(1, "F"), (1, "queries")]
    assert "grades: 1.71 F of at most 1.7, not met, 1.01 times the goal" in report.goals(found)


def test_growth_with_the_database_misses_the_second_goal():
    grown = figure("lecture", PLAN.sizes[1], app_ms=2.4, query_count=9)
    assert missed(verdicts(figures(grown=grown), PLAN)) == [
        (2, "times the CPU"),
        (2, "query counts"),
    ]


def test_a_page_without_an_answer_meets_nothing():
    found = figures()
    del found["lecture", PLAN.sizes[1]]
    assert missed(verdicts(found, PLAN)) == [(2, "times the CPU"), (2, "query counts")]


def test_hand_in_and_empty_page_have_goals_of_their_own():
    changed = {
        "hand_in": figure("hand in", PLAN.sizes[0], ratio=2.6, query_count=11),
        "empty": figure("empty page", PLAN.sizes[0], ratio=1.3),
    }
    assert missed(verdicts(figures(**changed), PLAN)) == [(6, "Fp"), (6, "statements"), (10, "F")]


def test_the_table_has_a_row_for_each_figure_and_a_dash_for_what_was_not_measured():
    alone = Figure("list", Size(10_000, 1), 5, 2500, 900, 100, 300, (load(1),))
    both = Figure("F", None, 3, 0, 1.5, 0.25, 1, (load(1), load(16)))
    lines = report.table([alone, both]).splitlines()
    assert len(lines) == 4
    assert lines[2] == (
        "| list | 10,000 / 1 | 5 | 2.5 | 900.00 | 100.00 | 300.00 | 100, 5.0, 9.0 | - |"
    )
    assert lines[3].endswith("| 100, 5.0, 9.0 | 100, 5.0, 9.0 |")


def test_answers_that_were_errors_are_counted_and_said():
    broken = Figure("F", None, 3, 0, 1.5, 0.25, 1, (load(1), replace(load(16), errors=3)))
    assert report.failures([broken, broken]).endswith(": 6")


def test_the_data_hold_figures_goals_and_what_was_lost():
    made = figures()
    data = report.as_data(list(made.values()), verdicts(made, PLAN), lost_count=0)
    assert data["lost_count"] == 0
    assert data["figures"][0]["cpu_ms"] == 3
    assert all(goal["is_met"] for goal in data["goals"])


def test_a_plan_begins_with_the_smallest_database_and_copies_from_what_is_there():
    for plan in (FULL, QUICK):
        assert plan.sizes[0] == min(plan.sizes)
        assert plan.sizes[-1] == max(plan.sizes)
        assert list(plan.sizes) == sorted(plan.sizes)
