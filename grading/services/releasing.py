"""Releasing: students see a part's grades from here on, until it is taken back (domain.md §10)."""

from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import audit, mail
from courseapp.kernel.decisions import Denied, Refused, require
from grading import emails, policies
from grading.models import Grade, Part, Release
from groups.models import Membership


@transaction.atomic
def release(*, actor: Actor, part_id: int, now: datetime) -> Release:
    """Make the part's grades visible to students and tell those who have one."""
    part = _locked_part(actor, part_id, now=now)
    if Release.objects.filter(part=part, taken_back_at__isnull=True).exists():
        raise Refused(Denied("released", "This part is released already."))
    assert actor.enrollment is not None
    with audit.acting(user_id=actor.user_id, action="release"):
        made = Release.objects.create(part=part, released_by=actor.enrollment, released_at=now)
    letters = emails.released(release=made, part=part, students=_graded_students(part))
    mail.queue(letters, now=now)
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


def preview(part: Part) -> int:
    """Return how many students a release would tell."""
    return len(_graded_students(part))


def _locked_part(actor: Actor, part_id: int, *, now: datetime) -> Part:
    locked = Part.objects.select_for_update(of=("self",)).select_related("component__course")
    part = locked.filter(pk=part_id, component__course=actor.course).first()
    if part is None:
        raise Refused(Denied("not_found", "There is no such part in this course."))
    require(policies.release(actor, part, now=now))
    return part


def _graded_students(part: Part) -> list[Enrollment]:
    """Return the students who have a grade for the part, by themselves or by their group."""
    grades = Grade.objects.filter(part=part)
    members = Membership.objects.current().filter(group__in=grades.values("group"))
    own = Enrollment.objects.active().filter(pk__in=grades.values("enrollment"))
    in_group = Enrollment.objects.active().filter(pk__in=members.values("enrollment"))
    return list((own | in_group).distinct().order_by("pk"))
