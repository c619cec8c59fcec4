"""Wall times and instants, around every clock change of every zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions import deadlines
from submissions.deadlines import WallDays

CHICAGO = ZoneInfo("America/Chicago")
HOUR = timedelta(hours=1)


def utc(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


STARTS_AT = utc(2025, 2, 5, 18, 30)
DUE_AT = utc(2025, 2, 27, 5, 59, 59)


@dataclass(frozen=True)
class ClockChange:
    """A zone's offset changes from `before` to `after` at the instant `at`."""

    zone: ZoneInfo
    at: datetime
    before: timedelta
    after: timedelta


def _change_between(zone: ZoneInfo, low: datetime, high: datetime) -> ClockChange:
    first = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == first:
            low = middle
        else:
            high = middle
    last = high.astimezone(zone).utcoffset()
    assert first is not None
    assert last is not None
    return ClockChange(zone=zone, at=high, before=first, after=last)


@cache
def clock_changes() -> list[ClockChange]:
    """Every clock change of every zone in 2024-2027, and three odd ones of the past."""
    weeks = [utc(2024, 1, 1) + timedelta(weeks=week) for week in range(209)]
    found = [
        _change_between(ZoneInfo("Pacific/Apia"), utc(2011, 12, 28), utc(2012, 1, 2)),
        _change_between(ZoneInfo("Asia/Pyongyang"), utc(2018, 5, 1), utc(2018, 5, 8)),
        _change_between(ZoneInfo("America/Caracas"), utc(2016, 4, 28), utc(2016, 5, 4)),
    ]
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        found += [
            _change_between(zone, low, high)
            for low, high in pairwise(weeks)
            if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset()
        ]
    return found


def later_instant(change: ClockChange, wall: datetime) -> datetime:
    """The oracle: of the real readings near one change the later; of two imagined ones likewise."""
    early = (wall - change.before).replace(tzinfo=UTC)
    late = (wall - change.after).replace(tzinfo=UTC)
    real = [early] * (early < change.at) + [late] * (late >= change.at)
    return max(real or [early, late])


# -- wall times and instants ---------------------------------------------------------------------


def test_a_wall_time_becomes_its_instant_in_utc():
    found = deadlines.local_instant(day=date(2025, 2, 5), at=time(12, 30), zone=CHICAGO)
    assert found == STARTS_AT
    assert found.tzinfo is UTC


def test_a_skipped_local_time_is_the_later_instant():
    found = deadlines.local_instant(day=date(2025, 3, 9), at=time(2, 30), zone=CHICAGO)
    assert found == utc(2025, 3, 9, 8, 30)
    assert found.astimezone(CHICAGO).isoformat() == "2025-03-09T03:30:00-05:00"


def test_a_repeated_local_time_is_the_later_instant():
    found = deadlines.local_instant(day=date(2025, 11, 2), at=time(1, 30), zone=CHICAGO)
    assert found == utc(2025, 11, 2, 7, 30)
    assert found.astimezone(CHICAGO).isoformat() == "2025-11-02T01:30:00-06:00"


def test_the_fold_of_the_argument_does_not_matter():
    first = deadlines.local_instant(day=date(2025, 11, 2), at=time(1, 30), zone=CHICAGO)
    second = deadlines.local_instant(day=date(2025, 11, 2), at=time(1, 30, fold=1), zone=CHICAGO)
    assert first == second


def test_a_bare_date_means_the_last_second_of_its_day():
    assert deadlines.end_of_day(day=date(2025, 2, 26), zone=CHICAGO) == DUE_AT


def test_a_day_that_a_zone_skipped_whole_ends_at_the_later_reading():
    found = deadlines.end_of_day(day=date(2011, 12, 30), zone=ZoneInfo("Pacific/Apia"))
    assert found == utc(2011, 12, 31, 9, 59, 59)


def test_a_milestone_is_due_at_its_time_or_at_the_end_of_its_day():
    day = date(2025, 5, 15)
    timed = deadlines.milestone_instant(day=day, at=time(18), zone=CHICAGO)
    assert timed == utc(2025, 5, 15, 23)
    untimed = deadlines.milestone_instant(day=day, at=None, zone=CHICAGO)
    assert untimed == utc(2025, 5, 16, 4, 59, 59)


def test_a_wall_time_with_a_zone_is_refused():
    with pytest.raises(ValueError, match="no zone of its own"):
        deadlines.local_instant(day=date(2025, 2, 5), at=time(12, tzinfo=UTC), zone=CHICAGO)


@settings(max_examples=400, deadline=None)
@given(data=st.data(), minutes=st.integers(min_value=-26 * 60, max_value=26 * 60))
def test_around_every_clock_change_the_later_instant_holds(data, minutes):
    change = data.draw(st.sampled_from(clock_changes()))
    wall = (change.at + change.before).replace(tzinfo=None) + timedelta(minutes=minutes)
    found = deadlines.local_instant(day=wall.date(), at=wall.time(), zone=change.zone)
    assert found == later_instant(change, wall)


# -- offsets -------------------------------------------------------------------------------------


def test_hours_are_elapsed_time_across_a_clock_change():
    noon = deadlines.local_instant(day=date(2025, 3, 9), at=time(12, 30), zone=CHICAGO)
    found = deadlines.before(noon, offset=timedelta(hours=24))
    assert noon - found == timedelta(hours=24)
    assert found.astimezone(CHICAGO).time() == time(11, 30)


def test_hours_are_elapsed_time_even_for_an_instant_in_local_form():
    local = datetime(2025, 3, 9, 12, 30, tzinfo=CHICAGO)
    assert deadlines.before(local, offset=24 * HOUR) == utc(2025, 3, 8, 17, 30)
    assert deadlines.after(local, offset=24 * HOUR) == utc(2025, 3, 10, 17, 30)


def test_days_are_days_of_the_wall_clock():
    noon = deadlines.local_instant(day=date(2025, 3, 9), at=time(12, 30), zone=CHICAGO)
    day = WallDays(days=1, zone=CHICAGO)
    assert noon - deadlines.before(noon, offset=day) == 23 * HOUR
    assert deadlines.after(noon, offset=day) - noon == 24 * HOUR


def test_no_days_leave_even_a_repeated_instant_where_it_is():
    first_showing = utc(2025, 11, 2, 6, 30)
    assert deadlines.days_after(first_showing, days=0, zone=CHICAGO) == first_showing


@settings(max_examples=200, deadline=None)
@given(data=st.data(), days=st.integers(min_value=1, max_value=400))
def test_days_there_keep_the_wall_time_unless_it_is_skipped(data, days):
    change = data.draw(st.sampled_from(clock_changes()))
    found = deadlines.days_before(change.at, days=days, zone=change.zone)
    wanted = change.at.astimezone(change.zone).replace(tzinfo=None) - timedelta(days=days)
    round_trip = wanted.replace(tzinfo=change.zone).astimezone(UTC).astimezone(change.zone)
    exists = round_trip.replace(tzinfo=None) == wanted
    local = found.astimezone(change.zone).replace(tzinfo=None)
    assert local == wanted if exists else local > wanted
