"""What is to be planned: groups, student lectures, wishes, and cells that are settled beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from schedule.planning.role_names import Role, RoleNames

MINIMUM_DISTANCE = timedelta(days=6)
COMFORTABLE_DISTANCE = timedelta(days=14)


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A role of one lecture, held by one group."""

    lecture: int
    role: Role
    group: int


@dataclass(frozen=True, slots=True)
class PlannedLecture:
    """A student lecture; one that is closed (it is over) keeps what it holds and takes no more."""

    id: int
    held_on: date
    is_closed: bool = False


@dataclass(frozen=True)
class Problem:
    """The question to the planner; ids are whatever the caller counts by.

    `ranks` holds, for each group that ranked, the rank (from 1) of each lecture that it ranked.
    `fixed` cells are in every plan; of a closed lecture they are facts, which may break rules
    among themselves (real terms do) but bind what is still open. `forbidden` cells are in none,
    and in a `blackouts` pair (group, lecture) the group plays no part at all. Names are for sentences.
    """

    groups: tuple[int, ...]
    lectures: tuple[PlannedLecture, ...]
    ranks: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    fixed: frozenset[Cell] = frozenset()
    forbidden: frozenset[Cell] = frozenset()
    blackouts: frozenset[tuple[int, int]] = frozenset()
    minimum_distance: timedelta = MINIMUM_DISTANCE
    group_names: Mapping[int, str] = field(default_factory=dict)
    lecture_names: Mapping[int, str] = field(default_factory=dict)
    role_names: RoleNames = field(default_factory=RoleNames)

    def __post_init__(self) -> None:
        """Refuse ids that name nothing: a rule about them would silently hold."""
        if len(set(self.groups)) < len(self.groups) or len(self.held_on) < len(self.lectures):
            raise ValueError("A group or a lecture is named twice.")
        pairs = {(cell.group, cell.lecture) for cell in self.fixed | self.forbidden}
        for group, lecture in pairs | self.blackouts:
            if group not in self.groups or lecture not in self.held_on:
                raise ValueError(f"Group {group} or lecture {lecture} is not part of the plan.")

    @cached_property
    def held_on(self) -> dict[int, date]:
        """Return each lecture's date."""
        return {lecture.id: lecture.held_on for lecture in self.lectures}

    @cached_property
    def closed(self) -> frozenset[int]:
        """Return the lectures that take nothing new."""
        return frozenset(lecture.id for lecture in self.lectures if lecture.is_closed)

    @cached_property
    def facts(self) -> frozenset[Cell]:
        """Return the cells of closed lectures: they happened."""
        return frozenset(cell for cell in self.fixed if cell.lecture in self.closed)

    def distance(self, first: int, second: int) -> timedelta:
        """Return how far two lectures lie apart, by their dates."""
        return abs(self.held_on[first] - self.held_on[second])

    def shortfall(self, first: int, second: int) -> int:
        """Return the squared days by which two duties of a group are closer than is comfortable."""
        short = COMFORTABLE_DISTANCE - self.distance(first, second)
        return max(short.days, 0) ** 2

    def cost(self, cell: Cell) -> int:
        """Return (rank - 1) of a lecture that a group presents; unranked is the number ranked (§7)."""
        if cell.role != Role.PRESENTER:
            return 0
        ranks = self.ranks.get(cell.group, {})
        return ranks[cell.lecture] - 1 if cell.lecture in ranks else len(ranks)

    def missing(self, role: Role) -> tuple[list[int], list[int]]:
        """Return the groups and the open lectures whose cells of a role are not fixed, by id."""
        fixed = [cell for cell in self.fixed if cell.role == role]
        groups = set(self.groups) - {cell.group for cell in fixed}
        lectures = self.held_on.keys() - self.closed - {cell.lecture for cell in fixed}
        return sorted(groups), sorted(lectures)

    def to_fill(self, role: Role) -> int:
        """Return how many cells of a role the plan adds: as many as there are groups and lectures."""
        groups, lectures = self.missing(role)
        return min(len(groups), len(lectures))

    def is_allowed(self, cell: Cell) -> bool:
        """Say whether neither the cell nor its group's day is ruled out."""
        return cell not in self.forbidden and (cell.group, cell.lecture) not in self.blackouts
