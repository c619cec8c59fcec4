"""When a course meets, as pages and options say it."""

from datetime import time

import pytest

from courseapp.term.formats.markdown.hours import (
    find_hours,
    find_moment,
    read_hours,
    read_range,
)

NOON = (time(12, 30), time(13, 45))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("WF 12:30-13:45", "WF 12:30-13:45"),
        ("MWF 9-9:50am", "MWF 09:00-09:50"),
        ("TuTh 2:00-3:15 PM", "TR 14:00-15:15"),
        ("Tue/Thu 11:00 AM - 12:15 PM", "TR 11:00-12:15"),
        ("Tuesdays and Thursdays 14:00\u201315:15", "TR 14:00-15:15"),
        ("Wednesday & Friday 12:30 to 1:45 p.m.", "WF 12:30-13:45"),
        ("Mon, Wed 10:00-11:15", "MW 10:00-11:15"),
        ("F 11-1pm", "F 11:00-13:00"),
    ],
)
def test_days_and_times_as_people_write_them(text, words):
    found = read_hours(text)
    assert found is not None
    assert found.words == words


@pytest.mark.parametrize(
    "text",
    ["", "WF", "12:30-13:45", "X 12:30-13:45", "WF 13:45-12:30", "WF 25:00-26:00", "W 1pm-13pm"],
)
def test_what_are_no_hours_is_nothing(text):
    assert read_hours(text) is None


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("Lectures: Wednesday and Friday, 12:30 - 1:45 PM, 0216 Siebel", True),
        ("**Time**: WF 12:30pm-1:45pm", True),
        ("Office hours: Wed 12:30-1:45 PM", False),
        ("We read 2-3 papers on Monday", False),
        ("| Wed 12:30-13:45 |", False),
        ("Final exam: Wed 12:30-1:45 PM", False),
        ("nothing", False),
    ],
)
def test_the_hours_of_a_page_are_those_of_its_class(line, is_found):
    found = find_hours(["# A course", line, ""])
    assert (found is not None) is is_found
    if found is not None:
        assert (found.start, found.end) == NOON


def test_times_of_a_row_and_of_a_deadline():
    assert read_range("12:30-13:45") == NOON
    assert read_range("noon") is None
    assert find_moment("Final report due 6:00 PM") == time(18)
    assert find_moment("by 18:00") == time(18)
    assert find_moment("due 6pm") == time(18)
    assert find_moment("Report, 2 pages") is None
    assert find_moment("due 25:00") is None
