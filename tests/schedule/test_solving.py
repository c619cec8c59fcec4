"""Searching in the background: one at a time, told, stopped, noticed when its worker dies (§7)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from courseapp.course.actors import Actor, Permission
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from schedule.models import PlanDraft, PlanSolve, SolveState
from schedule.planning import Plan, Problem, Progress, plan_roles
from schedule.selectors.drafts import SILENT_AFTER_SECONDS
from schedule.selectors.searches import search_of
from schedule.services import solving
from schedule.tasks import solve_plans
from tests.factories import enroll, make_course
from tests.schedule.plan_scenes import BEFORE, LATER, PlanScene

pytestmark = pytest.mark.django_db
SILENT = timedelta(seconds=SILENT_AFTER_SECONDS, microseconds=1)


@pytest.fixture
def scene() -> PlanScene:
    return PlanScene()


def ask(scene: PlanScene, *, now: datetime = BEFORE) -> PlanSolve:
    return solving.ask_solve(actor=scene.planner, time_limit=60, now=now)


def during_the_search(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen while the planner searches, before it tells its progress again."""

    def search(problem: Problem, **options: object) -> Plan:
        report: Callable[[Progress], bool] = options["report"]  # type: ignore[assignment]
        assert report(Progress(0.5, 7.0, 3.0))
        act()
        told.append(report(Progress(1.0, 6.0, 3.0)))
        return plan_roles(problem)

    told: list[bool] = []
    monkeypatch.setattr(solving, "plan_roles", search)
    with clock.standing_at(BEFORE):
        solve_plans()
    assert told


def test_what_is_found_is_the_next_draft_proved_for_the_question_that_was_asked(
    scene: PlanScene,
) -> None:
    scene.rank(0, 1)
    solve = ask(scene)
    assert solve.state == SolveState.QUEUED
    with clock.standing_at(BEFORE):
        assert solving.sweep(now=BEFORE) == 1
        assert solving.sweep(now=BEFORE) == 0
    solve.refresh_from_db()
    draft = PlanDraft.objects.get()
    assert (solve.state, solve.draft, draft.made_by) == ("done", draft, scene.instructor)
    assert (solve.cost, solve.bound, draft.bound, len(draft.cells)) == (0, 0, 0, 12)
    assert draft.change.endswith("proved best.")
    assert scene.sheet().broken == []


def test_progress_is_written_down_while_the_search_goes_on(
    scene: PlanScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = ask(scene)
    seen: list[tuple[object, ...]] = []

    def look() -> None:
        found = search_of(scene.planner, now=BEFORE, solve_id=solve.pk)
        assert found is not None
        seen.append((found.solve.cost, found.solve.bound, round(found.gap or 0), found.can_stop))

    during_the_search(monkeypatch, look)
    assert seen == [(7.0, 3.0, 57, True)]


def test_a_search_that_is_asked_to_stop_ends_with_the_best_that_it_has(
    scene: PlanScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = ask(scene)

    def stop() -> None:
        solving.stop_solve(actor=scene.planner, solve_id=solve.pk, now=BEFORE)
        solve.refresh_from_db()
        assert solve.state == SolveState.STOPPING

    during_the_search(monkeypatch, stop)
    solve.refresh_from_db()
    assert (solve.state, PlanDraft.objects.count()) == ("done", 1)
    solving.stop_solve(actor=scene.planner, solve_id=solve.pk, now=LATER)
    solve.refresh_from_db()
    assert solve.state == "done"


def test_one_that_is_stopped_before_it_began_never_begins(scene: PlanScene) -> None:
    solve = ask(scene)
    solving.stop_solve(actor=scene.planner, solve_id=solve.pk, now=BEFORE)
    with clock.standing_at(BEFORE):
        assert solving.sweep(now=BEFORE) == 0
    solve.refresh_from_db()
    assert (solve.state, solve.failure) == ("failed", "You stopped it before it began.")


def test_one_search_at_a_time_whoever_asks(scene: PlanScene) -> None:
    solve = ask(scene)
    assert ask(scene) == solve
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanSolve.objects.create(course=scene.course, time_limit=60, asked_at=BEFORE)


def test_while_another_course_is_searched_for_a_search_waits_its_turn(scene: PlanScene) -> None:
    PlanSolve.objects.create(
        course=make_course(slug="another"),
        time_limit=60,
        asked_at=BEFORE,
        state=SolveState.RUNNING,
        started_at=BEFORE,
        told_at=BEFORE,
    )
    solve = ask(scene)
    with clock.standing_at(BEFORE):
        assert solving.sweep(now=BEFORE) == 0
    solve.refresh_from_db()
    assert solve.state == SolveState.QUEUED


def test_a_search_whose_worker_died_says_so_and_another_can_be_asked_for(scene: PlanScene) -> None:
    solve = ask(scene)
    PlanSolve.objects.update(state=SolveState.RUNNING, started_at=BEFORE, told_at=BEFORE)
    alive = search_of(
        scene.planner, now=BEFORE + SILENT - timedelta(microseconds=1), solve_id=solve.pk
    )
    dead = search_of(scene.planner, now=BEFORE + SILENT, solve_id=solve.pk)
    assert alive is not None
    assert dead is not None
    assert (alive.has_died, alive.is_going_on) == (False, True)
    assert (dead.has_died, dead.is_going_on, dead.can_stop) == (True, False, False)
    assert dead.title == "The worker that searched has died"

    another = ask(scene, now=BEFORE + SILENT)
    solve.refresh_from_db()
    assert another != solve
    assert (solve.state, solve.failure) == ("failed", solving.DIED)


def test_a_worker_that_was_given_up_stops_and_brings_no_draft(
    scene: PlanScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = ask(scene)
    during_the_search(monkeypatch, lambda: solving.fail_silent(now=BEFORE + SILENT))
    solve.refresh_from_db()
    assert (solve.state, PlanDraft.objects.count()) == ("failed", 0)


def test_a_defect_ends_the_search_and_is_not_hidden(
    scene: PlanScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = ask(scene)

    def broken(*_: object, **__: object) -> Plan:
        raise ZeroDivisionError

    monkeypatch.setattr(solving, "plan_roles", broken)
    with clock.standing_at(BEFORE), pytest.raises(ZeroDivisionError):
        solve_plans()
    solve.refresh_from_db()
    assert solve.state == "failed"
    assert "defect" in solve.failure


def test_without_time_the_search_says_that_it_found_nothing(scene: PlanScene) -> None:
    ask(scene)
    PlanSolve.objects.update(time_limit=0)
    with clock.standing_at(BEFORE):
        solve_plans()
    assert "allow more time" in PlanSolve.objects.get().failure


def test_rules_that_leave_no_plan_are_kept_in_words_and_make_no_draft() -> None:
    scene = PlanScene(size=2)
    ask(scene)
    with clock.standing_at(BEFORE):
        solve_plans()
    solve = PlanSolve.objects.get()
    assert (solve.state, PlanDraft.objects.count()) == ("done", 0)
    assert "A group plays at most one role in a lecture." in solve.conflicts
    found = search_of(scene.planner, now=LATER, solve_id=solve.pk)
    assert found is not None
    assert (found.title, found.draft_number) == ("There is no plan", None)


def test_only_who_changes_the_plan_starts_and_stops_a_search(scene: PlanScene) -> None:
    outsider = Actor(None, make_course())
    for who in (scene.grant(), outsider, Actor(None)):
        with pytest.raises(Refused):
            solving.ask_solve(actor=who, time_limit=60, now=BEFORE)
    solve = solving.ask_solve(actor=scene.grant(Permission.CHANGE_PLAN), time_limit=60, now=BEFORE)
    with pytest.raises(Refused):
        solving.stop_solve(actor=scene.grant(), solve_id=solve.pk, now=BEFORE)
    stranger = PlanScene()
    solving.stop_solve(actor=stranger.planner, solve_id=solve.pk, now=BEFORE)
    solve.refresh_from_db()
    assert solve.state == SolveState.QUEUED
    student = enroll(scene.course)
    assert search_of(Actor(None, scene.course, student), now=BEFORE, solve_id=solve.pk) is None
    assert search_of(stranger.planner, now=BEFORE, solve_id=solve.pk) is None


def test_with_nothing_to_plan_nothing_is_searched() -> None:
    scene = PlanScene(size=0)
    with pytest.raises(Refused) as caught:
        ask(scene)
    assert caught.value.denied.code == "nothing_to_plan"
