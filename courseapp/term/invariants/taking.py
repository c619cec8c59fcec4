"""How work is taken, what outages gave, and what came in by others' hands."""

from typing import Final

from courseapp.term.invariants.invariant import Invariant

_TERMS: Final = """(
  SELECT 'deliverable ' || id AS row, kind, late_policy, accepted, pages_min, pages_max
  FROM submissions_deliverable
  UNION ALL
  SELECT 'kind ' || id, kind, late_policy, accepted, pages_min, pages_max
  FROM submissions_kindsettings)"""

TAKING: Final = (
    Invariant(
        "terms_known",
        "Late work is kept or refused, and files are named by endings that can be looked into.",
        f"""SELECT t.row FROM {_TERMS} t WHERE t.late_policy NOT IN ('', 'no_credit', 'closed')
          OR NOT t.accepted::text[] <@ ARRAY['.pdf', '.pptx', '.ppt', '.zip']""",  # noqa: S608 - names of our models
    ),
    Invariant(
        "terms_pages_in_order",
        "No more pages are asked for at least than at most.",
        f"SELECT t.row FROM {_TERMS} t WHERE t.pages_min > t.pages_max",  # noqa: S608 - names of our models
    ),
    Invariant(
        "terms_of_questions",
        "Questions are text: no files or pages are set of them.",
        f"""SELECT t.row FROM {_TERMS} t WHERE t.kind = 'question' AND (t.accepted <> '{{}}'
          OR t.pages_min IS NOT NULL OR t.pages_max IS NOT NULL)""",  # noqa: S608 - names of our models
    ),
    Invariant(
        "outages_apart",
        "No two outages overlap: the time lost before a deadline is their sum.",
        """SELECT a.id::text FROM submissions_outage a
        JOIN submissions_outage b ON b.id <> a.id
          AND b.began_at < a.ended_at AND a.began_at < b.ended_at""",
    ),
    Invariant(
        "outage_answered_by_staff",
        "What an outage took is answered by staff, after it had ended.",
        """SELECT a.id::text FROM submissions_outageanswer a
        JOIN submissions_outage o ON o.id = a.outage_id
        JOIN course_enrollment e ON e.id = a.answered_by_id
        WHERE e.role NOT IN ('instructor', 'ta') OR a.answered_at < o.ended_at""",
    ),
    Invariant(
        "outage_answer_gives_there",
        "The time that an answer gave was given for what it is about.",
        """SELECT a.id::text FROM submissions_outageanswer a
        JOIN submissions_extension x ON x.id = a.extension_id
        WHERE x.deliverable_id <> a.deliverable_id""",
    ),
    Invariant(
        "version_by_staff_for_others",
        "What came in by the admin was handed in by staff, for others, with a reason.",
        """SELECT v.id::text FROM submissions_submissionversion v
        JOIN course_enrollment e ON e.id = v.handed_in_by_id
        WHERE v.door = 'admin' AND (v.reason = '' OR EXISTS (
            SELECT FROM submissions_versionmember n
            WHERE n.version_id = v.id AND n.enrollment_id = v.handed_in_by_id)
          OR NOT (e.role IN ('instructor', 'ta') OR 'read_all_work' = ANY (e.extra_permissions)))""",
    ),
)
