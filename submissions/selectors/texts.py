"""Texts that were handed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor
from schedule.models import Lecture
from schedule.selectors.replaced import papers_asked_about
from submissions.deadlines import Kind
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


def paper_asked_about(version: SubmissionVersion) -> str:
    """Return the paper that a question was about, where another has replaced it since; else ""."""
    reading_id = version.submission.deliverable.reading_id
    if reading_id is None:
        return ""
    return papers_asked_about({reading_id: version.received_at}).get(reading_id, "")


@dataclass(frozen=True)
class Left:
    """A question that is not asked for any more, as its reading was removed: it stays readable."""

    version_id: int
    title: str


def questions_left(actor: Actor, lecture: Lecture) -> list[Left]:
    """Return what the actor asked about readings that the lecture does not have any more."""
    if actor.enrollment is None or not actor.is_student:
        return []
    versions = SubmissionVersion.objects.filter(
        submission__enrollment=actor.enrollment,
        submission__deliverable__lecture=lecture,
        submission__deliverable__kind=Kind.QUESTION.value,
        submission__deliverable__withdrawn_at__isnull=False,
    ).select_related("submission__deliverable__reading__paper")
    newest = {version.submission_id: version for version in versions.order_by("number")}
    return [
        Left(version.pk, str(version.submission.deliverable.reading)) for version in newest.values()
    ]
