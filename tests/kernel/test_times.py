"""Instants as people read them: in the course's zone, by name, also when the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template

from courseapp.kernel.templatetags.times import (
    day_in_zone,
    duration,
    in_zone,
    iso,
    relative_to,
    time_in_zone,
    tone,
)

CHICAGO = "America/Chicago"
NOON = datetime(2025, 2, 12, 18, 30, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def utc(*parts: int) -> datetime:
    """Return an instant by its parts in UTC."""
    year, month, day, hour, minute, second = (*parts, 0, 0, 0)[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "zone", "shown"),
    [
        (NOON, CHICAGO, "Wed Feb 12, 12:30 PM CST"),
        (NOON, "Europe/Berlin", "Wed Feb 12, 7:30 PM CET"),
        (NOON, "Asia/Kolkata", "Thu Feb 13, 12:00 AM IST"),
        (utc(2025, 2, 27, 5, 59, 59), CHICAGO, "Wed Feb 26, 11:59:59 PM CST"),
        (utc(2025, 2, 27, 6), CHICAGO, "Thu Feb 27, 12:00 AM CST"),
        (utc(2025, 5, 15, 23), CHICAGO, "Thu May 15, 6:00 PM CDT"),
    ],
)
def test_an_instant_is_shown_in_the_zone_of_the_course(
    instant: datetime, zone: str, shown: str
) -> None:
    assert in_zone(instant, zone) == shown


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (utc(2025, 3, 9, 7, 59, 59), "Sun Mar 9, 1:59:59 AM CST"),
        (utc(2025, 3, 9, 8), "Sun Mar 9, 3:00 AM CDT"),
        (utc(2025, 11, 2, 6, 30), "Sun Nov 2, 1:30 AM CDT"),
        (utc(2025, 11, 2, 7, 30), "Sun Nov 2, 1:30 AM CST"),
    ],
)
def test_an_hour_that_is_skipped_or_repeated_is_told_by_its_zone(
    instant: datetime, shown: str
) -> None:
    assert in_zone(instant, CHICAGO) == shown


def test_the_day_and_the_time_are_shown_by_themselves():
    assert day_in_zone(utc(2025, 2, 13, 3), CHICAGO) == "Wed Feb 12"
    assert time_in_zone(NOON, CHICAGO) == "12:30 PM"
    assert time_in_zone(NOON + timedelta(seconds=7), CHICAGO) == "12:30:07 PM"


def test_machines_read_an_instant_in_utc():
    assert iso(NOON) == "2025-02-12T18:30:00+00:00"


def test_where_there_is_no_instant_nothing_is_shown():
    assert in_zone(None, CHICAGO) == ""
    assert day_in_zone(None, CHICAGO) == ""
    assert time_in_zone(None, CHICAGO) == ""
    assert relative_to(None, NOON) == ""
    assert tone(None, NOON) == ""
    assert iso(None) == ""


@pytest.mark.parametrize(
    ("away", "shown"),
    [
        (timedelta(0), "in less than a minute"),
        (timedelta(seconds=59), "in less than a minute"),
        (timedelta(minutes=1), "in 1 min"),
        (timedelta(minutes=59, seconds=59), "in 59 min"),
        (timedelta(hours=1), "in 1 h 0 min"),
        (timedelta(hours=3, minutes=20), "in 3 h 20 min"),
        (timedelta(days=1) - MICROSECOND, "in 23 h 59 min"),
        (timedelta(days=1), "in 1 d 0 h"),
        (timedelta(days=9, hours=23, minutes=59), "in 9 d 23 h"),
        (-MICROSECOND, "less than a minute ago"),
        (-timedelta(days=4, hours=20), "4 d 20 h ago"),
    ],
)
def test_how_long_it_still_is_never_promises_more_than_is_left(away: timedelta, shown: str) -> None:
    assert relative_to(NOON + away, NOON) == shown


def test_a_day_of_23_hours_is_as_long_as_it_lasts():
    begins, ends = utc(2025, 3, 9, 6), utc(2025, 3, 10, 5)
    assert in_zone(begins, CHICAGO) == "Sun Mar 9, 12:00 AM CST"
    assert in_zone(ends, CHICAGO) == "Mon Mar 10, 12:00 AM CDT"
    assert duration(ends - begins) == "23 h 0 min"


@pytest.mark.parametrize(
    ("away", "word"),
    [
        (-MICROSECOND, "past"),
        (timedelta(0), "soon"),
        (timedelta(hours=24) - MICROSECOND, "soon"),
        (timedelta(hours=24), ""),
    ],
)
def test_the_tone_turns_at_the_instant_itself(away: timedelta, word: str) -> None:
    assert tone(NOON + away, NOON) == word


def test_every_template_can_show_instants():
    page = Template("{{ due_at|in_zone:zone }} ({{ due_at|relative_to:now }})")
    words = {"due_at": NOON, "zone": CHICAGO, "now": NOON - timedelta(hours=2)}
    assert page.render(Context(words)) == "Wed Feb 12, 12:30 PM CST (in 2 h 0 min)"
