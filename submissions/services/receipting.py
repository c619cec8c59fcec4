"""The receipt of typed text, by mail: once, at the due instant, for the version that counts (domain.md §5)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from courseapp.course.models import EnrollmentState
from courseapp.kernel import mail
from submissions import emails
from submissions.models import Door, Extension, SubmissionVersion, TextDraft
from submissions.selectors.receipts import standing_of

SWEEP_BATCH = 100


def sweep(*, now: datetime) -> int:
    """Queue the receipts of the typed texts whose due instant has come; return how many were looked at."""
    ended = 0
    while looked_at := _mail_some(now=now):
        ended += looked_at
    return ended


@transaction.atomic
def _mail_some(*, now: datetime) -> int:
    locked = _ended(now).select_for_update(of=("self",), skip_locked=True)
    drafts = list(locked.order_by("pk")[:SWEEP_BATCH])
    for version in _typed_versions_that_count(drafts):
        members = [
            named.enrollment
            for named in version.members.select_related("enrollment")
            if named.enrollment.state == EnrollmentState.ACTIVE
        ]
        standing = standing_of(version)
        if standing is not None:
            letters = emails.typed_receipts(version=version, standing=standing, members=members)
            mail.queue(letters, now=now)
    TextDraft.objects.filter(pk__in=[draft.pk for draft in drafts]).update(receipted_at=now)
    return len(drafts)


def _ended(now: datetime) -> QuerySet[TextDraft]:
    """Return the drafts, cut to the end, of what is due no more; who has more time waits for its end."""
    more_time = Extension.objects.filter(
        deliverable=OuterRef("submission__deliverable"), due_at__gt=now
    )
    return TextDraft.objects.filter(
        ~Exists(more_time),
        receipted_at__isnull=True,
        settled_at__isnull=False,
        submission__deliverable__due_at__lte=now,
        submission__deliverable__withdrawn_at__isnull=True,
    )


def _typed_versions_that_count(drafts: Sequence[TextDraft]) -> list[SubmissionVersion]:
    """Return for each draft the version that counts, else the latest, where it was cut from typing."""
    found = SubmissionVersion.objects.filter(
        submission__in=[draft.submission_id for draft in drafts]
    ).select_related(
        "handed_in_by",
        "submission__group",
        "submission__enrollment",
        "submission__deliverable__course",
    )
    chosen: dict[int, SubmissionVersion] = {}
    for version in found.order_by("submission", "number"):
        standing = standing_of(version)
        is_late = standing is None or standing.is_late
        if not is_late or version.submission_id not in chosen:
            chosen[version.submission_id] = version
    return [version for version in chosen.values() if version.door == Door.TYPED]
