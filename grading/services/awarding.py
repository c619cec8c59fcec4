"""Awarding: append a grade; the latest is current (domain.md §10)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment, Role
from courseapp.kernel import audit
from courseapp.kernel.decisions import Decision, require
from grading import policies
from grading.models import Grade, Part
from grading.policies import Award
from grading.selectors.awards import feeds
from groups.models import Group
from groups.selectors import ever_in
from submissions.models import Deliverable
from submissions.selectors.owed import Duty, duties


@dataclass(frozen=True)
class Wish:
    """An award as a grader entered it. The owner is one student or one group."""

    part: Part
    points: Decimal
    deliverable: Deliverable | None = None
    enrollment: Enrollment | None = None
    group: Group | None = None
    comment: str = ""
    reason: str = ""


def may_award(*, actor: Actor, wish: Wish, now: datetime) -> Decision:
    """Say whether the award could be made now; `award` asks again."""
    return policies.award(actor, _weighed(actor, wish, now=now), now=now)


@transaction.atomic
def award(*, actor: Actor, wish: Wish, now: datetime) -> Grade:
    """Append the award; raises `Refused` where it may not be made."""
    require(may_award(actor=actor, wish=wish, now=now))
    assert actor.enrollment is not None
    with audit.acting(user_id=actor.user_id, action="award", reason=wish.reason):
        return Grade.objects.create(
            part=wish.part,
            deliverable=wish.deliverable,
            enrollment=wish.enrollment,
            group=wish.group,
            points=wish.points,
            comment=wish.comment,
            reason=wish.reason,
            awarded_by=actor.enrollment,
            awarded_at=now,
        )


def _weighed(actor: Actor, wish: Wish, *, now: datetime) -> Award:
    duty = _duty_of(actor, wish, now=now)
    return Award(
        part=wish.part,
        points=wish.points,
        reason=wish.reason,
        is_owed=_grades_a_student(actor, wish)
        if not wish.part.deliverable_kind
        else duty is not None,
        is_adjustment=bool(wish.enrollment and duty and duty.group_id),
        member_ids=_member_ids(wish, duty),
    )


def _grades_a_student(actor: Actor, wish: Wish) -> bool:
    if wish.enrollment is None or wish.group is not None or wish.deliverable is not None:
        return False
    return wish.enrollment.role == Role.STUDENT and wish.enrollment.course == actor.course


def _duty_of(actor: Actor, wish: Wish, *, now: datetime) -> Duty | None:
    """Return the duty that the award is for: the owner's, or that of a student's group."""
    if wish.deliverable is None or actor.course is None:
        return None
    found = duties(
        course=actor.course,
        now=now,
        deliverables=[wish.deliverable.pk],
        person=wish.enrollment.pk if wish.enrollment else None,
    )
    for duty in found:
        is_owner = wish.group is None or duty.group_id == wish.group.pk
        if is_owner and feeds(duty, wish.part):
            return duty
    return None


def _member_ids(wish: Wish, duty: Duty | None) -> frozenset[int]:
    """Return whose work it is: the student, and everyone who was ever in the group."""
    own = frozenset({wish.enrollment.pk} if wish.enrollment else ())
    group_id = wish.group.pk if wish.group else duty.group_id if duty else None
    return own if group_id is None else own | ever_in(group_id)
