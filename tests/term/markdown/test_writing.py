"""What goes out as a table comes in again, and goes out with the same bytes (§12)."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from courseapp.term.formats import LectureKind, PresenterKind, Role
from courseapp.term.formats.markdown import (
    Known,
    PrintedHolder,
    PrintedReading,
    PrintedRow,
    Reader,
    ScheduleTable,
    read_schedule,
    write_schedule_table,
)

START = date(2025, 1, 22)
WORDS = st.text(
    st.sampled_from("aB3 .,:;-()[]*|\\<>&/#_`!?'\"\u200b\u00e9\u4e2d\t"), min_size=1, max_size=14
)
PHRASES = st.one_of(
    WORDS,
    st.sampled_from(
        [
            "A (Required)",
            "Optional: B",
            "C <br> D",
            "No Lecture",
            "see https://x.example/",
            "**",
            "Sec 3",
        ]
    ),
).map(lambda text: f"T{text}T")
LINKS = st.sampled_from(
    ["", "https://a.example/x_(y)?a=b|c", "https://b.example/)", "javascript:x"]
)
READINGS = st.builds(
    PrintedReading,
    title=PHRASES,
    url=LINKS,
    is_required=st.booleans(),
    sections=st.sampled_from(["", "Sec 1-4.2", "Sec 3.1-3.2, 3.4"]),
)
PEOPLE = st.builds(
    PrintedHolder,
    role=st.sampled_from(Role),
    tokens=st.tuples(PHRASES),
    material=st.sampled_from(["", "./Slides/x.pptx", "https://a.example/s"]),
    kind=st.sampled_from(PresenterKind),
)
ROWS = st.builds(
    PrintedRow,
    on=st.integers(0, 120).map(lambda days: START + timedelta(days=days)),
    ends_on=st.none(),
    kind=st.sampled_from(LectureKind),
    topic=st.one_of(st.just(""), PHRASES),
    label=st.one_of(st.just(""), PHRASES),
    module=st.one_of(st.just(""), PHRASES),
    readings=st.lists(READINGS, max_size=3).map(tuple),
    holders=st.lists(PEOPLE, max_size=3).map(tuple),
)


def read_again(text: str) -> ScheduleTable:
    reader = Reader(year=2025, zone=ZoneInfo("America/Chicago"), unmarked_is_required=False)
    found, problems = read_schedule(
        text.encode(), file="x.md", reader=reader, known=Known(takes_new=True)
    )
    assert found is not None, ([str(problem) for problem in problems], text)
    return found


def as_printed(table: ScheduleTable) -> list[PrintedRow]:
    return [
        PrintedRow(
            on=row.held_on,
            ends_on=row.ends_on,
            kind=row.kind,
            topic=row.topic,
            label=row.label,
            module=row.module,
            readings=tuple(
                PrintedReading(one.title, one.url, one.is_required, one.sections)
                for one in table.readings
                if one.lecture_position == row.position
            ),
            holders=tuple(
                PrintedHolder(one.role, (one.name,), one.material, one.kind)
                for one in table.other_presenters
                if one.lecture_position == row.position
            ),
        )
        for row in table.lectures
    ]


@given(st.lists(ROWS, min_size=1, max_size=5))
def test_any_schedule_goes_out_comes_in_and_goes_out_the_same(rows):
    first = write_schedule_table(rows)

    assert write_schedule_table(as_printed(read_again(first))) == first


def row(**changes: object) -> PrintedRow:
    plain = {
        "on": START,
        "ends_on": None,
        "kind": LectureKind.LECTURE,
        "topic": "",
        "label": "",
        "module": "",
        "readings": (),
        "holders": (),
    }
    return PrintedRow(**{**plain, **changes})  # type: ignore[arg-type]


def last_line(**changes: object) -> str:
    return write_schedule_table([row(**changes)]).splitlines()[-1]


def test_a_title_with_marks_of_its_own_keeps_them():
    reading = PrintedReading("A* (Required) [v2] | x", "https://a.example/", True, "")
    again = read_again(write_schedule_table([row(readings=(reading,))]))

    assert again.readings[0].title == "A* (Required) [v2] | x"


def test_a_row_whose_words_do_not_say_its_kind_gets_words_that_do():
    assert last_line(kind=LectureKind.NO_CLASS) == "| Jan 22 | **No Lecture** |  |  |  |"
    assert (
        last_line(kind=LectureKind.DEADLINE, label="Report")
        == "| Jan 22 | **Deadline: Report** |  |  |  |"
    )
    assert last_line(kind=LectureKind.FINAL, label="Final Presentations") == (
        "| Jan 22 | **Final Presentations** |  |  |  |"
    )


def test_ranges_groups_guests_and_slides():
    holders = (
        PrintedHolder(Role.PRESENTER, ("s001", "s002"), "./x.pptx"),
        PrintedHolder(Role.PRESENTER, ("Jane Doe",), "", PresenterKind.GUEST),
        PrintedHolder(Role.REVIEWERS, ("s003",), ""),
    )
    assert last_line(ends_on=date(2025, 2, 3), holders=holders, topic="RAG") == (
        "| Jan 22 - Feb 3 <br>(RAG) |  | [s001, s002](./x.pptx) & Guest: Jane Doe |  | s003 |"
    )
    assert last_line(ends_on=date(2025, 1, 24)).startswith("| Jan 22-24 |")


def test_a_module_stands_above_its_rows():
    text = write_schedule_table([row(), row(module="Basics"), row(), row(module="Basics")])
    assert [line for line in text.splitlines() if "Basics" in line] == ["|   | **Basics** |"]
    assert [one.module for one in read_again(text).lectures] == ["", "Basics", "Basics", "Basics"]
