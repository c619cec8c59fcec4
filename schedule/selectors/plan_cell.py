"""One cell of the plan: what a group could play in a lecture, and what that would do (§7)."""

from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor
from groups.models import Group
from schedule.models import Lecture, PlannedCell
from schedule.planning import Cell, Role, RoleNames, broken_rules
from schedule.planning.words import ordinal
from schedule.selectors.drafts import Sheet, sheet_of
from schedule.selectors.plan_grid import SettledLine, settled_lines


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
        return settled_lines(self.sheet, self.settled)


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
