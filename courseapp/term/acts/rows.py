"""The rows of a schedule under an action: found, placed in time, and withdrawn."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import F, Value
from django.db.models.functions import Greatest

from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.templatetags.times import clock_time
from courseapp.term.acts.action import Scene
from schedule.models import (
    Lecture,
    LectureKind,
    OtherPresenter,
    PresentationSlot,
    Reading,
    RoleAssignment,
)
from schedule.services.ordering import withdrawn_position
from submissions.deadlines import Kind, local_instant
from submissions.models import Deliverable


def lecture_of(scene: Scene, lecture_id: int) -> Lecture:
    """Return a standing row of the course under lock; raise `Refused` where there is none."""
    found = Lecture.objects.select_for_update().filter(course=scene.course, pk=lecture_id).first()
    if found is None:
        raise Refused(Denied("not_found", "This row is not in the schedule (any more)."))
    return found


def standing_rows(scene: Scene) -> list[Lecture]:
    """Return all standing rows of the course in order, under lock."""
    rows = Lecture.objects.select_for_update().filter(course=scene.course)
    return list(rows.order_by("position"))


@dataclass(frozen=True)
class Place:
    """When and where a row is, and at which place of the schedule."""

    position: int
    timezone: str
    starts_on: date
    ends_on: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    room: str

    @property
    def words(self) -> str:
        """Say when that is."""
        return when_words(self)


def place_of(row: Lecture) -> Place:
    """Return where a row is."""
    return Place(
        position=row.position,
        timezone=row.timezone,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        room=row.room,
    )


def put(row: Lecture, place: Place) -> None:
    """Put a row, with all that hangs on it, into a place."""
    for name, value in vars(place).items():
        setattr(row, name, value)
    row.save(update_fields=list(vars(place)))


@dataclass(frozen=True)
class Times:
    """A date, and the wall times of a meeting on it; without times it has a date only."""

    starts_on: date
    starts_from: time | None = None
    ends_by: time | None = None
    ends_on: date | None = None

    def place(self, *, position: int, timezone: str, room: str) -> Place:
        """Return the place in time that these are in a zone; raise `Refused` where they are none."""
        _require_sense(self)
        starts_at = _instant(self.starts_on, self.starts_from, timezone)
        ends_at = _instant(self.starts_on, self.ends_by, timezone)
        _require_length(starts_at, ends_at, timezone)
        return Place(
            position=position,
            timezone=timezone,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            starts_at=starts_at,
            ends_at=ends_at,
            room=room,
        )


def _instant(day: date, at: time | None, timezone: str) -> datetime | None:
    return None if at is None else local_instant(day=day, at=at, zone=ZoneInfo(timezone))


def _require_sense(times: Times) -> None:
    if (times.starts_from is None) != (times.ends_by is None):
        raise Refused(
            Denied("half_a_time", "Give both when it begins and when it ends, or neither.")
        )
    if times.starts_from and times.ends_by and times.ends_by <= times.starts_from:
        raise Refused(Denied("ends_first", "It would end before it begins; change the times."))
    if times.ends_on is not None and times.ends_on < times.starts_on:
        raise Refused(Denied("ends_first", "Its last day is before its first; change one of them."))


def _require_length(starts_at: datetime | None, ends_at: datetime | None, timezone: str) -> None:
    """Refuse a begin that a clock change skips, where the later reading of it leaves no time."""
    if starts_at is None or ends_at is None or starts_at < ends_at:
        return
    begins_at = clock_time(starts_at.astimezone(ZoneInfo(timezone)))
    raise Refused(
        Denied(
            "skipped_hour",
            f"Clocks go forward that day and skip this hour: it would begin at {begins_at}, not"
            " before it ends. Let it end later, or choose times that the clock shows.",
        )
    )


def when_words(row: Place | Lecture) -> str:
    """Say when a row is: "Wed Feb 12, 12:30 PM", or its days where it has no times."""
    return ", ".join(filter(None, (day_words(row), time_words(row))))


def day_words(row: Place | Lecture) -> str:
    """Say on which day or days a row is."""
    day = f"{row.starts_on:%a %b} {row.starts_on.day}"
    if row.ends_on is None or row.ends_on == row.starts_on:
        return day
    return f"{day} to {row.ends_on:%a %b} {row.ends_on.day}"


def time_words(row: Place | Lecture) -> str:
    """Say at what time a row begins; empty where it has none."""
    if row.starts_at is None:
        return ""
    return clock_time(row.starts_at.astimezone(ZoneInfo(row.timezone)))


def is_sliding(row: Lecture) -> bool:
    """Say whether a row goes along when others slide: a lecture with times does, no other."""
    return row.kind == LectureKind.LECTURE and row.starts_at is not None


def begins(row: Lecture) -> tuple[date, bool, datetime | None]:
    """Return by what rows are ordered in time; on one day, those without times come first."""
    return row.starts_on, row.starts_at is not None, row.starts_at


def withdraw(scene: Scene, row: Lecture) -> None:
    """Take a row out of the schedule, with its readings and roles; all of it stays as history."""
    require_no_slots(row)
    # A role that an import dated ahead does not end before it began.
    ended_at = Greatest("assigned_at", Value(scene.now))
    RoleAssignment.objects.current().filter(lecture=row).update(withdrawn_at=ended_at)
    OtherPresenter.objects.filter(lecture=row).update(withdrawn_at=scene.now)
    # Behind all others, as `withdrawn_position` says.
    Reading.objects.filter(lecture=row).update(
        withdrawn_at=scene.now, position=F("pk") + withdrawn_position(0)
    )
    row.withdrawn_at, row.position = scene.now, withdrawn_position(row.pk)
    row.save(update_fields=["withdrawn_at", "position"])


def require_nothing_was_due(
    scene: Scene, row: Lecture, *, instead: str, kinds: Collection[Kind] = tuple(Kind)
) -> None:
    """Let nobody lose the credit for what was due already; `instead` says what can be done."""
    due = Deliverable.objects.filter(
        lecture=row,
        kind__in=[kind.value for kind in kinds],
        withdrawn_at__isnull=True,
        due_at__lte=scene.now,
    )
    if due.exists():
        raise Refused(
            Denied(
                "was_due",
                f"Work for {row.title} was due already, and what came in counts. {instead}",
            )
        )


def require_no_slots(row: Lecture) -> None:
    """Let nobody lose a slot by the way: whoever presents in it would be due nowhere."""
    if PresentationSlot.objects.filter(lecture=row).exists():
        raise Refused(
            Denied(
                "has_slots",
                f"Groups present in slots of {row.title}. Change its date instead: the slots go "
                "along; or take the slots back first.",
            )
        )


def listed(names: Sequence[str]) -> str:
    """Say names as a person lists them: "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def nothing_changed(what: str) -> Refused:
    """Return the refusal of an action that would change nothing."""
    return Refused(Denied("nothing_changed", f"{what} is like that already; nothing to change."))
