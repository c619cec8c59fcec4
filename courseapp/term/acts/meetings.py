"""Meetings: one is moved or changed, two are swapped, what one is about is edited (domain.md §13)."""

from dataclasses import dataclass, replace
from datetime import date, time
from typing import ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.moving import MovingAction
from courseapp.term.acts.rows import (
    Place,
    Times,
    lecture_of,
    nothing_changed,
    place_of,
    put,
    require_no_slots,
    require_nothing_was_due,
)
from schedule.models import Lecture, LectureKind
from schedule.services.ordering import settle_positions
from submissions.deadlines import Kind


@dataclass(frozen=True)
class ChangeMeeting(MovingAction):
    """Change one meeting's date, times, room or kind; its readings and roles stay with it.

    Without times the row has dates only, and nothing is due from it.
    """

    kind: ClassVar[str] = "change_meeting"
    words: ClassVar[str] = "Change a meeting"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    lecture_id: int
    starts_on: date
    lecture_kind: str
    starts_from: time | None = None
    ends_by: time | None = None
    ends_on: date | None = None
    room: str = ""

    @override
    def move(self, scene: Scene) -> Outcome:
        lecture = lecture_of(scene, self.lecture_id)
        was, was_kind, title = place_of(lecture), lecture.kind, lecture.title
        times = Times(self.starts_on, self.starts_from, self.ends_by, self.ends_on)
        place = times.place(position=was.position, timezone=was.timezone, room=self.room)
        if place == was and self.lecture_kind == was_kind:
            raise nothing_changed(title)
        if self.lecture_kind != was_kind:
            require_no_slots(lecture)
            require_nothing_was_due(
                scene, lecture, instead="Its kind stays; cancel the day if there was no class."
            )
        if self.starts_from is None:
            require_no_slots(lecture)
        lecture.kind = known_kind(self.lecture_kind)
        put(lecture, place)
        lecture.save(update_fields=["kind"])
        settle_positions(course=scene.course, lecture_ids=[lecture.pk])
        sentence = " ".join(_said(title, was, place, kinds=(was_kind, lecture)))
        return Outcome(sentence=sentence, public_sentence=sentence, class_concerned=True)


def _said(title: str, was: Place, now: Place, *, kinds: tuple[str, Lecture]) -> list[str]:
    """Say what became of a meeting, what differs only."""
    said = []
    if was.words != now.words:
        said.append(f"{title}: {was.words} is now {now.words}.")
    if was.ends_at != now.ends_at and was.starts_at == now.starts_at:
        said.append(f"{title} ends at another time.")
    if was.room != now.room:
        said.append(f"{title} is {f'in {now.room}' if now.room else 'where the course meets'}.")
    if kinds[0] != kinds[1].kind:
        was_called = LectureKind(kinds[0]).label
        said.append(f"{title} is now {kinds[1].get_kind_display()}, and was {was_called}.")
    return said


def known_kind(name: str) -> str:
    """Return a kind of row by its name; raise `Refused` where there is no such kind."""
    if name not in LectureKind.values:
        raise Refused(Denied("unknown_kind", "There is no such kind of row; choose another."))
    return name


@dataclass(frozen=True)
class SwapMeetings(MovingAction):
    """Let two rows trade date, times and room; readings, roles and what is due go along."""

    kind: ClassVar[str] = "swap_meetings"
    words: ClassVar[str] = "Swap two meetings"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    lecture_id: int
    other_id: int

    @override
    def move(self, scene: Scene) -> Outcome:
        if self.lecture_id == self.other_id:
            raise Refused(Denied("same_meeting", "A meeting cannot be swapped with itself."))
        # In one order, so that two swaps at a time cannot wait for each other.
        rows = {pk: lecture_of(scene, pk) for pk in sorted((self.lecture_id, self.other_id))}
        one, other = rows[self.lecture_id], rows[self.other_id]
        its, others = place_of(one), place_of(other)
        put(one, others)
        put(other, its)
        sentence = (
            f"{one.title} and {other.title} are swapped: {one.title} is now {others.words}, "
            f"{other.title} {its.words}."
        )
        return Outcome(sentence=sentence, public_sentence=sentence, class_concerned=True)


@dataclass(frozen=True)
class EditLecture(Action):
    """Change what a row says: topic, label, module and note, and whether questions are asked."""

    kind: ClassVar[str] = "edit_lecture"
    words: ClassVar[str] = "Edit what a row says"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    lecture_id: int
    topic: str = ""
    label: str = ""
    module: str = ""
    note: str = ""
    asks_questions: bool = True

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        lecture = lecture_of(scene, self.lecture_id)
        was = replace(self, **{name: getattr(lecture, name) for name in EDITED})
        if was == self:
            raise nothing_changed(lecture.title)
        if was.asks_questions and not self.asks_questions:
            require_nothing_was_due(
                scene,
                lecture,
                instead="Questions stay asked for; staff can mark them.",
                kinds=[Kind.QUESTION],
            )
        title = lecture.title
        for name in EDITED:
            setattr(lecture, name, getattr(self, name))
        lecture.save(update_fields=list(EDITED))
        sentence = " ".join(self._said(title, was, lecture))
        return Outcome(sentence=sentence, public_sentence=sentence)

    def _said(self, title: str, was: "EditLecture", lecture: Lecture) -> list[str]:
        said = []
        if lecture.title != title:
            said.append(f"{title} is now called {lecture.title}.")
        if self.module != was.module:
            said.append(f"{lecture.title} belongs to {self.module or 'no module'} now.")
        if self.asks_questions != was.asks_questions:
            asks = "asks for questions" if self.asks_questions else "asks for no questions"
            said.append(f"{lecture.title} {asks} now.")
        if self.note != was.note:
            said.append(f"The note on {lecture.title} was changed.")
        return said or [f"The label of {lecture.title} was changed."]


EDITED = ("topic", "label", "module", "note", "asks_questions")

register(ChangeMeeting, SwapMeetings, EditLecture)
