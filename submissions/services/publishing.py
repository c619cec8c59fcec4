"""Publishing a plan of roles: who plays which part from now on (domain.md §7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused, require
from schedule.models import RoleAssignment
from schedule.planning import Cell, Role, broken_rules
from schedule.selectors.planning import role_planning
from submissions import policies
from submissions.services.deriving import derive_deliverables


@dataclass(frozen=True)
class PublishedPlan:
    """How many assignments a published plan withdrew, and how many it added."""

    withdrawn_count: int
    assigned_count: int


@transaction.atomic
def publish_plan(*, actor: Actor, plan: Collection[Cell], now: datetime) -> PublishedPlan:
    """Let a whole plan stand from now on; an assignment that it repeats goes on as it is.

    Lectures that have begun keep what they have: a plan that says otherwise breaks a rule, also when
    it was made before they began. A withdrawn assignment stays, so what was owed can be told (§4).
    """
    if actor.course is None:
        raise Refused(Denied("not_found", "There is no such course."))
    course = Course.objects.select_for_update().get(pk=actor.course.pk)
    planning = role_planning(course, now=now)
    problem = planning.problem
    if any(
        cell.group not in planning.groups or cell.lecture not in planning.lectures for cell in plan
    ):
        raise Refused(Denied("not_found", "The plan names a group or a lecture that is gone."))
    broken = [found.rule for found in broken_rules(problem, plan)]
    require(policies.publish_plan(actor, broken, now=now))
    open_lectures = planning.lectures.keys() - problem.closed
    wanted = {cell for cell in plan if cell.lecture in open_lectures}
    standing = {
        Cell(found.lecture_id, Role(found.role), found.group_id): found.pk
        for found in RoleAssignment.objects.current().filter(lecture__in=open_lectures)
    }
    ended = [standing[cell] for cell in standing.keys() - wanted]
    begun = sorted(wanted - standing.keys())
    with audit.acting(user_id=actor.user_id, action="publish_plan"):
        # An import may date an assignment ahead; none ends before it began.
        RoleAssignment.objects.filter(pk__in=ended).update(
            withdrawn_at=Greatest("assigned_at", Value(now))
        )
        RoleAssignment.objects.bulk_create([_assignment(cell, now=now) for cell in begun])
        derive_deliverables(course=course, now=now)
    return PublishedPlan(withdrawn_count=len(ended), assigned_count=len(begun))


def _assignment(cell: Cell, *, now: datetime) -> RoleAssignment:
    return RoleAssignment(
        lecture_id=cell.lecture,
        group_id=cell.group,
        role=cell.role.value,
        position=list(Role).index(cell.role) + 1,
        assigned_at=now,
    )
