"""Who is in which group, now and at an instant."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet

from courseapp.course.actors import Actor
from courseapp.course.models import Course, Enrollment
from courseapp.kernel.lookup import AN_INSTANT, Lookup
from groups.models import Group, Membership


def groups_of(course: Course) -> QuerySet[Group]:
    """Return the course's standing groups, in order."""
    return Group.objects.filter(course=course, dissolved_at__isnull=True)


def groups_at_work(course: Course) -> frozenset[int]:
    """Return the groups that play a part or have handed something in: none of them ends by the way."""
    found = Group.objects.filter(_at_work(), course=course)
    return frozenset(found.values_list("pk", flat=True))


def is_at_work(group: Group) -> bool:
    """Say whether a group plays a part or has handed something in."""
    return Group.objects.filter(_at_work(), pk=group.pk).exists()


def _at_work() -> Q:
    # The tables of the apps above are asked by the names under which a group knows them, each by
    # itself: joined, every part would be counted with every version.
    holding = [
        Q(role_assignments__isnull=False, role_assignments__withdrawn_at__isnull=True),
        Q(slot_placements__isnull=False, slot_placements__withdrawn_at__isnull=True),
        Q(submissions__versions__isnull=False),
    ]
    return reduce(or_, (Q(pk__in=Group.objects.filter(one).values("pk")) for one in holding))


def group_of(actor: Actor) -> Group | None:
    """Return the actor's present group in the course."""
    if actor.enrollment is None:
        return None
    membership = _MEMBERSHIP.first(enrollment=actor.enrollment.pk)
    return None if membership is None else membership.group


def _current_of(*, enrollment: int) -> QuerySet[Membership]:
    current = Membership.objects.current().select_related("group")
    return current.filter(enrollment=enrollment).order_by("pk")


_MEMBERSHIP = Lookup(_current_of, enrollment=-1)


@dataclass(frozen=True)
class OwnGroup:
    """The actor's present group and who is in it, by seat."""

    group: Group
    members: list[Enrollment]


@dataclass(frozen=True)
class GroupSize:
    """A group and how many are in it."""

    name: str
    size: int


def groups_outside_sizes(course: Course) -> list[GroupSize]:
    """Return the standing groups that are smaller or larger than the course asks for."""
    current = Count("memberships", filter=Q(memberships__ends_at__isnull=True))
    sized = groups_of(course).annotate(size=current)
    outside = Q(size__lt=course.group_size_min) | Q(size__gt=course.group_size_max)
    return [GroupSize(*row) for row in sized.filter(outside).values_list("name", "size")]


def own_group_of(actor: Actor) -> OwnGroup | None:
    """Return the actor's present group with its members, in one query."""
    if actor.enrollment is None:
        return None
    memberships = _OWN.all(enrollment=actor.enrollment.pk)
    if not memberships:
        return None
    return OwnGroup(memberships[0].group, [found.enrollment for found in memberships])


def _with_members(*, enrollment: int) -> QuerySet[Membership]:
    own = Membership.objects.current().filter(enrollment=enrollment).values("group")
    current = Membership.objects.current().filter(group__in=own).order_by("seat")
    return current.select_related("group", "enrollment")


_OWN = Lookup(_with_members, enrollment=-1)


def members_at(group_id: int, *, instant: datetime) -> list[Enrollment]:
    """Return who belonged to the group at an instant, by seat."""
    return [found.enrollment for found in _MEMBERS_THEN.all(group=group_id, instant=instant)]


def _members_then(*, group: int, instant: datetime) -> QuerySet[Membership]:
    then = Membership.objects.filter(group=group, starts_at__lte=instant).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=instant)
    )
    return then.select_related("enrollment").order_by("seat")


_MEMBERS_THEN = Lookup(_members_then, group=-1, instant=AN_INSTANT)


def ever_in(group_id: int) -> frozenset[int]:
    """Return the enrollments of all who are or were in the group."""
    memberships = Membership.objects.filter(group_id=group_id)
    return frozenset(memberships.values_list("enrollment_id", flat=True))
