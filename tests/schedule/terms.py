"""Invented terms to plan, and a judge of plans that shares no code with the planner."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random

from schedule.planning import Cell, Plan, PlannedLecture, Problem, Role

MONDAY = date(2025, 1, 20)
ROLES = ("presenter", "authors", "reviewers")


def days(count: int, *, apart: int = 7) -> list[date]:
    """Return dates at one distance from each other."""
    return [MONDAY + timedelta(days=apart * number) for number in range(count)]


def twice_a_week(count: int) -> list[date]:
    """Return the Mondays and Wednesdays of a term."""
    return [
        MONDAY + timedelta(days=7 * (number // 2) + 2 * (number % 2)) for number in range(count)
    ]


def term(
    group_count: int,
    dates: list[date],
    *,
    seed: int | None = None,
    ranked_count: int = 5,
    **settled: object,
) -> Problem:
    """Return a term: groups 1, 2, …, lectures 101, 102, …, and random wishes where a seed is given."""
    lectures = tuple(PlannedLecture(101 + number, held) for number, held in enumerate(dates))
    ranks: dict[int, dict[int, int]] = {}
    if seed is not None:
        random = Random(seed)
        ids = [lecture.id for lecture in lectures]
        for group in range(1, group_count + 1):
            wishes = random.sample(ids, min(ranked_count, len(ids)))
            ranks[group] = {lecture: rank for rank, lecture in enumerate(wishes, start=1)}
    return Problem(tuple(range(1, group_count + 1)), lectures, ranks, **settled)  # type: ignore[arg-type]


def faults(problem: Problem, cells: Iterable[Cell]) -> list[str]:
    """Return what is wrong with a plan of a term without facts, told from §7 with counters alone."""
    plan = [(cell.group, cell.lecture, str(cell.role)) for cell in cells]
    held = {lecture.id: lecture.held_on.toordinal() for lecture in problem.lectures}
    found = [f"{name} twice" for name, count in Counter(plan).items() if count > 1]
    found += _too_often("two roles in a lecture", [(group, lecture) for group, lecture, _ in plan])
    found += _too_often("a role twice", [(group, role) for group, _, role in plan])
    found += _too_often("two groups in a role", [(lecture, role) for _, lecture, role in plan])
    least = problem.minimum_distance.days
    for group in problem.groups:
        at = sorted(held[lecture] for who, lecture, _ in plan if who == group)
        found += [f"{group} too soon" for one, two in itertools.pairwise(at) if two - one < least]
    full = min(len(problem.groups), len(problem.lectures))
    counted = Counter(role for _, _, role in plan)
    found += [f"{counted[role]} of {role}" for role in ROLES if counted[role] != full]
    named = {(cell.group, cell.lecture, str(cell.role)) for cell in problem.fixed}
    found += [f"{cell} is not as fixed" for cell in named.difference(plan)]
    for group, lecture, role in plan:
        if Cell(lecture, Role(role), group) in problem.forbidden:
            found.append(f"{group} forbidden")
        if (group, lecture) in problem.blackouts:
            found.append(f"{group} is away")
    return found


def _too_often(what: str, names: list[tuple[object, ...]]) -> list[str]:
    return [f"{what}: {name}" for name, count in Counter(names).items() if count > 1]


def cost(problem: Problem, cells: Iterable[Cell]) -> int:
    """Return the cost of §7, added up group by group."""
    total = 0
    presented = {cell.group: cell.lecture for cell in cells if cell.role == "presenter"}
    for group, lecture in presented.items():
        order = sorted(problem.ranks.get(group, {}).items(), key=lambda ranked: ranked[1])
        wishes = [ranked for ranked, _ in order]
        total += wishes.index(lecture) if lecture in wishes else len(wishes)
    return total


def shortfall(problem: Problem, cells: Iterable[Cell]) -> int:
    """Return the squared days under 14 between all duties of a group."""
    plan = list(cells)
    held = {lecture.id: lecture.held_on.toordinal() for lecture in problem.lectures}
    total = 0
    for one, two in itertools.combinations(plan, 2):
        distance = abs(held[one.lecture] - held[two.lecture])
        if one.group == two.group and distance < 14:
            total += (14 - distance) ** 2
    return total


def every_plan(problem: Problem) -> Iterator[list[Cell]]:
    """Yield each plan without a fault: for tiny terms only."""
    groups, lectures = list(problem.groups), [lecture.id for lecture in problem.lectures]
    ways = list(_matchings(groups, lectures))
    for choice in itertools.product(ways, repeat=3):
        cells = [
            Cell(lecture, role, group)
            for role, pairs in zip(Role, choice, strict=True)
            for group, lecture in pairs
        ]
        if not faults(problem, cells):
            yield cells


def _matchings(groups: list[int], lectures: list[int]) -> Iterator[list[tuple[int, int]]]:
    if len(groups) <= len(lectures):
        for chosen in itertools.permutations(lectures, len(groups)):
            yield list(zip(groups, chosen, strict=True))
    else:
        for some in itertools.permutations(groups, len(lectures)):
            yield list(zip(some, lectures, strict=True))


def best_by_force(problem: Problem) -> tuple[int, int] | None:
    """Return the least cost with its least shortfall over every plan; None where there is no plan."""
    values = ((cost(problem, plan), shortfall(problem, plan)) for plan in every_plan(problem))
    return min(values, default=None)


def is_judged_right(problem: Problem, plan: Plan) -> bool:
    """Say whether a plan has no fault and costs what it says."""
    cells = plan.assignments
    said = (plan.cost, plan.shortfall)
    return not faults(problem, cells) and said == (cost(problem, cells), shortfall(problem, cells))


def presented_by(plan: Plan) -> dict[int, int]:
    """Return the lecture that each group presents."""
    return {cell.group: cell.lecture for cell in plan.assignments if cell.role == Role.PRESENTER}
