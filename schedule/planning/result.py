"""What the planner answers."""

from dataclasses import dataclass, field
from enum import StrEnum

from schedule.planning.problem import Cell
from schedule.planning.role_names import Role
from schedule.planning.rules import Rule


class Status(StrEnum):
    """How good a plan is known to be."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True)
class Progress:
    """Where the search is: told now and then, from inside it."""

    seconds: float
    cost: float | None
    bound: float

    @property
    def gap(self) -> float | None:
        """Return which share of the cost of the best plan so far may still be saved."""
        return None if self.cost is None else gap_of(cost=self.cost, bound=self.bound)


def gap_of(*, cost: float, bound: float) -> float:
    """Return which share of a cost is not proved to be needed; 0 when proved best."""
    return max(cost - bound, 0) / cost if cost else 0.0


@dataclass(frozen=True)
class Conflict:
    """One of the rules that cannot all hold; without it, the others leave a plan."""

    rule: Rule
    sentence: str
    cell: Cell | None = None


@dataclass(frozen=True)
class OpenCell:
    """A role that nobody plays, as there are fewer groups than lectures, with what can be done."""

    lecture: int
    role: Role
    remedies: tuple[str, ...]


@dataclass(frozen=True)
class Unserved:
    """A group without a part in a role, as there are more groups than lectures, with remedies."""

    group: int
    role: Role
    remedies: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A plan with its proof, or the reason why there is none.

    `optimal`: no plan costs less. `shortfall` is the sum that decides between plans of one cost;
    `is_shortfall_proved` says whether no plan of this cost has less.
    """

    status: Status
    cost: int | None = None
    bound: int | None = None
    seconds: float = 0.0
    assignments: tuple[Cell, ...] = ()
    shortfall: int | None = None
    is_shortfall_proved: bool = False
    explanations: dict[int, str] = field(default_factory=dict)
    open_cells: tuple[OpenCell, ...] = ()
    unserved: tuple[Unserved, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def gap(self) -> float | None:
        """Return which share of the cost is not proved to be needed; 0 when proved best."""
        if self.cost is None or self.bound is None:
            return None
        return gap_of(cost=self.cost, bound=self.bound)
