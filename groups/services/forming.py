"""Forming whole groups at once."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain

from django.db import transaction

from courseapp.course.models import Course
from groups.models import Group, Membership, SizeWaiver


@transaction.atomic
def form_groups(
    *,
    course: Course,
    members: Mapping[str, list[Membership]],
    formed_at: datetime,
    now: datetime,
) -> dict[str, Group]:
    """Form whole groups at once, as an import gives them, and return them by name.

    `members` are unsaved memberships by the group's name. A group outside the course's sizes is
    formed and recorded as a waiver, never refused (domain.md §6); those who left do not fill it.
    """
    groups = {
        name: Group(course=course, name=name, position=position, formed_at=formed_at)
        for position, name in enumerate(members, start=1)
    }
    Group.objects.bulk_create(groups.values())
    for name, memberships in members.items():
        for membership in memberships:
            membership.group = groups[name]
    Membership.objects.bulk_create(chain.from_iterable(members.values()))
    SizeWaiver.objects.bulk_create(
        [
            _imported_waiver(groups[name], size=size, now=now)
            for name, size in _sizes(members).items()
            if not course.group_size_min <= size <= course.group_size_max
        ]
    )
    return groups


def _sizes(members: Mapping[str, list[Membership]]) -> dict[str, int]:
    """Return how many of each group's members have not left."""
    return {name: sum(one.ends_at is None for one in found) for name, found in members.items()}


def _imported_waiver(group: Group, *, size: int, now: datetime) -> SizeWaiver:
    return SizeWaiver(
        group=group, size=size, reason="Came so with the import.", granted_by=None, granted_at=now
    )
