"""The lecture page: what to read, what to ask, who plays which part, what is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from courseapp.course.actors import Actor
from courseapp.kernel.decisions import Denied
from courseapp.kernel.sent import row_id
from courseapp.term.ways import WaysOfLecture, ways_of_lecture
from schedule.models import Lecture, Reading
from schedule.selectors import Part, readings_of
from schedule.selectors.replaced import papers_asked_about
from submissions.deadlines import Kind
from submissions.rules import text_acceptable
from submissions.selectors.final_slides import SlidesLink, on_schedule
from submissions.selectors.owed import Duty, duties
from submissions.selectors.texts import (
    Left,
    OwnQuestions,
    TypedField,
    Typing,
    Written,
    own_questions,
)
from submissions.services.appending import Receipt


@dataclass(frozen=True)
class QuestionField(TypedField):
    """One question to ask: the reading, what is written, and what became of it.

    `saved` is the newest version, `typing` what is being written, `needs` what is missing until that
    counts. `about` is the paper that it was written about, where another has replaced it since;
    `theirs` what came from elsewhere meanwhile, where a save was refused for that.
    """

    duty: Duty
    text: str
    saved: Written | None
    typing: Typing | None = None
    needs: str = ""
    about: str = ""
    error: str = ""
    theirs: str = ""

    @property
    def is_typed_on(self) -> bool:
        """Say whether what is being written is no version yet."""
        has_version = self.saved is not None and self.saved.text == self.text.strip()
        return self.typing is not None and self.text != "" and not has_version


@dataclass(frozen=True)
class LecturePage:
    """All that the page shows to one reader."""

    lecture: Lecture
    readings: list[Reading]
    roles: list[Part]
    slides: list[SlidesLink]
    questions: list[QuestionField]
    left: list[Left]
    own_duties: list[Duty]
    is_open: bool
    ways: WaysOfLecture


def lecture_page(actor: Actor, lecture: Lecture, *, now: datetime) -> LecturePage:
    """Return the page of a row of the actor's course."""
    own = _own_duties(actor, lecture, now=now)
    asked = [duty for duty in own if duty.kind == Kind.QUESTION]
    own_asked = own_questions(actor, lecture)
    shown = on_schedule(actor, [lecture], now=now)
    return LecturePage(
        lecture=lecture,
        readings=readings_of(lecture),
        roles=shown.parts[lecture.pk],
        slides=shown.slides.get(lecture.pk, []),
        questions=_fields(asked, own_asked),
        left=own_asked.left,
        own_duties=[duty for duty in own if duty.kind != Kind.QUESTION],
        is_open=any(now <= duty.due_at for duty in asked),
        ways=ways_of_lecture(actor, lecture, now=now),
    )


def _own_duties(actor: Actor, lecture: Lecture, *, now: datetime) -> list[Duty]:
    if actor.course is None or actor.enrollment is None or not actor.is_student:
        return []
    return duties(course=actor.course, now=now, person=actor.enrollment.pk, lecture=lecture.pk)


def _fields(asked: list[Duty], own: OwnQuestions) -> list[QuestionField]:
    saved = {duty.reading_id: own.written.get(duty.submission_id) for duty in asked}
    about = papers_asked_about(
        {pk: found.received_at for pk, found in saved.items() if pk is not None and found}
    )
    return [
        QuestionField(
            duty=duty,
            text=text,
            saved=saved[duty.reading_id],
            typing=own.typing.get(duty.submission_id),
            needs=_missing(text),
            about=about.get(duty.reading_id or 0, ""),
        )
        for duty in asked
        for text in [_standing_text(own, duty)]
    ]


def _standing_text(own: OwnQuestions, duty: Duty) -> str:
    typing, saved = own.typing.get(duty.submission_id), own.written.get(duty.submission_id)
    if typing is not None:
        return typing.text
    return saved.text if saved else ""


def _missing(text: str) -> str:
    acceptable = text_acceptable(text)
    return acceptable.sentence if isinstance(acceptable, Denied) else ""


def typed_texts(sent: Mapping[str, str]) -> dict[int, str]:
    """Return what was typed by deliverable: the fields of the page are called "q<id>"."""
    return {place: text for name, text in sent.items() if (place := _place(name, "q")) is not None}


def revisions(sent: Mapping[str, str]) -> dict[int, int]:
    """Return on which drafts the texts were built, by deliverable: fields called "r<id>"."""
    found = {
        place: row_id(number)
        for name, number in sent.items()
        if (place := _place(name, "r")) is not None
    }
    return {place: number for place, number in found.items() if number is not None}


def _place(name: str, letter: str) -> int | None:
    return row_id(name[1:]) if name.startswith(letter) else None


def with_what_was_typed(
    page: LecturePage, *, texts: Mapping[int, str], refusals: Mapping[int, Denied]
) -> LecturePage:
    """Return the page with the refused texts as they were typed, each with its reason."""
    questions = [
        replace(
            question,
            text=texts.get(question.duty.deliverable_id, question.text),
            error="" if denied is None else denied.sentence,
            theirs=question.text if denied is not None and denied.code == "conflict" else "",
        )
        for question in page.questions
        for denied in [refusals.get(question.duty.deliverable_id)]
    ]
    return replace(page, questions=questions)


def said_nowhere_else(page: LecturePage, refusals: Mapping[int, Denied]) -> set[str]:
    """Return the reasons for refused texts that have no field on the reader's page."""
    shown = {question.duty.deliverable_id for question in page.questions}
    return {denied.sentence for place, denied in refusals.items() if place not in shown}


def said_of(receipts: list[Receipt]) -> str:
    """Say what a save did, for the message above the page."""
    if not receipts:
        return "Nothing was written, so nothing was saved."
    late = sum(not receipt.is_on_time for receipt in receipts)
    if late:
        return f"Saved, but {late} of {len(receipts)} came after the deadline and get no credit."
    return "Question saved." if len(receipts) == 1 else f"{len(receipts)} questions saved."
