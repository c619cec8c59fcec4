"""The schedule, and what is due because of it."""

from datetime import timedelta
from typing import Final

from courseapp.course.models import RuleName
from courseapp.term.invariants.invariant import Invariant
from submissions.deadlines import FINAL_SLIDES_WINDOW, SLIDES_NOTICE, SUMMARY_WINDOW


def _interval(name: RuleName, default: timedelta) -> str:
    return f"""interval '1 hour' * COALESCE((SELECT (c.value #>> '{{}}')::int FROM course_rulechange c
      WHERE c.course_id = l.course_id AND c.name = '{name}' AND c.withdrawn_at IS NULL
        AND c.holds_from <= l.starts_on ORDER BY c.id DESC LIMIT 1),
      {default // timedelta(hours=1)})"""  # noqa: S608 - literals of this module


# Said a second time, in another language than `submissions.services.deriving`: each watches the other.
_WANTED: Final = f"""(
  SELECT l.course_id, 'question' AS kind, l.id AS lecture_id, r.id AS reading_id,
    NULL::bigint AS milestone_id, l.starts_at AS due_at
  FROM schedule_lecture l JOIN schedule_reading r ON r.lecture_id = l.id AND r.is_required
    AND r.withdrawn_at IS NULL
  WHERE l.withdrawn_at IS NULL AND l.kind = 'lecture' AND l.asks_questions
  UNION ALL
  SELECT l.course_id, k.kind, l.id, NULL, NULL, CASE k.kind
    WHEN 'slides' THEN l.starts_at - {_interval(RuleName.SLIDES_HOURS, SLIDES_NOTICE)}
    WHEN 'final_slides' THEN l.ends_at + {_interval(RuleName.FINAL_SLIDES_HOURS, FINAL_SLIDES_WINDOW)}
    ELSE l.ends_at + {_interval(RuleName.SUMMARY_HOURS, SUMMARY_WINDOW)} END
  FROM schedule_lecture l CROSS JOIN (VALUES ('slides'), ('final_slides'), ('summary')) k (kind)
  WHERE l.withdrawn_at IS NULL AND l.kind = 'lecture'
    AND NOT EXISTS (SELECT FROM schedule_otherpresenter o
    WHERE o.lecture_id = l.id AND o.withdrawn_at IS NULL AND o.role = 'presenter' AND o.kind <> 'student')
  UNION ALL
  (SELECT DISTINCT ON (m.course_id, k.kind) m.course_id, k.kind, NULL, NULL, m.id, m.due_at
  FROM schedule_milestone m JOIN (VALUES ('proposal', 'proposal'), ('midterm', 'midterm'),
    ('final', 'final'), ('report', 'report'), ('code', 'report')) k (kind, milestone)
    ON k.milestone = m.kind
  WHERE m.withdrawn_at IS NULL
  ORDER BY m.course_id, k.kind, m.due_at, m.position, m.id)
)"""  # noqa: S608 - literals of this module
_SAME_PLACE: Final = """d.course_id = w.course_id AND d.kind = w.kind AND d.withdrawn_at IS NULL
  AND d.lecture_id IS NOT DISTINCT FROM w.lecture_id
  AND d.reading_id IS NOT DISTINCT FROM w.reading_id"""

MEETINGS: Final = (
    Invariant(
        "lecture_position_unique",
        "No two rows of a course's schedule have one position.",
        """SELECT max(id)::text FROM schedule_lecture
        GROUP BY course_id, position HAVING count(*) > 1""",
    ),
    Invariant(
        "reading_positions_contiguous",
        "A lecture's readings are numbered from 1, without a gap and without a double.",
        """SELECT 'lecture ' || lecture_id FROM schedule_reading
        WHERE withdrawn_at IS NULL GROUP BY lecture_id
        HAVING min(position) <> 1 OR max(position) <> count(DISTINCT position)
          OR count(DISTINCT position) <> count(*)""",
    ),
    Invariant(
        "role_assigned_once",
        "No group holds the same role of a lecture twice at one time.",
        """SELECT a.id::text FROM schedule_roleassignment a
        JOIN schedule_roleassignment o USING (lecture_id, group_id, role)
        WHERE o.id < a.id AND o.assigned_at < COALESCE(a.withdrawn_at, 'infinity')
          AND a.assigned_at < COALESCE(o.withdrawn_at, 'infinity')""",
    ),
    Invariant(
        "role_withdrawn_after_assigned",
        "A role is withdrawn after it was assigned.",
        "SELECT id::text FROM schedule_roleassignment WHERE withdrawn_at < assigned_at",
    ),
    Invariant(
        "swap_between_two_groups",
        "A swap is of the duties of two groups.",
        """SELECT s.id::text FROM term_roleswap s
        JOIN schedule_roleassignment o ON o.id = s.offered_id
        JOIN schedule_roleassignment w ON w.id = s.wanted_id WHERE o.group_id = w.group_id""",
    ),
    Invariant(
        "swap_ends_after_it_was_offered",
        "A swap is accepted, and ends, after it was offered.",
        """SELECT id::text FROM term_roleswap
        WHERE accepted_at < offered_at OR ended_at < offered_at""",
    ),
    Invariant(
        "ranking_contiguous",
        "The lectures that a group ranks are numbered from 1, without a gap and without a double.",
        """SELECT 'group ' || group_id FROM schedule_preference WHERE withdrawn_at IS NULL
        GROUP BY group_id HAVING min(rank) <> 1 OR max(rank) <> count(DISTINCT rank)
          OR count(DISTINCT rank) <> count(*) OR count(DISTINCT lecture_id) <> count(*)""",
    ),
    Invariant(
        "preference_withdrawn_after_ranked",
        "A preference is replaced after it was given.",
        "SELECT id::text FROM schedule_preference WHERE withdrawn_at < ranked_at",
    ),
    Invariant(
        "presenter_is_what_is_said",
        "Who presents as staff is staff, who presents as a student is a student.",
        """SELECT o.id::text FROM schedule_otherpresenter o
        JOIN course_enrollment e ON e.id = o.enrollment_id
        WHERE o.kind = 'student' AND e.role <> 'student'
          OR o.kind = 'staff' AND e.role NOT IN ('instructor', 'ta')""",
    ),
    Invariant(
        "deliverable_has_its_place",
        "A question is about a reading of its lecture, slides and summaries are of a lecture,"
        " project work is of a milestone.",
        """SELECT d.id::text FROM submissions_deliverable d
        LEFT JOIN schedule_reading r ON r.id = d.reading_id
        WHERE CASE
          WHEN d.kind = 'question' THEN r.lecture_id IS DISTINCT FROM d.lecture_id
            OR d.lecture_id IS NULL OR d.milestone_id IS NOT NULL
          WHEN d.kind IN ('slides', 'final_slides', 'summary') THEN d.lecture_id IS NULL
            OR d.reading_id IS NOT NULL OR d.milestone_id IS NOT NULL
          ELSE d.milestone_id IS NULL OR d.lecture_id IS NOT NULL OR d.reading_id IS NOT NULL END""",
    ),
    Invariant(
        "deliverable_asked_for",
        "The schedule asks for every deliverable that stands.",
        f"""SELECT d.id::text FROM submissions_deliverable d
        WHERE d.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM {_WANTED} w WHERE {_SAME_PLACE})""",  # noqa: S608
    ),
    Invariant(
        "deliverable_stands",
        "For everything that the schedule asks for, a deliverable stands.",
        f"""SELECT concat_ws(' ', w.kind, 'of course', w.course_id, 'lecture ' || w.lecture_id,
          'reading ' || w.reading_id) FROM {_WANTED} w
        WHERE NOT EXISTS (SELECT FROM submissions_deliverable d WHERE {_SAME_PLACE})""",  # noqa: S608
    ),
    Invariant(
        "placement_asked_by_its_slot",
        "A group that is placed in a slot is asked for its work at the slot's start.",
        """SELECT p.id::text FROM schedule_slotplacement p
        JOIN schedule_presentationslot s ON s.id = p.slot_id
        JOIN schedule_lecture l ON l.id = s.lecture_id
        WHERE p.withdrawn_at IS NULL AND p.asked_due_at IS DISTINCT FROM
          CASE WHEN s.withdrawn_at IS NULL AND l.withdrawn_at IS NULL
            THEN l.starts_at + make_interval(mins => s.position * s.length_minutes) END""",
    ),
    Invariant(
        "deliverable_due_by_the_formula",
        "What a deliverable was asked to be due by is what the formula of its kind says.",
        f"""SELECT d.id::text FROM submissions_deliverable d JOIN {_WANTED} w ON {_SAME_PLACE}
        WHERE d.asked_due_at IS DISTINCT FROM w.due_at
          OR d.milestone_id IS DISTINCT FROM w.milestone_id""",  # noqa: S608
    ),
)
