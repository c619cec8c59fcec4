"""What was handed in: whole, in order, by those who could, once."""

from datetime import timedelta
from typing import Final

from courseapp.term.invariants.invariant import Invariant

# Two hand-ins at once are numbered in the order in which their bytes were stored; a large file that
# was received first may come second. No more than this can lie between them.
OVERTAKING: Final = timedelta(minutes=10)

_BELONGED: Final = """m.starts_at <= v.received_at
  AND (m.ends_at IS NULL OR m.ends_at > v.received_at)"""

HAND_INS: Final = (
    Invariant(
        "submission_has_version",
        "A submission has at least one version, or a text that is being typed.",
        """SELECT id::text FROM submissions_submission s WHERE NOT EXISTS (
          SELECT FROM submissions_submissionversion v WHERE v.submission_id = s.id)
          AND NOT EXISTS (SELECT FROM submissions_textdraft t WHERE t.submission_id = s.id)""",
    ),
    Invariant(
        "draft_of_what_is_written",
        "Only questions and summaries are typed.",
        """SELECT t.id::text FROM submissions_textdraft t
        JOIN submissions_submission s ON s.id = t.submission_id
        JOIN submissions_deliverable d ON d.id = s.deliverable_id
        WHERE d.kind NOT IN ('question', 'summary')""",
    ),
    Invariant(
        "draft_settled_after_it_came",
        "A draft is settled, and its receipt mailed, after it was received.",
        """SELECT id::text FROM submissions_textdraft WHERE settled_at < received_at
          OR receipted_at < received_at OR (receipted_at IS NOT NULL AND settled_at IS NULL)""",
    ),
    Invariant(
        "check_of_a_file",
        "Files are checked, and no typed text.",
        """SELECT c.id::text FROM submissions_versioncheck c
        JOIN submissions_submissionversion v ON v.id = c.version_id WHERE v.medium <> 'file'""",
    ),
    Invariant(
        "check_made_by_a_worker",
        "A check goes on, or has ended, only after a worker claimed it.",
        """SELECT id::text FROM submissions_versioncheck
        WHERE (state <> 'waiting') <> (claimed_at IS NOT NULL AND attempt_count > 0)""",
    ),
    Invariant(
        "submission_one_owner",
        "A submission belongs to one student or to one group, once for each deliverable.",
        """SELECT max(id)::text FROM submissions_submission
        GROUP BY deliverable_id, enrollment_id, group_id
        HAVING count(*) > 1 OR (enrollment_id IS NULL) = (group_id IS NULL)""",
    ),
    Invariant(
        "submission_owner_fits_kind",
        "Questions are handed in by single students, everything else by groups.",
        """SELECT s.id::text FROM submissions_submission s
        JOIN submissions_deliverable d ON d.id = s.deliverable_id
        LEFT JOIN course_enrollment e ON e.id = s.enrollment_id
        WHERE (d.kind = 'question') <> (s.enrollment_id IS NOT NULL) OR e.role <> 'student'""",
    ),
    Invariant(
        "version_numbers_without_gap",
        "A submission's versions are numbered from 1, without a gap and without a double.",
        """SELECT 'submission ' || submission_id FROM submissions_submissionversion
        GROUP BY submission_id HAVING min(number) <> 1 OR max(number) <> count(DISTINCT number)
          OR count(DISTINCT number) <> count(*)""",
    ),
    Invariant(
        "version_numbers_in_order",
        "Versions are numbered as they were received; only two hand-ins at once may cross.",
        f"""SELECT v.id::text FROM submissions_submissionversion v
        JOIN submissions_submissionversion o
          ON o.submission_id = v.submission_id AND o.number = v.number - 1
        WHERE v.received_at < o.received_at - interval '{OVERTAKING.seconds} seconds'""",  # noqa: S608
    ),
    Invariant(
        "version_once",
        "No version repeats the one before it: an equal hand-in gets the receipt of the latest.",
        """SELECT v.id::text FROM submissions_submissionversion v
        JOIN submissions_submissionversion o
          ON o.submission_id = v.submission_id AND o.number = v.number - 1
        WHERE v.sha256 = o.sha256 AND v.file_name = o.file_name AND v.medium = o.medium""",
    ),
    Invariant(
        "version_key_once",
        "No key of a hand-in made two versions.",
        """SELECT max(id)::text FROM submissions_submissionversion WHERE idempotency_key <> ''
        GROUP BY submission_id, idempotency_key HAVING count(*) > 1""",
    ),
    Invariant(
        "version_receipt_once",
        "No two versions share the number of a receipt.",
        """SELECT max(id)::text FROM submissions_submissionversion
        GROUP BY receipt_code HAVING count(*) > 1""",
    ),
    Invariant(
        "version_text_or_file",
        "A version is a text or a file, never both or neither, and never empty.",
        """SELECT id::text FROM submissions_submissionversion
        WHERE size <= 0 OR (medium = 'file') <> (file_key <> '') OR (medium = 'text') <> (text <> '')""",
    ),
    Invariant(
        "version_text_has_its_hash",
        "A text's size and SHA-256 are those of its UTF-8.",
        """SELECT id::text FROM submissions_submissionversion WHERE medium = 'text'
          AND (size <> octet_length(text) OR sha256 <> encode(sha256(convert_to(text, 'UTF8')), 'hex'))""",
    ),
    Invariant(
        "version_hash_is_one",
        "A version's SHA-256 is written as 64 lower-case hexadecimal digits.",
        r"SELECT id::text FROM submissions_submissionversion WHERE sha256 !~ '^[0-9a-f]{64}$'",
    ),
    Invariant(
        "version_file_kept_once",
        "No two versions name the same kept file.",
        """SELECT max(id)::text FROM submissions_submissionversion WHERE file_key <> ''
        GROUP BY file_key HAVING count(*) > 1""",
    ),
    Invariant(
        "version_not_from_the_future",
        "Nothing was received after now.",
        "SELECT id::text FROM submissions_submissionversion WHERE received_at > %(now)s",
    ),
    Invariant(
        "version_members_belonged",
        "Whom a version names as members belonged to its group when it was received.",
        f"""SELECT n.id::text FROM submissions_versionmember n
        JOIN submissions_submissionversion v ON v.id = n.version_id AND v.door IN ('form', 'typed')
        JOIN submissions_submission s ON s.id = v.submission_id
        WHERE n.enrollment_id IS DISTINCT FROM s.enrollment_id AND NOT EXISTS (
          SELECT FROM groups_membership m WHERE m.group_id = s.group_id
            AND m.enrollment_id = n.enrollment_id AND {_BELONGED})""",  # noqa: S608
    ),
    Invariant(
        "version_members_complete",
        "A version names everyone who belonged to its group when it was received.",
        f"""SELECT v.id::text FROM submissions_submissionversion v
        JOIN submissions_submission s ON s.id = v.submission_id
        WHERE v.door IN ('form', 'typed') AND EXISTS (
          SELECT m.enrollment_id FROM groups_membership m WHERE m.group_id = s.group_id AND {_BELONGED}
          UNION ALL SELECT s.enrollment_id WHERE s.enrollment_id IS NOT NULL
          EXCEPT SELECT n.enrollment_id FROM submissions_versionmember n WHERE n.version_id = v.id)""",  # noqa: S608
    ),
    Invariant(
        "version_by_a_member",
        "Whoever wrote or handed in by the form is among those whom the version names.",
        """SELECT v.id::text FROM submissions_submissionversion v WHERE v.door IN ('form', 'typed')
          AND NOT EXISTS (SELECT FROM submissions_versionmember n
            WHERE n.version_id = v.id AND n.enrollment_id = v.handed_in_by_id)""",
    ),
    Invariant(
        "extension_by_staff",
        "Extensions are granted by staff, each with a reason.",
        """SELECT x.id::text FROM submissions_extension x
        JOIN course_enrollment e ON e.id = x.granted_by_id
        WHERE e.role NOT IN ('instructor', 'ta') OR x.reason = ''""",
    ),
    Invariant(
        "decision_on_proposal",
        "Decisions are on versions of proposals, one a version, after it came in.",
        """SELECT max(p.id)::text FROM submissions_proposaldecision p
        JOIN submissions_submissionversion v ON v.id = p.version_id
        JOIN submissions_submission s ON s.id = v.submission_id
        JOIN submissions_deliverable d ON d.id = s.deliverable_id
        GROUP BY p.version_id
        HAVING count(*) > 1 OR min(d.kind) <> 'proposal' OR min(p.decided_at) < min(v.received_at)""",
    ),
    Invariant(
        "decision_by_another",
        "Nobody decides on the proposal of their own group.",
        """SELECT p.id::text FROM submissions_proposaldecision p
        JOIN submissions_submissionversion v ON v.id = p.version_id
        JOIN submissions_submission s ON s.id = v.submission_id
        WHERE EXISTS (SELECT FROM groups_membership m
          WHERE m.group_id = s.group_id AND m.enrollment_id = p.decided_by_id)""",
    ),
    Invariant(
        "decision_gives_its_round",
        "A decision gives a next due instant exactly where it asks for changes.",
        """SELECT id::text FROM submissions_proposaldecision
        WHERE (verdict = 'changes_requested') <> (next_due_at IS NOT NULL)""",
    ),
    Invariant(
        "agreement_by_a_member",
        "Only members agree to a proposal, and only to an approved one.",
        """SELECT a.id::text FROM submissions_proposalagreement a
        JOIN submissions_proposaldecision p ON p.id = a.decision_id
        JOIN submissions_submissionversion v ON v.id = p.version_id
        JOIN submissions_submission s ON s.id = v.submission_id
        WHERE p.verdict <> 'approved' OR NOT EXISTS (
          SELECT FROM groups_membership m WHERE m.group_id = s.group_id
            AND m.enrollment_id = a.enrollment_id AND m.starts_at <= a.agreed_at
            AND (m.ends_at IS NULL OR m.ends_at > a.agreed_at))""",
    ),
)
