"""The family of schedule tables: a dozen ways to write one come in right, or are refused (§12)."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from courseapp.term.formats import LectureKind
from courseapp.term.formats.markdown import Known, Reader, extended_headings, read_schedule
from tests.term.markdown.tables import HEAD, LINK, codes, held, read, read_well, readings

URL = "https://a.example/"
REQUIRED = ("A", URL, True, "")
OPTIONAL = ("A", URL, False, "")


@pytest.mark.parametrize(
    "cell",
    [
        "[A](https://a.example/) (Required)",
        "[A](https://a.example/)(required)",
        "[A](https://a.example/) [Required]",
        "[A (Required)](https://a.example/)",
        "[(Required) A](https://a.example/)",
        "(Required) [A](https://a.example/)",
        "Required: [A](https://a.example/)",
        "**Required** [A](https://a.example/)",
        "[A](https://a.example/) - required",
        "[A](https://a.example/)*",
        "[A](https://a.example/) \\*",
        "*[A](https://a.example/)",
        "[A*](https://a.example/)",
        "**[A](https://a.example/)** (Required)",
        "1. [A](https://a.example/) (Required)",
        "\t[A](https://a.example/)\t(Required)\u200b",
        "A [pdf](https://a.example/) (Required)",
        "[A](https://a.example/) _(required reading)_",
        "**Required:**<br>[A](https://a.example/)",
    ],
)
def test_a_mark_stands_before_inside_or_after_the_link(cell):
    assert readings(cell) == [REQUIRED]


@pytest.mark.parametrize(
    "cell",
    [
        "Optional: [A](https://a.example/)",
        "[A](https://a.example/) (optional)",
        "*Optional* [A](https://a.example/)",
    ],
)
def test_a_reading_marked_optional_is_so(cell):
    assert readings(cell) == [OPTIONAL]


def test_a_mark_above_readings_holds_for_all_below_it():
    cell = (
        "Required readings:<br>[A](https://a.example/)<br>**Optional**<br>[B](https://b.example/)"
    )
    found = read_well(f"| Feb 5 | {cell} |")
    assert [one.is_required for one in found.readings] == [True, False]
    assert found.lectures[0].label == ""


def test_readings_without_a_mark_are_optional_beside_required_ones_and_required_beside_optional():
    assert [
        one[2] for one in readings("[A](https://a.example/) (Required)<br>[B](https://b.example/)")
    ] == [True, False]
    assert [
        one[2] for one in readings("[A](https://a.example/) (Optional)<br>[B](https://b.example/)")
    ] == [False, True]


def test_a_table_without_any_mark_is_refused_until_someone_says_what_it_means():
    row = f"| Feb 5 | {LINK} |"

    found, problems = read(row)
    assert found is None
    assert [(one.code, one.row) for one in problems] == [("unmarked", None)]
    assert "--unmarked required or --unmarked optional" in problems[0].message
    assert readings(LINK, unmarked_is_required=True) == [REQUIRED]
    assert readings(LINK, unmarked_is_required=False) == [OPTIONAL]


def test_sections_stand_with_the_mark_or_alone():
    cell = (
        "[A](https://a.example/) (Sec 3.1-3.2, 3.4, Required)<br>[B](https://b.example/) (Required; Ch. 2)"
        "<br>[C](https://c.example/) (Sections 1, 3 and 4)"
    )
    assert [one[3] for one in readings(cell)] == [
        "Sec 3.1-3.2, 3.4",
        "Ch. 2",
        "Sections 1, 3 and 4",
    ]
    assert [one[2] for one in readings(cell)] == [True, True, False]


@pytest.mark.parametrize(
    ("cell", "found", "code"),
    [
        ("[A]() (Required)", ("A", "", True, ""), "empty_link"),
        ("A (Required)", ("A", "", True, ""), "empty_link"),
        ("[A](htp:/a) (Required)", ("A", "", True, ""), "malformed_link"),
        ("[A](https://a.example/ (Required)", REQUIRED, "malformed_link"),
        (
            "[A](www.a.example/) (Required)",
            ("A", "https://www.a.example/", True, ""),
            "malformed_link",
        ),
        ("https://a.example/ (Required)", (URL, URL, True, ""), "no_title"),
        ("[](https://a.example/) (Required)", (URL, URL, True, ""), "no_title"),
    ],
)
def test_an_odd_link_is_taken_with_a_warning(cell, found, code):
    assert readings(cell) == [found]
    assert code in [one for one, _ in codes(f"| Feb 5 | {cell} |")]


def test_a_link_that_stands_twice_in_a_row_is_a_warning():
    cell = f"{LINK} (Required)<br>[B](https://a.example/)<br>[A](https://c.example/)"
    assert codes(f"| Feb 5 | {cell} |") == [("repeated_link", 3), ("repeated_title", 3)]


def test_two_readings_of_one_line_and_links_beside_a_title():
    cell = (
        "[A](https://a.example/) (Required), [B](https://b.example/) [slides](https://b.example/s)"
    )
    assert readings(cell) == [REQUIRED, ("B", "https://b.example/", False, "")]


def test_an_address_keeps_its_brackets_and_a_title_its_own():
    cell = r"[GPT (a \[draft\] \| v2)](https://a.example/x_(y)) (Required)"
    assert readings(cell) == [("GPT (a [draft] | v2)", "https://a.example/x_(y)", True, "")]


@pytest.mark.parametrize(
    "head",
    [
        "Readings | Date | Critic | Presenter | Summary",
        "Paper | Day | Reviewers | Presenters | Authors",
    ],
)
def test_columns_stand_in_any_order_under_any_of_their_names(head):
    found = read_well(f"| {LINK} (Required) | Feb 5 | s001 | s002 | s003 |", head=head)
    assert held(found) == [
        ("presenter", ["s002"], ""),
        ("authors", ["s003"], ""),
        ("reviewers", ["s001"], ""),
    ]


def test_a_column_of_their_own_is_refused_until_it_is_named():
    rows = [f"| Feb 5 | {LINK} (Required) | s001 | x |"]
    head = "Date | Readings | Note takers | Room"

    found, problems = read(*rows, head=head)
    assert found is None or [one.code for one in problems] == ["unknown_column", "unknown_column"]
    found = read_well(*rows, head=head, roles={"Note takers": "authors", "Room": "nothing"})
    assert held(found) == [("authors", ["s001"], "")]
    with pytest.raises(ValueError, match='"Room=place" names no column of ours'):
        extended_headings({"Room": "place"})


def test_two_columns_of_one_meaning_are_refused():
    assert codes(
        f"| Feb 5 | {LINK} (Required) | s1 | s2 |", head="Date | Readings | Summary | Authors"
    ) == [("duplicate_column", 1)]


def test_rows_may_be_short_or_open_and_modules_stand_alone():
    found = read_well(
        "| | **Basics**",
        f"| Feb 5 | {LINK} (Required)",
        "| **Systems** | | | |\t|",
        f"| Feb 7 <br>(MoE) | {LINK} | s001 | s002",
        "|  | **Grounding**  |  |\t|",
        "| Feb 12 | **Introduction**<br>[B](https://b.example/) |",
    )
    assert [(one.module, one.topic, one.label) for one in found.lectures] == [
        ("Basics", "", ""),
        ("Systems", "MoE", ""),
        ("Grounding", "", "Introduction"),
    ]


@pytest.mark.parametrize(
    ("text", "on", "ends_on", "topic"),
    [
        ("Feb 5", date(2025, 2, 5), None, ""),
        ("Sept. 4", date(2025, 9, 4), None, ""),
        ("5 February", date(2025, 2, 5), None, ""),
        ("Wed Feb 5th", date(2025, 2, 5), None, ""),
        ("Feb 5 (Wed)", date(2025, 2, 5), None, ""),
        ("2/5", date(2025, 2, 5), None, ""),
        ("25/2", date(2025, 2, 25), None, ""),
        ("2025-02-05", date(2025, 2, 5), None, ""),
        ("Feb 5, 2025", date(2025, 2, 5), None, ""),
        ("Feb 5 <br>(LMMs (vision))", date(2025, 2, 5), None, "LMMs (vision)"),
        ("Week 3: Feb 5", date(2025, 2, 5), None, ""),
        ("Feb 5: LMMs", date(2025, 2, 5), None, "LMMs"),
        ("Mar 17-21", date(2025, 3, 17), date(2025, 3, 21), ""),
        ("Mar 17 \u2013 Apr 2 <br>(Break)", date(2025, 3, 17), date(2025, 4, 2), "Break"),
        ("3/17-3/21", date(2025, 3, 17), date(2025, 3, 21), ""),
    ],
)
def test_dates_as_people_write_them(text, on, ends_on, topic):
    found = read_well(f"| {text} | {LINK} (Required) |").lectures[0]
    assert (found.held_on, found.ends_on, found.topic) == (on, ends_on, topic)


@pytest.mark.parametrize("text", ["soon", "Feb 30", "Mar 21-17", "Feb 29", "13/13"])
def test_a_date_that_is_none_is_refused(text):
    assert codes(f"| {text} | {LINK} (Required) | s001 |") == [("bad_date", 3)]


def test_a_weekday_that_does_not_fit_and_a_row_out_of_order_are_warnings():
    rows = [f"| Wed Feb 5 | {LINK} (Required) |", "| Feb 3 | [B](https://b.example/) |"]
    assert codes(*rows) == [("date_order", 4)]
    assert codes(*rows, year=2024) == [("contradictory_date", 3), ("date_order", 4)]


def test_the_year_turns_inside_the_table():
    rows = [f"| {day} | {LINK} (Required) |" for day in ("Nov 26", "Dec 31", "Jan 2", "Mar 5")]
    found = read_well(*rows, year=2024)
    assert [one.held_on.isoformat() for one in found.lectures] == [
        "2024-11-26",
        "2024-12-31",
        "2025-01-02",
        "2025-03-05",
    ]


def test_two_rows_on_one_date_are_two_rows():
    found = read_well(f"| Feb 5 | {LINK} (Required) | s001 |", f"| Feb 5 | {LINK} | s002 |")
    assert [(one.position, one.held_on) for one in found.lectures] == [
        (1, date(2025, 2, 5)),
        (2, date(2025, 2, 5)),
    ]
    assert [one.lecture_position for one in found.assignments] == [1, 2]


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("**No Lecture / Work on Project Proposal**", LectureKind.NO_CLASS),
        ("**No Class: Prep for Final Presentation**", LectureKind.NO_CLASS),
        ("Spring Break", LectureKind.NO_CLASS),
        ("**Mid-Semester Presentations**", LectureKind.MIDTERM),
        ("Midterm", LectureKind.MIDTERM),
        ("**Final Project Presentations**<br>", LectureKind.FINAL),
        ("**Final Report Submission Deadline**", LectureKind.DEADLINE),
        ("Project proposal due", LectureKind.DEADLINE),
        ("Guest lecture", LectureKind.LECTURE),
        ("", LectureKind.OTHER),
    ],
)
def test_a_row_is_what_its_words_say(label, kind):
    rows = [f"| Feb 3 | {LINK} (Required) |", f"| Feb 5 | {label} | | | |"]
    assert read_well(*rows).lectures[1].kind is kind


def test_a_day_without_class_can_carry_readings():
    found = read_well(f"| Feb 5 | **No Lecture**<br>{LINK} (Required) |")
    assert (found.lectures[0].kind, len(found.readings)) == (LectureKind.NO_CLASS, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Nothing here", "no_table"),
        ("| Milestone | Date |\n| --- | --- |\n| Proposal | Feb 26 |\n", "no_table"),
        ("| Date | Readings |\n| --- | --- |\n", "no_rows"),
    ],
)
def test_a_page_without_a_schedule_is_refused(text, code):
    reader = Reader(year=2025, zone=ZoneInfo("UTC"))
    found, problems = read_schedule(text.encode(), file="x.md", reader=reader, known=Known())
    assert found is None
    assert [problem.code for problem in problems] == [code]


def test_what_stands_under_no_heading_and_a_row_without_a_date_are_refused():
    assert codes(f"| Feb 5 | {LINK} (Required) | s1 | s2 | s3 | s4 |") == [("extra_cells", 3)]
    assert codes(f"| Feb 5 | {LINK} (Required) |", "| | [B](https://b.example/) | s1 |") == [
        ("no_date", 4)
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (f"| Feb 5 (in {'x' * 300}) | {LINK} (Required) |", "topic"),
        (f"| Feb 5 | **{'x' * 301}**<br>{LINK} (Required) |", "label"),
        (f"| Feb 5 | [{'x' * 501}](https://a.example/) (Required) |", "title"),
        (f"| Feb 5 | [A](https://a.example/{'x' * 1000}) (Required) |", "link"),
        (f"| Feb 5 | {LINK} (Sec {'1' * 200}, Required) |", "sections"),
        (f"| | **{'x' * 201}** |", "module"),
    ],
)
def test_what_the_database_cannot_hold_is_refused(row, what):
    _, problems = read(row, f"| Feb 7 | {LINK} (Required) |")
    assert problems[0].code == "too_long"
    assert problems[0].message.startswith(f"Shorten the {what}: ")


@pytest.mark.parametrize(
    ("content", "code"), [(b"\xff\xfe|", "not_utf8"), (b"| Date | a\0b |", "not_text")]
)
def test_a_file_that_is_no_text_is_refused(content, code):
    reader = Reader(year=2025, zone=ZoneInfo("UTC"))
    found, problems = read_schedule(content, file="x.md", reader=reader, known=Known())
    assert found is None
    assert [(problem.code, problem.row) for problem in problems] == [(code, None)]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [("2:30-3:15 AM", [("skipped_hour", 3)]), ("2:30-3:45 AM", []), ("1:30-3:15 AM", [])],
)
def test_a_begin_that_a_clock_change_skips_may_not_come_after_the_end(hours, expected):
    # In Chicago clocks go forward on March 9, 2025 at 2 AM.
    row = f"| Mar 9 | {LINK} (Required) | | | | {hours} |"
    assert codes(row, head=f"{HEAD} | Time") == expected
