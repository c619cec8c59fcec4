"""Reads of groups and their members."""

from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, Enrollment
from groups.models import Group, Membership


def groups_of(course: Course) -> QuerySet[Group]:
    """Return the course's standing groups, in order."""
    return Group.objects.filter(course=course, dissolved_at__isnull=True)


def group_of(actor: Actor) -> Group | None:
    """Return the actor's present group in the course."""
    if actor.enrollment is None:
        return None
    current = Membership.objects.current().select_related("group")
    membership = current.filter(enrollment=actor.enrollment).first()
    return None if membership is None else membership.group


def members_at(group_id: int, *, instant: datetime) -> list[Enrollment]:
    """Return who belonged to the group at an instant, by seat."""
    then = Membership.objects.filter(group_id=group_id, starts_at__lte=instant).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=instant)
    )
    return [found.enrollment for found in then.select_related("enrollment").order_by("seat")]


def ever_in(group_id: int) -> frozenset[int]:
    """Return the enrollments of all who are or were in the group."""
    memberships = Membership.objects.filter(group_id=group_id)
    return frozenset(memberships.values_list("enrollment_id", flat=True))


def groups_with_members(actor: Actor) -> list[Group]:
    """Return the groups with their present members, for those who may read names."""
    if actor.course is None or not actor.may(Permission.READ_NAMES):
        return []
    current = Membership.objects.current().select_related("enrollment").order_by("seat")
    return list(groups_of(actor.course).prefetch_related(Prefetch("memberships", current)))
