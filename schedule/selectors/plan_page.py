"""The plan of roles as a page: the grid of groups by lectures, and what comes next (§7)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from courseapp.course.actors import Actor, Permission
from groups.models import Group
from schedule.models import CellRule, Lecture, PlanDraft, PlannedCell, PlanSolve
from schedule.planning import Cell, Exchange, Role, RoleNames, broken_rules, gap_of
from schedule.planning.words import in_words, ordinal, sentence_of_exchange
from schedule.selectors.changes import changes_of
from schedule.selectors.drafts import BrokenLine, Sheet, has_died, sheet_of

LETTERS = {Role.PRESENTER: "P", Role.AUTHORS: "A", Role.REVIEWERS: "R"}
# So many first choices are shaded.
SHADED_RANKS = 3
RULE_WORDS = {
    CellRule.FIXED: "is fixed",
    CellRule.FORBIDDEN: "is ruled out",
    CellRule.BLACKOUT: "is away",
}
RECENT_DRAFTS = 12


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
class Mending:
    """An exchange that mends a broken rule, in words."""

    exchange: Exchange
    label: str
    sentence: str


@dataclass(frozen=True)
class BrokenItem:
    """A broken rule with how it can be mended, and the cell where one can change it by hand."""

    line: BrokenLine
    mending: tuple[Mending, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Return the cells that break the rule."""
        return self.line.cells


@dataclass(frozen=True)
class OpenLine:
    """A role that nobody plays, or a group without one, with what can be done."""

    what: str
    remedies: tuple[str, ...]


@dataclass(frozen=True)
class SettledLine:
    """A rule about a cell, in words."""

    settled: PlannedCell
    sentence: str


@dataclass(frozen=True)
class Headline:
    """What the page says first: where the plan is, and what comes next."""

    over: str
    title: str
    lede: str


@dataclass(frozen=True)
class PlanPage:
    """All that the page of the plan shows of one draft."""

    sheet: Sheet
    drafts: tuple[PlanDraft, ...]
    may_change: bool
    now: datetime

    @cached_property
    def solve(self) -> PlanSolve | None:
        """Return the search that goes on, or that ended without a draft since the newest one."""
        solve, draft = self.sheet.solve, self.drafts[0] if self.drafts else None
        if solve is None or (draft is not None and draft.made_at > solve.asked_at):
            return None
        return solve

    @property
    def is_searching(self) -> bool:
        """Say whether a search goes on whose worker lives."""
        if self.solve is None or self.solve.ended_at is not None:
            return False
        return not has_died(self.solve, now=self.now)

    @property
    def failure(self) -> str:
        """Return why the last search brought no plan; empty where it did, or where rules conflict."""
        if self.solve is None or self.is_searching or self.solve.conflicts:
            return ""
        return self.solve.failure or "The worker that searched has died; start the search again."

    @property
    def conflicts(self) -> list[str]:
        """Return the rules that leave no plan, as the last search found them."""
        return [] if self.solve is None else list(self.solve.conflicts)

    @property
    def can_solve(self) -> bool:
        """Say whether there is something to plan and nobody plans it right now."""
        return bool(self.sheet.planning.groups and self.columns) and not self.is_searching

    @property
    def undo_number(self) -> int | None:
        """Return the draft to which undoing the last change by hand goes back, if it was one."""
        draft = self.sheet.draft
        if draft is None or draft.solve_id is not None or not self.sheet.is_latest:
            return None
        return 0 if draft.based_on is None else draft.based_on.number

    @property
    def can_publish(self) -> bool:
        """Say whether publishing this draft would change something."""
        return not self.is_searching and self.changed_count > 0

    @cached_property
    def changed_count(self) -> int:
        """Return how many groups would be told something new."""
        return len(changes_of(self.sheet))

    @property
    def gap(self) -> float | None:
        """Return which share of the cost is not proved to be needed, in per cent."""
        if self.sheet.bound is None:
            return None
        return 100 * gap_of(cost=self.sheet.figures.cost, bound=self.sheet.bound)

    @cached_property
    def columns(self) -> tuple[GridColumn, ...]:
        """Return the lectures in the order of the schedule."""
        closed = self.sheet.planning.problem.closed
        lectures = self.sheet.planning.lectures.values()
        return tuple(GridColumn(lecture, lecture.pk not in closed) for lecture in lectures)

    @cached_property
    def rows(self) -> tuple[GridRow, ...]:
        """Return the groups with their cells."""
        grid = _Grid(self.sheet)
        return tuple(
            GridRow(
                group=group,
                cells=tuple(grid.cell(group, column) for column in self.columns),
                explanation=self.sheet.explanations[group.pk],
                ranked_count=len(self.sheet.planning.problem.ranks.get(group.pk, {})),
            )
            for group in self.sheet.planning.groups.values()
        )

    @cached_property
    def broken(self) -> tuple[BrokenItem, ...]:
        """Return the broken rules with the exchanges that mend them, in words.

        Where nobody plays anything yet, there is no plan that could break one.
        """
        lines = self.sheet.broken_lines() if self.sheet.cells else []
        return tuple(
            BrokenItem(line, tuple(self._mending(one) for one in line.mending)) for line in lines
        )

    def _mending(self, exchange: Exchange) -> Mending:
        names = self.sheet.planning.problem.group_names
        first, second = exchange.first, exchange.second
        return Mending(
            exchange=exchange,
            label=f"Exchange {names[first.group]} and {names[second.group]}",
            sentence=sentence_of_exchange(self.sheet.planning.problem, exchange),
        )

    @cached_property
    def open_lines(self) -> tuple[OpenLine, ...]:
        """Return what stays open, with remedies."""
        planning = self.sheet.planning
        does = planning.problem.role_names.does
        roles = tuple(
            OpenLine(
                f"{_day(planning.lectures[one.lecture])}, {planning.lectures[one.lecture].title}:"
                f" nobody {does(one.role)}",
                one.remedies,
            )
            for one in self.sheet.open_cells
        )
        groups = tuple(
            OpenLine(f"{planning.groups[one.group].name} {does(one.role)} nowhere", one.remedies)
            for one in self.sheet.unserved
        )
        return roles + groups

    @property
    def settled_lines(self) -> tuple[SettledLine, ...]:
        """Return the rules about cells that staff set, in words."""
        return _settled_lines(self.sheet, self.sheet.planning.settled)

    @cached_property
    def headline(self) -> Headline:
        """Return what the page says first."""
        return _headline(self)


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
            words=f"{group.name}, {_day(column.lecture)}: {', '.join(says)}",
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


def _day(lecture: Lecture) -> str:
    return f"{lecture.starts_on:%b} {lecture.starts_on.day}"


def _headline(page: PlanPage) -> Headline:
    sheet = page.sheet
    if not sheet.planning.groups or not page.columns:
        return Headline(
            "Role plan",
            "There is nothing to plan yet",
            "As soon as there are groups, and lectures that groups present, they appear here.",
        )
    over = _over(page)
    if page.is_searching:
        return Headline(over, "The planner is searching", "What it finds becomes the next draft.")
    if page.conflicts:
        lede = "Each of these can be eased; without any one of them there is a plan."
        return Headline(over, "These rules cannot all hold, so there is no plan", lede)
    if not sheet.is_latest:
        lede = f"Draft {sheet.latest_number} is the newest. Going on from here makes the next one."
        return Headline(over, "This is an older plan, to look at", lede)
    if page.broken:
        return Headline(over, *_about_broken(page))
    return Headline(over, *_about_sound(page))


def _over(page: PlanPage) -> str:
    number = page.sheet.number
    if number == 0:
        return "The published role plan" if page.sheet.cells else "Role plan"
    state = "as published" if not page.changed_count else "not published"
    return f"Draft {number} of the role plan · {state}"


def _about_broken(page: PlanPage) -> tuple[str, str]:
    count = len(page.broken)
    what = "One broken rule" if count == 1 else f"{in_words(count).capitalize()} broken rules"
    first = page.broken[0]
    mending = f" {first.mending[0].sentence}" if first.mending else ""
    return f"{what} before you can publish", f"{first.line.sentence}{mending}"


def _about_sound(page: PlanPage) -> tuple[str, str]:
    ranking, groups = page.sheet.figures.ranking_count, len(page.sheet.planning.groups)
    ranked = f"{ranking} of {groups} groups have ranked lectures."
    if not page.sheet.cells:
        return "No plan yet: let the planner propose one", ranked
    if not page.changed_count:
        return "The plan stands as published, and keeps every rule", ranked
    told = "one group" if page.changed_count == 1 else f"{page.changed_count} groups"
    lede = f"It changes what {told} play{'s' if page.changed_count == 1 else ''}. {ranked}"
    return "Every rule holds: this can be published", lede


def plan_page(actor: Actor, *, now: datetime, number: int | None = None) -> PlanPage | None:
    """Return the page of a draft, the latest where none is named; for staff."""
    found = sheet_of(actor, now=now, number=number)
    if found is None:
        return None
    drafts = PlanDraft.objects.filter(course=found.course).order_by("-number")
    return PlanPage(
        sheet=found,
        drafts=tuple(drafts.select_related("made_by")[:RECENT_DRAFTS]),
        may_change=bool(actor.may(Permission.CHANGE_PLAN)),
        now=now,
    )


@dataclass(frozen=True)
class RoleChoice:
    """What a group could play in a lecture: who holds it now, and which rules it would break."""

    role: Role | None
    words: str
    held_by: tuple[str, ...]
    breaks_count: int


@dataclass(frozen=True)
class CellPage:
    """One cell of the grid, to be changed by hand or settled for the planner."""

    sheet: Sheet
    group: Group
    lecture: Lecture
    roles: tuple[Role, ...]
    rank: int | None
    settled: tuple[PlannedCell, ...]
    choices: tuple[RoleChoice, ...]

    @property
    def role_words(self) -> str:
        """Say what the group plays in the lecture."""
        return " and ".join(map(self.names.does, self.roles)) or "no part"

    @property
    def names(self) -> RoleNames:
        """Return what the course calls its roles."""
        return self.sheet.planning.problem.role_names

    @property
    def rank_words(self) -> str:
        """Return the group's rank of the lecture in words."""
        return "" if self.rank is None else ordinal(self.rank)

    @property
    def settled_lines(self) -> tuple[SettledLine, ...]:
        """Return what is settled about the cell, in words."""
        return _settled_lines(self.sheet, self.settled)


def cell_page(
    actor: Actor, *, now: datetime, number: int, group_id: int, lecture_id: int
) -> CellPage | None:
    """Return one cell of a draft with what each choice would do; for staff."""
    found = sheet_of(actor, now=now, number=number)
    if found is None:
        return None
    group = found.planning.groups.get(group_id)
    lecture = found.planning.lectures.get(lecture_id)
    if group is None or lecture is None:
        return None
    here = [cell for cell in found.cells if (cell.group, cell.lecture) == (group_id, lecture_id)]
    settled = found.planning.settled
    return CellPage(
        sheet=found,
        group=group,
        lecture=lecture,
        roles=tuple(role for role in Role if role in {cell.role for cell in here}),
        rank=found.planning.problem.ranks.get(group_id, {}).get(lecture_id),
        settled=tuple(
            one for one in settled if (one.group_id, one.lecture_id) == (group_id, lecture_id)
        ),
        choices=tuple(_choice(found, group, lecture, role) for role in (None, *Role)),
    )


def _choice(found: Sheet, group: Group, lecture: Lecture, role: Role | None) -> RoleChoice:
    names = found.planning.problem.group_names
    holders = [
        cell
        for cell in found.cells
        if role is not None and (cell.lecture, cell.role) == (lecture.pk, role)
    ]
    others = {
        cell
        for cell in found.cells
        if (cell.lecture, cell.group) != (lecture.pk, group.pk) and cell not in holders
    }
    cells = others if role is None else others | {Cell(lecture.pk, role, group.pk)}
    held_by = [names[cell.group] for cell in sorted(holders) if cell.group != group.pk]
    problem = found.planning.problem
    words = "No part" if role is None else problem.role_names.opening(role)
    return RoleChoice(role, words, tuple(held_by), len(broken_rules(problem, cells)))


def _settled_lines(found: Sheet, settled: tuple[PlannedCell, ...]) -> tuple[SettledLine, ...]:
    planning = found.planning
    return tuple(
        SettledLine(
            one,
            f"{planning.groups[one.group_id].name}, {_day(planning.lectures[one.lecture_id])}:"
            f" {_settled_words(one, planning.problem.role_names)}",
        )
        for one in settled
    )


def _settled_words(one: PlannedCell, names: RoleNames) -> str:
    if one.rule == CellRule.BLACKOUT:
        return "away, it plays no part."
    role = names.does(one.role)
    return f"fixed, it {role}." if one.rule == CellRule.FIXED else f"ruled out, it never {role}."
