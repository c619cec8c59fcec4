"""Texts that were handed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from submissions.models import SubmissionVersion


@dataclass(frozen=True)
class Written:
    """The newest version of a text."""

    version_id: int
    number: int
    text: str
    received_at: datetime
    receipt_code: str


def written_for(submission_ids: Iterable[int | None]) -> dict[int | None, Written]:
    """Return the newest text of each submission."""
    versions = SubmissionVersion.objects.filter(
        submission__in=[found for found in submission_ids if found is not None]
    ).order_by("number")
    return {
        version.submission_id: Written(
            version_id=version.pk,
            number=version.number,
            text=version.text,
            received_at=version.received_at,
            receipt_code=version.receipt_code,
        )
        for version in versions
    }
