"""What is owed and what came in, counted by deliverable: for lists of a whole course."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from courseapp.course.models import Course
from submissions.deadlines import Kind
from submissions.selectors.owed import KIND_WORDS, OWED, owed_parameters

_TALLIES = f"""
WITH {OWED}, came_in AS (
  SELECT s.deliverable_id, COALESCE(s.enrollment_id, -s.group_id) AS owner
  FROM submissions_submission s
  JOIN ripe d ON d.id = s.deliverable_id
  LEFT JOIN LATERAL (
    SELECT x.due_at FROM submissions_extension x
    WHERE x.deliverable_id = s.deliverable_id
      AND (x.enrollment_id = s.enrollment_id OR x.group_id = s.group_id)
    ORDER BY x.id DESC LIMIT 1) extension ON true
  WHERE EXISTS (
    SELECT 1 FROM submissions_submissionversion v
    WHERE v.submission_id = s.id AND v.received_at <= GREATEST(d.due_at, extension.due_at))
)
SELECT d.id, d.kind, o.role, d.lecture_id, COALESCE(NULLIF(l.topic, ''), l.label, ''), d.due_at,
  count(*), count(c.owner)
FROM owed o
JOIN submissions_deliverable d ON d.id = o.deliverable_id
LEFT JOIN schedule_lecture l ON l.id = d.lecture_id
LEFT JOIN came_in c ON c.deliverable_id = o.deliverable_id
  AND c.owner = COALESCE(o.enrollment_id, -o.group_id)
GROUP BY d.id, o.role, l.id
ORDER BY d.due_at, l.position, d.id
"""  # noqa: S608 - literals of this module; what varies are parameters


@dataclass(frozen=True)
class Tally:
    """One deliverable (of one role) with how many owe it and how many have something that counts.

    `due_at` is the deliverable's own; extensions are counted in.
    """

    deliverable_id: int
    kind: Kind
    role: str | None
    lecture_id: int | None
    lecture_title: str
    due_at: datetime
    owed_count: int
    in_count: int

    @property
    def words(self) -> str:
        """Name the deliverable by its kind."""
        return KIND_WORDS[self.kind]


def tallies(
    *,
    course: Course,
    now: datetime,
    due_after: datetime | None = None,
    due_by: datetime | None = None,
) -> list[Tally]:
    """Return the counts of a course's deliverables by due instant, in one query."""
    parameters = owed_parameters(course, now=now, due_after=due_after, due_by=due_by)
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, parameters)
        return [Tally(row[0], Kind(row[1]), *row[2:]) for row in cursor.fetchall()]
