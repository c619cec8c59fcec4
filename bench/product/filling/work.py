"""What is due, what came in, and what it was worth."""

from bench.product.filling.people import MEASURED
from bench.product.rows import insert
from courseapp.kernel.models import OutboxMail
from grading.models import Absence, Component, Grade, Part, Release, Roll
from submissions.models import (
    Deliverable,
    Extension,
    Submission,
    SubmissionVersion,
    VersionMember,
)

# Of 100 owners these many have handed in what was due, and what is due next.
IN_OF_PAST = 88
IN_OF_COMING = 25

_ROLE_OF_KIND = """((d.kind IN ('slides', 'final_slides') AND a.role = 'presenter')
  OR (d.kind = 'summary' AND a.role <> 'presenter'))"""


def copy_deliverables(*, slugs: str) -> None:
    """Give courses the deliverables that the product derived for the measured one."""
    insert(
        Deliverable,
        {
            "course_id": "c.id",
            "kind": "d.kind",
            "lecture_id": "l.id",
            "reading_id": "r.id",
            "milestone_id": "m.id",
            "due_at": "d.due_at",
        },
        f"""FROM course_course c JOIN course_course o ON o.slug = '{MEASURED}-1'
          JOIN submissions_deliverable d ON d.course_id = o.id
          LEFT JOIN schedule_lecture ol ON ol.id = d.lecture_id
          LEFT JOIN schedule_lecture l ON l.course_id = c.id AND l.position = ol.position
          LEFT JOIN schedule_reading orr ON orr.id = d.reading_id
          LEFT JOIN schedule_reading r ON r.lecture_id = l.id AND r.position = orr.position
          LEFT JOIN schedule_milestone om ON om.id = d.milestone_id
          LEFT JOIN schedule_milestone m ON m.course_id = c.id AND m.position = om.position
          WHERE c.slug LIKE '{slugs}-%' AND (d.lecture_id IS NULL OR l.id IS NOT NULL)""",
    )


def copy_components(*, slugs: str) -> None:
    """Give courses the components and parts of the measured one."""
    insert(
        Component,
        {"course_id": "c.id", "name": "k.name", "weight": "k.weight", "position": "k.position"},
        f"""FROM course_course c JOIN course_course o ON o.slug = '{MEASURED}-1'
          JOIN grading_component k ON k.course_id = o.id WHERE c.slug LIKE '{slugs}-%'""",
    )
    columns = ("name", "weight", "position", "deliverable_kind", "role", "scoring")
    insert(
        Part,
        {
            "component_id": "mine.id",
            "is_individual": "p.is_individual",
            **{column: f"p.{column}" for column in columns},
        },
        f"""FROM course_course c JOIN course_course o ON o.slug = '{MEASURED}-1'
          JOIN grading_component k ON k.course_id = o.id
          JOIN grading_part p ON p.component_id = k.id
          JOIN grading_component mine ON mine.course_id = c.id AND mine.name = k.name
          WHERE c.slug LIKE '{slugs}-%'""",
    )


def add_work(*, slugs: str) -> None:
    """Hand in most of what was due and some of what comes next, with members and receipts."""
    _add_questions(slugs=slugs)
    _add_group_work(slugs=slugs)
    _add_versions(slugs=slugs)


def _add_questions(*, slugs: str) -> None:
    insert(
        Submission,
        {"deliverable_id": "d.id", "enrollment_id": "e.id"},
        f"""FROM course_course c
          JOIN submissions_deliverable d ON d.course_id = c.id AND d.kind = 'question'
          JOIN course_enrollment e ON e.course_id = c.id AND e.role = 'student'
          WHERE c.slug LIKE '{slugs}-%' AND (e.id * 7919 + d.id * 104729) % 100 <
            CASE WHEN d.due_at < now() THEN {IN_OF_PAST}
              WHEN d.due_at < now() + interval '4 days' THEN {IN_OF_COMING} ELSE 0 END
            AND NOT EXISTS (SELECT 1 FROM groups_membership m
              JOIN schedule_roleassignment a ON a.group_id = m.group_id
              WHERE m.enrollment_id = e.id AND a.lecture_id = d.lecture_id)""",  # noqa: S608 - literals of this module
    )


def _add_group_work(*, slugs: str) -> None:
    insert(
        Submission,
        {"deliverable_id": "d.id", "group_id": "g.id"},
        f"""FROM course_course c
          JOIN submissions_deliverable d ON d.course_id = c.id AND d.kind <> 'question'
          JOIN groups_group g ON g.course_id = c.id
          WHERE c.slug LIKE '{slugs}-%' AND d.due_at < now()
            AND (g.id * 7919 + d.id * 104729) % 100 < {IN_OF_PAST}
            AND (d.lecture_id IS NULL OR EXISTS (SELECT 1 FROM schedule_roleassignment a
              WHERE a.lecture_id = d.lecture_id AND a.group_id = g.id AND {_ROLE_OF_KIND}))""",  # noqa: S608 - literals of this module
    )


def _add_versions(*, slugs: str) -> None:
    is_question = "s.group_id IS NULL"
    text = "'What does the paper measure, and would it hold elsewhere? ' || repeat(md5(s.id::text) || ' ', 6)"
    received_at = (
        "LEAST(d.due_at, now()) - interval '1 hour' * (1 + s.id % 40) + interval '1 minute' * n"
    )
    insert(
        SubmissionVersion,
        {
            "submission_id": "s.id",
            "number": "n",
            "received_at": received_at,
            "handed_in_by_id": "COALESCE(s.enrollment_id, m.enrollment_id)",
            "medium": f"CASE WHEN {is_question} THEN 'text' ELSE 'file' END",
            "text": f"CASE WHEN {is_question} THEN {text} ELSE '' END",
            "file_key": f"CASE WHEN {is_question} THEN '' ELSE 'none/' || s.id || '/' || n END",
            "file_name": f"CASE WHEN {is_question} THEN '' ELSE 'work.pdf' END",
            "size": "200",
            "sha256": "encode(sha256((s.id || '/' || n)::bytea), 'hex')",
            "receipt_code": "left(md5(s.id || '/' || n), 24)",
        },
        f"""FROM course_course c
          JOIN submissions_deliverable d ON d.course_id = c.id
          JOIN submissions_submission s ON s.deliverable_id = d.id
          CROSS JOIN generate_series(1, 2) n
          LEFT JOIN groups_membership m ON m.group_id = s.group_id AND m.seat = 1
          WHERE c.slug LIKE '{slugs}-%' AND (n = 1 OR s.id % 7 = 0)""",
    )
    versions = """FROM course_course c
      JOIN submissions_deliverable d ON d.course_id = c.id
      JOIN submissions_submission s ON s.deliverable_id = d.id
      JOIN submissions_submissionversion v ON v.submission_id = s.id
      LEFT JOIN groups_membership m ON m.group_id = s.group_id"""
    of_slugs = f"WHERE c.slug LIKE '{slugs}-%'"
    insert(
        VersionMember,
        {"version_id": "v.id", "enrollment_id": "COALESCE(s.enrollment_id, m.enrollment_id)"},
        f"{versions} {of_slugs}",
    )
    insert(
        OutboxMail,
        {
            "kind": "'submissions/receipt'",
            "course_id": "c.id",
            "recipient": "e.email",
            "subject": "'Received: version ' || v.number",
            "text": "repeat('What came in, when, and its receipt. ', 12)",
            "dedupe_key": "'receipt/' || v.receipt_code || '/' || e.id",
            "state": "'sent'",
            "queued_at": "v.received_at",
            "send_at": "v.received_at",
            "sent_at": "v.received_at",
        },
        f"""{versions} JOIN course_enrollment e ON e.id = COALESCE(s.enrollment_id, m.enrollment_id)
          {of_slugs}""",
    )


def add_grades(*, slugs: str) -> None:
    """Grade what groups handed in, note a contribution for each student, release half the parts."""
    staff = "JOIN course_enrollment t ON t.course_id = c.id AND t.role = 'instructor'"
    parts = f"""FROM course_course c {staff}
      JOIN grading_component k ON k.course_id = c.id
      JOIN grading_part p ON p.component_id = k.id"""
    of_slugs = f"WHERE c.slug LIKE '{slugs}-%'"
    by = {"awarded_by_id": "t.id", "awarded_at": "now() - interval '1 day'"}
    insert(
        Grade,
        {
            "part_id": "p.id",
            "deliverable_id": "d.id",
            "group_id": "s.group_id",
            "points": "60 + s.id % 40",
            "comment": "'Clear; the second half was short of time.'",
            **by,
        },
        f"""{parts} JOIN submissions_deliverable d ON d.course_id = c.id
            AND d.kind = p.deliverable_kind
          JOIN submissions_submission s ON s.deliverable_id = d.id AND s.group_id IS NOT NULL
          {of_slugs} AND d.due_at < now() - interval '5 days'
          AND (p.role = '' OR EXISTS (SELECT 1 FROM schedule_roleassignment a
            WHERE a.lecture_id = d.lecture_id AND a.group_id = s.group_id AND a.role = p.role))""",  # noqa: S608 - literals of this module
    )
    insert(
        Grade,
        {"part_id": "p.id", "enrollment_id": "e.id", "points": "60 + e.id % 40", **by},
        f"""{parts} JOIN course_enrollment e ON e.course_id = c.id AND e.role = 'student'
          {of_slugs} AND p.name = 'contribution'""",
    )
    insert(
        Release,
        {"part_id": "p.id", "released_by_id": "t.id", "released_at": "now() - interval '1 hour'"},
        f"{parts} {of_slugs} AND (p.position + k.position) % 2 = 0",
    )


def add_attendance(*, slugs: str) -> None:
    """Take the roll of each past lecture; a twentieth of the students missed it."""
    lectures = """FROM course_course c
      JOIN course_enrollment t ON t.course_id = c.id AND t.role = 'instructor'
      JOIN schedule_lecture l ON l.course_id = c.id AND l.kind = 'lecture' AND l.ends_at < now()"""
    of_slugs = f"WHERE c.slug LIKE '{slugs}-%'"
    insert(
        Roll,
        {"lecture_id": "l.id", "taken_by_id": "t.id", "taken_at": "l.ends_at"},
        f"{lectures} {of_slugs}",
    )
    insert(
        Absence,
        {
            "lecture_id": "l.id",
            "enrollment_id": "e.id",
            "is_excused": "e.id % 3 = 0",
            "recorded_by_id": "t.id",
            "recorded_at": "l.ends_at",
        },
        f"""{lectures} JOIN course_enrollment e ON e.course_id = c.id AND e.role = 'student'
          {of_slugs} AND (e.id * 31 + l.id * 17) % 20 = 0""",
    )


def add_extensions(*, slugs: str) -> None:
    """Give a hundredth of the students one day more for what is due next."""
    insert(
        Extension,
        {
            "deliverable_id": "d.id",
            "enrollment_id": "e.id",
            "due_at": "d.due_at + interval '1 day'",
            "reason": "'A doctor''s note.'",
            "granted_by_id": "t.id",
            "granted_at": "now() - interval '1 day'",
        },
        f"""FROM course_course c
          JOIN course_enrollment t ON t.course_id = c.id AND t.role = 'instructor'
          JOIN submissions_deliverable d ON d.course_id = c.id AND d.kind = 'question'
          JOIN course_enrollment e ON e.course_id = c.id AND e.role = 'student'
          WHERE c.slug LIKE '{slugs}-%' AND e.id % 100 = 0
            AND d.due_at BETWEEN now() AND now() + interval '7 days'""",
    )
