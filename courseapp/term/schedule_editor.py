"""The schedule as whoever may change it works on it: every row with its actions, findings and draft."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel.decisions import Decision
from courseapp.term.acts import policies
from courseapp.term.acts.action import kind_of
from courseapp.term.acts.drafting import DraftLine, PublishDraft, draft_of, rehearse_draft
from courseapp.term.acts.readings import ReorderReadings
from courseapp.term.acts.rows import day_words, time_words
from courseapp.term.forms.registry import form_for
from courseapp.term.lint import check_course
from schedule.models import Lecture, LectureKind, Milestone, Reading
from schedule.selectors import Part, lectures_of, milestones_of, next_of, parts_by_lecture

NEW, MOVED, CHANGED = "new", "moved", "changed"
# What is done to a row, to a reading, to a step and to the schedule as a whole: kind and words.
OF_A_ROW = (
    ("change_meeting", "Date, time, room, kind"),
    ("edit_lecture", "Topic, module, note"),
    ("add_reading", "Add a reading"),
    ("put_in_role", "Who plays a part"),
    ("swap_meetings", "Swap with another"),
    ("cancel_day", "Cancel the day"),
    ("drop_lecture", "Drop it"),
)
OF_A_READING = (
    ("change_reading", "Correct"),
    ("replace_reading", "Replace"),
    ("remove_reading", "Remove"),
)
OF_A_STEP = (("change_milestone", "Change"),)
OF_THE_SCHEDULE = (("insert_day", "Insert a day"), ("add_milestone", "Add a milestone"))
NOT_ON_A_QUIET_ROW = frozenset({"cancel_day", "put_in_role"})


@dataclass(frozen=True)
class Link:
    """An action that may be taken here."""

    words: str
    url: str


@dataclass(frozen=True)
class ReadingLine:
    """A reading of a row, and what may be done to it."""

    pk: int
    title: str
    url: str
    is_required: bool
    sections: str
    position: int
    links: tuple[Link, ...]


class Said(NamedTuple):
    """What a row says, as plain values: what differs in the draft is marked."""

    place: tuple[object, ...]
    words: tuple[object, ...]
    readings: tuple[object, ...]
    parts: tuple[object, ...]


@dataclass(frozen=True)
class Row:
    """A row of the schedule, and what may be done to it.

    `mark` says how it differs from what stands; a row that is only in the draft cannot be acted on.
    """

    pk: int
    title: str
    kind: str
    is_off: bool
    day: str
    time: str
    room: str
    note: str
    module: str
    asks_questions: bool
    readings: tuple[ReadingLine, ...]
    parts: tuple[Part, ...]
    findings: tuple[str, ...]
    links: tuple[Link, ...]
    may_reorder: bool
    said: Said
    mark: str = ""

    @property
    def remarks(self) -> list[str]:
        """Return what else there is to say of the row, apart from topic, readings and roles."""
        asks = "" if self.asks_questions else "asks for no questions"
        return [said for said in (self.kind, self.room, asks, self.note) if said]


@dataclass(frozen=True)
class Step:
    """A milestone, and what may be done to it."""

    title: str
    due_at: datetime
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Sheet:
    """The schedule at one moment, without its marks."""

    rows: tuple[Row, ...]
    steps: tuple[Step, ...]
    findings: tuple[str, ...]
    next_row: int | None


@dataclass(frozen=True)
class Editor:
    """All that the page shows."""

    course: Course
    modules: tuple[tuple[str, tuple[Row, ...]], ...]
    steps: tuple[Step, ...]
    findings: tuple[str, ...]
    gone: tuple[Row, ...]
    draft: tuple[DraftLine, ...]
    links: tuple[Link, ...]
    next_row: int | None

    @property
    def stopped(self) -> list[DraftLine]:
        """Return what in the draft cannot be carried out any more."""
        return [line for line in self.draft if line.is_stopped]

    @property
    def finding_count(self) -> int:
        """Return how much is odd about the schedule."""
        of_rows = sum(len(row.findings) for _, rows in self.modules for row in rows)
        return of_rows + len(self.findings)


def editor_of(actor: Actor, *, now: datetime) -> Editor | None:
    """Return the schedule to be edited, for the course's members; the draft is carried out in it."""
    if actor.course is None or not actor.is_member:
        return None
    if not policies.permitted(actor, PublishDraft):
        return Editor(actor.course, (), (), (), (), (), (), None)
    course, before = actor.course, _sheet(actor, now=now)
    draft: list[DraftLine] = []
    after = before
    if draft_of(course):
        draft, after = rehearse_draft(actor=actor, now=now, look=lambda: _sheet(actor, now=now))
    rows = _marked(before, after)
    standing = {row.pk for row in rows}
    return Editor(
        course=course,
        modules=tuple(
            (name, tuple(found)) for name, found in groupby(rows, key=lambda row: row.module)
        ),
        steps=after.steps,
        findings=after.findings,
        gone=tuple(row for row in before.rows if row.pk not in standing),
        draft=tuple(draft),
        links=_links(actor, OF_THE_SCHEDULE),
        next_row=after.next_row,
    )


def edit_schedule(actor: Actor, editor: Editor, *, now: datetime) -> Decision:
    """Whoever may change the schedule works on it."""
    return policies.permitted(actor, PublishDraft)


def _sheet(actor: Actor, *, now: datetime) -> Sheet:
    assert actor.course is not None
    lectures = list(lectures_of(actor.course))
    parts = parts_by_lecture(actor, lectures)
    odd: dict[int | None, list[str]] = defaultdict(list)
    for problem in check_course(course=actor.course):
        odd[problem.row].append(problem.message)
    rows = [_row(actor, found, parts[found.pk], odd[found.position]) for found in lectures]
    steps = [_step(actor, found) for found in milestones_of(actor.course)]
    coming = next_of(lectures, now=now)
    return Sheet(
        rows=tuple(rows),
        steps=tuple(steps),
        findings=tuple(odd[None]),
        next_row=None if coming is None else coming.pk,
    )


def _row(actor: Actor, lecture: Lecture, parts: list[Part], findings: list[str]) -> Row:
    is_off = lecture.kind in (LectureKind.NO_CLASS, LectureKind.DEADLINE)
    offered = [one for one in OF_A_ROW if not is_off or one[0] not in NOT_ON_A_QUIET_ROW]
    readings = [_reading(actor, found) for found in lecture.readings.all()]
    return Row(
        pk=lecture.pk,
        title=lecture.title,
        kind="" if lecture.kind == LectureKind.LECTURE else lecture.get_kind_display(),
        is_off=is_off,
        day=day_words(lecture),
        time=time_words(lecture),
        room=lecture.room,
        note=lecture.note,
        module=lecture.module,
        asks_questions=lecture.asks_questions,
        readings=tuple(readings),
        parts=tuple(parts),
        findings=tuple(findings),
        links=_links(actor, tuple(offered), lecture=lecture.pk),
        may_reorder=len(readings) > 1 and bool(policies.permitted(actor, ReorderReadings)),
        said=_said(lecture, parts),
    )


def _said(lecture: Lecture, parts: list[Part]) -> Said:
    return Said(
        place=(lecture.starts_on, lecture.starts_at, lecture.ends_at, lecture.room),
        words=(lecture.kind, lecture.title, lecture.module, lecture.note, lecture.asks_questions),
        readings=tuple(
            (found.title, found.url, found.is_required, found.sections, found.note)
            for found in lecture.readings.all()
        ),
        parts=tuple(parts),
    )


def _reading(actor: Actor, reading: Reading) -> ReadingLine:
    return ReadingLine(
        pk=reading.pk,
        title=reading.title,
        url=reading.url,
        is_required=reading.is_required,
        sections=reading.sections,
        position=reading.position,
        links=_links(actor, OF_A_READING, reading=reading.pk),
    )


def _step(actor: Actor, milestone: Milestone) -> Step:
    return Step(
        title=milestone.title,
        due_at=milestone.due_at,
        links=_links(actor, OF_A_STEP, milestone=milestone.pk),
    )


def _links(actor: Actor, offered: tuple[tuple[str, str], ...], **about: int) -> tuple[Link, ...]:
    """Return the actions that the actor may take, each opened for what it is about."""
    assert actor.course is not None
    links = []
    for kind, words in offered:
        action = kind_of(kind)
        if action is None or form_for(kind) is None or not policies.permitted(actor, action):
            continue
        query = f"?{urlencode(about)}" if about else ""
        links.append(Link(words, f"{reverse('act', args=[actor.course.slug, kind])}{query}"))
    return tuple(links)


def _marked(before: Sheet, after: Sheet) -> list[Row]:
    """Return the rows as the draft leaves them, each marked where it differs from what stands."""
    known = {row.pk: row for row in before.rows}
    return [_compared(known.get(row.pk), row) for row in after.rows]


def _compared(was: Row | None, row: Row) -> Row:
    """What is only in the draft has no actions: outside of it there is no such thing."""
    if was is None:
        return replace(row, mark=NEW, links=(), may_reorder=False, readings=_without_links(row))
    if row.said == was.said:
        return row
    standing = {reading.pk for reading in was.readings}
    readings = tuple(
        reading if reading.pk in standing else replace(reading, links=())
        for reading in row.readings
    )
    same = standing == {reading.pk for reading in readings}
    mark = CHANGED if row.said.place == was.said.place else MOVED
    return replace(row, mark=mark, readings=readings, may_reorder=row.may_reorder and same)


def _without_links(row: Row) -> tuple[ReadingLine, ...]:
    return tuple(replace(reading, links=()) for reading in row.readings)
