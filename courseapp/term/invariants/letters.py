"""What was mailed: once, in time, and without leaving secrets behind."""

from typing import Final

from courseapp.term.invariants.invariant import Invariant

LETTERS: Final = (
    Invariant(
        "mail_sent_has_instant",
        "A mail that was sent says when.",
        "SELECT id::text FROM kernel_outboxmail WHERE (state = 'sent') <> (sent_at IS NOT NULL)",
    ),
    Invariant(
        "mail_claimed_before_sent",
        "A mail is claimed before it goes out.",
        """SELECT id::text FROM kernel_outboxmail WHERE state IN ('sending', 'sent')
          AND (claimed_at IS NULL OR attempt_count = 0 OR sent_at < claimed_at)""",
    ),
    Invariant(
        "mail_secret_erased",
        "What carried a secret keeps no words once it was sent.",
        """SELECT id::text FROM kernel_outboxmail
        WHERE is_secret AND state = 'sent' AND (text <> '' OR html <> '')""",
    ),
    Invariant(
        "mail_once",
        "No mail was queued twice under one key.",
        """SELECT max(id)::text FROM kernel_outboxmail WHERE dedupe_key IS NOT NULL
        GROUP BY dedupe_key HAVING count(*) > 1""",
    ),
    Invariant(
        "mail_not_too_late",
        "No mail went out after the instant up to which it was wanted.",
        """SELECT id::text FROM kernel_outboxmail
        WHERE state IN ('sending', 'sent') AND claimed_at >= not_after""",
    ),
    Invariant(
        "mail_of_a_course",
        "A mail that names a course names one that exists and is published, as drafts mail nothing.",
        """SELECT m.id::text FROM kernel_outboxmail m
        LEFT JOIN course_course c ON c.id = m.course_id
        WHERE m.course_id IS NOT NULL AND (c.id IS NULL OR c.state = 'draft')""",
    ),
    Invariant(
        "receipt_mailed",
        "For every file that came in, each member has a receipt in the outbox.",
        """SELECT n.id::text FROM submissions_versionmember n
        JOIN submissions_submissionversion v ON v.id = n.version_id
        WHERE v.door = 'form' AND v.medium = 'file' AND NOT EXISTS (
          SELECT FROM kernel_outboxmail m
          WHERE m.dedupe_key = 'receipt/' || v.receipt_code || '/' || n.enrollment_id)""",
    ),
    Invariant(
        "reminder_once",
        "Nobody is reminded twice at one moment of one due instant.",
        """SELECT max(id)::text FROM submissions_reminder
        GROUP BY enrollment_id, deliverable_id, moment, due_at HAVING count(*) > 1""",
    ),
    Invariant(
        "reminder_before_due",
        "Nobody is reminded of what is past due.",
        "SELECT id::text FROM submissions_reminder WHERE reminded_at >= due_at",
    ),
    Invariant(
        "reminder_has_its_mail",
        "A reminder is in a mail of its course that nobody wants after the due instant.",
        """SELECT r.id::text FROM submissions_reminder r
        JOIN course_enrollment e ON e.id = r.enrollment_id
        LEFT JOIN kernel_outboxmail m ON m.id = r.mail_id
        WHERE m.id IS NULL OR m.course_id IS DISTINCT FROM e.course_id
          OR m.kind <> 'submissions/reminder' OR m.not_after IS NULL OR m.not_after < r.due_at""",
    ),
)
