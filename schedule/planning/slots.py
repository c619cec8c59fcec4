"""Slots of presentations: each group in exactly one, at the least cost of ranks (domain.md §9)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from schedule.planning.result import Status
from schedule.planning.solving import Model, Stopwatch, solve

TIME_LIMIT = 30.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which some groups present, at most as many as fit."""

    id: int
    capacity: int


@dataclass(frozen=True)
class SlotProblem:
    """Groups, slots, the rank (from 1) of each slot that a group ranked, and who was placed by hand."""

    groups: tuple[int, ...]
    slots: tuple[Slot, ...]
    ranks: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    fixed: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse ids that name nothing: a placement there would silently be lost."""
        if not self.fixed.keys() <= set(self.groups) or not set(self.fixed.values()) <= set(
            self.capacity
        ):
            raise ValueError("A group or a slot that was placed by hand is not part of the plan.")

    @cached_property
    def capacity(self) -> dict[int, int]:
        """Return how many groups each slot takes."""
        return {slot.id: slot.capacity for slot in self.slots}

    def cost(self, group: int, slot: int) -> int:
        """Return (rank - 1) of a group's slot; an unranked one counts as the number ranked."""
        ranks = self.ranks.get(group, {})
        return ranks[slot] - 1 if slot in ranks else len(ranks)


@dataclass(frozen=True)
class SlotPlan:
    """Who presents when, proved cheapest; or the sentence that says why not all find a place."""

    status: Status
    placements: dict[int, int] = field(default_factory=dict)
    cost: int | None = None
    conflict: str = ""


def place_groups(problem: SlotProblem, *, time_limit: float = TIME_LIMIT) -> SlotPlan:
    """Place every group in one slot at the least cost; ties are broken by ids.

    Those placed by hand stay where they are. A problem of this kind is solved without branching.
    """
    conflict = conflict_of(problem)
    if conflict:
        return SlotPlan(Status.INFEASIBLE, conflict=conflict)
    model, pairs = _as_model(problem)
    answer = solve(model, watch=Stopwatch(time_limit))
    if answer.chosen is None:
        return SlotPlan(Status.INFEASIBLE, conflict="No placing was found in the time; try again.")
    placements = dict(problem.fixed) | dict(pairs[number] for number in sorted(answer.chosen))
    return SlotPlan(
        Status.OPTIMAL if answer.is_proved else Status.FEASIBLE,
        placements=dict(sorted(placements.items())),
        cost=cost_of_slots(problem, placements),
    )


def cost_of_slots(problem: SlotProblem, placements: Mapping[int, int]) -> int:
    """Return what a placing costs."""
    return sum(problem.cost(group, slot) for group, slot in placements.items())


def conflict_of(problem: SlotProblem) -> str:
    """Say why not every group can be placed; empty where every one can."""
    held = Counter(problem.fixed.values())
    if any(held[slot.id] > slot.capacity for slot in problem.slots):
        return "A slot holds more groups by hand than it takes: move one, or let it take more."
    places = sum(problem.capacity.values())
    if len(problem.groups) > places:
        return (
            f"{len(problem.groups)} groups do not fit into {places} places: tick another meeting,"
            " shorten the slots, or let each take more groups."
        )
    return ""


def overfull(problem: SlotProblem, placements: Mapping[int, int]) -> list[int]:
    """Return the slots that hold more groups than they take, by id."""
    held = Counter(placements.values())
    return sorted(slot for slot, count in held.items() if count > problem.capacity.get(slot, 0))


def _as_model(problem: SlotProblem) -> tuple[Model, list[tuple[int, int]]]:
    held = Counter(problem.fixed.values())
    free = sorted(set(problem.groups) - problem.fixed.keys())
    slots = sorted(problem.capacity)
    pairs = [(group, slot) for group in free for slot in slots]
    model = Model()
    for group, slot in pairs:
        model.add_column(cost=problem.cost(group, slot), is_integral=False)
    for number in range(len(free)):
        row = [number * len(slots) + place for place in range(len(slots))]
        model.add_row(row, lower=1, upper=1)
    for place, slot in enumerate(slots):
        row = [number * len(slots) + place for number in range(len(free))]
        model.add_row(row, upper=problem.capacity[slot] - held[slot])
    return model, pairs
