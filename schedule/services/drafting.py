"""Drafting the plan of roles by hand: every edit appends the next draft (domain.md §7)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused, require
from schedule import policies
from schedule.models import CellRule, PlanDraft, PlannedCell
from schedule.planning import Cell, Role, exchanged
from schedule.selectors.drafts import Sheet, as_rows, sheet
from schedule.selectors.planning import digest_of

NOT_FOUND = Denied("not_found", "The plan names a group or a lecture that is gone.")
CHANGED = Denied(
    "changed_since",
    "Someone changed the plan meanwhile, and nothing of yours was saved. Look at it again.",
)
CHANGE_LENGTH = 300


@dataclass(frozen=True)
class CellEdit:
    """What a group plays in a lecture from now on: a role, or nothing; `replaces` who holds it."""

    group_id: int
    lecture_id: int
    role: Role | None
    replaces: bool = False


@transaction.atomic
def edit_cell(*, actor: Actor, number: int, edit: CellEdit, now: datetime) -> PlanDraft:
    """Let a group play a role in a lecture, or none; a rule that this breaks shows, and stays."""
    found = _locked_sheet(actor, number, now=now)
    _require_open(found, edit.group_id, edit.lecture_id)
    others = {
        cell
        for cell in found.cells
        if not (cell.lecture == edit.lecture_id and cell.group == edit.group_id)
        and not (edit.replaces and (cell.lecture, cell.role) == (edit.lecture_id, edit.role))
    }
    cells = others if edit.role is None else others | {_cell(edit, edit.role)}
    group = found.planning.groups[edit.group_id]
    names = found.planning.problem.role_names
    does = "plays no part" if edit.role is None else names.does(edit.role)
    change = f"{group.name} {does} in {found.planning.lectures[edit.lecture_id].title}."
    return _next_draft(actor, found, cells, change=change, now=now)


@transaction.atomic
def exchange(*, actor: Actor, number: int, first: Cell, second: Cell, now: datetime) -> PlanDraft:
    """Let two groups trade the lectures in which they play one role."""
    found = _locked_sheet(actor, number, now=now)
    if first.role != second.role or not {first, second} <= found.cells:
        raise Refused(CHANGED)
    for cell in (first, second):
        _require_open(found, cell.group, cell.lecture)
    groups = found.planning.groups
    change = (
        f"{groups[first.group].name} and {groups[second.group].name} exchanged where each"
        f" {found.planning.problem.role_names.does(first.role)}."
    )
    return _next_draft(actor, found, exchanged(found.cells, first, second), change=change, now=now)


@transaction.atomic
def resume_draft(*, actor: Actor, number: int, now: datetime) -> PlanDraft:
    """Go on from an older draft, or from the published plan (0): it comes back as the newest."""
    course = _locked_course(actor, now=now)
    found = sheet(course, now=now, number=number)
    if found is None:
        raise Refused(Denied("not_found", "There is no such draft."))
    name = "the published plan" if found.draft is None else f"draft {number}"
    return _next_draft(actor, found, found.cells, change=f"Went back to {name}.", now=now)


@dataclass(frozen=True)
class Settlement:
    """A rule about a cell: fixed or ruled out in a role, or away (no role)."""

    group_id: int
    lecture_id: int
    rule: CellRule
    role: Role | None = None
    reason: str = ""


@transaction.atomic
def settle_cell(*, actor: Actor, wish: Settlement, now: datetime) -> PlannedCell:
    """Fix a cell, rule it out, or note that a group is away; what was settled there before is lifted."""
    course = _locked_course(actor, now=now)
    found = sheet(course, now=now)
    assert found is not None
    _require_open(found, wish.group_id, wish.lecture_id)
    if (wish.role is None) != (wish.rule == CellRule.BLACKOUT):
        raise Refused(Denied("role_missing", "Say which role is fixed or ruled out."))
    role = "" if wish.role is None else wish.role.value
    place = {"group_id": wish.group_id, "lecture_id": wish.lecture_id, "role": role}
    with audit.acting(user_id=actor.user_id, action="settle_cell", reason=wish.reason):
        PlannedCell.objects.current().filter(**place).update(
            withdrawn_at=now, withdrawn_by=actor.enrollment
        )
        return PlannedCell.objects.create(
            **place, rule=wish.rule, reason=wish.reason, set_by=actor.enrollment, set_at=now
        )


@transaction.atomic
def lift_settlement(*, actor: Actor, settled_id: int, now: datetime) -> None:
    """Lift what was settled about a cell; it stays on record."""
    course = _locked_course(actor, now=now)
    standing = PlannedCell.objects.current().filter(pk=settled_id, group__course=course)
    with audit.acting(user_id=actor.user_id, action="lift_settlement"):
        if not standing.update(withdrawn_at=now, withdrawn_by=actor.enrollment):
            raise Refused(Denied("not_found", "This was lifted already."))


def append_draft(draft: PlanDraft, *, cells: Collection[Cell]) -> PlanDraft:
    """Number a draft and keep it; the caller holds the course's lock."""
    latest = PlanDraft.objects.filter(course=draft.course).order_by("-number").first()
    draft.number = 1 if latest is None else latest.number + 1
    draft.cells = as_rows(cells)
    draft.change = draft.change[:CHANGE_LENGTH]
    draft.save()
    return draft


def _next_draft(
    actor: Actor, found: Sheet, cells: Collection[Cell], *, change: str, now: datetime
) -> PlanDraft:
    draft = PlanDraft(
        course=found.course,
        based_on=found.draft,
        change=change,
        # What no plan can undercut stays proved while the question is the same.
        bound=found.bound,
        question="" if found.bound is None else digest_of(found.planning.problem),
        made_by=actor.enrollment,
        made_at=now,
    )
    return append_draft(draft, cells=cells)


def _locked_course(actor: Actor, *, now: datetime) -> Course:
    if actor.course is None:
        raise Refused(Denied("not_found", "There is no such course."))
    require(policies.change_plan(actor, actor.course, now=now))
    return Course.objects.select_for_update().get(pk=actor.course.pk)


def _locked_sheet(actor: Actor, number: int, *, now: datetime) -> Sheet:
    """Return the draft that was edited, if it is still the newest."""
    course = _locked_course(actor, now=now)
    found = sheet(course, now=now)
    if found is None or found.number != number:
        raise Refused(CHANGED)
    return found


def _require_open(found: Sheet, group_id: int, lecture_id: int) -> None:
    if group_id not in found.planning.groups or lecture_id not in found.planning.lectures:
        raise Refused(NOT_FOUND)
    if lecture_id in found.planning.problem.closed:
        raise Refused(
            Denied("begun", "This lecture has begun: what happened in it is not planned any more.")
        )


def _cell(edit: CellEdit, role: Role) -> Cell:
    return replace(Cell(edit.lecture_id, role, 0), group=edit.group_id)
