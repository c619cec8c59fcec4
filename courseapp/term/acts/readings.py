"""Readings: added late, replaced, reordered, changed, removed; what was asked stays (domain.md §13.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.papers import (
    Described,
    asked_count,
    correct,
    reading_of,
    require_not_read_twice,
    students,
    write,
)
from courseapp.term.acts.rows import lecture_of, nothing_changed
from schedule.models import Lecture, Paper, Reading, ReplacedPaper
from schedule.services.ordering import settle_readings, withdrawn_position
from submissions.deadlines import MOVE_NOTICE
from submissions.models import Deliverable

# Behind every reading that stands, until all are numbered again; before what is withdrawn.
UNPLACED = 900_000
NO_NOTICE = timedelta(0)
SHORT_NOTICE = (
    "The lecture begins in less than 24 hours, and a question about this is due then. An optional "
    "reading asks nobody for one."
)


@dataclass(frozen=True)
class AddReading(Action):
    """Add a paper to what is read for a lecture; each required one brings a question."""

    kind: ClassVar[str] = "add_reading"
    words: ClassVar[str] = "Add a reading"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    lecture_id: int
    title: str
    url: str = ""
    is_required: bool = True
    sections: str = ""
    note: str = ""
    authors: str = ""
    venue: str = ""
    year: int | None = None
    place: int | None = None

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        lecture = lecture_of(scene, self.lecture_id)
        paper = _described(self).checked().paper(scene)
        require_not_read_twice(lecture, paper, sections=self.sections.strip())
        added = Reading.objects.create(
            lecture=lecture,
            paper=paper,
            position=UNPLACED,
            is_required=self.is_required,
            sections=self.sections.strip(),
            note=self.note.strip(),
        )
        _number(_in_place(lecture, added, self.place))
        kind = "required" if self.is_required else "optional"
        sentence = f"New reading for {lecture.title}: {paper.title} ({kind})."
        return Outcome(
            sentence=sentence,
            public_sentence=sentence,
            class_concerned=True,
            lines=tuple(self._warnings(scene, lecture)),
        )

    def _warnings(self, scene: Scene, lecture: Lecture) -> list[str]:
        if not self.is_required or lecture.starts_at is None or not lecture.asks_questions:
            return []
        left = lecture.starts_at - scene.now
        if left <= NO_NOTICE:
            return ["The lecture has begun, so nobody owes a question about it."]
        if left < MOVE_NOTICE:
            return [SHORT_NOTICE]
        return []


def _in_place(lecture: Lecture, added: Reading, place: int | None) -> list[Reading]:
    """Return the lecture's readings, the new one where it was asked for, else last."""
    others = list(Reading.objects.select_for_update().filter(lecture=lecture).exclude(pk=added.pk))
    index = len(others) if place is None else max(place - 1, 0)
    others.insert(index, added)
    return others


def _number(readings: Sequence[Reading]) -> None:
    for position, reading in enumerate(readings, start=1):
        if reading.position != position:
            reading.position = position
            reading.save(update_fields=["position"])


@dataclass(frozen=True)
class ReplaceReading(Action):
    """Let another paper take a reading's place.

    The reading stays, and with it the question that is due: whoever has asked about the paper before
    has done their part, keeps the credit, and owes nothing again; only who has not asked yet asks
    about the new one. `ReplacedPaper` tells from when on which paper a question was about. Had the
    reading been withdrawn and another made, an honest early question would have become a missing one.
    """

    kind: ClassVar[str] = "replace_reading"
    words: ClassVar[str] = "Replace a reading"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    reading_id: int
    title: str
    url: str = ""
    sections: str = ""
    note: str = ""
    authors: str = ""
    venue: str = ""
    year: int | None = None

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        reading = reading_of(scene, self.reading_id)
        lecture, before = reading.lecture, reading.paper
        paper = _described(self).checked().paper(scene)
        if paper == before:
            raise nothing_changed(f"What is read for {lecture.title}")
        require_not_read_twice(lecture, paper, sections=self.sections.strip())
        ReplacedPaper.objects.create(reading=reading, paper=before, replaced_at=scene.now)
        reading.paper = paper
        reading.sections, reading.note = self.sections.strip(), self.note.strip()
        reading.save(update_fields=["paper", "sections", "note"])
        sentence = f"For {lecture.title}, {paper.title} replaces {before.title}."
        return Outcome(
            sentence=sentence,
            public_sentence=sentence,
            class_concerned=True,
            lines=_kept_questions(reading, before),
        )


def _kept_questions(reading: Reading, before: Paper) -> tuple[str, ...]:
    count = asked_count(reading)
    if not count:
        return ()
    said = (
        f"{students(count)} asked about {before.title} already. That counts: their questions stay, "
        "say which paper they are about, and nobody has to ask again."
    )
    return (said,)


@dataclass(frozen=True)
class ReorderReadings(Action):
    """Put a lecture's readings into another order."""

    kind: ClassVar[str] = "reorder_readings"
    words: ClassVar[str] = "Reorder readings"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    lecture_id: int
    order: tuple[int, ...]

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        lecture = lecture_of(scene, self.lecture_id)
        standing = Reading.objects.select_for_update().filter(lecture=lecture).order_by("position")
        readings = {reading.pk: reading for reading in standing}
        if sorted(readings) != sorted(self.order):
            raise Refused(
                Denied(
                    "other_readings",
                    f"{lecture.title} has other readings by now; look at them and order them anew.",
                )
            )
        if list(readings) == list(self.order):
            raise nothing_changed(f"The order of what is read for {lecture.title}")
        _number([readings[pk] for pk in self.order])
        sentence = f"The readings of {lecture.title} are in another order."
        return Outcome(sentence=sentence, public_sentence=sentence)


@dataclass(frozen=True)
class ChangeReading(Action):
    """Correct a reading: its title and address, sections and note, required or optional.

    It stays the same paper; another one in its place is `ReplaceReading`.
    """

    kind: ClassVar[str] = "change_reading"
    words: ClassVar[str] = "Change a reading"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    reading_id: int
    title: str
    url: str = ""
    is_required: bool = True
    sections: str = ""
    note: str = ""
    authors: str = ""
    venue: str = ""
    year: int | None = None

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        reading = reading_of(scene, self.reading_id)
        wanted = _described(self).checked()
        was_required, was_title = reading.is_required, reading.title
        if was_required and not self.is_required:
            _require_not_asked_for(scene, reading, "made optional")
        changed = [*self._write_place(reading), *correct(reading.paper, wanted)]
        if not changed:
            raise nothing_changed(was_title)
        sentence = " ".join(self._said(reading, was_title, changed))
        return Outcome(sentence=sentence, public_sentence=sentence)

    def _write_place(self, reading: Reading) -> list[str]:
        """Write what belongs to this reading alone; return the columns that changed."""
        wanted = {
            "is_required": self.is_required,
            "sections": self.sections.strip(),
            "note": self.note.strip(),
        }
        return write(reading, wanted)

    def _said(self, reading: Reading, was_title: str, changed: Sequence[str]) -> list[str]:
        lecture, said = reading.lecture.title, []
        if reading.title != was_title:
            said.append(f"{was_title} is now called {reading.title}.")
        if "is_required" in changed:
            kind = "required" if self.is_required else "optional"
            said.append(f"{reading.title} is now {kind} for {lecture}.")
        if "sections" in changed:
            read = f"{self.sections} of it" if self.sections else "all of it"
            said.append(f"{reading.title}: read {read} for {lecture}.")
        if "url" in changed:
            said.append(f"{reading.title} has another link.")
        return said or [f"What is known of {reading.title} was corrected."]


@dataclass(frozen=True)
class RemoveReading(Action):
    """Take a reading out of a lecture; what was asked about it stays with who asked, and with staff."""

    kind: ClassVar[str] = "remove_reading"
    words: ClassVar[str] = "Remove a reading"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    reading_id: int

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        reading = reading_of(scene, self.reading_id)
        lecture = reading.lecture
        _require_not_asked_for(scene, reading, "removed")
        reading.withdrawn_at = scene.now
        reading.position = withdrawn_position(reading.pk)
        reading.save(update_fields=["withdrawn_at", "position"])
        settle_readings(lecture=lecture)
        sentence = f"{reading.title} is not read for {lecture.title} any more."
        return Outcome(
            sentence=sentence,
            public_sentence=sentence,
            class_concerned=True,
            lines=_left_questions(reading),
        )


def _left_questions(reading: Reading) -> tuple[str, ...]:
    count = asked_count(reading)
    if not count:
        return ()
    said = (
        f"{students(count)} asked about it already. What they wrote stays readable to them and to "
        "staff, and nobody owes a question about it any more."
    )
    return (said,)


def _require_not_asked_for(scene: Scene, reading: Reading, what: str) -> None:
    """Let nobody lose the credit for a question that was due: what was asked then counts (§10)."""
    due = Deliverable.objects.filter(
        reading=reading, withdrawn_at__isnull=True, due_at__lte=scene.now
    )
    if due.exists():
        raise Refused(
            Denied(
                "asked_for",
                f"Questions about {reading.title} were due, and what was asked counts, so it cannot "
                f"be {what}. It can still be replaced, or its text corrected.",
            )
        )


def _described(action: AddReading | ReplaceReading | ChangeReading) -> Described:
    return Described(action.title, action.url, action.authors, action.venue, action.year)


register(AddReading, ReplaceReading, ReorderReadings, ChangeReading, RemoveReading)
