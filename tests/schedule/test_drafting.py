"""Drafts of the plan: every edit the next one, broken rules shown, cells settled (domain.md §7)."""

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import RuleChange, RuleName
from courseapp.kernel import clock
from courseapp.kernel.decisions import Denied, Refused
from schedule.models import CellRule, PlanDraft, PlannedCell
from schedule.planning import Cell, Role, Rule
from schedule.policies import read_plan
from schedule.selectors.drafts import cells_of, sheet_of
from schedule.services.drafting import (
    CellEdit,
    Settlement,
    edit_cell,
    exchange,
    lift_settlement,
    resume_draft,
    settle_cell,
)
from tests.factories import LECTURE_AT, actor, assign, derive, make_course, make_group, make_lecture
from tests.schedule.plan_scenes import BEFORE, LATER, PlanScene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> PlanScene:
    return PlanScene()


def edit(scene: PlanScene, cell: Cell, *, role: Role | None, replaces: bool = True) -> PlanDraft:
    wish = CellEdit(cell.group, cell.lecture, role, replaces=replaces)
    number = scene.sheet().number
    return edit_cell(actor=scene.planner, number=number, edit=wish, now=LATER)


def code(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.denied.code


def test_an_edit_makes_the_next_draft_and_leaves_the_one_before_as_it_was(scene: PlanScene) -> None:
    first = scene.solve()
    presenting = next(cell for cell in cells_of(first) if cell.role == Role.PRESENTER)

    second = edit(scene, presenting, role=None)

    assert (second.number, second.based_on) == (2, first)
    assert cells_of(second) == cells_of(first) - {presenting}
    assert "plays no part in" in second.change
    first.refresh_from_db()
    assert presenting in cells_of(first)
    assert scene.standing() == set()


def test_a_role_is_taken_from_who_holds_it_or_held_by_both(scene: PlanScene) -> None:
    first = scene.solve()
    held = next(cell for cell in cells_of(first) if cell.role == Role.PRESENTER)
    other = next(group.pk for group in scene.groups if group.pk != held.group)
    wish = replace(held, group=other)

    both = edit(scene, wish, role=Role.PRESENTER, replaces=False)
    assert {held, wish} <= cells_of(both)
    assert Rule.ONE_GROUP in {found.rule for found in scene.sheet().broken}

    taken = edit(scene, wish, role=Role.PRESENTER)
    assert wish in cells_of(taken)
    assert held not in cells_of(taken)


def test_without_a_draft_an_edit_goes_on_from_the_published_plan(scene: PlanScene) -> None:
    kept = assign(scene.lectures[0], scene.groups[0])
    draft = edit(scene, scene.cell(1, 1), role=Role.PRESENTER)
    assert (draft.number, draft.based_on) == (1, None)
    assert cells_of(draft) == {
        Cell(kept.lecture_id, Role.PRESENTER, kept.group_id),
        scene.cell(1, 1),
    }


def test_an_exchange_mends_the_rule_that_an_edit_broke_at_once(scene: PlanScene) -> None:
    scene.solve()
    one, two = sorted(cell for cell in scene.sheet().cells if cell.role == Role.AUTHORS)[:2]
    exchange(actor=scene.planner, number=1, first=one, second=two, now=LATER)
    broken = scene.sheet().broken_lines()
    assert broken
    assert all(line.sentence for line in broken)
    best = next(line for line in broken if line.mending).mending[0]
    exchange(actor=scene.planner, number=2, first=best.first, second=best.second, now=LATER)
    assert len(scene.sheet().broken) == best.broken_count < len(broken)


def test_nobody_overwrites_what_someone_else_changed_meanwhile(scene: PlanScene) -> None:
    scene.solve()
    edit(scene, scene.cell(0, 0), role=None)
    one, two = sorted(cell for cell in scene.sheet().cells if cell.role == Role.AUTHORS)[:2]
    with pytest.raises(Refused) as caught:
        exchange(actor=scene.planner, number=1, first=one, second=two, now=LATER)
    assert code(caught) == "changed_since"
    gone = replace(one, group=two.group)
    with pytest.raises(Refused) as caught:
        exchange(actor=scene.planner, number=2, first=gone, second=two, now=LATER)
    assert code(caught) == "changed_since"
    assert PlanDraft.objects.count() == 2


def test_an_older_draft_comes_back_as_the_newest(scene: PlanScene) -> None:
    first = scene.solve()
    edit(scene, scene.cell(0, 0), role=None)
    back = resume_draft(actor=scene.planner, number=1, now=LATER)
    assert (back.number, cells_of(back)) == (3, cells_of(first))
    empty = resume_draft(actor=scene.planner, number=0, now=LATER)
    assert (empty.cells, empty.change) == ([], "Went back to the published plan.")
    with pytest.raises(Refused) as caught:
        resume_draft(actor=scene.planner, number=99, now=LATER)
    assert code(caught) == "not_found"


def test_only_who_changes_the_plan_drafts_and_a_ta_by_grant(scene: PlanScene) -> None:
    wish = CellEdit(scene.groups[0].pk, scene.lectures[0].pk, Role.PRESENTER)
    for who in (scene.grant(), Actor(user_id=None), Actor(None, scene.course)):
        with pytest.raises(Refused) as caught:
            edit_cell(actor=who, number=0, edit=wish, now=LATER)
        assert code(caught) in ("not_permitted", "not_found")
    assert not PlanDraft.objects.exists()
    assert (
        edit_cell(actor=scene.grant(Permission.CHANGE_PLAN), number=0, edit=wish, now=LATER).made_by
        == scene.ta
    )


def test_what_has_begun_or_is_elsewhere_is_not_drafted(scene: PlanScene) -> None:
    stranger = make_course()
    elsewhere = make_group(stranger), make_lecture(stranger)
    derive(stranger)
    cases = [
        (scene.groups[0].pk, elsewhere[1].pk, BEFORE, "not_found"),
        (elsewhere[0].pk, scene.lectures[0].pk, BEFORE, "not_found"),
        (scene.groups[0].pk, scene.lectures[0].pk, LECTURE_AT, "begun"),
    ]
    for group, lecture, now, wanted in cases:
        with pytest.raises(Refused) as caught:
            edit_cell(
                actor=scene.planner,
                number=0,
                edit=CellEdit(group, lecture, Role.PRESENTER),
                now=now,
            )
        assert code(caught) == wanted


def test_a_draft_outlives_a_group_that_dissolves_and_a_lecture_that_begins(
    scene: PlanScene,
) -> None:
    scene.solve()
    group = scene.groups[0]
    group.memberships.update(ends_at=LATER)
    group.dissolved_at = LATER
    group.save(update_fields=["dissolved_at"])
    after_one = scene.sheet(now=LECTURE_AT + timedelta(days=1))
    assert after_one.lost_count == 3
    assert all(cell.lecture != scene.lectures[0].pk for cell in after_one.cells)
    assert all(cell.group != group.pk for cell in after_one.cells)


def test_settled_cells_bind_the_planner_until_they_are_lifted(scene: PlanScene) -> None:
    away, fixed = scene.cell(0, 0), scene.cell(1, 2)
    ruled_out = scene.cell(2, 1, Role.REVIEWERS)
    scene.rank(0, 0)
    for wish in (
        Settlement(away.group, away.lecture, CellRule.BLACKOUT, reason="A conference."),
        Settlement(fixed.group, fixed.lecture, CellRule.FIXED, Role.PRESENTER),
        Settlement(ruled_out.group, ruled_out.lecture, CellRule.FORBIDDEN, Role.REVIEWERS),
    ):
        settle_cell(actor=scene.planner, wish=wish, now=BEFORE)

    cells = cells_of(scene.solve())

    assert fixed in cells
    assert ruled_out not in cells
    assert not any((cell.group, cell.lecture) == (away.group, away.lecture) for cell in cells)
    settled = PlannedCell.objects.get(rule=CellRule.BLACKOUT)
    assert (settled.set_by, settled.reason) == (scene.instructor, "A conference.")

    lift_settlement(actor=scene.planner, settled_id=settled.pk, now=LATER)
    assert away in cells_of(scene.solve(now=LATER))
    settled.refresh_from_db()
    assert (settled.withdrawn_at, settled.withdrawn_by) == (LATER, scene.instructor)
    with pytest.raises(Refused) as caught:
        lift_settlement(actor=scene.planner, settled_id=settled.pk, now=LATER)
    assert code(caught) == "not_found"


def test_settling_a_cell_anew_replaces_what_was_settled_there(scene: PlanScene) -> None:
    cell = scene.cell(0, 0)
    for rule in (CellRule.FIXED, CellRule.FORBIDDEN):
        wish = Settlement(cell.group, cell.lecture, rule, Role.PRESENTER)
        settle_cell(actor=scene.planner, wish=wish, now=BEFORE)
    assert PlannedCell.objects.current().get().rule == CellRule.FORBIDDEN
    event = PlannedCell.objects.current().get().events.get()  # type: ignore[attr-defined]
    assert event.pgh_context.metadata["action"] == "settle_cell"


def test_a_role_is_settled_with_its_role_and_absence_without_one(scene: PlanScene) -> None:
    cell = scene.cell(0, 0)
    for rule, role in ((CellRule.FIXED, None), (CellRule.BLACKOUT, Role.PRESENTER)):
        with pytest.raises(Refused) as caught:
            settle_cell(
                actor=scene.planner,
                wish=Settlement(cell.group, cell.lecture, rule, role),
                now=BEFORE,
            )
        assert code(caught) == "role_missing"
        with pytest.raises(IntegrityError), transaction.atomic():
            PlannedCell.objects.create(
                group_id=cell.group,
                lecture_id=cell.lecture,
                rule=rule,
                role=role or "",
                set_at=BEFORE,
            )


def test_a_rule_about_a_lecture_that_has_begun_binds_nobody_any_more(scene: PlanScene) -> None:
    cell = scene.cell(0, 0)
    wish = Settlement(cell.group, cell.lecture, CellRule.FIXED, Role.PRESENTER)
    settle_cell(actor=scene.planner, wish=wish, now=BEFORE)
    assert scene.sheet(now=LECTURE_AT).planning.problem.fixed == frozenset()


def test_a_bound_holds_while_nothing_that_was_asked_has_changed(scene: PlanScene) -> None:
    scene.rank(0, 0, 1)
    scene.rank(1, 0)
    scene.solve()
    assert scene.sheet().bound == scene.sheet().figures.cost == 1
    edit(scene, scene.cell(3, 3), role=None)
    assert scene.sheet().bound == 1
    scene.rank(2, 2)
    assert scene.sheet().bound is None


def test_drafts_are_read_by_staff_alone(scene: PlanScene) -> None:
    student = actor(scene.members[0][0])
    assert read_plan(student, object(), now=LATER) == Denied(
        "staff_only", "Drafts of the plan are for the staff of the course."
    )
    assert read_plan(scene.grant(), object(), now=LATER)
    assert sheet_of(student, now=LATER) is None
    assert sheet_of(scene.grant(), now=LATER) is not None


def test_the_command_and_the_planner_keep_to_what_the_course_settled(scene: PlanScene) -> None:
    ruled_out = scene.cell(0, 0)
    scene.rank(0, 0)
    wish = Settlement(ruled_out.group, ruled_out.lecture, CellRule.FORBIDDEN, Role.PRESENTER)
    settle_cell(actor=scene.planner, wish=wish, now=BEFORE)
    out = StringIO()
    with clock.standing_at(BEFORE):
        call_command("assign_roles", scene.course.slug, "--json", "--dry-run", stdout=out)
    shown = json.loads(out.getvalue())
    first = scene.lectures[0].position
    presenting = [
        row["group"]
        for row in shown["assignments"]
        if (row["lecture"], row["role"]) == (first, "presenter")
    ]
    assert len(presenting) == 1
    assert presenting != ["Group 1"]


def test_duties_lie_as_far_apart_as_the_course_asks_from_the_day_on(scene: PlanScene) -> None:
    RuleChange.objects.create(
        course=scene.course,
        name=RuleName.DUTY_DISTANCE_DAYS,
        value=10,
        holds_from=LATER.date(),
        set_at=BEFORE,
    )
    assert scene.sheet(now=LATER - timedelta(days=1)).planning.problem.minimum_distance.days == 6
    assert scene.sheet(now=LATER + timedelta(days=1)).planning.problem.minimum_distance.days == 10
