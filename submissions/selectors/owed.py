"""Who owes what, derived from schedule, roles, groups and enrollments (domain.md §4).

Before a due instant as things stand now, after it as they stood then: every row is looked at as of
the earlier of the two. Owners are enrollments (questions) or groups (everything else).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import connection

from courseapp.course.models import Course
from courseapp.kernel.prepared import Prepared
from submissions.deadlines import Kind
from submissions.rules import DEFAULT_LATE_POLICY

# `holders` (whoever holds a role in a lecture about which questions are asked) and `owed` are made
# once, each in a table of its own: left to itself the planner, on a course that has just come in and
# has no statistics, joins roles and members anew for every student, and reckons all that is owed anew
# for every deliverable.
# `ripe` holds the deliverables that are looked at, each with the instant as of which it is. `placed`
# holds what is due by each group's slot: a talk's work is due then, whatever holds for the others (§9).
# A submission is looked for by each sort of owner apart: asked for either, no index tells one from the
# ten thousand of its deliverable.
_OWED = """
placed AS MATERIALIZED (
  SELECT p.group_id, p.kind, p.due_at
  FROM groups_group g
  JOIN schedule_slotplacement p ON p.group_id = g.id AND p.withdrawn_at IS NULL
  WHERE g.course_id = %(course)s AND p.due_at IS NOT NULL
), ripe AS (
  SELECT d.*, LEAST(d.due_at, %(now)s) AS as_of
  FROM submissions_deliverable d
  WHERE d.withdrawn_at IS NULL AND d.due_at IS NOT NULL AND d.course_id = %(course)s
    AND (%(deliverables)s IS NULL OR d.id = ANY (%(deliverables)s))
    AND (%(lecture)s IS NULL OR d.lecture_id = %(lecture)s)
    AND (%(due_after)s IS NULL OR d.due_at > %(due_after)s OR EXISTS (
      SELECT 1 FROM submissions_extension x
      WHERE x.deliverable_id = d.id AND x.due_at > %(due_after)s) OR EXISTS (
      SELECT 1 FROM placed p WHERE p.kind = d.kind AND p.due_at > %(due_after)s))
    AND (%(due_by)s IS NULL OR d.due_at <= %(due_by)s OR EXISTS (
      SELECT 1 FROM submissions_extension x
      WHERE x.deliverable_id = d.id AND x.due_at <= %(due_by)s) OR EXISTS (
      SELECT 1 FROM placed p WHERE p.kind = d.kind AND p.due_at <= %(due_by)s))
), holders AS MATERIALIZED (
  SELECT a.lecture_id, m.enrollment_id, GREATEST(m.starts_at, a.assigned_at) AS from_at,
    LEAST(m.ends_at, a.withdrawn_at) AS until_at
  FROM schedule_lecture l
  JOIN schedule_roleassignment a ON a.lecture_id = l.id
  JOIN groups_membership m ON m.group_id = a.group_id
  WHERE l.course_id = %(course)s AND (%(person)s IS NULL OR m.enrollment_id = %(person)s)
    AND l.id IN (SELECT d.lecture_id FROM ripe d WHERE d.kind = 'question')
), owed_by_groups AS MATERIALIZED (
  SELECT d.id AS deliverable_id, a.group_id, min(a.role) AS role, d.due_at
  FROM ripe d
  JOIN schedule_roleassignment a ON a.lecture_id = d.lecture_id
    AND a.assigned_at <= d.as_of AND (a.withdrawn_at IS NULL OR a.withdrawn_at > d.as_of)
    AND a.role = ANY (CASE WHEN d.kind = 'summary' THEN ARRAY['authors', 'reviewers']
                           ELSE ARRAY['presenter'] END)
  WHERE d.kind IN ('slides', 'final_slides', 'summary')
    AND (%(group)s IS NULL OR a.group_id = %(group)s) AND {belongs_to_role_holder}
  GROUP BY d.id, d.due_at, a.group_id
  UNION ALL
  SELECT d.id, g.id, NULL, own.due_at
  FROM ripe d
  JOIN groups_group g ON g.course_id = d.course_id
  LEFT JOIN placed p ON p.kind = d.kind AND p.group_id = g.id
  CROSS JOIN LATERAL (
    SELECT COALESCE(p.due_at, d.due_at) AS due_at,
      LEAST(COALESCE(p.due_at, d.due_at), %(now)s) AS as_of) own
  WHERE g.formed_at <= own.as_of AND (g.dissolved_at IS NULL OR g.dissolved_at > own.as_of)
    AND d.kind IN ('proposal', 'midterm', 'final', 'report', 'code')
    AND (%(group)s IS NULL OR g.id = %(group)s) AND {belongs_to_group}
)"""

_OWED_IN_ALL = """, owed AS MATERIALIZED (
  SELECT d.id AS deliverable_id, e.id AS enrollment_id, NULL::bigint AS group_id, NULL AS role,
    d.due_at
  FROM ripe d
  JOIN course_course c ON c.id = d.course_id
  JOIN course_enrollment e ON e.course_id = d.course_id AND e.role = 'student'
    AND e.enrolled_at <= d.as_of AND (e.dropped_at IS NULL OR e.dropped_at > d.as_of)
  WHERE d.kind = 'question' AND (%(person)s IS NULL OR e.id = %(person)s) AND %(group)s IS NULL
    AND (c.questions_owed_by = 'everyone' OR NOT EXISTS (
      SELECT 1 FROM holders h
      WHERE h.enrollment_id = e.id AND h.lecture_id = d.lecture_id
        AND h.from_at <= d.as_of AND (h.until_at IS NULL OR h.until_at > d.as_of)))
  UNION ALL
  SELECT deliverable_id, NULL, group_id, role, due_at FROM owed_by_groups
)"""

# The first line is implied by the rest, but is asked once a query and not once a group.
_BELONGS = """(%(person)s IS NULL OR ({group} = ANY (ARRAY(
      SELECT m.group_id FROM groups_membership m WHERE m.enrollment_id = %(person)s))
    AND EXISTS (
      SELECT 1 FROM groups_membership m
      WHERE m.group_id = {group} AND m.enrollment_id = %(person)s
        AND m.starts_at <= {as_of} AND (m.ends_at IS NULL OR m.ends_at > {as_of}))))"""

# What was typed in time and has become due counts from that instant on, though its version is cut by the
# next sweep: nothing that came in shows as missing in between. Lengths as `rules.text_acceptable` has them,
# a summary's without its headings, but for characters that nobody sees: these only the sweep tells, and
# who types nothing else is shown as in for so long. Few rows at any time: what is settled is not here.
TYPED = """typed AS MATERIALIZED (
  SELECT t.submission_id, t.received_at, 1 + COALESCE((
    SELECT max(v.number) FROM submissions_submissionversion v
    WHERE v.submission_id = t.submission_id), 0) AS number
  FROM submissions_textdraft t
  JOIN submissions_submission s ON s.id = t.submission_id
  JOIN submissions_deliverable d ON d.id = s.deliverable_id
  WHERE t.settled_at IS NULL AND d.course_id = %(course)s
    AND CASE d.kind WHEN 'summary'
      THEN char_length(btrim(t.text, E' \\t\\n')) <= 40000 AND char_length(btrim(
        regexp_replace(t.text, '^ {0,3}#{1,6}([ \\t].*)?$', '', 'gn'), E' \\t\\n')) >= 200
      ELSE char_length(btrim(t.text, E' \\t\\n')) BETWEEN 20 AND 2000 END
)"""

OWED_PARTS = _OWED.format(
    belongs_to_role_holder=_BELONGS.format(group="a.group_id", as_of="d.as_of"),
    belongs_to_group=_BELONGS.format(group="g.id", as_of="own.as_of"),
)
OWED = OWED_PARTS + _OWED_IN_ALL

_DUTIES = Prepared(
    "duties",
    f"""
WITH {OWED}, {TYPED}
SELECT o.deliverable_id, d.kind, d.lecture_id, d.reading_id, o.enrollment_id, o.group_id, o.role,
  o.due_at, GREATEST(o.due_at, extension.due_at),
  COALESCE(NULLIF(d.late_policy, ''), NULLIF(k.late_policy, ''), '{DEFAULT_LATE_POLICY}'),
  COALESCE(NULLIF(l.topic, ''), l.label, '') AS lecture_title, p.title, l.ends_at,
  COALESCE(g.name, '') AS group_name, s.id,
  came_in.latest_number, came_in.latest_received_at,
  came_in.counted_number, came_in.counted_received_at, asked.next_due_at
FROM owed o
JOIN submissions_deliverable d ON d.id = o.deliverable_id
LEFT JOIN submissions_kindsettings k ON k.course_id = d.course_id AND k.kind = d.kind
LEFT JOIN schedule_lecture l ON l.id = d.lecture_id
LEFT JOIN schedule_reading r ON r.id = d.reading_id
LEFT JOIN schedule_paper p ON p.id = r.paper_id
LEFT JOIN groups_group g ON g.id = o.group_id
LEFT JOIN LATERAL (
  SELECT GREATEST(
    (SELECT x.due_at FROM submissions_extension x
      WHERE x.deliverable_id = o.deliverable_id
        AND (x.enrollment_id = o.enrollment_id OR x.group_id = o.group_id)
      ORDER BY x.id DESC LIMIT 1),
    (SELECT x.due_at FROM submissions_extension x
      WHERE x.deliverable_id = o.deliverable_id
        AND x.enrollment_id IS NULL AND x.group_id IS NULL
      ORDER BY x.id DESC LIMIT 1)) AS due_at) extension ON true
LEFT JOIN LATERAL (
  SELECT s.id FROM submissions_submission s WHERE s.deliverable_id = o.deliverable_id
    AND s.enrollment_id = o.enrollment_id AND s.group_id IS NULL
  UNION ALL SELECT s.id FROM submissions_submission s WHERE s.deliverable_id = o.deliverable_id
    AND s.enrollment_id IS NULL AND s.group_id = o.group_id) s ON true
LEFT JOIN LATERAL (
  SELECT max(v.number) AS latest_number, max(v.received_at) AS latest_received_at,
    max(v.number) FILTER (WHERE on_time) AS counted_number,
    max(v.received_at) FILTER (WHERE on_time) AS counted_received_at
  FROM (SELECT v.number, v.received_at,
          v.received_at <= GREATEST(o.due_at, extension.due_at) AS on_time
        FROM (SELECT number, received_at FROM submissions_submissionversion
          WHERE submission_id = s.id
          UNION ALL SELECT t.number, t.received_at FROM typed t
          WHERE t.submission_id = s.id
            AND t.received_at <= GREATEST(o.due_at, extension.due_at)
            AND GREATEST(o.due_at, extension.due_at) <= %(now)s) v) v
) came_in ON true
LEFT JOIN LATERAL (
  SELECT pd.next_due_at FROM submissions_proposaldecision pd
  JOIN submissions_submissionversion v ON v.id = pd.version_id
  WHERE d.kind = 'proposal' AND v.submission_id = s.id AND v.number = came_in.latest_number
) asked ON true
ORDER BY 9, l.position, r.position, o.deliverable_id, g.position, o.enrollment_id
""",  # noqa: S608 - literals of this module; what varies are parameters
    course="bigint",
    now="timestamptz",
    person="bigint",
    group="bigint",
    deliverables="bigint[]",
    lecture="bigint",
    due_after="timestamptz",
    due_by="timestamptz",
)


KIND_WORDS = {
    Kind.QUESTION: "Question",
    Kind.SLIDES: "Slides",
    Kind.FINAL_SLIDES: "Final slides",
    Kind.SUMMARY: "Summary",
    Kind.PROPOSAL: "Project proposal",
    Kind.MIDTERM: "Mid-semester presentation",
    Kind.FINAL: "Final presentation",
    Kind.REPORT: "Final report",
    Kind.CODE: "Code",
}


@dataclass(frozen=True)
class Duty:
    """One (owner, deliverable) pair with what came in. `due_at` holds for this owner.

    `asked_again_until` ends the round that the instructor asked for, while nothing newer is in.
    """

    deliverable_id: int
    kind: Kind
    lecture_id: int | None
    reading_id: int | None
    enrollment_id: int | None
    group_id: int | None
    role: str | None
    base_due_at: datetime
    due_at: datetime
    late_policy: str
    lecture_title: str
    reading_title: str | None
    lecture_ends_at: datetime | None
    group_name: str
    submission_id: int | None
    latest_number: int | None
    latest_received_at: datetime | None
    counted_number: int | None
    counted_received_at: datetime | None
    asked_again_until: datetime | None

    @property
    def words(self) -> str:
        """Name the duty by its kind."""
        return KIND_WORDS[self.kind]

    @property
    def event_at(self) -> datetime:
        """Return when what the duty belongs to happens: its lecture's end, else its due instant."""
        return self.lecture_ends_at or self.due_at

    @property
    def is_in(self) -> bool:
        """Say whether a version that counts is there."""
        return self.counted_number is not None

    @property
    def is_only_late(self) -> bool:
        """Say whether all that came in came too late."""
        return self.latest_number is not None and self.counted_number is None


class Narrowing(TypedDict, total=False):
    """What narrows the duties of a course.

    `person` (an enrollment's id) to their own and their groups' duties, `group` to those of one,
    `deliverables` to some deliverables, `lecture` to those of one, `due_after` to those still open
    for someone at that instant, `due_by` to those that end for someone by then.
    """

    person: int | None
    group: int | None
    deliverables: list[int] | None
    lecture: int | None
    due_after: datetime | None
    due_by: datetime | None


def owed_parameters(
    course: Course, *, now: datetime | None, **narrowing: Unpack[Narrowing]
) -> dict[str, Any]:
    """Return the parameters of `OWED`."""
    nowhere = dict.fromkeys(Narrowing.__annotations__)
    return {"course": course.pk, "now": now, **nowhere, **narrowing}


def duties(*, course: Course, now: datetime, **narrowing: Unpack[Narrowing]) -> list[Duty]:
    """Return what is owed in a course, by the instant it is due, in one query."""
    rows = _DUTIES.rows(**owed_parameters(course, now=now, **narrowing))
    return [Duty(row[0], Kind(row[1]), *row[2:]) for row in rows]


def owed_count(course: Course) -> dict[str, int]:
    """Return how many (owner, deliverable) pairs each kind has, each at its own due instant."""
    # Without an instant of asking, every row is as of its own due instant.
    parameters = owed_parameters(course, now=None)
    statement = f"""WITH {OWED} SELECT d.kind, count(*) FROM owed o
      JOIN submissions_deliverable d ON d.id = o.deliverable_id GROUP BY d.kind"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        counts: dict[str, int] = dict(cursor.fetchall())
    return {kind.value: counts.get(kind.value, 0) for kind in Kind}
