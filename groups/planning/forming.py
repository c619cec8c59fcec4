"""From who remains to a division: first the sizes, then who sits with whom (docs/forming.md)."""

from groups.planning.problem import Problem
from groups.planning.result import Division, PlannedGroup, Waiver
from groups.planning.seating import Draft, seat
from groups.planning.sizes import settle_sizes
from groups.planning.solving import Stopwatch
from groups.planning.words import shared_words, why, why_left, why_waiver

TIME_LIMIT = 10.0


def form_the_rest(problem: Problem, *, time_limit: float = TIME_LIMIT) -> Division:
    """Place everyone who remains: fewest waivers, closest sizes, fewest changes, shared interests.

    Groups that stand are never divided. The same people and groups get the same division, unless
    the time limit cuts the search short.
    """
    watch = Stopwatch(time_limit)
    sizes = settle_sizes(problem, watch=watch)
    seating = seat(problem, sizes, watch=watch)
    changed = [draft for draft in seating.drafts if not draft.standing or draft.shape.is_change]
    planned = [_planned(problem, draft, is_proved=sizes.is_proved) for draft in changed]
    touched = {group.id for draft in changed for group in draft.standing}
    left = tuple(
        Waiver(group.id, group.size, why_left(problem, group))
        for group in problem.groups
        if group.id not in touched and group.size and problem.distance(group.size)
    )
    fixed_count = len(_outside_and_closed(problem))
    return Division(
        planned=tuple(sorted(planned, key=_groups_that_stand_first)),
        left_outside=left,
        waiver_bound=sizes.waiver_bound + fixed_count,
        shared_count=seating.shared_count,
        shared_bound=seating.shared_bound,
        is_proved=sizes.is_proved and seating.shared_count == seating.shared_bound,
        seconds=watch.spent,
    )


def _planned(problem: Problem, draft: Draft, *, is_proved: bool) -> PlannedGroup:
    # The largest group keeps its name, of several the one with the lowest id.
    draft.standing.sort(key=lambda group: (-group.size, group.id))
    return PlannedGroup(
        group_id=draft.standing[0].id if draft.standing else None,
        newcomers=tuple(sorted(person.id for person in draft.newcomers)),
        merged=tuple(group.id for group in draft.standing[1:]),
        size=draft.shape.size,
        shared=shared_words(problem, draft),
        why=why(problem, draft),
        waiver_why=why_waiver(problem, draft.shape.size, is_proved=is_proved),
    )


def _groups_that_stand_first(planned: PlannedGroup) -> tuple[bool, int, tuple[int, ...]]:
    return planned.group_id is None, planned.group_id or 0, planned.newcomers


def _outside_and_closed(problem: Problem) -> list[int]:
    """Return the groups that need a waiver whatever is proposed."""
    open_ids = {group.id for group in problem.open_groups}
    return [
        group.id
        for group in problem.groups
        if group.id not in open_ids and group.size and problem.distance(group.size)
    ]
