"""Planning one role after the other: three assignment problems, each solved exactly (docs/planner.md).

What presenting must cost is a bound on every plan, because the other roles cost nothing and can
only rule cells out. Where authors and reviewers then find their places too, that plan is the best.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from schedule.planning.problem import Cell, Problem
from schedule.planning.role_names import Role
from schedule.planning.rules import clashes
from schedule.planning.solving import Answer, Model, Stopwatch, solve


@dataclass(frozen=True)
class InTurn:
    """What planning in turn found; `cells` is None where a later role found no place."""

    bound: int
    cells: frozenset[Cell] | None = None
    is_infeasible: bool = False


def plan_in_turn(problem: Problem, *, watch: Stopwatch) -> InTurn:
    """Place presenters at the least cost, then authors and reviewers as far from them as can be."""
    placed, bound = set(problem.fixed), 0
    for role in Role:
        answer, columns = _place(problem, role, placed, watch=watch)
        if answer.chosen is None:
            is_infeasible = answer.is_infeasible and role == Role.PRESENTER
            return InTurn(bound, is_infeasible=is_infeasible)
        placed |= {columns[number] for number in answer.chosen}
        if role == Role.PRESENTER and answer.is_proved:
            bound = cost_of(problem, placed)
    return InTurn(bound, frozenset(placed))


def cost_of(problem: Problem, cells: Iterable[Cell]) -> int:
    """Return what a plan costs (§7)."""
    return sum(problem.cost(cell) for cell in cells)


def _place(
    problem: Problem, role: Role, placed: set[Cell], *, watch: Stopwatch
) -> tuple[Answer, list[Cell]]:
    """Assign one role; the side that is shorter, groups or lectures, is served in full."""
    groups, lectures = problem.missing(role)
    duties: dict[int, list[Cell]] = defaultdict(list)
    for cell in sorted(placed):
        duties[cell.group].append(cell)
    model, cells = Model(), []
    of_group: dict[int, list[int]] = {group: [] for group in groups}
    of_lecture: dict[int, list[int]] = {lecture: [] for lecture in lectures}
    for group in groups:
        for lecture in lectures:
            cell = Cell(lecture, role, group)
            if not _is_free(problem, cell, duties[group]):
                continue
            # The vertices of an assignment problem are whole: no branching is needed.
            column = model.add_column(cost=_price(problem, cell, duties[group]), is_integral=False)
            cells.append(cell)
            of_group[group].append(column)
            of_lecture[lecture].append(column)
    for columns in of_group.values():
        model.add_row(columns, lower=float(len(groups) <= len(lectures)), upper=1)
    for columns in of_lecture.values():
        model.add_row(columns, lower=float(len(lectures) <= len(groups)), upper=1)
    return solve(model, watch=watch), cells


def _is_free(problem: Problem, cell: Cell, duties: list[Cell]) -> bool:
    if not problem.is_allowed(cell):
        return False
    return not any(rule for duty in duties for rule in clashes(problem, cell, duty))


def _price(problem: Problem, cell: Cell, duties: list[Cell]) -> int:
    if cell.role == Role.PRESENTER:
        return problem.cost(cell)
    return sum(problem.shortfall(cell.lecture, duty.lecture) for duty in duties)
