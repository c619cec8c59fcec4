"""The folder of CSV files: what comes in means what it says, and goes out without loss."""

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courseapp.term.formats import (
    DEFAULT_NAMES,
    FILES,
    Component,
    LectureKind,
    MilestoneKind,
    Names,
    PresenterKind,
    Role,
    Severity,
    StaffRole,
    read_folder,
    write_folder,
    write_table,
)
from courseapp.term.formats.tables import read_table
from tests.term.folders import (
    FALL,
    SPRING,
    csv_files,
    edited,
    errors,
    fall_with_dates,
    only_error,
    read,
    read_well,
    warnings,
    with_column,
)

# -- the two real folders ------------------------------------------------------------------------


def test_spring_2025_comes_in_with_the_counts_of_its_facts():
    folder = read_well(SPRING)
    assert len(folder.roster) == 90
    sizes = Counter(Counter(member.group for member in folder.groups).values())
    assert sizes == {4: 6, 5: 12, 6: 1}
    assert Counter(lecture.kind for lecture in folder.lectures) == {
        LectureKind.LECTURE: 22,
        LectureKind.MIDTERM: 3,
        LectureKind.FINAL: 3,
        LectureKind.NO_CLASS: 1,
        LectureKind.DEADLINE: 1,
    }
    assert Counter(reading.is_required for reading in folder.readings) == {True: 44, False: 28}
    assert Counter(row.role for row in folder.assignments) == dict.fromkeys(Role, 19)
    assert [row.name for row in folder.other_presenters] == [
        "Fan Lai",
        "Jimmy Shong",
        "Chengsong Zhang",
    ]
    weights = {part.component: part.weight for row in folder.grading for part in row.weights}
    assert weights == {
        Component.PARTICIPATION: 15,
        Component.PAPER_PRESENTATION: 15,
        Component.PAPER_SUMMARY: 10,
        Component.PROPOSAL: 5,
        Component.MIDTERM: 10,
        Component.FINAL: 10,
        Component.REPORT: 35,
    }


def test_spring_2025_warns_of_what_is_odd_about_it():
    _, problems = read(SPRING)
    assert warnings(problems) == [
        ("lectures.csv", 19, "date", "contradiction"),
        ("readings.csv", 37, "url", "empty_link"),
        ("groups.csv", 86, "group", "group_size"),
    ]
    assert errors(problems) == []


def test_rows_carry_what_their_cells_mean():
    folder = read_well(SPRING)
    course, lecture, report = folder.course, folder.lectures[0], folder.milestones[-1]
    assert (course.code, course.zone.key, course.start) == (
        "CS 598 (FLA)",
        "America/Chicago",
        time(12, 30),
    )
    assert (course.group_size_min, course.group_size_max) == (4, 5)
    assert lecture.starts_at == datetime(2025, 1, 22, 18, 30, tzinfo=UTC)
    assert lecture.ends_at == datetime(2025, 1, 22, 19, 45, tzinfo=UTC)
    assert folder.lectures[-1].starts_at is None
    assert report.kind is MilestoneKind.REPORT
    assert report.due_at == datetime(2025, 5, 15, 23, 0, tzinfo=UTC)
    assert folder.milestones[0].due_at == datetime(2025, 2, 1, 5, 59, 59, tzinfo=UTC)
    assert folder.readings[0].lecture_on == date(2025, 1, 22)
    assert folder.assignments[0].lecture_position == 5
    assert folder.roster[0].name == "s001"
    assert [(row.role, row.email) for row in folder.staff] == [
        (StaffRole.INSTRUCTOR, "fanlai@example.edu"),
        (StaffRole.TA, "cz81@example.edu"),
        (StaffRole.TA, "jimmys2@example.edu"),
    ]


def test_fall_2024_is_refused_for_the_student_in_two_groups():
    folder, problems = read(FALL)
    assert folder is None
    assert errors(problems) == [("groups.csv", 46, "student_id", "two_groups")]
    refusal = next(problem for problem in problems if problem.severity is Severity.ERROR)
    assert refusal.message == (
        "s009 is in two groups at one time: G06 (row 17) and G18 (row 46). Keep one row, or add the"
        " columns from and until that say when each holds."
    )
    sizes = [problem for problem in problems if problem.code == "group_size"]
    assert [problem.found for problem in sizes] == ["G01", "G06", "G11", "G12", "G15", "G18"]


def test_fall_2024_comes_in_once_its_memberships_have_dates():
    folder = read_well(fall_with_dates("2024-10-22", "2024-10-23"))
    assert len(folder.roster) == 44
    first, second = (row for row in folder.groups if row.student_id == "s009")
    assert (first.starts_at, first.ends_at) == (None, datetime(2024, 10, 23, 4, 59, 59, tzinfo=UTC))
    assert (second.starts_at, second.ends_at) == (datetime(2024, 10, 23, 5, tzinfo=UTC), None)
    assert Counter(row.role for row in folder.assignments) == {
        Role.PRESENTER: 17,
        Role.AUTHORS: 16,
        Role.REVIEWERS: 18,
    }


def test_the_components_of_fall_2024_map_to_ours_by_halves():
    folder = read_well(fall_with_dates("2024-10-22", "2024-10-23"))
    weights = {part.component: part.weight for row in folder.grading for part in row.weights}
    assert weights == {
        Component.PARTICIPATION: 10,
        Component.PAPER_PRESENTATION: 15,
        Component.PAPER_SUMMARY: 15,
        Component.REPORT: 40,
        Component.MIDTERM: Decimal(10),
        Component.FINAL: Decimal(10),
    }


@pytest.mark.parametrize(
    ("until", "since", "is_refused"),
    [
        ("2024-10-22", "2024-10-23", False),
        ("2024-10-23", "2024-10-23", True),
        ("2024-10-23T12:00:00-05:00", "2024-10-23T12:00:00-05:00", False),
        ("2024-10-23T12:00:01-05:00", "2024-10-23T12:00:00-05:00", True),
        ("", "2024-10-23", True),
        ("2024-10-22", "", True),
    ],
)
def test_two_groups_are_fine_one_after_the_other_only(until, since, is_refused):
    _, problems = read(fall_with_dates(until, since))
    found = [("groups.csv", 46, "student_id", "two_groups")] if is_refused else []
    assert errors(problems) == found


@pytest.mark.parametrize(
    "files", [SPRING, fall_with_dates("2024-10-22", "2024-10-23")], ids=["s25", "f24"]
)
def test_what_comes_in_goes_out_byte_for_byte(files):
    assert write_folder(read_well(files)) == csv_files(files)


def test_line_ends_and_byte_order_marks_of_other_programs_are_accepted():
    foreign = {
        name: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")
        for name, content in csv_files(SPRING).items()
    }
    assert read_well(foreign) == read_well(SPRING)
    assert write_folder(read_well(foreign)) == csv_files(SPRING)


def test_a_folder_of_three_files_is_enough():
    names = ("course.csv", "lectures.csv", "roster.csv")
    files = {name: SPRING[name] for name in names}
    folder = read_well(files)
    assert (folder.readings, folder.groups, folder.staff, folder.grading) == ((), (), (), ())
    assert write_folder(folder) == files


def test_cells_that_a_spreadsheet_would_run_come_back_as_they_were():
    files = SPRING
    for number, cell in enumerate(["=1+1", "+1", "-1", "@x", "\t=1"], 1):
        files = edited(
            files, "roster.csv", f"s00{number}@example.edu,FLA", f"s00{number}@example.edu,{cell}"
        )
    assert write_folder(read_well(files)) == csv_files(files)


# -- two lectures on one day -----------------------------------------------------------------------


TWICE_A_DAY = edited(
    SPRING, "lectures.csv", "2025-02-07,6,,12:30,13:45", "2025-02-05,6,,15:30,16:45"
)


def test_a_day_with_two_lectures_needs_their_position():
    files = {
        **TWICE_A_DAY,
        "readings.csv": SPRING["readings.csv"].replace(b"2025-02-07,6,", b"2025-02-05,6,"),
    }
    files["assignments.csv"] = SPRING["assignments.csv"].replace(b"2025-02-07", b"2025-02-05")
    _, problems = read(files)
    assert errors(problems) == [
        ("assignments.csv", row, "lecture_date", "ambiguous_lecture") for row in range(2, 8)
    ]
    positions = {2: "5", 3: "5", 4: "5", 5: "6", 6: "6", 7: "6"}
    folder = read_well(with_column(files, "assignments.csv", "lecture_position", positions))
    assert [row.lecture_position for row in folder.assignments[:7]] == [5, 5, 5, 6, 6, 6, 7]
    slip = with_column(files, "assignments.csv", "lecture_position", {**positions, 4: "five"})
    problem = only_error(slip)
    assert (problem.row, problem.column, problem.code) == (4, "lecture_position", "bad_number")


# -- options and names ------------------------------------------------------------------------------


def test_staff_without_an_address_need_the_mail_domain():
    _, problems = read(SPRING, mail_domain=None)
    assert errors(problems) == [("staff.csv", row, "login", "no_address") for row in (2, 3, 4)]
    assert "--mail-domain" in problems[-1].message


def test_staff_can_carry_their_own_addresses():
    files = with_column(SPRING, "staff.csv", "email", {2: "Fan@Uni.edu", 3: "", 4: "j@uni.edu"})
    folder = read_well(edited(files, "staff.csv", "cz81", "cz81@uni.edu"), mail_domain=None)
    assert [row.email for row in folder.staff] == ["fan@uni.edu", "cz81@uni.edu", "j@uni.edu"]


@pytest.mark.parametrize("domain", ["", "example", "@example.edu", "a b.edu", "https://x.edu"])
def test_a_mail_domain_must_be_one(domain):
    with pytest.raises(ValueError, match="not a mail domain"):
        read_folder(SPRING, mail_domain=domain)


def test_students_may_have_names():
    folder = read_well(with_column(SPRING, "roster.csv", "name", {2: "Ada Lovelace"}))
    assert [row.name for row in folder.roster[:2]] == ["Ada Lovelace", "s002"]


def test_a_single_student_and_a_guest_can_present():
    files = edited(SPRING, "other_presenters.csv", "staff,Fan Lai", "Student,s001")
    files = edited(files, "other_presenters.csv", "staff,Jimmy Shong", "guest,Someone Else")
    folder = read_well(files)
    assert [row.kind for row in folder.other_presenters][:2] == [
        PresenterKind.STUDENT,
        PresenterKind.GUEST,
    ]


def test_a_lecture_can_span_days_and_the_night_between_them():
    files = edited(
        SPRING, "lectures.csv", "2025-05-07,29,,12:30,13:45", "2025-05-07,29,2025-05-08,22:00,01:00"
    )
    lecture = read_well(files).lectures[28]
    assert lecture.ends_on == date(2025, 5, 8)
    assert (lecture.starts_at, lecture.ends_at) == (
        datetime(2025, 5, 8, 3, tzinfo=UTC),
        datetime(2025, 5, 8, 6, tzinfo=UTC),
    )


def test_a_row_without_a_zone_is_in_the_course_zone():
    files = edited(
        SPRING,
        "lectures.csv",
        "2025-05-07,29,,12:30,13:45,America/Chicago",
        "2025-05-07,29,,12:30,13:45,",
    )
    assert read_well(files).lectures[28].starts_at == datetime(2025, 5, 7, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("until", "since", "place"),
    [
        ("2024-10-22", "22.10.2024", (46, "from", "bad_date")),
        ("2024-10-22", "2024-10-23T12:00:00", (46, "from", "bad_instant")),
        ("2024-10-22", "0001-01-01T12:00:00+14:00", (46, "from", "bad_instant")),
        ("2024-10-22", "soon", (46, "from", "bad_instant")),
    ],
)
def test_dates_of_a_membership_must_be_dates_or_instants(until, since, place):
    problem = only_error(fall_with_dates(until, since))
    assert (problem.row, problem.column) == place[:2]
    assert problem.code in {"bad_date", "bad_instant"}


def test_a_membership_cannot_end_before_it_starts():
    files = with_column(SPRING, "groups.csv", "from", {2: "2025-02-02"})
    files = with_column(files, "groups.csv", "until", {2: "2025-02-01"})
    problem = only_error(files)
    assert (problem.row, problem.column, problem.code) == (2, "until", "end_before_start")


@pytest.mark.parametrize(
    ("text", "role"),
    [("Companion", Role.AUTHORS), (" AUTHORS ", Role.AUTHORS), ("Reviewer", Role.REVIEWERS), ("discussant", None)],
)  # fmt: skip
def test_names_ignore_case_and_spacing(text, role):
    assert DEFAULT_NAMES.roles.find(text) == role


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("No lecture", LectureKind.NO_CLASS),
        ("Mid term", LectureKind.MIDTERM),
    ],
)
def test_kinds_ignore_hyphens_and_underscores(text, kind):
    assert DEFAULT_NAMES.lecture_kinds.find(text) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Final report and code", MilestoneKind.REPORT),
        ("final presentations", MilestoneKind.FINAL),
        ("MID SEMESTER talks", MilestoneKind.MIDTERM),
        ("The final report", None),
    ],
)
def test_milestones_go_by_their_leading_words(text, kind):
    assert DEFAULT_NAMES.milestones.find_leading(text) == kind


def test_a_course_can_extend_the_table_of_names():
    files = edited(SPRING, "assignments.csv", "2025-02-05,companion,G02", "2025-02-05,defender,G02")
    assert only_error(files).code == "unknown_name"
    names = Names(roles=DEFAULT_NAMES.roles.extended({"Defender": Role.AUTHORS}))
    assert read_well(files, names=names).assignments[1].role is Role.AUTHORS


def test_every_component_finds_itself():
    for component in Component:
        shares = DEFAULT_NAMES.components.find(component.value)
        assert shares is not None
        assert [share.component for share in shares] == [component]
    for shares in DEFAULT_NAMES.components.words.values():
        assert sum(share.share for share in shares) == 1


# -- any cell, any byte ----------------------------------------------------------------------------


ANY_CELL = st.text(
    st.one_of(st.sampled_from(',"\r\n;=+-@\t \u200b'), st.characters(codec="utf-8")), max_size=8
).filter(lambda text: "\x00" not in text)
ROSTER = next(spec for spec in FILES if spec.name == "roster.csv")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(ANY_CELL, min_size=3, max_size=3), max_size=4))
def test_any_cell_comes_back_as_it_was(rows):
    content = write_table(columns=ROSTER.columns, rows=rows)
    table, problems = read_table(spec=ROSTER, content=content)
    assert problems == []
    assert table is not None
    assert [list(line.cells) for line in table.lines] == rows
    oracle = csv.reader(io.StringIO(content.decode(), newline=""))
    assert list(oracle) == [list(ROSTER.columns), *rows]


def test_a_lone_empty_cell_is_a_row():
    assert write_table(columns=["a"], rows=[[""]]) == b'a\n""\n'


SHORT = {
    name: b"".join(content.splitlines(keepends=True)[:4])
    for name, content in csv_files(SPRING).items()
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(SHORT)),
    at=st.integers(min_value=0, max_value=400),
    removed=st.integers(min_value=0, max_value=6),
    added=st.one_of(
        st.binary(max_size=4),
        st.sampled_from([b",", b'"', b"\n", b"9", b"-", b"0000-00-00", "²".encode(), b"Infinity"]),
    ),
)
def test_no_damage_of_a_file_breaks_the_reader(name, at, removed, added):
    content = SHORT[name]
    damaged = content[:at] + added + content[at + removed :]
    folder, problems = read({**SHORT, name: damaged})
    assert (folder is None) == bool(errors(problems))
