"""When those who still owe are reminded (domain.md §11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from submissions.deadlines.due import Kind
from submissions.deadlines.instants import as_utc

LAST_CALL_HOURS: Final = (3,)
DEFAULT_REMINDER_HOURS: Final = (72, 24, 3)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant at which those who still owe are reminded; the name is stable and unique."""

    name: str
    at: datetime


def reminder_moments(
    kind: Kind,
    *,
    due_at: datetime,
    lecture_ends_at: datetime | None = None,
    hours_before: Iterable[int] | None = None,
) -> tuple[Moment, ...]:
    """The moments of a deliverable's reminders, earliest first, all before `due_at` (§11).

    `due_at` is the owner's effective due instant. `hours_before` replaces the kind's default hours
    where a course has set its own. Of two moments at one instant only one remains.
    """
    due = as_utc(due_at)
    hours = _reminder_hours(kind) if hours_before is None else tuple(hours_before)
    found = [
        Moment(name=f"{count}_hours_before", at=due - timedelta(hours=count))
        for count in sorted(set(hours), reverse=True)
    ]
    if _is_reminded_at_lecture_end(kind) and lecture_ends_at is not None:
        found.insert(0, Moment(name="lecture_end", at=as_utc(lecture_ends_at)))
    by_instant = {moment.at: moment for moment in found if moment.at < due}
    return tuple(by_instant[at] for at in sorted(by_instant))


def _reminder_hours(kind: Kind) -> tuple[int, ...]:
    match kind:
        case Kind.QUESTION | Kind.SUMMARY | Kind.FINAL_SLIDES:
            return LAST_CALL_HOURS
        case Kind.SLIDES | Kind.PROPOSAL | Kind.MIDTERM | Kind.FINAL | Kind.REPORT | Kind.CODE:
            return DEFAULT_REMINDER_HOURS
        case _:
            assert_never(kind)


def _is_reminded_at_lecture_end(kind: Kind) -> bool:
    return kind in {Kind.SUMMARY, Kind.FINAL_SLIDES}


def current_moment(moments: Iterable[Moment], *, now: datetime, due_at: datetime) -> Moment | None:
    """The reminder that should be out by now: the latest whose time has come (domain.md §11).

    So a missed one is still sent until the next one's time, and then dropped. None before the
    first, and at or after the due instant.
    """
    if as_utc(now) >= as_utc(due_at):
        return None
    return max(
        (moment for moment in moments if as_utc(moment.at) <= as_utc(now)),
        key=lambda moment: as_utc(moment.at),
        default=None,
    )
