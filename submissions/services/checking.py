"""The deeper checks of files: the row is the truth, the job a hint (domain.md §4).

Whatever a check finds, or whether it is made at all, the version counts as it did.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.db import transaction
from django.db.models import Q, QuerySet

from courseapp.course.models import CourseState, EnrollmentState
from courseapp.kernel import clock, files, hints, mail
from submissions import emails, inspection
from submissions.inspection import Finding, Level
from submissions.models import CheckState, Medium, SubmissionVersion, VersionCheck, VersionMember
from submissions.selectors.terms import terms_of

log = logging.getLogger(__name__)

# The job that calls `sweep`.
SWEEP = "submissions.check_files"
# Of a file that takes all the time that it is given, with its way from the store.
LONGEST_LOOK = timedelta(seconds=40)
# A check takes seconds: one that has been silent for so long has lost its worker.
SILENT_AFTER = timedelta(minutes=2)
ATTEMPT_LIMIT = 3
SWEEP_BATCH = 20
NOT_CHECKED = Finding(
    "not_checked",
    Level.NOTE,
    "The checks could not be made, which is our fault. What you handed in is in all the same; open"
    " it once yourself to be sure of it.",
)


def ask(version: SubmissionVersion, *, now: datetime) -> None:
    """Ask for the check of a file that has just come in, in the transaction of its hand-in."""
    if version.medium != Medium.FILE:
        return
    VersionCheck.objects.create(version=version, asked_at=now)
    hints.wake_after_commit(SWEEP)


def sweep() -> int:
    """Make the checks that wait, the oldest first, a batch at a time; return how many ended."""
    ended = 0
    for _ in range(SWEEP_BATCH):
        check = _claim(now=clock.now())
        if check is None:
            return ended
        ended += _make(check)
    hints.wake_after_commit(SWEEP)
    return ended


@transaction.atomic
def _claim(*, now: datetime) -> VersionCheck | None:
    """Take the next check for ourselves: one that waits, or whose worker has fallen silent.

    One at a time, so that files that take long hold up checks only, and no mail.
    """
    under_way = VersionCheck.objects.filter(
        state=CheckState.RUNNING, claimed_at__gt=now - LONGEST_LOOK
    )
    if under_way.exists():
        return None
    silent = Q(state=CheckState.RUNNING, claimed_at__lt=now - SILENT_AFTER)
    waiting = VersionCheck.objects.filter(Q(state=CheckState.WAITING) | silent)
    waiting.filter(attempt_count__gte=ATTEMPT_LIMIT).update(
        state=CheckState.FAILED, checked_at=now, findings=[NOT_CHECKED.as_plain()]
    )
    check = waiting.select_for_update(skip_locked=True).order_by("asked_at", "pk").first()
    if check is None:
        return None
    check.state, check.claimed_at = CheckState.RUNNING, now
    check.attempt_count += 1
    check.save(update_fields=["state", "claimed_at", "attempt_count"])
    return check


def _make(check: VersionCheck) -> bool:
    """Look into the file and keep what was found; say whether it came to that.

    Where the file cannot be had, the check is left as a silent one, to be claimed again; the next
    need not wait for it.
    """
    version = SubmissionVersion.objects.select_related("submission__deliverable__course").get(
        pk=check.version_id
    )
    try:
        with files.local_copy(version.file_key) as path:
            look = inspection.look(
                path, ending=PurePosixPath(version.file_name).suffix, wanted=_wanted(version)
            )
    except (OSError, files.StoreAway):
        log.exception("The file of version %s could not be had for its check.", version.pk)
        _mine(check).update(claimed_at=clock.now() - LONGEST_LOOK)
        return False
    return _keep(check, version, look.findings, now=clock.now())


def _wanted(version: SubmissionVersion) -> inspection.Wanted:
    deliverable = version.submission.deliverable
    terms = terms_of([deliverable.pk])[deliverable.pk]
    return inspection.wanted_of(
        deliverable.kind,
        pages=(terms.pages_min, terms.pages_max),
        summary_sections=deliverable.course.summary_sections,
        members=VersionMember.objects.filter(version=version).count(),
    )


@transaction.atomic
def _keep(
    check: VersionCheck, version: SubmissionVersion, findings: Sequence[Finding], *, now: datetime
) -> bool:
    """Keep what was found, unless another worker has taken the check over meanwhile."""
    kept = _mine(check).update(
        state=CheckState.DONE,
        checked_at=now,
        findings=[finding.as_plain() for finding in findings],
    )
    if kept:
        _tell(version, [finding for finding in findings if finding.level is Level.BAD], now=now)
    return bool(kept)


def _mine(check: VersionCheck) -> QuerySet[VersionCheck]:
    """Return the check as we claimed it; nothing where another worker has taken it over."""
    return VersionCheck.objects.filter(
        pk=check.pk, state=CheckState.RUNNING, attempt_count=check.attempt_count
    )


def _tell(version: SubmissionVersion, findings: Sequence[Finding], *, now: datetime) -> None:
    """Mail those who were members at the hand-in what is bad, while no newer version is there.

    Only a published course mails, and nobody who has dropped since (§1, §4).
    """
    newer = SubmissionVersion.objects.filter(
        submission=version.submission_id, number__gt=version.number
    )
    course = version.submission.deliverable.course
    if not findings or course.state != CourseState.PUBLISHED or newer.exists():
        return
    members = VersionMember.objects.filter(
        version=version, enrollment__state=EnrollmentState.ACTIVE
    ).select_related("enrollment")
    letters = emails.check_bad(
        version=version,
        findings=findings,
        members=[member.enrollment for member in members],
    )
    mail.queue(letters, now=now)
