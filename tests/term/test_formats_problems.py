"""A bad folder gets every error at once: row, column, what was read, what was expected."""

from decimal import Decimal

import pytest

from courseapp.term.formats import (
    Severity,
)
from tests.term.folders import (
    SPRING,
    edited,
    errors,
    only_error,
    read,
    read_well,
    warnings,
)

# -- everything at once --------------------------------------------------------------------------

TEN_SLIPS = [
    ("course.csv", "America/Chicago", "America/Chicgo", (2, "tz", "bad_zone")),
    ("lectures.csv", "LLM Fundamentals,lecture", "LLM Fundamentals,lectrue", (3, "kind", "unknown_name")),
    ("lectures.csv", "2025-02-12,7,,12:30,13:45", "2025-02-12,7,,12:30,11:45", (8, "end", "end_before_start")),
    ("readings.csv", "2.0,https://lilianweng.github.io/posts/2023-01-27-the-transformer-family-v2/", "2.0,javascript:alert(1)", (9, "url", "bad_link")),
    ("roster.csv", "s089@example.edu,FLA", "s089@example.edu,FLA\ns001,new@example.edu,FLA", (91, "student_id", "duplicate_student")),
    ("roster.csv", "s090@example.edu", "s090example.edu", (92, "email", "bad_mail")),
    ("groups.csv", "G02,s071", "G02,s0711", (6, "student_id", "unknown_student")),
    ("assignments.csv", "2025-02-07,presenter,G04", "2025-02-06,presenter,G04", (5, "lecture_date", "unknown_lecture")),
    ("grading.csv", "Paper summary,10", "Paper summary,11", (None, None, "weights_sum")),
    ("milestones.csv", "Form groups / declare preferences,2025-01-31", "Form groups / declare preferences,31.1.2025", (2, "date", "bad_date")),
]  # fmt: skip


def test_ten_planted_errors_are_all_reported_at_once():
    files = SPRING
    for name, old, new, _ in TEN_SLIPS:
        files = edited(files, name, old, new)
    folder, problems = read(files)
    assert folder is None
    assert len(TEN_SLIPS) == 10
    assert errors(problems) == [(name, *place) for name, _, _, place in TEN_SLIPS]


def test_every_error_of_one_row_is_reported():
    files = edited(SPRING, "assignments.csv", "2025-02-07,presenter,G04", "2025-02-06,presentr,G99")
    _, problems = read(files)
    assert errors(problems) == [
        ("assignments.csv", 5, "lecture_date", "unknown_lecture"),
        ("assignments.csv", 5, "role", "unknown_name"),
        ("assignments.csv", 5, "group", "unknown_group"),
    ]


def test_problems_come_in_the_order_of_files_and_rows():
    files = edited(SPRING, "grading.csv", "Paper summary,10", "Paper summary,x")
    files = edited(files, "roster.csv", "s090@example.edu", "s090")
    files = edited(files, "roster.csv", "s010@example.edu", "s010")
    _, problems = read({**files, "grops.csv": b""})
    assert [(problem.file, problem.row) for problem in problems] == [
        ("lectures.csv", 19),
        ("readings.csv", 37),
        ("roster.csv", 11),
        ("roster.csv", 91),
        ("groups.csv", 86),
        ("grading.csv", 4),
        ("grops.csv", None),
    ]


# -- one slip at a time --------------------------------------------------------------------------

SLIPS = {
    "no title": ("course.csv", "Systems for Generative AI", "", (2, "title", "empty")),
    "no zone": ("course.csv", "America/Chicago", "", (2, "tz", "empty")),
    "abbreviation as the course's zone": ("course.csv", "America/Chicago", "CDT", (2, "tz", "bad_zone")),
    "class ends before it starts": ("course.csv", "12:30,13:45", "12:30,12:30", (2, "end", "end_before_start")),
    "class without an end": ("course.csv", "12:30,13:45", "12:30,", (2, "end", "half_a_time")),
    "sizes crossed": ("course.csv", ",4,5,", ",5,4,", (2, "group_size_max", "contradictory_sizes")),
    "size not a number": ("course.csv", ",4,5,", ",four,5,", (2, "group_size_min", "bad_number")),
    "size zero": ("course.csv", ",4,5,", ",0,5,", (2, "group_size_min", "bad_number")),
    "no such day": ("lectures.csv", "2025-05-15,30", "2025-05-32,30", (31, "date", "bad_date")),
    "a year of another age": ("lectures.csv", "2025-05-15,30", "0001-01-01,30", (31, "date", "bad_date")),
    "no date": ("lectures.csv", "2025-05-15,30", ",30", (31, "date", "empty")),
    "position twice": ("lectures.csv", "2025-05-15,30", "2025-05-15,29", (31, "position", "duplicate_position")),
    "no position": ("lectures.csv", "2025-05-15,30", "2025-05-15,", (31, "position", "empty")),
    "time of a 25 hour day": ("lectures.csv", "2025-05-07,29,,12:30,13:45", "2025-05-07,29,,12:30,24:45", (30, "end", "bad_time")),
    "start without end": ("lectures.csv", "2025-05-07,29,,12:30,13:45", "2025-05-07,29,,12:30,", (30, "end", "half_a_time")),
    "end without start": ("lectures.csv", "2025-05-07,29,,12:30,13:45", "2025-05-07,29,,,13:45", (30, "start", "half_a_time")),
    "last day before the first": ("lectures.csv", "2025-05-15,30,,", "2025-05-15,30,2025-05-14,", (31, "end_date", "end_before_start")),
    "unknown zone of a row": ("lectures.csv", "2025-05-15,30,,,,America/Chicago", "2025-05-15,30,,,,America/Chicago City", (31, "tz", "bad_zone")),
    "date of the other lecture": ("readings.csv", "2025-01-24,2,1", "2025-01-24,3,1", (6, "lecture_position", "unknown_lecture")),
    "no lecture that day": ("readings.csv", "2025-01-24,2,1", "2025-01-25,2,1", (6, "lecture_date", "unknown_lecture")),
    "order twice": ("readings.csv", "2025-01-24,2,2", "2025-01-24,2,1", (7, "order", "duplicate_order")),
    "no paper title": ("readings.csv", "Visual Instruction Tuning", "", (17, "title", "empty")),
    "neither true nor false": ("readings.csv", "https://en.wikipedia.org/wiki/Worse_is_better,true", "https://en.wikipedia.org/wiki/Worse_is_better,yes", (14, "required", "bad_bool")),
    "relative link of a paper": ("readings.csv", "https://en.wikipedia.org/wiki/Worse_is_better", "./worse.pdf", (14, "url", "bad_link")),
    "student twice": ("roster.csv", "s089@example.edu,FLA", "s089@example.edu,FLA\nS001,new@example.edu,FLA", (91, "student_id", "duplicate_student")),
    "class of no length": ("lectures.csv", "2025-05-07,29,,12:30,13:45", "2025-05-07,29,,12:30,12:30", (30, "end", "end_before_start")),
    "no id": ("roster.csv", "s089@example.edu,FLA", "s089@example.edu,FLA\n,new@example.edu,FLA", (91, "student_id", "empty")),
    "address twice": ("roster.csv", "s089@example.edu", "S001@Example.edu", (90, "email", "duplicate_mail")),
    "endless cell": ("roster.csv", "s089@example.edu,FLA", f"s089@example.edu,{'x' * 41}", (90, "section", "too_long")),
    "endless course title": ("course.csv", "Systems for Generative AI", "x" * 201, (2, "title", "too_long")),
    "endless reading title": ("readings.csv", "Visual Instruction Tuning", "x" * 501, (17, "title", "too_long")),
    "weight of three decimals": ("grading.csv", "Paper summary,10", "Paper summary,10.000", (4, "weight", "bad_number")),
    "member twice": ("groups.csv", "G01,s027", "G01,s079", (3, "student_id", "duplicate_member")),
    "no group": ("groups.csv", "G01,s027", ",s027", (3, "group", "empty")),
    "place not a number": ("groups.csv", "G01,s027,2", "G01,s027,second", (3, "position", "bad_number")),
    "unknown group": ("assignments.csv", "2025-02-05,presenter,G01", "2025-02-05,presenter,G1", (2, "group", "unknown_group")),
    "same role twice": ("assignments.csv", "2025-02-05,companion,G02", "2025-02-05,Presenter,G01", (3, "group", "duplicate_assignment")),
    "path out of the folder": ("assignments.csv", "./Slides/mllm.pptx", "./Slides/../../etc/passwd", (2, "material", "bad_link")),
    "link to another host without scheme": ("assignments.csv", "./Slides/mllm.pptx", "//evil.example/x", (2, "material", "bad_link")),
    "link with a space": ("assignments.csv", "./Slides/mllm.pptx", "./Slides/m llm.pptx", (2, "material", "bad_link")),
    "link without a host": ("assignments.csv", "./Slides/mllm.pptx", "https:///x", (2, "material", "bad_link")),
    "broken address in a link": ("assignments.csv", "./Slides/mllm.pptx", "https://[::1", (2, "material", "bad_link")),
    "reading that is not there": ("assignments.csv", "./Slides/mllm.pptx,", "./Slides/mllm.pptx,4", (2, "reading_order", "unknown_reading")),
    "unknown kind of presenter": ("other_presenters.csv", "staff,Fan Lai", "professor,Fan Lai", (2, "kind", "unknown_name")),
    "presenter without a kind": ("other_presenters.csv", "staff,Fan Lai", ",Fan Lai", (2, "kind", "empty")),
    "student who is not in the roster": ("other_presenters.csv", "staff,Fan Lai", "student,s999", (2, "name", "unknown_student")),
    "presenter without a name": ("other_presenters.csv", "staff,Fan Lai", "guest,", (2, "name", "empty")),
    "presenter twice": ("other_presenters.csv", "2025-01-24,presenter,staff,Jimmy Shong", "2025-01-22,presenter,staff,Fan Lai", (3, "name", "duplicate_assignment")),
    "login twice": ("staff.csv", "cz81", "fanlai", (3, "login", "duplicate_mail")),
    "staff member who is a student": ("staff.csv", "cz81", "s001", (3, "login", "duplicate_mail")),
    "staff without login": ("staff.csv", "cz81", "", (3, "login", "no_address")),
    "login that is half an address": ("staff.csv", "cz81", "cz81@", (3, "login", "bad_mail")),
    "unknown component": ("grading.csv", "Paper summary", "Paper sumaries", (4, "component", "unknown_name")),
    "weight not a number": ("grading.csv", "Paper summary,10", "Paper summary,NaN", (4, "weight", "bad_number")),
    "weight too large": ("grading.csv", "Paper summary,10", "Paper summary,101", (4, "weight", "bad_number")),
    "no weight": ("grading.csv", "Paper summary,10", "Paper summary,", (4, "weight", "empty")),
    "unknown milestone": ("milestones.csv", "Form groups / declare preferences", "Pub quiz", (2, "milestone", "unknown_name")),
    "milestone without a date": ("milestones.csv", "preferences,2025-01-31", "preferences,", (2, "date", "empty")),
    "two cells too few": ("roster.csv", "s088,s088@example.edu,FLA", "s088", (89, None, "cell_count")),
    "a cell too many": ("lectures.csv", "GenAI Systems", "GenAI, Systems", (2, None, "cell_count")),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_it_reports_one_slip_and_nothing_else(slip):
    name, old, new, place = SLIPS[slip]
    folder, problems = read(edited(SPRING, name, old, new))
    assert folder is None
    assert errors(problems) == [(name, *place)]


@pytest.mark.parametrize("name", ["course.csv", "lectures.csv", "roster.csv"])
def test_a_missing_file_is_an_error(name):
    files = {other: content for other, content in SPRING.items() if other != name}
    _, problems = read(files)
    assert errors(problems) == [(name, None, None, "missing_file")]


def test_roles_need_the_file_of_groups():
    files = {name: content for name, content in SPRING.items() if name != "groups.csv"}
    assert (
        only_error(files).message
        == "Add groups.csv: the roles in assignments.csv are held by groups."
    )


def test_a_misspelled_file_is_pointed_out():
    files = {**SPRING, "reading.csv": b"x"}
    _, problems = read(files)
    assert 'Did you mean "readings.csv"?' in problems[-1].message
    assert problems[-1].severity is Severity.WARNING


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"", "empty_file", 1),
        (b"\xef\xbb\xbf \n", "empty_file", 1),
        (b"student_id,email,section\ns001,s001@example.edu,\xff\n", "encoding", 2),
        ("student_id,email,section\n".encode("utf-16"), "encoding", 1),
        (b"student_id,email,section\n\ns\x001,a@example.edu,\n", "nul", 3),
        (b'student_id,email,section\ns1,a@example.edu,"open\n', "csv", 2),
        (b'student_id,email,section\n"s"1,a@example.edu,\n', "csv", 2),
        (b"student_id;email;section\ns1;a@example.edu;\n", "separator", 1),
        (b"student_id\temail\tsection\n", "separator", 1),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_hides_nothing_else(content, code, row):
    files = edited(
        {**SPRING, "roster.csv": content}, "grading.csv", "Paper summary,10", "Paper summary,9"
    )
    _, problems = read(files)
    assert errors(problems) == [
        ("roster.csv", row, None, code),
        ("grading.csv", None, None, "weights_sum"),
    ]


def test_columns_are_missing_unknown_and_there_twice():
    header = "milestone,date,time,tz,source"
    _, problems = read(edited(SPRING, "milestones.csv", header, "milestone,day,time,time,"))
    assert [(problem.code, problem.found) for problem in problems if problem.severity is Severity.ERROR] == [
        ("unknown_column", "day"),
        ("duplicate_column", "time"),
        ("unknown_column", ""),
        ("missing_column", "milestone,day,time,time,"),
        ("missing_column", "milestone,day,time,time,"),
        ("missing_column", "milestone,day,time,time,"),
    ]  # fmt: skip


def test_a_misspelled_column_names_the_right_one():
    files = edited(SPRING, "roster.csv", "student_id,email", "student_id,e-mail")
    _, problems = read(files)
    assert errors(problems) == [
        ("roster.csv", 1, None, "unknown_column"),
        ("roster.csv", 1, None, "missing_column"),
    ]
    unknown = next(problem for problem in problems if problem.code == "unknown_column")
    assert unknown.message.endswith('Did you mean "email"?')


def test_rows_are_numbered_as_an_editor_shows_them():
    files = edited(
        SPRING, "roster.csv", "s001,s001@example.edu,FLA", '\n\ns001,s001@example.edu,"F\nLA"'
    )
    files = edited(files, "roster.csv", "s002@example.edu", "s002")
    assert only_error(files).row == 6


def test_a_row_with_too_few_cells_still_counts_for_those_who_refer_to_it():
    files = edited(SPRING, "lectures.csv", ",GenAI Systems,lecture,,Introduction,", ",lecture")
    files = edited(files, "roster.csv", "s079,s079@example.edu,FLA", "s079")
    _, problems = read(files)
    assert errors(problems) == [
        ("lectures.csv", 2, None, "cell_count"),
        ("roster.csv", 80, None, "cell_count"),
    ]


def test_a_lecture_whose_date_cannot_be_read_does_not_blame_its_readings():
    files = edited(SPRING, "lectures.csv", "2025-01-31,4", "2025-01-32,4")
    assert only_error(files).file == "lectures.csv"


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("roster.csv", "s001,s001@", "s0O1,s001@", 'There is no "s001" in roster.csv. Did you mean "s0O1"?'),
        ("assignments.csv", "02-05,presenter,G01", "02-05,presenter,g01", 'There is no "g01" in groups.csv. Did you mean "G01"?'),
        ("grading.csv", "Paper summary", "Paper sumary", 'Did you mean "Paper summary"?'),
        ("course.csv", "America/Chicago", "America/Chcago", 'expected an IANA name such as America/Chicago. Did you mean "America/Chicago"?'),
        ("assignments.csv", "2025-02-05,presenter", "2025-02-06,presenter", "No lecture on 2025-02-06. Did you mean 2025-02-05?"),
        ("readings.csv", "2025-01-24,2,1", "2025-03-24,2,1", "No lecture on 2025-03-24. Did you mean 2025-01-24?"),
        ("lectures.csv", "LMMs,lecture", "LMMs,talk", 'known are "lecture", "no-lecture", "no_class", "midterm", "final", "deadline" or "other".'),
        ("milestones.csv", "Form groups / declare", "Groups", 'known are "Form groups", "Project proposal", "Mid-semester", "Final presentation" or "Final report".'),
    ],
)  # fmt: skip
def test_an_unknown_name_shows_the_nearest_or_the_known_ones(name, old, new, sentence):
    problem = only_error(edited(SPRING, name, old, new))
    assert sentence in problem.message


def test_no_row_or_two_rows_are_no_course():
    header, row = SPRING["course.csv"].decode().splitlines()
    none = only_error({**SPRING, "course.csv": f"{header}\n".encode()})
    assert (none.code, none.row) == ("no_course", None)
    two = only_error({**SPRING, "course.csv": f"{header}\n{row}\n{row}\n".encode()})
    assert (two.code, two.row) == ("many_courses", 3)


def test_a_schedule_without_rows_is_no_schedule():
    header = SPRING["lectures.csv"].decode().splitlines()[0]
    names = ("course.csv", "roster.csv")
    files = {**{name: SPRING[name] for name in names}, "lectures.csv": f"{header}\n".encode()}
    assert only_error(files).code == "no_lectures"


def test_a_component_must_not_come_twice_under_two_names():
    files = edited(SPRING, "grading.csv", "Project proposal", "Project presentations")
    _, problems = read(files)
    assert errors(problems) == [
        ("grading.csv", 6, "component", "duplicate_component"),
        ("grading.csv", 7, "component", "duplicate_component"),
    ]


def test_each_track_has_its_own_hundred():
    lines = SPRING["grading.csv"].decode().splitlines()[1:]
    both = [line + track for track in ("three credits", "four credits") for line in lines]
    content = "\n".join(["component,weight,track", *both, ""])
    assert len(read_well({**SPRING, "grading.csv": content.encode()}).grading) == 14
    slip = content.replace("Paper summary,10,four", "Paper summary,10.5,four").encode()
    problem = only_error({**SPRING, "grading.csv": slip})
    assert problem.message == (
        'The weights of track "four credits" add up to 100.5; expected exactly 100.'
    )


def test_weights_are_exact_and_may_carry_a_percent_sign():
    files = edited(SPRING, "grading.csv", "Paper summary,10", "Paper summary,9.9%")
    files = edited(files, "grading.csv", "Project proposal,5", "Project proposal,5.1")
    assert [row.weight for row in read_well(files).grading][2:4] == [Decimal("9.9"), Decimal("5.1")]


def test_a_reading_that_is_late_in_the_file_can_be_referred_to():
    files = edited(SPRING, "assignments.csv", "./Slides/mllm.pptx,", "./Slides/mllm.pptx,3")
    assert read_well(files).assignments[0].reading_order == 3


def test_readings_with_a_slip_of_shape_do_not_blame_the_roles():
    files = edited(SPRING, "assignments.csv", "./Slides/mllm.pptx,", "./Slides/mllm.pptx,3")
    files = edited(files, "readings.csv", "2025-02-05,5,3", "2025-02-05,5")
    assert only_error(files).code == "cell_count"


# -- warnings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        ("lectures.csv", "2025-01-29,3", "2025-01-23,3", None),
        ("lectures.csv", "2025-05-15,30,,,,America/Chicago", "2025-05-15,30,,,,CST", (31, "tz", "zone_abbreviation")),
        ("readings.csv", "https://arxiv.org/abs/2309.14327", "https://arxiv.org/abs/2304.08485", (18, "url", "repeated_link")),
        ("readings.csv", "Visual Instruction Tuning", "multimodality and large multimodal models (lmms)", (17, "title", "repeated_title")),
        ("readings.csv", "Worse is Better", "Worse is\u200b Better", (14, "title", "invisible_characters")),
        ("assignments.csv", "2025-02-05,companion,G02", "2025-02-05,companion,G01", (3, "group", "two_roles")),
        ("other_presenters.csv", "staff,Fan Lai", "staff,Fan Lee", (2, "name", "unknown_staff")),
        ("staff.csv", "fanlai,Instructor", "fanlai,TA", (None, None, "no_instructor")),
        ("milestones.csv", "2025-04-02,12:30", "2025-04-03,12:30", None),
        ("groups.csv", "G02,s071,1\n", "", (6, "group", "group_size")),
        ("milestones.csv", "2025-05-15,18:00", "2025-05-16,18:00", None),
    ],
)  # fmt: skip
def test_what_is_only_odd_is_a_warning(name, old, new, place):
    files = edited(SPRING, name, old, new)
    if name == "lectures.csv" and place is None:
        files = {
            **files,
            "readings.csv": SPRING["readings.csv"].replace(b"2025-01-29,3", b"2025-01-23,3"),
        }
        files = edited(files, "other_presenters.csv", "2025-01-29", "2025-01-23")
        place = (4, "date", "date_order")
    folder, problems = read(files)
    assert folder is not None, [str(problem) for problem in problems]
    new_ones = [found for found in warnings(problems) if found not in warnings(read(SPRING)[1])]
    if place is None:
        assert {found[3] for found in new_ones} == {"contradiction"}
        assert {found[0] for found in new_ones} == {"lectures.csv", "milestones.csv"}
    elif place[2] == "group_size":
        # One row went, so all after it stand one higher.
        assert new_ones == [("groups.csv", 85, "group", "group_size")]
    else:
        assert new_ones == [(name, *place)]


def test_a_group_with_one_member_too_few_is_recorded_not_blocked():
    files = edited(SPRING, "groups.csv", "G01,s027,2\n", "")
    folder, problems = read(files)
    assert folder is not None
    assert ("groups.csv", 2, "group", "group_size") in warnings(problems)
    sentence = next(p.message for p in problems if p.found == "G01")
    assert (
        sentence
        == "G01 has 3 members, the course's groups have 4 to 5. It is taken and recorded as a waiver."
    )


# -- how a problem reads ---------------------------------------------------------------------------


def test_a_problem_reads_as_a_sentence_with_its_place():
    problem = only_error(edited(SPRING, "grading.csv", "Paper summary,10", "Paper summary,ten"))
    assert str(problem) == (
        'grading.csv, row 4, column weight: "ten" is not a number from 0 to 100.'
    )
    files = edited(SPRING, "roster.csv", "s088@example.edu,FLA", "s088@example.edu,FLA,")
    assert str(only_error(files)) == "roster.csv, row 89: Expected 3 cells, found 4."
    files = edited(SPRING, "grading.csv", "Paper summary,10", "Paper summary,0")
    assert str(only_error(files)) == (
        "grading.csv: The weights add up to 90; expected exactly 100."
    )


def test_a_long_cell_is_cut_where_it_is_shown():
    problem = only_error(
        edited(SPRING, "grading.csv", "Paper summary,10", f"Paper summary,{'9' * 300}")
    )
    assert "…" in problem.message
    assert len(problem.message) < 150
    assert problem.found == "9" * 300
