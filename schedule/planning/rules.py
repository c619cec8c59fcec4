"""The hard rules of a plan (domain.md §7), asked cell by cell: for a plan made by hand, and for facts."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import combinations

from schedule.planning.problem import Cell, Problem
from schedule.planning.role_names import Role


class Rule(StrEnum):
    """A hard rule by name; the order is that in which conflicts are told."""

    FIXED = "fixed"
    FORBIDDEN = "forbidden"
    BLACKOUT = "blackout"
    ONE_ROLE = "one_role"
    ROLE_ONCE = "role_once"
    ONE_GROUP = "one_group"
    DISTANCE = "distance"
    FILLED = "filled"


@dataclass(frozen=True)
class Broken:
    """A rule that a plan breaks, with the cells that break it; an unfilled role names the role."""

    rule: Rule
    cells: tuple[Cell, ...]
    role: Role | None = None

    @property
    def key(self) -> str:
        """Name what is broken, so that someone can answer for it: the same ids, the same key."""
        cells = [f"{cell.lecture}.{cell.role.value}.{cell.group}" for cell in self.cells]
        roles = [] if self.role is None else [self.role.value]
        return "-".join([self.rule.value, *cells, *roles])


def clashes(problem: Problem, first: Cell, second: Cell) -> Iterator[Rule]:
    """Yield the rules by which two cells cannot both be in a plan."""
    same_group = first.group == second.group
    same_lecture = first.lecture == second.lecture
    if same_group and same_lecture:
        yield Rule.ONE_ROLE
    if same_group and first.role == second.role:
        yield Rule.ROLE_ONCE
    if same_lecture and first.role == second.role:
        yield Rule.ONE_GROUP
    if same_group and not same_lecture and is_too_close(problem, first.lecture, second.lecture):
        yield Rule.DISTANCE


def is_too_close(problem: Problem, first: int, second: int) -> bool:
    """Say whether two lectures lie closer than a group's duties may."""
    return problem.distance(first, second) < max(problem.minimum_distance, timedelta(0))


def broken_rules(problem: Problem, plan: Collection[Cell]) -> list[Broken]:
    """Return what a plan breaks; facts that clash among themselves are nobody's mistake any more."""
    chosen = sorted(plan)
    broken = [
        Broken(rule, (first, second))
        for first, second in combinations(chosen, 2)
        if not {first, second} <= problem.facts
        for rule in clashes(problem, first, second)
    ]
    broken += [Broken(Rule.FIXED, (cell,)) for cell in sorted(problem.fixed.difference(chosen))]
    for cell in chosen:
        if cell in problem.facts:
            continue
        if cell in problem.forbidden:
            broken.append(Broken(Rule.FORBIDDEN, (cell,)))
        if (cell.group, cell.lecture) in problem.blackouts:
            broken.append(Broken(Rule.BLACKOUT, (cell,)))
    return broken + _unfilled(problem, chosen)


def _unfilled(problem: Problem, chosen: list[Cell]) -> list[Broken]:
    added = [cell for cell in chosen if cell not in problem.fixed]
    return [
        Broken(Rule.FILLED, (), role)
        for role in Role
        if sum(cell.role == role for cell in added) < problem.to_fill(role)
    ]
