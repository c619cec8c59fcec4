"""What is owed and what came in, counted by deliverable: for lists of a whole course."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from courseapp.course.models import Course
from submissions.deadlines import Kind
from submissions.selectors.owed import KIND_WORDS, OWED_PARTS, TYPED, owed_parameters

# Counted, never listed: a course of ten thousand owes some four hundred thousand questions, and has
# about as many. The questions of a deliverable are its students less those who hold a role.
_TALLIES = f"""
WITH {OWED_PARTS}, {TYPED}, students AS (
  SELECT e.id, e.enrolled_at, COALESCE(e.dropped_at, 'infinity') AS dropped_at
  FROM course_enrollment e WHERE e.course_id = %(course)s AND e.role = 'student'
), excused AS (
  SELECT d.id AS deliverable_id, h.enrollment_id
  FROM ripe d
  JOIN course_course c ON c.id = d.course_id AND c.questions_owed_by <> 'everyone'
  JOIN holders h ON h.lecture_id = d.lecture_id
    AND h.from_at <= d.as_of AND (h.until_at IS NULL OR h.until_at > d.as_of)
  JOIN students e ON e.id = h.enrollment_id AND e.enrolled_at <= d.as_of AND e.dropped_at > d.as_of
  WHERE d.kind = 'question'
  GROUP BY 1, 2
), counts AS (
  SELECT d.id AS deliverable_id, NULL AS role,
    (SELECT count(*) FROM students e WHERE e.enrolled_at <= d.as_of AND e.dropped_at > d.as_of)
    - (SELECT count(*) FROM excused x WHERE x.deliverable_id = d.id) AS owed_count, d.due_at
  FROM ripe d WHERE d.kind = 'question'
  UNION ALL
  SELECT o.deliverable_id, o.role, count(*), max(o.due_at) FROM owed_by_groups o GROUP BY 1, 2
), extensions AS (
  SELECT DISTINCT ON (x.deliverable_id, x.enrollment_id, x.group_id)
    x.deliverable_id, COALESCE(x.enrollment_id, -x.group_id) AS owner, x.due_at
  FROM submissions_extension x JOIN ripe d ON d.id = x.deliverable_id
  ORDER BY x.deliverable_id, x.enrollment_id, x.group_id, x.id DESC
), on_time AS (
  SELECT s.deliverable_id, s.enrollment_id, s.group_id
  FROM submissions_submission s
  JOIN ripe d ON d.id = s.deliverable_id
  JOIN (SELECT submission_id, received_at, NULL::timestamptz AS ripe_at
    FROM submissions_submissionversion
    UNION ALL SELECT submission_id, received_at, %(now)s FROM typed) v ON v.submission_id = s.id
  LEFT JOIN extensions x ON x.deliverable_id = s.deliverable_id
    AND x.owner = COALESCE(s.enrollment_id, -s.group_id)
  LEFT JOIN extensions y ON y.deliverable_id = s.deliverable_id AND y.owner IS NULL
  LEFT JOIN placed p ON p.kind = d.kind AND p.group_id = s.group_id
  WHERE v.received_at <= GREATEST(COALESCE(p.due_at, d.due_at), x.due_at, y.due_at)
    AND (v.ripe_at IS NULL
      OR v.ripe_at >= GREATEST(COALESCE(p.due_at, d.due_at), x.due_at, y.due_at))
  GROUP BY s.id
), came_in AS (
  SELECT t.deliverable_id, NULL AS role, count(*) AS in_count
  FROM on_time t JOIN ripe d ON d.id = t.deliverable_id
  JOIN students e ON e.id = t.enrollment_id
    AND e.enrolled_at <= d.as_of AND e.dropped_at > d.as_of
  LEFT JOIN excused x ON x.deliverable_id = t.deliverable_id AND x.enrollment_id = t.enrollment_id
  WHERE x.enrollment_id IS NULL
  GROUP BY 1
  UNION ALL
  SELECT o.deliverable_id, o.role, count(*)
  FROM on_time t JOIN owed_by_groups o USING (deliverable_id, group_id)
  GROUP BY 1, 2
)
SELECT d.id, d.kind, c.role, d.lecture_id, COALESCE(NULLIF(l.topic, ''), l.label, ''), c.due_at,
  c.owed_count, COALESCE(i.in_count, 0), COALESCE(paper.title, '')
FROM counts c
JOIN submissions_deliverable d ON d.id = c.deliverable_id
LEFT JOIN schedule_lecture l ON l.id = d.lecture_id
LEFT JOIN schedule_reading r ON r.id = d.reading_id
LEFT JOIN schedule_paper paper ON paper.id = r.paper_id
LEFT JOIN came_in i ON i.deliverable_id = c.deliverable_id AND i.role IS NOT DISTINCT FROM c.role
WHERE c.owed_count > 0
ORDER BY c.due_at, l.position, r.position, d.id
"""  # noqa: S608 - literals of this module; what varies are parameters


@dataclass(frozen=True)
class Tally:
    """One deliverable (of one role) with how many owe it and how many have something that counts.

    `due_at` is the deliverable's own, of talks the last group's slot; extensions are counted in.
    """

    deliverable_id: int
    kind: Kind
    role: str | None
    lecture_id: int | None
    lecture_title: str
    due_at: datetime
    owed_count: int
    in_count: int
    reading_title: str

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
