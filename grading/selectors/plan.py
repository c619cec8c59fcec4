"""The parts of a course as they count for one student."""

from dataclasses import dataclass
from decimal import Decimal

from courseapp.course.actors import Actor
from courseapp.kernel.prepared import Prepared
from submissions.selectors.owed import Duty

# One statement: the ORM takes longer to write it than Postgres to answer it.
_PARTS = Prepared(
    "parts_for",
    """
WITH held AS (
  SELECT r.lecture_id FROM grading_roll r JOIN schedule_lecture l ON l.id = r.lecture_id
  WHERE l.course_id = %(course)s AND l.kind IN ('lecture', 'midterm', 'final')
    AND l.starts_at >= %(enrolled_at)s
)
SELECT c.id, c.name, c.weight, p.id, p.name, p.weight, p.deliverable_kind, p.role, p.scoring,
  p.points_max,
  EXISTS (SELECT 1 FROM grading_exemption x WHERE x.part_id = p.id
    AND (x.enrollment_id = %(person)s OR x.group_id = ANY (%(groups)s))),
  (SELECT count(*) FROM held),
  (SELECT count(*) FROM grading_absence a JOIN held USING (lecture_id)
   WHERE a.enrollment_id = %(person)s AND NOT a.is_excused AND a.struck_at IS NULL)
FROM grading_part p JOIN grading_component c ON c.id = p.component_id
WHERE c.course_id = %(course)s
ORDER BY c.position, p.position
""",
    course="bigint",
    person="bigint",
    enrolled_at="timestamptz",
    groups="bigint[]",
)


@dataclass(frozen=True)
class PlannedComponent:
    """A component; `weight` in points of 100."""

    pk: int
    name: str
    weight: Decimal


@dataclass(frozen=True)
class PlannedPart:
    """A part, whether the student is exempt from it, and the attendance that it may count."""

    component: PlannedComponent
    pk: int
    name: str
    weight: Decimal
    deliverable_kind: str
    role: str
    scoring: str
    points_max: Decimal
    is_exempt: bool
    held_count: int
    missed_count: int


def parts_for(actor: Actor, owed: list[Duty]) -> list[PlannedPart]:
    """Return the course's parts in order, as they stand for the student, in one query."""
    assert actor.course is not None
    assert actor.enrollment is not None
    rows = _PARTS.rows(
        course=actor.course.pk,
        person=actor.enrollment.pk,
        enrolled_at=actor.enrollment.enrolled_at,
        groups=sorted({duty.group_id for duty in owed if duty.group_id}),
    )
    return [PlannedPart(PlannedComponent(*row[:3]), *row[3:]) for row in rows]
