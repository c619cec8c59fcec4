"""Searching for a plan in the background: the row is the truth, the job a hint (domain.md §7).

A search that has begun is never begun again: what a lost worker left is said on the page, and a
person asks anew.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import clock, hints
from courseapp.kernel.database import take_turn
from courseapp.kernel.decisions import Denied, Refused, require
from schedule import policies
from schedule.models import PlanDraft, PlanSolve, SolveState
from schedule.planning import NoPlanInTime, Plan, Progress, Status, plan_roles
from schedule.selectors.drafts import SILENT_AFTER_SECONDS
from schedule.selectors.planning import RolePlanning, digest_of, role_planning
from schedule.services.drafting import append_draft

# The job that calls `sweep`.
SWEEP = "schedule.solve_plans"
DIED = "The worker that searched has died. Nothing is lost but the search: start it again."
BEGUN = (SolveState.RUNNING, SolveState.STOPPING)


@transaction.atomic
def ask_solve(*, actor: Actor, time_limit: int, now: datetime) -> PlanSolve:
    """Let the planner search; one search at a time and course, which this returns if there is one."""
    if actor.course is None:
        raise Refused(Denied("not_found", "There is no such course."))
    require(policies.change_plan(actor, actor.course, now=now))
    course = Course.objects.select_for_update().get(pk=actor.course.pk)
    fail_silent(now=now)
    running = PlanSolve.objects.going_on().filter(course=course).first()
    if running is not None:
        return running
    planning = role_planning(course, now=now)
    if not planning.groups or not planning.lectures:
        raise Refused(
            Denied("nothing_to_plan", "There are no groups, or no lectures that groups present.")
        )
    solve = PlanSolve.objects.create(
        course=course, time_limit=time_limit, asked_by=actor.enrollment, asked_at=now
    )
    hint()
    return solve


@transaction.atomic
def stop_solve(*, actor: Actor, solve_id: int, now: datetime) -> None:
    """Ask a search to end with the best plan that it has; one that has ended stays as it is."""
    require(policies.change_plan(actor, actor.course, now=now))
    mine = PlanSolve.objects.filter(course=actor.course, pk=solve_id)
    mine.filter(state=SolveState.RUNNING).update(state=SolveState.STOPPING)
    mine.filter(state=SolveState.QUEUED).update(
        state=SolveState.FAILED, ended_at=now, failure="You stopped it before it began."
    )


def hint() -> None:
    """Wake the worker after commit; where no broker answers, the sweep finds the row."""
    hints.wake_after_commit(SWEEP)


def sweep(*, now: datetime) -> int:
    """Say of silent searches that they have died, and search what waits; return how many ended."""
    fail_silent(now=now)
    ended = 0
    while (solve := _claim(now=clock.now())) is not None:
        _search(solve)
        ended += 1
    return ended


def fail_silent(*, now: datetime) -> None:
    """End the searches whose worker has died."""
    silent_since = now - timedelta(seconds=SILENT_AFTER_SECONDS)
    PlanSolve.objects.filter(state__in=BEGUN, told_at__lt=silent_since).update(
        state=SolveState.FAILED, ended_at=now, failure=DIED
    )


@transaction.atomic
def _claim(*, now: datetime) -> PlanSolve | None:
    """Take the oldest that waits; one goes on at a time, so that a worker is left for what is short."""
    take_turn(SWEEP)
    if PlanSolve.objects.filter(state__in=BEGUN).exists():
        return None
    waiting = PlanSolve.objects.filter(state=SolveState.QUEUED).order_by("pk")
    solve = waiting.select_for_update(skip_locked=True).first()
    if solve is None:
        return None
    solve.state = SolveState.RUNNING
    solve.started_at = solve.told_at = now
    solve.save()
    return solve


def _search(solve: PlanSolve) -> None:
    """Search, tell how far it is, and keep what was found; an error ends the search, not the worker."""
    planning = role_planning(Course.objects.get(pk=solve.course_id), now=clock.now())
    try:
        plan = plan_roles(
            planning.problem, time_limit=float(solve.time_limit), report=_reporter(solve.pk)
        )
    except NoPlanInTime as answer:
        _end(solve.pk, failure=str(answer), now=clock.now())
    except Exception:
        _end(
            solve.pk, failure="The search broke off by a defect, which is logged.", now=clock.now()
        )
        raise
    else:
        _keep(solve.pk, planning, plan, now=clock.now())


def _reporter(solve_id: int) -> Callable[[Progress], bool]:
    def tell(progress: Progress) -> bool:
        """Write the progress down; go on while nobody asked to stop, or gave the search up."""
        mine = PlanSolve.objects.filter(pk=solve_id, state__in=BEGUN)
        mine.update(
            seconds=progress.seconds,
            cost=progress.cost,
            bound=progress.bound,
            told_at=clock.now(),
        )
        return mine.filter(state=SolveState.RUNNING).exists()

    return tell


@transaction.atomic
def _keep(solve_id: int, planning: RolePlanning, plan: Plan, *, now: datetime) -> None:
    """Make the plan that was found the newest draft; without one, keep the rules that conflict."""
    solve = PlanSolve.objects.select_for_update().get(pk=solve_id)
    if solve.state not in BEGUN:
        return
    solve.state, solve.ended_at, solve.told_at = SolveState.DONE, now, now
    solve.seconds, solve.cost, solve.bound = plan.seconds, plan.cost, plan.bound
    solve.conflicts = [found.sentence for found in plan.conflicts]
    solve.save()
    if plan.status == Status.INFEASIBLE:
        return
    course = Course.objects.select_for_update().get(pk=solve.course_id)
    draft = PlanDraft(
        course=course,
        solve=solve,
        change=f"Solved in {_spent(plan.seconds)}, {_proof(plan)}.",
        bound=plan.bound,
        question=digest_of(planning.problem),
        made_by_id=solve.asked_by_id,
        made_at=now,
    )
    append_draft(draft, cells=plan.assignments)


def _spent(seconds: float) -> str:
    return "less than a second" if seconds < 1 else f"{seconds:.0f} s"


def _proof(plan: Plan) -> str:
    return "proved best" if plan.status == Status.OPTIMAL else "not proved best"


def _end(solve_id: int, *, failure: str, now: datetime) -> None:
    PlanSolve.objects.filter(pk=solve_id, state__in=BEGUN).update(
        state=SolveState.FAILED, ended_at=now, failure=failure
    )
