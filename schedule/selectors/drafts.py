"""Drafts of the plan of roles: what is worked on, what it breaks, and what would mend it (§7)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.db.models import QuerySet

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from schedule.models import PlanDraft, PlanPublication, PlanSolve
from schedule.planning import (
    Broken,
    Cell,
    Exchange,
    Figures,
    OpenCell,
    Role,
    Rule,
    Unserved,
    broken_rules,
    broken_sentence,
    exchanges,
    explanations,
    figures_of,
    open_cells,
    unserved,
)
from schedule.selectors.planning import RolePlanning, digest_of, role_planning

# How many ways to mend one broken rule are offered.
OFFERED = 3
# A search whose worker has not written for so long has died.
SILENT_AFTER_SECONDS = 30


@dataclass(frozen=True)
class BrokenLine:
    """A broken rule in words, with the exchanges that would mend it."""

    key: str
    rule: Rule
    sentence: str
    cells: tuple[Cell, ...]
    mending: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A plan to work on: a draft, or (number 0) the plan that is published.

    `cells` are the draft's as far as they still apply, with what happened in lectures that have
    begun; `lost_count` are those that name a group or a lecture that is gone.
    """

    course: Course
    planning: RolePlanning
    draft: PlanDraft | None
    latest_number: int
    cells: frozenset[Cell]
    lost_count: int
    solve: PlanSolve | None
    publication: PlanPublication | None

    @property
    def number(self) -> int:
        """Return the draft's number; 0 for the published plan."""
        return 0 if self.draft is None else self.draft.number

    @property
    def name(self) -> str:
        """Return what pages call the plan."""
        return "the published plan" if self.draft is None else f"draft {self.number}"

    @property
    def is_latest(self) -> bool:
        """Say whether this is what an edit goes on from."""
        return self.number == self.latest_number

    @property
    def is_published(self) -> bool:
        """Say whether nothing would change if this were published."""
        return self.cells == self.planning.standing

    @cached_property
    def figures(self) -> Figures:
        """Return the plan in figures."""
        return figures_of(self.planning.problem, self.cells)

    @cached_property
    def bound(self) -> int | None:
        """Return what was proved for the question as it stands now; None where it has changed."""
        if self.draft is None or self.draft.question != digest_of(self.planning.problem):
            return None
        return self.draft.bound

    @cached_property
    def broken(self) -> list[Broken]:
        """Return which rules the plan breaks as the course stands now."""
        return broken_rules(self.planning.problem, self.cells)

    @cached_property
    def open_cells(self) -> tuple[OpenCell, ...]:
        """Return the roles that nobody plays."""
        return open_cells(self.planning.problem, self.cells)

    @cached_property
    def unserved(self) -> tuple[Unserved, ...]:
        """Return the groups that do not play a role."""
        return unserved(self.planning.problem, self.cells)

    @cached_property
    def explanations(self) -> dict[int, str]:
        """Return what each group is told about what it presents."""
        return explanations(self.planning.problem, self.cells)

    def broken_lines(self) -> list[BrokenLine]:
        """Return the broken rules in words, each with the best exchanges that mend it."""
        problem = self.planning.problem
        return [
            BrokenLine(
                key=found.key,
                rule=found.rule,
                sentence=broken_sentence(problem, found),
                cells=found.cells,
                mending=tuple(exchanges(problem, self.cells, found)[:OFFERED]),
            )
            for found in self.broken
        ]


def sheet_of(actor: Actor, *, now: datetime, number: int | None = None) -> Sheet | None:
    """Return a draft of the actor's course for staff, the latest where no number is given."""
    if actor.course is None or not actor.is_staff:
        return None
    return sheet(actor.course, now=now, number=number)


def sheet(course: Course, *, now: datetime, number: int | None = None) -> Sheet | None:
    """Return a draft with the course as it stands now; 0 is the published plan."""
    latest = _drafts(course).order_by("-number").first()
    planning = role_planning(course, now=now)
    newest = Sheet(
        course=course,
        planning=planning,
        draft=latest,
        latest_number=0 if latest is None else latest.number,
        cells=frozenset(),
        lost_count=0,
        solve=PlanSolve.objects.filter(course=course).first(),
        publication=latest_publication(course),
    )
    return _filled(newest, latest) if number is None else beside(newest, number)


def beside(found: Sheet, number: int) -> Sheet | None:
    """Return another draft of the same course, as it stands at the same instant."""
    if number == 0:
        return _filled(found, None)
    if number == found.number:
        return _filled(found, found.draft)
    draft = _drafts(found.course).filter(number=number).first()
    return None if draft is None else _filled(found, draft)


def _drafts(course: Course) -> QuerySet[PlanDraft]:
    return PlanDraft.objects.filter(course=course).select_related("based_on")


def _filled(found: Sheet, draft: PlanDraft | None) -> Sheet:
    """Return a sheet with a draft's cells as far as they apply; without one, the published plan's."""
    planning = found.planning
    cells = planning.standing if draft is None else cells_of(draft)
    return replace(
        found,
        draft=draft,
        cells=applying(planning, cells) | planning.problem.facts,
        lost_count=sum(not _is_there(planning, cell) for cell in cells),
    )


def latest_publication(course: Course) -> PlanPublication | None:
    """Return how the plan was last published."""
    found = PlanPublication.objects.filter(course=course).select_related("draft", "published_by")
    return found.order_by("-pk").first()


def applying(planning: RolePlanning, cells: Collection[Cell]) -> frozenset[Cell]:
    """Return the cells of a plan that are still open: their group and lecture are there, not begun."""
    closed = planning.problem.closed
    return frozenset(
        cell for cell in cells if _is_there(planning, cell) and cell.lecture not in closed
    )


def cells_of(draft: PlanDraft) -> frozenset[Cell]:
    """Return a draft's cells."""
    return frozenset(Cell(lecture, Role(role), group) for lecture, role, group in draft.cells)


def as_rows(cells: Collection[Cell]) -> list[list[int | str]]:
    """Return cells as a draft keeps them."""
    return [[cell.lecture, cell.role.value, cell.group] for cell in sorted(cells)]


def _is_there(planning: RolePlanning, cell: Cell) -> bool:
    return cell.group in planning.groups and cell.lecture in planning.lectures


def solve_of(actor: Actor, *, now: datetime, solve_id: int) -> PlanSolve | None:
    """Return a search for a plan of the actor's course, for staff."""
    if actor.course is None or not actor.is_staff:
        return None
    found = PlanSolve.objects.filter(course=actor.course, pk=solve_id)
    return found.select_related("asked_by", "draft").first()


def has_died(solve: PlanSolve, *, now: datetime) -> bool:
    """Say whether a search's worker has been silent for so long that it must have died."""
    if solve.state not in ("running", "stopping") or solve.told_at is None:
        return False
    return (now - solve.told_at).total_seconds() > SILENT_AFTER_SECONDS
