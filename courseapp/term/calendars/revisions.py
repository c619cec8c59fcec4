"""How often a row of a calendar has changed, and when last: read off the database's own history."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

# A row has changed when it has, or what is read or who plays a part in it.
_OF_LECTURES = """
SELECT lecture_id, count(*), max(at) FROM (
  SELECT pgh_obj_id AS lecture_id, pgh_created_at AS at
  FROM schedule_lectureevent WHERE course_id = %(course)s
  UNION ALL
  SELECT e.lecture_id, e.pgh_created_at FROM schedule_readingevent e
  JOIN schedule_lecture l ON l.id = e.lecture_id WHERE l.course_id = %(course)s
  UNION ALL
  SELECT e.lecture_id, e.pgh_created_at FROM schedule_roleassignmentevent e
  JOIN schedule_lecture l ON l.id = e.lecture_id WHERE l.course_id = %(course)s
  UNION ALL
  SELECT e.lecture_id, e.pgh_created_at FROM schedule_otherpresenterevent e
  JOIN schedule_lecture l ON l.id = e.lecture_id WHERE l.course_id = %(course)s
) changes GROUP BY lecture_id
"""
_OF_MILESTONES = """
SELECT pgh_obj_id, count(*), max(pgh_created_at)
FROM schedule_milestoneevent WHERE course_id = %(course)s GROUP BY pgh_obj_id
"""
# Extensions and slots of others must not show, not even as a number.
_OF_DELIVERABLES = """
SELECT deliverable_id, count(*), max(at) FROM (
  SELECT pgh_obj_id AS deliverable_id, pgh_created_at AS at
  FROM submissions_deliverableevent WHERE course_id = %(course)s
  UNION ALL
  SELECT x.deliverable_id, x.granted_at FROM submissions_extension x
  JOIN submissions_deliverable d ON d.id = x.deliverable_id
  WHERE d.course_id = %(course)s
    AND (x.enrollment_id IS NULL OR x.enrollment_id = %(person)s)
    AND (x.group_id IS NULL OR x.group_id IN (
      SELECT m.group_id FROM groups_membership m WHERE m.enrollment_id = %(person)s))
  UNION ALL
  SELECT d.id, e.pgh_created_at FROM schedule_slotplacementevent e
  JOIN submissions_deliverable d ON d.kind = e.kind AND d.course_id = %(course)s
  WHERE e.group_id IN (
    SELECT m.group_id FROM groups_membership m WHERE m.enrollment_id = %(person)s)
) changes GROUP BY deliverable_id
"""


@dataclass(frozen=True, slots=True)
class Revision:
    """The number of the row's changes after its first writing, and the instant of the last."""

    number: int
    changed_at: datetime


# What a row is whose history was purged after the course's retention.
UNTOLD = Revision(0, datetime(1970, 1, 1, tzinfo=UTC))
Revisions = Mapping[int, Revision]


def revisions_of_lectures(course_id: int) -> Revisions:
    """Return the revision of each row of the schedule, withdrawn ones included."""
    return _revisions(_OF_LECTURES, course=course_id)


def revisions_of_milestones(course_id: int) -> Revisions:
    """Return the revision of each milestone."""
    return _revisions(_OF_MILESTONES, course=course_id)


def revisions_of_deliverables(course_id: int, *, person: int | None) -> Revisions:
    """Return the revision of each deliverable as it holds for one person, or for nobody singly."""
    return _revisions(_OF_DELIVERABLES, course=course_id, person=person)


def _revisions(statement: str, **parameters: Any) -> Revisions:
    found: defaultdict[int, Revision] = defaultdict(lambda: UNTOLD)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found.update({row[0]: Revision(row[1] - 1, row[2]) for row in cursor.fetchall()})
    return found
