"""A plan in figures: what it costs, how well wishes are met, how close duties lie."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations

from schedule.planning.in_turn import cost_of
from schedule.planning.problem import Cell, Problem
from schedule.planning.role_names import Role


@dataclass(frozen=True)
class Figures:
    """`shortest_days` is the least distance between two open duties of a group, None without a pair."""

    cost: int
    first_choice_count: int
    ranking_count: int
    shortest_days: int | None


def figures_of(problem: Problem, plan: Collection[Cell]) -> Figures:
    """Return the figures of a plan; pairs of facts are nobody's choice any more."""
    presenting = [cell for cell in plan if cell.role == Role.PRESENTER]
    ranking = {group for group, ranks in problem.ranks.items() if ranks and group in problem.groups}
    held: dict[int, list[Cell]] = defaultdict(list)
    for cell in sorted(plan):
        held[cell.group].append(cell)
    distances = [
        problem.distance(first.lecture, second.lecture).days
        for cells in held.values()
        for first, second in combinations(cells, 2)
        if not {first, second} <= problem.facts
    ]
    return Figures(
        cost=cost_of(problem, plan),
        first_choice_count=sum(
            problem.ranks.get(cell.group, {}).get(cell.lecture) == 1 for cell in presenting
        ),
        ranking_count=len(ranking),
        shortest_days=min(distances, default=None),
    )
