"""Texts that are typed here: what was handed in, and what is being written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from courseapp.course.actors import Actor
from courseapp.kernel.lookup import Lookup
from schedule.models import Lecture
from schedule.selectors.replaced import papers_asked_about
from submissions.deadlines import Kind
from submissions.models import Submission, SubmissionVersion, TextDraft
from submissions.rules import as_typed


@dataclass(frozen=True)
class Written:
    """The newest version of a text."""

    version_id: int
    number: int
    text: str
    received_at: datetime
    receipt_code: str


@dataclass(frozen=True)
class Typing:
    """What is being written, and by whom; `is_settled` where no version is to be cut from it any more."""

    text: str
    revision: int
    received_at: datetime
    by_name: str
    is_settled: bool


class TypedField:
    """A field whose text saves itself: what two pages know of it.

    `typing` is what the server keeps, `text` what stands in the field, `error` why it was refused.
    """

    typing: Typing | None
    text: str
    error: str

    @property
    def revision(self) -> int:
        """Return on which draft the text in the field is built; 0 where there is none."""
        return 0 if self.typing is None else self.typing.revision

    @property
    def is_unsaved(self) -> bool:
        """Say whether the server has not kept what stands in the field."""
        kept = None if self.typing is None else self.typing.text
        return self.error != "" and as_typed(self.text) != kept


@dataclass(frozen=True)
class Left:
    """A question that is not asked for any more, as its reading was removed: it stays readable."""

    version_id: int
    title: str


@dataclass(frozen=True)
class OwnQuestions:
    """What one student asked about a lecture, by submission: newest versions, what is typed, what is left."""

    written: dict[int | None, Written]
    typing: dict[int | None, Typing]
    left: list[Left]


def own_questions(actor: Actor, lecture: Lecture) -> OwnQuestions:
    """Return what the actor asked about a lecture's readings, also those that it has no more; one query."""
    if actor.enrollment is None or not actor.is_student:
        return OwnQuestions({}, {}, [])
    found: list[Any] = _ASKED.all(enrollment=actor.enrollment.pk, lecture=lecture.pk)
    standing = [one for one in found if one.deliverable.withdrawn_at is None]
    gone = [one for one in found if one.deliverable.withdrawn_at is not None and one.newest]
    return OwnQuestions(
        written={one.pk: _written(one.newest) for one in standing if one.newest},
        typing={one.pk: typing_of(one.draft) for one in standing if hasattr(one, "draft")},
        left=[Left(one.newest["version_id"], str(one.deliverable.reading)) for one in gone],
    )


def _asked_by(*, enrollment: int, lecture: int) -> QuerySet[Submission]:
    asked = Submission.objects.filter(
        enrollment=enrollment,
        deliverable__lecture=lecture,
        deliverable__kind=Kind.QUESTION.value,
    )
    related = asked.select_related("deliverable__reading__paper", "draft__written_by")
    return _with_newest_version(related)


def _with_newest_version(asked: QuerySet[Submission]) -> QuerySet[Submission]:
    versions = SubmissionVersion.objects.filter(submission=OuterRef("pk")).order_by("-number")
    said = JSONObject(
        version_id="pk",
        number="number",
        text="text",
        received_at="received_at",
        receipt_code="receipt_code",
    )
    return asked.annotate(newest=Subquery(versions.values(said=said)[:1])).order_by("pk")


_ASKED = Lookup(_asked_by, enrollment=-1, lecture=-2)


def _written(newest: dict[str, Any]) -> Written:
    received_at = datetime.fromisoformat(newest["received_at"])
    return Written(**{**newest, "received_at": received_at})


def typing_of(draft: TextDraft) -> Typing:
    """Return a draft as pages show it."""
    return Typing(
        text=draft.text,
        revision=draft.revision,
        received_at=draft.received_at,
        by_name=draft.written_by.name,
        is_settled=draft.settled_at is not None,
    )


def typing_in(submission_id: int | None) -> Typing | None:
    """Return what is being written for a submission; None where nobody writes."""
    if submission_id is None:
        return None
    found = TextDraft.objects.select_related("written_by").filter(submission=submission_id)
    draft = found.first()
    return None if draft is None else typing_of(draft)


def paper_asked_about(version: SubmissionVersion) -> str:
    """Return the paper that a question was about, where another has replaced it since; else ""."""
    reading_id = version.submission.deliverable.reading_id
    if reading_id is None:
        return ""
    return papers_asked_about({reading_id: version.received_at}).get(reading_id, "")
