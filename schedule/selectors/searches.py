"""A search for a plan, as it is shown (domain.md §7)."""

from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor, Permission
from schedule.models import PlanSolve, SolveState
from schedule.planning import gap_of
from schedule.selectors.drafts import has_died, solve_of


@dataclass(frozen=True)
class Search:
    """How far a search is, and what can be done about it."""

    solve: PlanSolve
    has_died: bool
    may_change: bool

    @property
    def is_going_on(self) -> bool:
        """Say whether there is something to wait for."""
        return self.solve.ended_at is None and not self.has_died

    @property
    def can_stop(self) -> bool:
        """Say whether a click can still end it."""
        waits = self.solve.state in (SolveState.QUEUED, SolveState.RUNNING)
        return self.may_change and waits and not self.has_died

    @property
    def gap(self) -> float | None:
        """Return which share of the cost may still be saved, in per cent."""
        if self.solve.cost is None or self.solve.bound is None:
            return None
        return 100 * gap_of(cost=self.solve.cost, bound=self.solve.bound)

    @property
    def draft_number(self) -> int | None:
        """Return the number of the draft that came of it."""
        draft = getattr(self.solve, "draft", None)
        return None if draft is None else draft.number

    @property
    def title(self) -> str:
        """Say in a few words where the search is."""
        if self.has_died:
            return "The worker that searched has died"
        if self.solve.state == SolveState.DONE:
            return "A plan was found" if self.draft_number else "There is no plan"
        return {
            SolveState.QUEUED: "The planner is about to start",
            SolveState.RUNNING: "The planner is searching",
            SolveState.STOPPING: "Stopping with the best plan so far",
            SolveState.FAILED: "The search brought no plan",
        }[SolveState(self.solve.state)]


def search_of(actor: Actor, *, now: datetime, solve_id: int) -> Search | None:
    """Return a search of the actor's course, for staff."""
    solve = solve_of(actor, now=now, solve_id=solve_id)
    if solve is None:
        return None
    may_change = bool(actor.may(Permission.CHANGE_PLAN))
    return Search(solve, has_died=has_died(solve, now=now), may_change=may_change)
