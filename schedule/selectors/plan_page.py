"""The plan of roles as a page: the grid of groups by lectures, and what comes next (§7)."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from courseapp.course.actors import Actor, Permission
from schedule.models import PlanDraft, PlanSolve
from schedule.planning import Cell, Exchange, gap_of
from schedule.planning.words import in_words, sentence_of_exchange
from schedule.selectors.changes import changes_of
from schedule.selectors.drafts import BrokenLine, Sheet, has_died, sheet_of
from schedule.selectors.plan_grid import (
    GridColumn,
    GridRow,
    SettledLine,
    day_of,
    grid_of,
    settled_lines,
)

RECENT_DRAFTS = 12


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
    def _grid(self) -> tuple[tuple[GridColumn, ...], tuple[GridRow, ...]]:
        return grid_of(self.sheet)

    @property
    def columns(self) -> tuple[GridColumn, ...]:
        """Return the lectures in the order of the schedule."""
        return self._grid[0]

    @property
    def rows(self) -> tuple[GridRow, ...]:
        """Return the groups with their cells."""
        return self._grid[1]

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
                f"{day_of(planning.lectures[one.lecture])}, {planning.lectures[one.lecture].title}:"
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
        return settled_lines(self.sheet, self.sheet.planning.settled)

    @cached_property
    def headline(self) -> Headline:
        """Return what the page says first."""
        return _headline(self)


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
