"""The receipt of typed text, by mail: once, at the due instant, for the version that counts (domain.md §5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from courseapp.course.models import EnrollmentState
from courseapp.kernel import mail
from submissions import emails
from submissions.models import Door, SubmissionVersion, TextDraft
from submissions.selectors.receipts import Standing
from submissions.selectors.until import UNTIL

SWEEP_BATCH = 100

# Of the drafts that are cut to the end and due no more: until when they were, and the version that
# counts, else the latest. Who has more time waits for the end of it.
_ENDED = f"""
SELECT t.id, until.due_at, (
    SELECT v.id FROM submissions_submissionversion v WHERE v.submission_id = s.id
    ORDER BY v.received_at <= until.due_at DESC, v.number DESC LIMIT 1)
FROM submissions_textdraft t
JOIN submissions_submission s ON s.id = t.submission_id
JOIN submissions_deliverable d ON d.id = s.deliverable_id
{UNTIL}
WHERE t.receipted_at IS NULL AND t.settled_at IS NOT NULL AND d.withdrawn_at IS NULL
  AND d.due_at <= %(now)s AND until.due_at <= %(now)s
ORDER BY t.id LIMIT %(batch)s
FOR UPDATE OF t SKIP LOCKED
"""  # noqa: S608 - literals of ours; what varies are parameters


@dataclass(frozen=True)
class _Ended:
    """A draft that is due no more; `version_id` is None where nothing was cut from it."""

    draft_id: int
    due_at: datetime
    version_id: int | None


def sweep(*, now: datetime) -> int:
    """Queue the receipts of the typed texts whose due instant has come; return how many were looked at."""
    ended = 0
    while looked_at := _mail_some(now=now):
        ended += looked_at
    return ended


@transaction.atomic
def _mail_some(*, now: datetime) -> int:
    ended = _ended(now)
    typed = _typed([one.version_id for one in ended if one.version_id is not None])
    for one in ended:
        version = typed.get(one.version_id or 0)
        if version is not None:
            _mail(version, due_at=one.due_at, now=now)
    TextDraft.objects.filter(pk__in=[one.draft_id for one in ended]).update(receipted_at=now)
    return len(ended)


def _ended(now: datetime) -> list[_Ended]:
    with connection.cursor() as cursor:
        cursor.execute(_ENDED, {"now": now, "batch": SWEEP_BATCH})
        return [_Ended(*row) for row in cursor.fetchall()]


def _typed(version_ids: Sequence[int]) -> dict[int, SubmissionVersion]:
    """Return those of the versions that were cut from typing; of others the receipt went out at once."""
    found = SubmissionVersion.objects.filter(pk__in=version_ids, door=Door.TYPED).select_related(
        "handed_in_by",
        "submission__group",
        "submission__enrollment",
        "submission__deliverable__course",
    )
    with_members = found.prefetch_related("members__enrollment")
    return {version.pk: version for version in with_members}


def _mail(version: SubmissionVersion, *, due_at: datetime, now: datetime) -> None:
    members = [
        named.enrollment
        for named in version.members.all()
        if named.enrollment.state == EnrollmentState.ACTIVE
    ]
    standing = Standing(due_at, version.received_at > due_at)
    letters = emails.typed_receipts(version=version, standing=standing, members=members)
    mail.queue(letters, now=now)
