"""Days that come or go, and the rest that slides (domain.md §13.4).

What slides are the lectures with times, each into the place of the next (or of the one before); days
without class, deadlines and project presentations stay where they are, as does everything before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Outcome, Scene, register
from courseapp.term.acts.meetings import known_kind
from courseapp.term.acts.moving import MovingAction
from courseapp.term.acts.rows import (
    Place,
    Times,
    begins,
    is_sliding,
    lecture_of,
    place_of,
    put,
    standing_rows,
    withdraw,
)
from schedule.models import Lecture, LectureKind
from schedule.services.ordering import settle_positions

STAYS = "stays"
SLIDES = "slides"
# Behind every row that stands, until it is settled; before what is withdrawn.
UNPLACED = 900_000
LABEL_LENGTH = 300
# More rows than this are counted in a sentence, not named.
NAMED_ROWS = 4


@dataclass(frozen=True)
class Overflow:
    """What becomes of the lecture that slides off the end: a new place, or it is cut."""

    cuts_last: bool
    starts_on: date | None
    starts_from: time | None
    ends_by: time | None

    def settle(self, scene: Scene, last: Lecture) -> str:
        """Place or cut the lecture that fell off; say which."""
        if self.starts_on is not None:
            times = Times(self.starts_on, self.starts_from, self.ends_by)
            put(last, times.place(position=UNPLACED, timezone=last.timezone, room=last.room))
            return _moved_words(last)
        if not self.cuts_last:
            raise Refused(
                Denied(
                    "falls_off",
                    f"{last.title} slides off the end of the term. Give it a new date and times, "
                    "or say that it is cut.",
                )
            )
        withdraw(scene, last)
        return f"{last.title} is cut."


def _following(scene: Scene, row: Lecture) -> list[Lecture]:
    """Return the lectures that slide after a row, in the order of their dates."""
    rows = [each for each in standing_rows(scene) if is_sliding(each) and each.pk != row.pk]
    return sorted((each for each in rows if begins(each) >= begins(row)), key=begins)


@dataclass(frozen=True)
class Slid:
    """What slid: a sentence each for one and all of them, and who is still to find its position."""

    said: tuple[str, ...] = ()
    unplaced: tuple[int, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """Say what became of the rows; of many, only how many they are, and of the last."""
        if len(self.said) <= NAMED_ROWS:
            return list(self.said)
        moved = len(self.said) - 1
        return [f"{moved} lectures move by one place.", self.said[-1]]


def _slide_later(scene: Scene, rows: Sequence[Lecture], overflow: Overflow) -> Slid:
    """Put each row into the place of the next; the last one falls off."""
    *moving, last = rows
    places = [place_of(row) for row in rows]
    last_says = overflow.settle(scene, last)
    for row, place in zip(moving, places[1:], strict=True):
        put(row, place)
    unplaced = () if last.withdrawn_at else (last.pk,)
    return Slid((*map(_moved_words, moving), last_says), unplaced)


def _moved_words(row: Lecture) -> str:
    return f"{row.title} is now {place_of(row).words}."


@dataclass(frozen=True)
class InsertDay(MovingAction):
    """Put a new row into the schedule; the lectures from there on stay, or slide one place later."""

    kind: ClassVar[str] = "insert_day"
    words: ClassVar[str] = "Insert a day"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    starts_on: date
    lecture_kind: str = LectureKind.LECTURE.value
    starts_from: time | None = None
    ends_by: time | None = None
    ends_on: date | None = None
    topic: str = ""
    label: str = ""
    module: str = ""
    note: str = ""
    room: str = ""
    rest: str = STAYS
    cuts_last: bool = False
    overflow_on: date | None = None
    overflow_from: time | None = None
    overflow_by: time | None = None

    @override
    def move(self, scene: Scene) -> Outcome:
        known_kind(self.lecture_kind)
        following = self._making_room(scene)
        place = self._place(scene, following)
        slid = _slide_later(scene, following, _overflow_of(self)) if following else Slid()
        row = self._made(scene, place)
        settle_positions(course=scene.course, lecture_ids=[row.pk, *slid.unplaced])
        sentence = f"New in the schedule: {row.title}, {place.words}."
        return _outcome([sentence, *slid.sentences], slid)

    def _making_room(self, scene: Scene) -> list[Lecture]:
        """Return the lectures that slide, from the one whose place the new row takes."""
        if self.rest != SLIDES:
            return []
        following = _following(scene, Lecture(starts_on=self.starts_on))
        if not following or following[0].starts_on != self.starts_on:
            raise Refused(
                Denied(
                    "no_place_taken",
                    f"No lecture is on {self.starts_on:%a %b} {self.starts_on.day}, so none needs "
                    "to make room: let the others stay, or choose a day that has one.",
                )
            )
        return following

    def _place(self, scene: Scene, following: Sequence[Lecture]) -> Place:
        """Return the place asked for; without times, the very one that is made free."""
        if following and self.starts_from is None and self.ends_by is None:
            return replace(place_of(following[0]), position=UNPLACED)
        times = Times(self.starts_on, self.starts_from, self.ends_by, self.ends_on)
        return times.place(position=UNPLACED, timezone=scene.course.timezone, room=self.room)

    def _made(self, scene: Scene, place: Place) -> Lecture:
        return Lecture.objects.create(
            course=scene.course,
            kind=self.lecture_kind,
            topic=self.topic,
            label=self.label,
            module=self.module or _module_around(scene, self.starts_on),
            note=self.note,
            **vars(place),
        )


def _module_around(scene: Scene, day: date) -> str:
    """Return the module that is on at a date, so that a new row parts no module in two."""
    before = [row for row in standing_rows(scene) if row.starts_on <= day]
    return before[-1].module if before else ""


@dataclass(frozen=True)
class CancelDay(MovingAction):
    """Make a day one without class; what it was about is cancelled, or slides into the next places."""

    kind: ClassVar[str] = "cancel_day"
    words: ClassVar[str] = "Cancel a day"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    lecture_id: int
    note: str = ""
    rest: str = SLIDES
    cuts_last: bool = False
    overflow_on: date | None = None
    overflow_from: time | None = None
    overflow_by: time | None = None

    @override
    def move(self, scene: Scene) -> Outcome:
        row = lecture_of(scene, self.lecture_id)
        if row.kind in (LectureKind.NO_CLASS, LectureKind.DEADLINE):
            raise Refused(Denied("no_class", f"There is no class to cancel: {row.title}."))
        place, title = place_of(row), row.title
        slid = self._content(scene, row)
        self._day_off(scene, row, place)
        settle_positions(course=scene.course, lecture_ids=slid.unplaced)
        what = "is cancelled" if row.withdrawn_at and not slid.said else "is not held"
        sentence = f"No class on {place.words}: {title} {what} that day."
        return _outcome([sentence, *slid.sentences], slid)

    def _content(self, scene: Scene, row: Lecture) -> Slid:
        if self.rest != SLIDES:
            withdraw(scene, row)
            return Slid()
        if not is_sliding(row):
            raise Refused(
                Denied(
                    "does_not_slide",
                    f"{row.title} does not slide: only lectures with times do. Change its date "
                    "instead, or cancel it altogether.",
                )
            )
        return _slide_later(scene, [row, *_following(scene, row)], _overflow_of(self))

    def _day_off(self, scene: Scene, row: Lecture, place: Place) -> None:
        Lecture.objects.create(
            course=scene.course,
            kind=LectureKind.NO_CLASS,
            label=self.note[:LABEL_LENGTH] or "No class",
            module=row.module,
            note=self.note if len(self.note) > LABEL_LENGTH else "",
            **vars(place),
        )


def _outcome(sentences: Sequence[str], slid: Slid) -> Outcome:
    said = " ".join(sentences)
    lines = slid.said if len(slid.said) > NAMED_ROWS else ()
    return Outcome(sentence=said, public_sentence=said, class_concerned=True, lines=lines)


def _overflow_of(action: InsertDay | CancelDay) -> Overflow:
    return Overflow(
        cuts_last=action.cuts_last,
        starts_on=action.overflow_on,
        starts_from=action.overflow_from,
        ends_by=action.overflow_by,
    )


@dataclass(frozen=True)
class DropLecture(MovingAction):
    """Cut a topic; the rest stays where it is, or moves up one place."""

    kind: ClassVar[str] = "drop_lecture"
    words: ClassVar[str] = "Drop a topic"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    lecture_id: int
    rest: str = STAYS

    @override
    def move(self, scene: Scene) -> Outcome:
        row = lecture_of(scene, self.lecture_id)
        if row.starts_at is not None and row.starts_at <= scene.now:
            raise Refused(
                Denied(
                    "has_begun",
                    f"{row.title} has begun, and what came in for it counts. If it did not take "
                    "place, cancel that day instead.",
                )
            )
        place, title = place_of(row), row.title
        slid = self._let_move_up(scene, row) if self.rest == SLIDES else Slid()
        withdraw(scene, row)
        settle_positions(course=scene.course)
        return _outcome([f"{title} ({place.words}) is dropped.", *slid.sentences], slid)

    def _let_move_up(self, scene: Scene, row: Lecture) -> Slid:
        if not is_sliding(row):
            return Slid()
        following = _following(scene, row)
        places = [place_of(each) for each in (row, *following)]
        for each, place in zip(following, places[:-1], strict=True):
            put(each, place)
        return Slid(tuple(map(_moved_words, following)))


register(InsertDay, CancelDay, DropLecture)
