"""A difference as the steps that carry it out: each is an action that staff know singly."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from courseapp.term.acts.action import Action
from courseapp.term.acts.meetings import ChangeMeeting, EditLecture
from courseapp.term.acts.milestones import AddMilestone, ChangeMilestone
from courseapp.term.acts.readings import (
    AddReading,
    ChangeReading,
    RemoveReading,
    ReorderReadings,
    ReplaceReading,
)
from courseapp.term.acts.sliding import DropLecture, InsertDay
from courseapp.term.schedules.comparing import ReadingDifference, RowDifference
from courseapp.term.schedules.differences import MilestoneDifference
from courseapp.term.schedules.rows import (
    PLACE_FIELDS,
    READING_FIELDS,
    TEXT_FIELDS,
    Entry,
    Part,
    Row,
)
from schedule.models import Lecture, Paper, Reading


@dataclass(frozen=True)
class Cast:
    """Who is to play one role of a row, all of them; `lecture_id` None: of the row just made."""

    role: str
    holders: tuple[Part, ...]
    lecture_id: int | None = None


@dataclass(frozen=True)
class Step:
    """One action, and what is done to the very row that it makes: readings, and parts."""

    action: Action | None = None
    readings: tuple[Entry, ...] = ()
    casts: tuple[Cast, ...] = field(default_factory=tuple)


def steps_of(
    rows: Iterable[RowDifference], milestones: Iterable[MilestoneDifference]
) -> Iterator[Step]:
    """Rows go before others come, and stand where they belong before what hangs on them changes."""
    found = list(rows)
    for row in found:
        if row.what == "gone" and row.row.key is not None:
            yield Step(DropLecture(row.row.key))
    for row in found:
        if row.what == "changed":
            yield from _of_row(row)
    for row in found:
        if row.what == "new":
            yield _new_row(row)
    for milestone in milestones:
        yield Step(_of_milestone(milestone))


def _new_row(difference: RowDifference) -> Step:
    row = difference.row
    action = InsertDay(
        starts_on=row.starts_on,
        lecture_kind=row.kind,
        starts_from=row.starts_from,
        ends_by=row.ends_by,
        ends_on=row.ends_on,
        **{name: getattr(row, name) for name in TEXT_FIELDS},
    )
    casts = tuple(Cast(part.role, part.after) for part in difference.parts)
    return Step(action, readings=row.readings, casts=casts)


def _of_row(difference: RowDifference) -> Iterator[Step]:
    assert difference.row.key is not None
    lecture = Lecture.objects.get(pk=difference.row.key)
    if difference.fields.keys() & set(PLACE_FIELDS):
        yield Step(_meeting(lecture, difference))
    if difference.fields.keys() & set(TEXT_FIELDS):
        texts = {name: getattr(lecture, name) for name in TEXT_FIELDS}
        wanted = {name: _after(difference, name, texts[name]) for name in TEXT_FIELDS}
        yield Step(EditLecture(lecture.pk, **wanted, asks_questions=lecture.asks_questions))
    for action in _of_readings(lecture.pk, difference):
        yield Step(action)
    if difference.parts:
        casts = [Cast(part.role, part.after, lecture.pk) for part in difference.parts]
        yield Step(casts=tuple(casts))


def _after(difference: RowDifference, name: str, standing: Any) -> Any:
    """The value of a field after the change; what the file does not say otherwise stays."""
    return difference.fields[name][1] if name in difference.fields else standing


def _meeting(lecture: Lecture, difference: RowDifference) -> ChangeMeeting:
    standing = standing_place(lecture)
    return ChangeMeeting(
        lecture_id=lecture.pk,
        starts_on=_after(difference, "starts_on", standing.starts_on),
        lecture_kind=_after(difference, "kind", standing.kind),
        starts_from=_after(difference, "starts_from", standing.starts_from),
        ends_by=_after(difference, "ends_by", standing.ends_by),
        ends_on=_after(difference, "ends_on", standing.ends_on),
        room=lecture.room,
    )


def standing_place(lecture: Lecture) -> Row:
    """Return a standing row with its wall times, without what hangs on it."""
    zone = ZoneInfo(lecture.timezone)
    starts_at, ends_at = lecture.starts_at, lecture.ends_at
    return Row(
        starts_on=lecture.starts_on,
        ends_on=lecture.ends_on,
        starts_from=None if starts_at is None else starts_at.astimezone(zone).time(),
        ends_by=None if ends_at is None else ends_at.astimezone(zone).time(),
        kind=lecture.kind,
        **{name: getattr(lecture, name) for name in TEXT_FIELDS},
    )


def _of_readings(lecture_id: int, difference: RowDifference) -> Iterator[Action]:
    """What goes, what changes, the new order of those that stay, then what comes, in its place."""
    for one in difference.readings:
        if one.what == "gone" and one.standing is not None and one.standing.key is not None:
            yield RemoveReading(one.standing.key)
    for one in difference.readings:
        if one.what == "changed":
            yield from _changed_reading(one)
    if difference.order:
        keys = [entry.key for entry in difference.order if entry.key is not None]
        yield ReorderReadings(lecture_id, tuple(keys))
    wanted = list(difference.row.readings)
    for one in difference.readings:
        if one.what == "new" and one.wanted is not None:
            yield added(lecture_id, one.wanted, place=wanted.index(one.wanted) + 1)


def added(lecture_id: int, entry: Entry, *, place: int) -> AddReading:
    """Return the action that adds a reading of a file."""
    return AddReading(
        lecture_id=lecture_id,
        title=entry.title,
        url=entry.url,
        is_required=entry.is_required,
        sections=entry.sections,
        note=entry.note,
        place=place,
    )


def _changed_reading(difference: ReadingDifference) -> Iterator[Action]:
    """A correction of the paper's entry; where the file has another paper there, that replaces it."""
    standing, wanted = difference.standing, difference.wanted
    assert standing is not None
    assert standing.key is not None
    assert wanted is not None
    reading = Reading.objects.select_related("paper").get(pk=standing.key)
    if not _is_another_paper(difference, reading.paper):
        yield _corrected(reading, difference, READING_FIELDS)
        return
    if "is_required" in difference.fields:
        yield _corrected(reading, difference, ("is_required",))
    yield ReplaceReading(reading.pk, wanted.title, wanted.url, wanted.sections, wanted.note)


def _corrected(
    reading: Reading, difference: ReadingDifference, names: Iterable[str]
) -> ChangeReading:
    """The reading as it stands, with what the file says otherwise."""
    standing = {name: getattr(reading, name) for name in READING_FIELDS}
    told = {name: difference.fields[name][1] for name in names if name in difference.fields}
    paper = reading.paper
    known: dict[str, Any] = {"authors": paper.authors, "venue": paper.venue, "year": paper.year}
    return ChangeReading(reading.pk, **{**standing, **told}, **known)


def _is_another_paper(difference: ReadingDifference, paper: Paper) -> bool:
    """Whether title and link both changed, or are those of another paper of the course."""
    wanted = difference.wanted
    assert wanted is not None
    others = Paper.objects.filter(course=paper.course_id, title=wanted.title, url=wanted.url)
    return difference.is_replaced or others.exclude(pk=paper.pk).exists()


def _of_milestone(difference: MilestoneDifference) -> Action:
    wanted = difference.wanted
    if difference.key is None:
        return AddMilestone(wanted.kind.value, wanted.name, wanted.due_on, wanted.due_time)
    return ChangeMilestone(difference.key, wanted.name, wanted.due_on, wanted.due_time)
