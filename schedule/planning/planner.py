"""The planner: the least cost, among those the best spread, each proved or with its bound (§7)."""

from collections.abc import Callable
from dataclasses import replace

from schedule.planning.conflicts import conflicting_rules
from schedule.planning.formulation import formulate, short_pairs, shortfall_of, spread
from schedule.planning.in_turn import cost_of, plan_in_turn
from schedule.planning.problem import Cell, Problem
from schedule.planning.result import Plan, Progress, Status
from schedule.planning.rules import broken_rules
from schedule.planning.solving import Stopwatch, solve
from schedule.planning.words import explanations, open_cells, unserved

TIME_LIMIT = 60.0
# Beyond this many close pairs the question of the best spread does not fit the memory of a worker.
LARGEST_SPREAD = 300_000


class NoPlanInTime(Exception):  # noqa: N818 -- an answer, not an error
    """Neither a plan nor a proof that there is none was found in the time given."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"No plan was found in {seconds:.0f} seconds, and none was proved impossible;"
            " allow more time, or ease a rule."
        )


def plan_roles(
    problem: Problem,
    *,
    time_limit: float = TIME_LIMIT,
    report: Callable[[Progress], bool] | None = None,
) -> Plan:
    """Return the best plan that the time allows, or which rules leave none.

    `report` is told the progress and answers whether to go on. Ties that cost and spread leave are
    broken by ids: the question is written in their order, so the same ids give the same plan.
    """
    watch = Stopwatch(time_limit, report)
    found = plan_in_turn(problem, watch=watch)
    # Fixed cells that clash among themselves are in every plan, so there is none.
    if found.is_infeasible or (found.cells is not None and broken_rules(problem, found.cells)):
        return _no_plan(problem, watch=watch)
    cells, bound = found.cells, found.bound
    if cells is None:
        form = formulate(problem)
        watch.bound = bound
        answer = solve(form.model, watch=watch, is_about_cost=True)
        if answer.is_infeasible:
            return _no_plan(problem, watch=watch)
        if answer.chosen is None:
            raise NoPlanInTime(watch.spent)
        cells, bound = form.cells(answer.chosen), max(bound, answer.bound)
    cost = cost_of(problem, cells)
    watch.cost, watch.bound = cost, bound
    watch.goes_on()
    cells, is_proved = _spread_out(problem, cells, cost=cost, watch=watch)
    plan = _plan(problem, cells, bound=bound)
    is_best_spread = is_proved and plan.status == Status.OPTIMAL
    return replace(plan, seconds=watch.spent, is_shortfall_proved=is_best_spread)


def _no_plan(problem: Problem, *, watch: Stopwatch) -> Plan:
    conflicts = conflicting_rules(problem, watch=watch)
    return Plan(Status.INFEASIBLE, seconds=watch.spent, conflicts=conflicts)


def _spread_out(
    problem: Problem, cells: frozenset[Cell], *, cost: int, watch: Stopwatch
) -> tuple[frozenset[Cell], bool]:
    """Return a plan of the same cost with the least shortfall, and whether that is proved."""
    if shortfall_of(problem, cells) == shortfall_of(problem, problem.fixed):
        return cells, True
    if len(problem.groups) * len(short_pairs(problem)) > LARGEST_SPREAD:
        return cells, False
    form = formulate(problem)
    spread(form, cost=cost)
    answer = solve(form.model, watch=watch, start=form.chosen(cells))
    found = cells if answer.chosen is None else form.cells(answer.chosen)
    # A search that was cut short may end before it took its start into account.
    better = min(cells, found, key=lambda plan: shortfall_of(problem, plan))
    return better, answer.is_proved and answer.chosen is not None


def _plan(problem: Problem, cells: frozenset[Cell], *, bound: int) -> Plan:
    cost = cost_of(problem, cells)
    return Plan(
        status=Status.OPTIMAL if cost == bound else Status.FEASIBLE,
        cost=cost,
        bound=bound,
        assignments=tuple(sorted(cells)),
        shortfall=shortfall_of(problem, cells),
        explanations=explanations(problem, cells),
        open_cells=open_cells(problem, cells),
        unserved=unserved(problem, cells),
    )
