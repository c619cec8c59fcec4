"""Files in pieces, and what became of them."""

from typing import Final

from courseapp.term.invariants.invariant import Invariant

ARRIVING: Final = (
    Invariant(
        "upload_is_its_version",
        "What an upload became is as long as was announced, and belongs to the same deliverable.",
        """SELECT u.id::text FROM submissions_upload u
        JOIN submissions_submissionversion v ON v.id = u.version_id
        JOIN submissions_submission s ON s.id = v.submission_id
        WHERE v.size <> u.length OR u.offset <> u.length OR s.deliverable_id <> u.deliverable_id""",
    ),
    Invariant(
        "upload_refused_says_why",
        "Who was refused can read why.",
        """SELECT u.id::text FROM submissions_upload u WHERE u.outcome = 'refused'
        AND COALESCE(u.refusal ->> 'sentence', '') = ''""",
    ),
)
