"""When things are due, around every clock change of every zone from 2024 to 2032.

What is expected comes from an oracle that never turns a local time into an instant (zones.py).
"""

import zoneinfo
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from courseapp.term.formats.cells import zone_names
from submissions import deadlines
from submissions.deadlines import Kind, Offsets, WallDays
from tests.submissions.zones import DAY, EPOCH, YEARS, Behaviour, behaviours, instant

LASTS = 75 * 60
FIRST_DAY = int((datetime(YEARS.start, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
LAST_DAY = int((datetime(YEARS.stop, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
DAYS_AWAY = (-7, -1, 1, 7)

Case = tuple[datetime | None, int]
Cases = Callable[[Behaviour], Iterator[Case]]


def wall_parts(wall: int) -> datetime:
    """Return a wall time as one writes it: day and time, without a zone."""
    return instant(wall).replace(tzinfo=None)


def local_instant(clock: Behaviour, wall: int) -> datetime:
    written = wall_parts(wall)
    return deadlines.local_instant(day=written.date(), at=written.time(), zone=clock.zone)


def walls(clock: Behaviour) -> list[int]:
    return [wall for change in clock.changes() for wall in change.walls_around()]


def differences(cases: Iterator[Case]) -> tuple[int, list[Case]]:
    """Count the cases, and return those in which the product and the oracle differ."""
    count, wrong = 0, []
    for found, expected in cases:
        count += 1
        if found != instant(expected):
            wrong.append((found, expected))
    return count, wrong


def all_differences(cases_of: Cases) -> tuple[int, dict[str, list[Case]]]:
    """Ask every behaviour; return how many cases there were, and by zone those that differ."""
    count, wrong = 0, {}
    for clock in behaviours():
        asked, found = differences(cases_of(clock))
        count += asked
        if found:
            wrong[clock.names[0]] = found[:3]
    return count, wrong


def test_every_zone_that_a_course_may_name_is_among_those_asked():
    names = [name for clock in behaviours() for name in clock.names]
    assert len(names) == len(set(names))
    assert set(names) == zone_names()
    assert len([clock for clock in behaviours() if clock.changes()]) > 30


def test_the_product_reads_the_pinned_table_of_zones_whatever_the_machine_has():
    assert zoneinfo.TZPATH == ()


@pytest.mark.parametrize(
    ("name", "ahead"),
    [
        ("America/Chicago", {-21600, -18000}),
        ("Australia/Lord_Howe", {37800, 39600}),
        ("Antarctica/Troll", {0, 7200}),
        ("Pacific/Chatham", {45900, 49500}),
        ("Africa/Casablanca", {0, 3600}),
    ],
)
def test_the_oracle_knows_by_how_much_clocks_change(name, ahead):
    (clock,) = [clock for clock in behaviours() if name in clock.names]
    assert {stretch.ahead for stretch in clock.stretches} == ahead


def due_by_lecture(clock: Behaviour) -> Iterator[Case]:
    """A lecture of 75 minutes that begins at each wall time around each change."""
    for wall in walls(clock):
        starts_at, ends_at = local_instant(clock, wall), local_instant(clock, wall + LASTS)
        begins, ends = clock.last_showing(wall), clock.last_showing(wall + LASTS)
        yield deadlines.due_at(Kind.QUESTION, lecture_starts_at=starts_at), begins
        yield deadlines.due_at(Kind.SLIDES, lecture_starts_at=starts_at), begins - DAY
        yield deadlines.due_at(Kind.FINAL_SLIDES, lecture_ends_at=ends_at), ends + DAY
        yield deadlines.due_at(Kind.SUMMARY, lecture_ends_at=ends_at), ends + DAY
        yield deadlines.due_at(Kind.MIDTERM, slot_starts_at=starts_at), begins


def due_by_local_lecture(clock: Behaviour) -> Iterator[Case]:
    """The same from instants that carry the zone, which Python itself would misjudge."""
    for wall in walls(clock):
        for second in {clock.last_showing(wall), wall - clock.stretches[0].ahead}:
            local = instant(second).astimezone(clock.zone)
            yield deadlines.due_at(Kind.QUESTION, lecture_starts_at=local), second
            yield deadlines.due_at(Kind.SLIDES, lecture_starts_at=local), second - DAY
            yield deadlines.due_at(Kind.SUMMARY, lecture_ends_at=local), second + DAY


def due_by_milestone(clock: Behaviour) -> Iterator[Case]:
    """A milestone with a time around each change, and what a course with offsets in days asks for."""
    one_day = WallDays(days=1, zone=clock.zone)
    by_days = Offsets(slides_notice=one_day, summary_window=one_day)
    for wall in walls(clock):
        written = wall_parts(wall)
        milestone_at = deadlines.milestone_instant(
            day=written.date(), at=written.time(), zone=clock.zone
        )
        begins = clock.last_showing(wall)
        shown = clock.wall_at(begins)
        yield deadlines.due_at(Kind.PROPOSAL, milestone_at=milestone_at), begins
        yield (
            deadlines.due_at(Kind.SLIDES, lecture_starts_at=milestone_at, offsets=by_days),
            clock.last_showing(shown - DAY),
        )
        yield (
            deadlines.due_at(Kind.SUMMARY, lecture_ends_at=milestone_at, offsets=by_days),
            clock.last_showing(shown + DAY),
        )


def days_away(clock: Behaviour) -> Iterator[Case]:
    """From both showings of each wall time, so many days of the wall clock there and back."""
    for change in clock.changes():
        for wall in change.walls_around():
            for second in {wall - change.before, wall - change.after}:
                shown = clock.wall_at(second)
                for days in DAYS_AWAY:
                    found = deadlines.days_after(instant(second), days=days, zone=clock.zone)
                    yield found, clock.last_showing(shown + days * DAY)


def bare_dates(clock: Behaviour) -> Iterator[Case]:
    """Every day of these years; where clocks never change, each 20th."""
    step = DAY if clock.changes() else 20 * DAY
    for wall in range(FIRST_DAY, LAST_DAY, step):
        found = deadlines.milestone_instant(day=wall_parts(wall).date(), at=None, zone=clock.zone)
        yield found, clock.last_showing(wall + DAY - 1)


@pytest.mark.parametrize(
    ("cases_of", "at_least"),
    [
        (due_by_lecture, 60_000),
        (due_by_local_lecture, 40_000),
        (due_by_milestone, 36_000),
        (days_away, 100_000),
        (bare_dates, 120_000),
    ],
)
def test_the_product_and_the_oracle_agree_on_every_instant(cases_of, at_least):
    count, wrong = all_differences(cases_of)
    assert wrong == {}
    assert count >= at_least


def test_a_bare_date_ends_with_the_last_second_that_clocks_show_on_it():
    for clock in behaviours():
        for change in clock.changes():
            for wall in (change.at + change.before, change.at + change.after - 1):
                day = wall_parts(wall).date()
                last = deadlines.end_of_day(day=day, zone=clock.zone)
                following = clock.wall_at(int((last - EPOCH).total_seconds()) + 1)
                assert wall_parts(following).date() > day, clock.names


def test_hours_are_elapsed_and_days_are_not_at_every_change_that_moves_the_wall_clock():
    for clock in behaviours():
        for change in clock.changes():
            noon_before = clock.last_showing((change.at + change.before) // DAY * DAY - DAY // 2)
            a_day, a_wall_day = (
                deadlines.after(instant(noon_before), offset=offset) - instant(noon_before)
                for offset in (timedelta(hours=48), WallDays(days=2, zone=clock.zone))
            )
            assert a_day == timedelta(hours=48)
            assert a_wall_day == a_day - timedelta(seconds=change.after - change.before)
