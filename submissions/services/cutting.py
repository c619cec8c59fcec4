"""Cutting versions from text that is being typed (domain.md §5).

A draft was let in when it was received: what has become of course, role or group since then takes
nothing from it. The caller holds the locks of the submissions.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from courseapp.course.models import Enrollment
from groups.selectors import members_at
from submissions import rules
from submissions.emails import deliverable_words
from submissions.models import (
    LONGEST_WHAT,
    Door,
    Extension,
    Submission,
    SubmissionVersion,
    TextDraft,
    VersionMember,
)
from submissions.services.contents import text_content

QUIET_FOR: Final = timedelta(minutes=2)
SWEEP_BATCH: Final = 200
_CUT_FROM: Final = (
    "submission__deliverable__reading__paper",
    "submission__deliverable__lecture",
    "written_by",
)


def cut(drafts: Sequence[TextDraft], *, now: datetime) -> list[SubmissionVersion]:
    """Cut a version from each draft that makes one, and settle them all; the submissions are locked.

    A text that is too short or too long makes none, nor does one that is in already.
    """
    latest = _latest_versions(drafts)
    made = [
        version
        for draft in drafts
        if (version := _version(draft, latest.get(draft.submission_id))) is not None
    ]
    # No history beside it: the version itself says who handed in what, and never changes.
    SubmissionVersion.objects.bulk_create(made)
    VersionMember.objects.bulk_create(
        VersionMember(version=version, enrollment_id=member)
        for version in made
        for member in _member_ids(version)
    )
    for draft in drafts:
        draft.settled_at = now
    TextDraft.objects.bulk_update(drafts, ["settled_at"])
    return made


def _latest_versions(drafts: Sequence[TextDraft]) -> dict[int, SubmissionVersion]:
    found = SubmissionVersion.objects.filter(submission__in=[one.submission_id for one in drafts])
    newest = found.order_by("submission", "-number").distinct("submission")
    return {version.submission_id: version for version in newest}


def _version(draft: TextDraft, latest: SubmissionVersion | None) -> SubmissionVersion | None:
    deliverable = draft.submission.deliverable
    written = draft.text.strip()
    if not rules.text_acceptable(written, kind=deliverable.kind):
        return None
    content = text_content(written)
    if latest is not None and (latest.medium, latest.sha256) == (content.medium, content.sha256):
        return None
    return SubmissionVersion(
        submission=draft.submission,
        number=1 if latest is None else latest.number + 1,
        received_at=draft.received_at,
        handed_in_by=draft.written_by,
        door=Door.TYPED,
        **vars(content),
        what=deliverable_words(deliverable)[:LONGEST_WHAT],
        receipt_code=secrets.token_hex(12),
    )


def _member_ids(version: SubmissionVersion) -> list[int]:
    """Return whose work it was when it was received."""
    submission = version.submission
    if submission.group_id is None:
        assert submission.enrollment_id is not None
        return [submission.enrollment_id]
    members = members_at(submission.group_id, instant=version.received_at)
    return [member.pk for member in members]


def cut_what_was_in_time(draft: TextDraft, *, due_at: datetime, received_at: datetime) -> None:
    """Cut what was received in time before a write that comes too late takes its place."""
    if draft.settled_at is None and draft.received_at <= due_at < received_at:
        cut([draft], now=received_at)


def cut_before_what_does_not_count(draft: TextDraft, *, received_at: datetime) -> None:
    """Cut what was acknowledged before a text that does not count, an emptied one say, takes its place."""
    if draft.settled_at is None:
        cut([draft], now=received_at)


def cut_what_is_unseen(draft: TextDraft, *, by: Enrollment, received_at: datetime) -> None:
    """Cut another's text before somebody puts their own in its place, who may not have seen it."""
    if draft.settled_at is None and draft.written_by_id != by.pk:
        cut([draft], now=received_at)


def cut_what_came_before(submission: Submission, *, received_at: datetime) -> None:
    """Cut what was typed before other work of the same owner came in, which otherwise it would outnumber."""
    typed = TextDraft.objects.filter(
        submission=submission, settled_at__isnull=True, received_at__lte=received_at
    )
    drafts = list(typed.select_related(*_CUT_FROM))
    if drafts:
        cut(drafts, now=received_at)


def sweep(*, now: datetime) -> int:
    """Cut what nobody has changed for two minutes, and what was in when a due instant came."""
    ended = 0
    while claimed := _cut_some(now=now):
        ended += claimed
    return ended


@transaction.atomic
def _cut_some(*, now: datetime) -> int:
    waiting = TextDraft.objects.filter(_is_ripe(now))
    ids = list(waiting.order_by("received_at").values_list("submission", flat=True)[:SWEEP_BATCH])
    # Writers lock the submission before its draft; so do we, and pass by what is being written.
    locked = Submission.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=ids)
    held = [submission.pk for submission in locked]
    drafts = list(waiting.filter(submission__in=held).select_related(*_CUT_FROM))
    if drafts:
        cut(drafts, now=now)
    return len(drafts)


def _is_ripe(now: datetime) -> Q:
    ended = Extension.objects.filter(
        deliverable=OuterRef("submission__deliverable"),
        due_at__gte=OuterRef("received_at"),
        due_at__lte=now,
    )
    is_quiet = Q(received_at__lte=now - QUIET_FOR)
    is_due = Q(
        submission__deliverable__due_at__gte=F("received_at"),
        submission__deliverable__due_at__lte=now,
    )
    return Q(settled_at__isnull=True) & (is_quiet | is_due | Q(Exists(ended)))
