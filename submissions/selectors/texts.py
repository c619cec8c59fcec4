"""Texts that were handed in."""

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


@dataclass(frozen=True)
class Left:
    """A question that is not asked for any more, as its reading was removed: it stays readable."""

    version_id: int
    title: str


@dataclass(frozen=True)
class OwnQuestions:
    """What one student asked about a lecture: the newest text of each submission, and what is left."""

    written: dict[int | None, Written]
    left: list[Left]


def own_questions(actor: Actor, lecture: Lecture) -> OwnQuestions:
    """Return what the actor asked about a lecture's readings, also those that it has no more."""
    if actor.enrollment is None or not actor.is_student:
        return OwnQuestions({}, [])
    versions = SubmissionVersion.objects.filter(
        submission__enrollment=actor.enrollment,
        submission__deliverable__lecture=lecture,
        submission__deliverable__kind=Kind.QUESTION.value,
    ).select_related("submission__deliverable__reading__paper")
    newest = {version.submission_id: version for version in versions.order_by("number")}
    standing = [one for one in newest.values() if one.submission.deliverable.withdrawn_at is None]
    gone = [one for one in newest.values() if one.submission.deliverable.withdrawn_at is not None]
    return OwnQuestions(
        written={version.submission_id: _written(version) for version in standing},
        left=[Left(one.pk, str(one.submission.deliverable.reading)) for one in gone],
    )


def _written(version: SubmissionVersion) -> Written:
    return Written(
        version_id=version.pk,
        number=version.number,
        text=version.text,
        received_at=version.received_at,
        receipt_code=version.receipt_code,
    )


def paper_asked_about(version: SubmissionVersion) -> str:
    """Return the paper that a question was about, where another has replaced it since; else ""."""
    reading_id = version.submission.deliverable.reading_id
    if reading_id is None:
        return ""
    return papers_asked_about({reading_id: version.received_at}).get(reading_id, "")
