"""Extensions that stand: of one owner, for all, and how many a course gave."""

from datetime import datetime

from django.db import connection

from courseapp.course.models import Course, Enrollment, ExtensionPolicy
from groups.models import Group
from groups.selectors import members_at
from schedule.selectors.rankings import slot_due_at
from submissions.models import Deliverable, Extension

_STANDING = """
SELECT count(*) FROM (
  SELECT DISTINCT ON (x.deliverable_id, x.enrollment_id, x.group_id) x.due_at
  FROM submissions_extension x
  JOIN submissions_deliverable d ON d.id = x.deliverable_id
  WHERE d.course_id = %s AND d.withdrawn_at IS NULL
  ORDER BY x.deliverable_id, x.enrollment_id, x.group_id, x.id DESC
) latest WHERE due_at IS NOT NULL
"""


def base_due_at_of(deliverable: Deliverable, owner: Enrollment | Group | None) -> datetime | None:
    """Return when it is due without more time for one owner, or for all without one (§9)."""
    group_id = owner.pk if isinstance(owner, Group) else None
    return slot_due_at(group_id, deliverable.kind) or deliverable.due_at


def extension_of(deliverable: Deliverable, owner: Enrollment | Group | None) -> datetime | None:
    """Return until when one owner, or all without one, were given more time; None where they were not."""
    rows = Extension.objects.filter(
        deliverable=deliverable,
        enrollment=owner if isinstance(owner, Enrollment) else None,
        group=owner if isinstance(owner, Group) else None,
    )
    latest = rows.order_by("-pk").first()
    return None if latest is None else latest.due_at


def owner_ids(owner: Enrollment | Group | None, *, now: datetime) -> frozenset[int]:
    """Return whose more time it is: the student's id, or those of a group's members."""
    if owner is None:
        return frozenset()
    if isinstance(owner, Enrollment):
        return frozenset({owner.pk})
    return frozenset(person.pk for person in members_at(owner.pk, instant=now))


def overriding_count(course: Course) -> int:
    """Return how many extensions stand in a course that gives none (§5)."""
    if course.extensions != ExtensionPolicy.NONE:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [course.pk])
        row: tuple[int] = cursor.fetchone()
    return row[0]
