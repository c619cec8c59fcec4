"""The form that calendar programs take: lines, texts, days and moments."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from courseapp.term.formats.ics import Entry, write_calendar
from tests.factories import (
    LECTURE_AT,
)

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


A_TEXT = st.text(max_size=200)


def entry(**changes: Any) -> Entry:
    return Entry(
        **{
            "uid": "lecture-1@example.org",
            "title": "Attention",
            "begins": LECTURE_AT,
            "ends": LECTURE_AT + timedelta(minutes=75),
            "changed_at": LONG_AGO,
            "revision": 0,
            **changes,
        }
    )


def calendar_of(*entries: Entry, name: str = "CS 598") -> bytes:
    return write_calendar(name=name, description="", zone="America/Chicago", entries=list(entries))


@settings(max_examples=60, deadline=None)
@given(title=A_TEXT, description=A_TEXT, name=A_TEXT)
def test_any_text_comes_through_in_lines_that_every_program_takes(title, description, name):
    content = calendar_of(entry(title=title, description=description), name=name)

    assert content.endswith(b"\r\n")
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(set(line) & {0x0A, 0x0D, 0x00} for line in lines)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    said = title.replace("\r\n", "\n").replace("\r", "\n").replace("\x7f", "")
    assert str(event["SUMMARY"]) == "".join(char for char in said if char >= " " or char in "\n\t")


def test_a_program_is_told_the_name_and_how_often_to_look():
    content = calendar_of(entry(), name="CS 598, Spring")
    calendar = Calendar.from_ical(content)

    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert b"\r\nNAME:CS 598\\, Spring\r\nX-WR-CALNAME:CS 598\\, Spring\r\n" in content
    assert calendar["X-WR-TIMEZONE"] == "America/Chicago"
    assert calendar["X-PUBLISHED-TTL"] == "PT1H"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in content


def test_days_end_with_the_day_after_and_moments_have_no_end():
    days = entry(begins=date(2025, 3, 17), ends=date(2025, 3, 21))
    moment = entry(uid="due-1", ends=None)
    content = calendar_of(days, moment)

    assert b"DTSTART;VALUE=DATE:20250317\r\nDTEND;VALUE=DATE:20250322\r\n" in content
    assert content.count(b"DTEND") == 1
    assert b"DTSTART:20250212T183000Z\r\n" in content
