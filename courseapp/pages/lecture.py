"""The lecture page: what to read, what to ask, who plays which part, what is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from courseapp.course.actors import Actor
from courseapp.kernel.decisions import Denied
from courseapp.term.ways import WaysOfLecture, ways_of_lecture
from schedule.models import Lecture, Reading
from schedule.selectors import Part
from schedule.selectors.replaced import papers_asked_about
from submissions.deadlines import Kind
from submissions.selectors.final_slides import SlidesLink, on_schedule
from submissions.selectors.owed import Duty, duties
from submissions.selectors.texts import Left, Written, own_questions
from submissions.services.appending import Receipt


@dataclass(frozen=True)
class QuestionField:
    """One question to ask: the reading, what is written, and what became of it.

    `about` is the paper that it was written about, where another has replaced it since.
    """

    duty: Duty
    text: str
    saved: Written | None
    about: str = ""
    error: str = ""


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
        readings=list(lecture.readings.select_related("paper").order_by("position")),
        roles=shown.parts[lecture.pk],
        slides=shown.slides.get(lecture.pk, []),
        questions=_fields(asked, own_asked.written),
        left=own_asked.left,
        own_duties=[duty for duty in own if duty.kind != Kind.QUESTION],
        is_open=any(now <= duty.due_at for duty in asked),
        ways=ways_of_lecture(actor, lecture, now=now),
    )


def _own_duties(actor: Actor, lecture: Lecture, *, now: datetime) -> list[Duty]:
    if actor.course is None or actor.enrollment is None or not actor.is_student:
        return []
    owed = duties(course=actor.course, now=now, person=actor.enrollment.pk)
    return [duty for duty in owed if duty.lecture_id == lecture.pk]


def _fields(asked: list[Duty], written: dict[int | None, Written]) -> list[QuestionField]:
    saved = {duty.reading_id: written.get(duty.submission_id) for duty in asked}
    about = papers_asked_about(
        {pk: found.received_at for pk, found in saved.items() if pk is not None and found}
    )
    return [
        QuestionField(
            duty=duty,
            text=found.text if found else "",
            saved=found,
            about=about.get(duty.reading_id or 0, ""),
        )
        for duty in asked
        for found in [saved[duty.reading_id]]
    ]


def typed_texts(sent: Mapping[str, str]) -> dict[int, str]:
    """Return what was typed by deliverable: the fields of the page are called "q<id>"."""
    return {
        int(name[1:]): text
        for name, text in sent.items()
        if name.startswith("q") and name[1:].isascii() and name[1:].isdecimal() and len(name) < 19
    }


def with_what_was_typed(
    page: LecturePage, *, texts: Mapping[int, str], refusals: Mapping[int, Denied]
) -> LecturePage:
    """Return the page with the refused texts as they were typed, each with its reason."""
    questions = [
        replace(
            question,
            text=texts.get(question.duty.deliverable_id, question.text),
            error=refusals[question.duty.deliverable_id].sentence
            if question.duty.deliverable_id in refusals
            else "",
        )
        for question in page.questions
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
