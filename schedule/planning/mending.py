"""Mending a plan by hand: which exchange of one role between two groups makes a broken rule hold."""

from collections.abc import Collection
from dataclasses import dataclass

from schedule.planning.formulation import shortfall_of
from schedule.planning.in_turn import cost_of
from schedule.planning.problem import Cell, Problem
from schedule.planning.rules import Broken, broken_rules


@dataclass(frozen=True)
class Exchange:
    """Two groups trade the lectures in which they play one role.

    `broken_count` is how many rules stay broken; `cost` what the exchange adds to the plan's cost.
    """

    first: Cell
    second: Cell
    broken_count: int
    cost: int
    shortfall: int

    @property
    def key(self) -> str:
        """Name the exchange by its four ids, and its role."""
        one, two = self.first, self.second
        return f"{one.role.value}.{one.lecture}.{one.group}.{two.lecture}.{two.group}"


def exchanged(plan: Collection[Cell], first: Cell, second: Cell) -> frozenset[Cell]:
    """Return the plan with the groups of two cells traded; both cells are of one role."""
    if first.role != second.role:
        raise ValueError("Two groups exchange one role.")
    traded = {
        Cell(first.lecture, first.role, second.group),
        Cell(second.lecture, second.role, first.group),
    }
    return frozenset(plan) - {first, second} | traded


def exchanges(problem: Problem, plan: Collection[Cell], broken: Broken) -> list[Exchange]:
    """Return the exchanges after which the rule holds and none breaks instead, the best first.

    The best leaves the fewest rules broken, then costs least, then keeps duties furthest apart.
    """
    before = {found.key for found in broken_rules(problem, plan)}
    moving = [cell for cell in broken.cells if cell in plan and _is_free(problem, cell)]
    tried = {
        tuple(sorted((cell, other)))
        for cell in moving
        for other in plan
        if other.role == cell.role
        and other.group != cell.group
        and other.lecture != cell.lecture
        and _is_free(problem, other)
    }
    found = [_tried(problem, plan, *pair, before=before) for pair in sorted(tried)]
    mending = [
        exchange
        for exchange, left in found
        if exchange is not None and broken.key not in left and left < before
    ]
    return sorted(
        mending, key=lambda one: (one.broken_count, one.cost, one.shortfall, one.first, one.second)
    )


def _is_free(problem: Problem, cell: Cell) -> bool:
    return cell not in problem.fixed and cell.lecture not in problem.closed


def _tried(
    problem: Problem, plan: Collection[Cell], first: Cell, second: Cell, *, before: set[str]
) -> tuple[Exchange | None, set[str]]:
    """Return an exchange and which rules stay broken; only the two groups' rules can change."""
    groups = {first.group, second.group}
    touched = frozenset(cell for cell in plan if cell.group in groups)
    traded = exchanged(touched, first, second)
    was, now = (_keys(problem, cells) for cells in (touched, traded))
    if now - before:
        return None, before
    left = before - (was - now)
    exchange = Exchange(
        first=first,
        second=second,
        broken_count=len(left),
        cost=cost_of(problem, traded) - cost_of(problem, touched),
        shortfall=shortfall_of(problem, traded) - shortfall_of(problem, touched),
    )
    return exchange, left


def _keys(problem: Problem, cells: Collection[Cell]) -> set[str]:
    """Return what some groups' cells break by themselves; what a part leaves out is no fault of it."""
    chosen = broken_rules(problem, cells)
    return {found.key for found in chosen if found.cells and set(found.cells) <= set(cells)}
