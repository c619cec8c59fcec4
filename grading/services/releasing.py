"""Releasing: students see a part's grades from here on, until it is taken back (domain.md §10)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Least

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import audit, mail
from courseapp.kernel.decisions import Denied, Refused, require
from grading import emails, policies
from grading.models import Part, Release
from groups.models import Membership
from schedule.models import SlotPlacement


@transaction.atomic
def release(*, actor: Actor, part_id: int, now: datetime) -> Release:
    """Make the part's grades visible to students and tell those who have one."""
    part = _locked_part(actor, part_id, now=now)
    if Release.objects.filter(part=part, taken_back_at__isnull=True).exists():
        raise Refused(Denied("released", "This part is released already."))
    assert actor.enrollment is not None
    with audit.acting(user_id=actor.user_id, action="release"):
        made = Release.objects.create(part=part, released_by=actor.enrollment, released_at=now)
    if part.component.course.mails:
        students = _graded_students(part, now=now)
        mail.queue(emails.released(release=made, part=part, students=students), now=now)
    return made


@transaction.atomic
def take_back(*, actor: Actor, part_id: int, now: datetime) -> None:
    """Hide the part's grades again; a mail that was read cannot be unread."""
    part = _locked_part(actor, part_id, now=now)
    standing = Release.objects.filter(part=part, taken_back_at__isnull=True).first()
    if standing is None:
        raise Refused(Denied("not_released", "This part is not released."))
    standing.taken_back_at = now
    standing.taken_back_by = actor.enrollment
    with audit.acting(user_id=actor.user_id, action="take_back"):
        standing.save(update_fields=["taken_back_at", "taken_back_by"])


def preview(part: Part, *, now: datetime) -> int:
    """Return how many students a release would tell."""
    return len(_graded_students(part, now=now))


def _locked_part(actor: Actor, part_id: int, *, now: datetime) -> Part:
    locked = Part.objects.select_for_update(of=("self",)).select_related("component__course")
    part = locked.filter(pk=part_id, component__course=actor.course).first()
    if part is None:
        raise Refused(Denied("not_found", "There is no such part in this course."))
    require(policies.release(actor, part, now=now))
    return part


def _graded_students(part: Part, *, now: datetime) -> list[Enrollment]:
    """Return the students who have a grade for the part: their own, or one they are credited for."""
    own = Enrollment.objects.filter(grades__part=part)
    credited = Enrollment.objects.filter(pk__in=_credited(part, now=now).values("enrollment"))
    return list((own | credited).active().students().distinct().order_by("pk"))


def _credited(part: Part, *, now: datetime) -> QuerySet[Membership]:
    """Return who belonged to the graded groups when their work was due (domain.md §6, §9)."""
    by_slot = SlotPlacement.objects.filter(
        group=OuterRef("group"), kind=OuterRef("group__grades__deliverable__kind")
    )
    own_due_at = Coalesce(
        Subquery(by_slot.values("due_at")), F("group__grades__deliverable__due_at")
    )
    due_at = Least(own_due_at, Value(now))
    return Membership.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=due_at),
        group__grades__part=part,
        starts_at__lte=due_at,
    )
