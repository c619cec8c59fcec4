"""The plan as a question in zeros and ones: one column a cell, one row a rule (docs/planner.md)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, product

from schedule.planning.problem import Cell, Problem
from schedule.planning.role_names import Role
from schedule.planning.rules import Rule, is_too_close
from schedule.planning.solving import Model

# The rules that are about many cells; the others are about the one cell that they name.
GENERAL_RULES = frozenset(
    {Rule.ONE_ROLE, Rule.ROLE_ONCE, Rule.ONE_GROUP, Rule.DISTANCE, Rule.FILLED}
)


@dataclass
class Formulation:
    """A model with the columns of its cells and, if asked for, of its close pairs of duties."""

    problem: Problem
    model: Model = field(default_factory=Model)
    columns: dict[Cell, int] = field(default_factory=dict)
    pairs: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def cells(self, chosen: Iterable[int]) -> frozenset[Cell]:
        """Return the cells whose columns are at one."""
        at_one = set(chosen)
        return frozenset(cell for cell, column in self.columns.items() if column in at_one)

    def chosen(self, cells: Iterable[Cell]) -> list[int]:
        """Return the columns that are at one in a plan, close pairs included."""
        plan = list(cells)
        lectures = defaultdict(set)
        for cell in plan:
            lectures[cell.group].add(cell.lecture)
        close = [
            column
            for (group, first, second), column in self.pairs.items()
            if {first, second} <= lectures[group]
        ]
        return [self.columns[cell] for cell in plan] + close

    def of(
        self, groups: Iterable[int], lectures: Iterable[int], roles: Iterable[Role]
    ) -> list[Cell]:
        """Return those cells of a block that have a column."""
        block = (
            Cell(lecture, role, group) for group, lecture, role in product(groups, lectures, roles)
        )
        return [cell for cell in block if cell in self.columns]

    def at_most_one(self, cells: list[Cell]) -> None:
        """Let at most one of the cells be chosen, or what facts hold of them and nothing more."""
        if len(cells) > 1:
            facts = sum(cell in self.problem.facts for cell in cells)
            self.model.add_row([self.columns[cell] for cell in cells], upper=max(1, facts))


def formulate(problem: Problem, *, rules: frozenset[Rule] = GENERAL_RULES) -> Formulation:
    """Write the problem as a model that costs what the plan costs, under some of the general rules."""
    form = Formulation(problem)
    _add_cells(form)
    if Rule.ROLE_ONCE in rules:
        for group, role in product(sorted(problem.groups), Role):
            form.at_most_one(form.of((group,), problem.held_on, (role,)))
    if Rule.ONE_GROUP in rules:
        for lecture, role in product(sorted(problem.held_on), Role):
            form.at_most_one(form.of(problem.groups, (lecture,), (role,)))
    _keep_apart(form, rules)
    if Rule.FILLED in rules:
        _fill(form)
    return form


def _add_cells(form: Formulation) -> None:
    problem = form.problem
    for lecture, role, group in product(sorted(problem.held_on), Role, sorted(problem.groups)):
        cell = Cell(lecture, role, group)
        is_fact = cell in problem.facts
        if lecture in problem.closed and not is_fact:
            continue
        is_allowed = is_fact or problem.is_allowed(cell)
        column = form.model.add_column(cost=problem.cost(cell), is_allowed=is_allowed)
        form.columns[cell] = column
        if cell in problem.fixed:
            form.model.add_row([column], lower=1, upper=1)


def _keep_apart(form: Formulation, rules: frozenset[Rule]) -> None:
    """One role per group and lecture, and the distance between a group's duties.

    Of lectures that all lie too close to one another, a group has at most one duty: such a row says
    both rules at once, and says more to the solver than the same in pairs.
    """
    problem = form.problem
    windows = list(_windows(problem)) if Rule.DISTANCE in rules else []
    if Rule.ONE_ROLE not in rules:
        _keep_days_apart(form, windows)
        return
    inside = {lecture for window in windows for lecture in window}
    alone = [(lecture,) for lecture in sorted(problem.held_on.keys() - inside)]
    for group, lectures in product(sorted(problem.groups), (*windows, *alone)):
        form.at_most_one(form.of((group,), lectures, Role))


def _keep_days_apart(form: Formulation, windows: list[tuple[int, ...]]) -> None:
    """Keep the distance alone, where a group may play several roles of one lecture."""
    facts = {(cell.group, cell.lecture) for cell in form.problem.facts}
    inside = sorted({lecture for window in windows for lecture in window})
    for group in sorted(form.problem.groups):
        takes_part = {lecture: form.model.add_column() for lecture in inside}
        for lecture, column in takes_part.items():
            for cell in form.of((group,), (lecture,), Role):
                form.model.add_row([form.columns[cell], column], upper=0, values=(1.0, -1.0))
        for window in windows:
            held = sum((group, lecture) in facts for lecture in window)
            form.model.add_row([takes_part[lecture] for lecture in window], upper=max(1, held))


def _windows(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Yield the longest runs of lectures that all lie too close to one another."""
    order = sorted(problem.held_on, key=lambda lecture: (problem.held_on[lecture], lecture))
    reached = 0
    for start, first in enumerate(order):
        end = start + 1
        while end < len(order) and is_too_close(problem, first, order[end]):
            end += 1
        if end > max(reached, start + 1):
            yield tuple(order[start:end])
            reached = end


def _fill(form: Formulation) -> None:
    problem = form.problem
    for role in Role:
        open_lectures = problem.held_on.keys() - problem.closed
        free = [
            cell
            for cell in form.of(problem.groups, sorted(open_lectures), (role,))
            if cell not in problem.fixed
        ]
        form.model.add_row([form.columns[cell] for cell in free], lower=problem.to_fill(role))


def spread(form: Formulation, *, cost: int) -> None:
    """Ask for the least shortfall instead of the least cost, which may not exceed `cost`."""
    problem, model = form.problem, form.model
    priced = [column for column in form.columns.values() if model.costs[column]]
    model.add_row(priced, upper=cost, values=[model.costs[column] for column in priced])
    model.costs = [0.0] * len(model.costs)
    for group, (first, second) in product(sorted(problem.groups), short_pairs(problem)):
        both = form.of((group,), (first, second), Role)
        column = model.add_column(cost=problem.shortfall(first, second), is_integral=False)
        form.pairs[group, first, second] = column
        row = [*(form.columns[cell] for cell in both), column]
        model.add_row(row, upper=1, values=[1.0] * len(both) + [-1.0])


def short_pairs(problem: Problem) -> list[tuple[int, int]]:
    """Return the pairs of lectures that a group may have duties in, but not comfortably.

    Two closed lectures are no pair: what they add is the same in every plan.
    """
    pairs = combinations(sorted(problem.held_on), 2)
    return [
        pair
        for pair in pairs
        if problem.shortfall(*pair)
        and not is_too_close(problem, *pair)
        and not problem.closed.issuperset(pair)
    ]


def shortfall_of(problem: Problem, cells: Iterable[Cell]) -> int:
    """Return the sum over all pairs of a group's duties of their squared shortfall (§7)."""
    lectures: dict[int, list[int]] = defaultdict(list)
    for cell in sorted(cells):
        lectures[cell.group].append(cell.lecture)
    return sum(
        problem.shortfall(*pair) for held in lectures.values() for pair in combinations(held, 2)
    )
