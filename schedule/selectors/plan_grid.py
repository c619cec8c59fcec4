"""The grid of groups by lectures: what stands in each cell, in letters, shade and words (§7)."""

from collections import defaultdict
from dataclasses import dataclass

from groups.models import Group
from schedule.models import CellRule, Lecture, PlannedCell
from schedule.planning import Role, RoleNames
from schedule.planning.words import ordinal
from schedule.selectors.drafts import Sheet

LETTERS = {Role.PRESENTER: "P", Role.AUTHORS: "A", Role.REVIEWERS: "R"}
# So many first choices are shaded.
SHADED_RANKS = 3
RULE_WORDS = {
    CellRule.FIXED: "is fixed",
    CellRule.FORBIDDEN: "is ruled out",
    CellRule.BLACKOUT: "is away",
}


@dataclass(frozen=True)
class GridCell:
    """A group in a lecture: `letters` of its roles, its own `rank`, and all of that in `words`."""

    lecture_id: int
    letters: str
    rank: int | None
    is_broken: bool
    is_open: bool
    mark: str
    classes: str
    words: str


@dataclass(frozen=True)
class GridRow:
    """A group's row of the grid."""

    group: Group
    cells: tuple[GridCell, ...]
    explanation: str
    ranked_count: int


@dataclass(frozen=True)
class GridColumn:
    """A lecture's head in the grid."""

    lecture: Lecture
    is_open: bool


@dataclass(frozen=True)
class SettledLine:
    """A rule about a cell, in words."""

    settled: PlannedCell
    sentence: str


def grid_of(sheet: Sheet) -> tuple[tuple[GridColumn, ...], tuple[GridRow, ...]]:
    """Return the lectures in the order of the schedule, and the groups with their cells."""
    planning = sheet.planning
    columns = tuple(
        GridColumn(lecture, lecture.pk not in planning.problem.closed)
        for lecture in planning.lectures.values()
    )
    grid = _Grid(sheet)
    rows = tuple(
        GridRow(
            group=group,
            cells=tuple(grid.cell(group, column) for column in columns),
            explanation=sheet.explanations[group.pk],
            ranked_count=len(planning.problem.ranks.get(group.pk, {})),
        )
        for group in planning.groups.values()
    )
    return columns, rows


class _Grid:
    """Looks up what stands in each cell."""

    def __init__(self, sheet: Sheet) -> None:
        self.problem = sheet.planning.problem
        self.roles: dict[tuple[int, int], list[Role]] = defaultdict(list)
        for cell in sheet.cells:
            self.roles[cell.group, cell.lecture].append(cell.role)
        self.broken = {(cell.group, cell.lecture) for found in sheet.broken for cell in found.cells}
        self.settled: dict[tuple[int, int], list[PlannedCell]] = defaultdict(list)
        for one in sheet.planning.settled:
            self.settled[one.group_id, one.lecture_id].append(one)

    def cell(self, group: Group, column: GridColumn) -> GridCell:
        place = group.pk, column.lecture.pk
        roles = [role for role in Role if role in self.roles[place]]
        rank = self.problem.ranks.get(group.pk, {}).get(column.lecture.pk)
        settled, is_broken = self.settled[place], place in self.broken
        does = [self.problem.role_names.does(role) for role in roles]
        says = _cell_words(does, rank, settled, is_broken=is_broken)
        return GridCell(
            lecture_id=column.lecture.pk,
            letters="".join(LETTERS[role] for role in roles),
            rank=rank,
            is_broken=is_broken,
            is_open=column.is_open,
            mark=_mark(settled),
            classes=_classes(roles, rank, is_broken=is_broken),
            words=f"{group.name}, {day_of(column.lecture)}: {', '.join(says)}",
        )


def _classes(roles: list[Role], rank: int | None, *, is_broken: bool) -> str:
    shade = [] if rank is None else [f"w{min(rank, SHADED_RANKS + 1)}"]
    return " ".join(
        [*shade, *(LETTERS[role].lower() for role in roles[:1]), *(["broken"] if is_broken else [])]
    )


def _mark(settled: list[PlannedCell]) -> str:
    rules = {one.rule for one in settled}
    if CellRule.FIXED in rules:
        return "•"
    return "✗" if rules else ""


def _cell_words(
    does: list[str], rank: int | None, settled: list[PlannedCell], *, is_broken: bool
) -> list[str]:
    says = does or ["no part"]
    says += [] if rank is None else [f"its {ordinal(rank)} choice"]
    says += [RULE_WORDS[CellRule(one.rule)] for one in settled]
    return says + (["breaks a rule"] if is_broken else [])


def day_of(lecture: Lecture) -> str:
    """Return a lecture's day as the head of the grid has it."""
    return f"{lecture.starts_on:%b} {lecture.starts_on.day}"


def settled_lines(found: Sheet, settled: tuple[PlannedCell, ...]) -> tuple[SettledLine, ...]:
    planning = found.planning
    return tuple(
        SettledLine(
            one,
            f"{planning.groups[one.group_id].name}, {day_of(planning.lectures[one.lecture_id])}:"
            f" {_settled_words(one, planning.problem.role_names)}",
        )
        for one in settled
    )


def _settled_words(one: PlannedCell, names: RoleNames) -> str:
    if one.rule == CellRule.BLACKOUT:
        return "away, it plays no part."
    role = names.does(one.role)
    return f"fixed, it {role}." if one.rule == CellRule.FIXED else f"ruled out, it never {role}."
