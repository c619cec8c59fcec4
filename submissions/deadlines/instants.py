"""Wall times, instants and the offsets between them (domain.md §3)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class WallDays:
    """An offset in whole days of a zone's wall clock: 23 to 25 real hours each."""

    days: int
    zone: ZoneInfo


# An offset given in hours is elapsed time (a timedelta); one given in days follows the wall clock.
Offset: TypeAlias = timedelta | WallDays

END_OF_DAY: Final = time(23, 59, 59)


def as_utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises `ValueError` for a naive one."""
    if instant.utcoffset() is None:
        raise ValueError(f"An instant needs a time zone: {instant!r}.")
    return instant.astimezone(UTC)


def local_instant(*, day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant at which clocks in `zone` show `at` on `day`, in UTC (domain.md §3).

    A wall time that a clock change repeats has two instants; one that it skips has two readings,
    by the offset before and by the offset after the change. Either way the later one holds, so
    nobody loses time: in Chicago 02:30 on 9 March 2025 does not exist and is read as 03:30 CDT.
    Raises `ValueError` when `at` carries a zone of its own.
    """
    if at.tzinfo is not None:
        raise ValueError(f"A wall time has no zone of its own: {at!r}.")
    wall = datetime.combine(day, at, tzinfo=zone)
    return max(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def end_of_day(*, day: date, zone: ZoneInfo) -> datetime:
    """What a bare date means: 23:59:59 in the course's zone (domain.md §3)."""
    return local_instant(day=day, at=END_OF_DAY, zone=zone)


def milestone_instant(*, day: date, at: time | None, zone: ZoneInfo) -> datetime:
    """A milestone's due instant: at its time of day, or at the end of its day without one."""
    if at is None:
        return end_of_day(day=day, zone=zone)
    return local_instant(day=day, at=at, zone=zone)


def days_after(instant: datetime, *, days: int, zone: ZoneInfo) -> datetime:
    """The same wall time `days` calendar days later (earlier when negative), in UTC."""
    if days == 0:
        # A repeated hour would otherwise jump to its second showing.
        return as_utc(instant)
    local = as_utc(instant).astimezone(zone)
    return local_instant(day=local.date() + timedelta(days=days), at=local.time(), zone=zone)


def days_before(instant: datetime, *, days: int, zone: ZoneInfo) -> datetime:
    """The same wall time `days` calendar days earlier, in UTC."""
    return days_after(instant, days=-days, zone=zone)


def after(instant: datetime, *, offset: Offset) -> datetime:
    """The instant that lies `offset` after another, in UTC."""
    if isinstance(offset, WallDays):
        return days_after(instant, days=offset.days, zone=offset.zone)
    return as_utc(instant) + offset


def before(instant: datetime, *, offset: Offset) -> datetime:
    """The instant that lies `offset` before another, in UTC."""
    if isinstance(offset, WallDays):
        return days_before(instant, days=offset.days, zone=offset.zone)
    return as_utc(instant) - offset
