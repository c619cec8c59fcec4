"""Who may rank lectures and slots, and who changes the plan of roles."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Enrollment
from courseapp.course.policies import require_permission
from courseapp.kernel.decisions import Allowed, Decision, Denied
from courseapp.kernel.templatetags.times import in_zone


@dataclass(frozen=True)
class Ranking:
    """Lectures in a group's order, with what decides whether they may be ranked."""

    members: Sequence[Enrollment]
    lecture_ids: Sequence[int]
    student_lecture_ids: frozenset[int]


def rank_lectures(actor: Actor, ranking: Ranking, *, now: datetime) -> Decision:
    """A group's members rank lectures that groups present, each once; so does staff for them (§7)."""
    open_to = rank_for(actor, ranking.members, now=now)
    if isinstance(open_to, Denied):
        return open_to
    if _has_doubles(ranking.lecture_ids):
        return Denied("ranked_twice", "A lecture is ranked twice; give each lecture one rank.")
    if not ranking.student_lecture_ids.issuperset(ranking.lecture_ids):
        return Denied(
            "not_presented_by_groups",
            "Only lectures of this course that groups present can be ranked; staff present another.",
        )
    return Allowed()


def rank_for(actor: Actor, members: Sequence[Enrollment], *, now: datetime) -> Decision:
    """A group's members rank until groups are formed; staff who change groups also later."""
    if actor.may(Permission.CHANGE_GROUPS):
        return Allowed()
    if actor.enrollment is None or actor.enrollment not in members:
        return Denied("not_yours", "Only a group's members, or an instructor, rank its lectures.")
    until = None if actor.course is None else actor.course.groups_form_until
    if actor.course is not None and until is not None and now > until:
        when = in_zone(until, actor.course.timezone)
        return Denied(
            "ranking_closed", f"Ranking closed {when}. An instructor can still rank for you."
        )
    return Allowed()


def rank_slots(
    actor: Actor, members: Sequence[Enrollment], *, is_placed: bool, now: datetime
) -> Decision:
    """A group's members rank slots until the slots are placed; staff rank for them."""
    if actor.may(Permission.CHANGE_GROUPS):
        return Allowed()
    if actor.enrollment is None or actor.enrollment not in members:
        return Denied("not_yours", "Only a group's members, or an instructor, rank its slots.")
    if is_placed:
        return Denied("placed", "The slots have been placed; ask an instructor for another.")
    return Allowed()


def _has_doubles(ids: Sequence[int]) -> bool:
    return any(count > 1 for count in Counter(ids).values())


def read_plan(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Staff read drafts of the plan."""
    if actor.is_staff:
        return Allowed()
    return Denied("staff_only", "Drafts of the plan are for the staff of the course.")


def change_plan(actor: Actor, target: object, *, now: datetime) -> Decision:
    """An instructor drafts, solves and settles; a TA by an instructor's grant."""
    return require_permission(
        actor, Permission.CHANGE_PLAN, sentence="Only an instructor changes the plan of roles."
    )
