"""Rosters as registrars and course systems export them, whatever they were saved with (§12)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courseapp.term.formats import Severity
from courseapp.term.formats.roster import Roster, read_roster
from courseapp.term.formats.roster.reading import name_as_spoken

OURS = "student_id,name,email,section\ns001,Mara Lindqvist,mara@example.edu,FLA\ns002,Otto Brandt,,FLA\n"
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Root Account,Section,Quiz (412),Current Score
    Points Possible,,,,,,10,(read only)
"Lindqvist, Mara",91001,670000001,maral2,illinois.instructure.com,CS 598 FLA,8,80
"Brandt, Otto",91002,670000002,ottob3,illinois.instructure.com,CS 598 FLA and CS 598 LAB,9,90
"Student, Test",91999,,,illinois.instructure.com,CS 598 FLA,,
"""
BANNER = """\
Class list of CS 598,,,,,
Term: Spring 2025,,,,,
,,,,,
Student Name,ID,Registration Status,Level,Credit Hours,Email
"Lindqvist, Mara E.",670000001,**Web Registered**,Graduate,4.000,Mara@Example.edu
"Brandt, Otto",670000002,Registered,Graduate,4.000,otto@example.edu

Student Name,ID,Registration Status,Level,Credit Hours,Email
"Castellane, Rui",670000003,Web Dropped,Graduate,0.000,rui@example.edu
"Ferrante, Ada",670000004,Audit,Graduate,0.000,ada@example.edu
Total students: 4,,,,,
Printed 01-FEB-2025,,,,,
"""


def read(text: str | bytes, **options: str) -> Roster:
    content = text.encode() if isinstance(text, str) else text
    roster, problems = read_roster(content, file="roster.csv", **options)
    assert roster is not None, problems
    return roster


def refused(text: str | bytes) -> list[tuple[int | None, str | None, str]]:
    content = text.encode() if isinstance(text, str) else text
    roster, problems = read_roster(content, file="roster.csv")
    assert roster is None
    return [
        (found.row, found.column, found.code)
        for found in problems
        if found.severity is Severity.ERROR
    ]


def warned(text: str) -> list[tuple[int | None, str]]:
    _, problems = read_roster(text.encode(), file="roster.csv")
    assert all(found.severity is Severity.WARNING for found in problems)
    return [(found.row, found.code) for found in problems]


def students(roster: Roster) -> list[tuple[str, str, str]]:
    return [(next(iter(row.ids.values())), row.name, row.email) for row in roster.rows]


def test_our_own_form_comes_in():
    roster = read(OURS)

    assert students(roster) == [
        ("s001", "Mara Lindqvist", "mara@example.edu"),
        ("s002", "Otto Brandt", ""),
    ]
    assert roster.id_headings == ("student_id",)


def test_a_canvas_gradebook_comes_in_without_its_points_and_its_test_student():
    roster = read(CANVAS)

    assert students(roster) == [
        ("670000001", "Mara Lindqvist", ""),
        ("670000002", "Otto Brandt", ""),
    ]
    assert roster.id_headings == ("SIS User ID", "SIS Login ID", "ID")
    assert roster.rows[1].ids == {
        "SIS User ID": "670000002",
        "SIS Login ID": "ottob3",
        "ID": "91002",
    }
    assert roster.rows[1].section == "CS 598 FLA and CS 598 LAB"
    assert warned(CANVAS) == []


def test_logins_make_addresses_where_the_domain_is_told():
    assert students(read(CANVAS, mail_domain="example.edu"))[0][2] == "maral2@example.edu"


def test_logins_that_are_addresses_are_taken_as_such():
    text = 'Student,ID,SIS User ID,SIS Login ID,Section\n"B, A",1,7,A@Example.edu,X\n'
    assert students(read(text)) == [("7", "A B", "a@example.edu")]


def test_a_banner_class_list_comes_in_without_titles_repeated_headings_and_footers():
    roster = read(BANNER)

    assert students(roster) == [
        ("670000001", "Mara E. Lindqvist", "mara@example.edu"),
        ("670000002", "Otto Brandt", "otto@example.edu"),
        ("670000004", "Ada Ferrante", "ada@example.edu"),
    ]
    assert [row.name for row in roster.gone] == ["Rui Castellane"]
    assert warned(BANNER) == [(11, "not_a_student"), (12, "not_a_student")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_what_it_was_saved_with_does_not_matter(encoding):
    text = "student_id,name,email\r\ns1,Zoë Müller,zoe@example.edu\r\n"

    assert students(read(text.encode(encoding))) == [("s1", "Zoë Müller", "zoe@example.edu")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("tells", [False, True])
def test_what_separates_the_cells_does_not_matter(separator, tells):
    text = 'student_id,name,email\ns1,"Müller, Zoë",zoe@example.edu\n'.replace(",", separator)
    text = text.replace(f"Müller{separator}", "Müller,")
    first = f"sep={separator}\n" if tells else ""

    roster = read(first + text)
    assert students(roster) == [("s1", "Zoë Müller", "zoe@example.edu")]
    assert roster.rows[0].line == 2 + tells


@pytest.mark.parametrize(
    ("printed", "spoken"),
    [
        ("Lindqvist, Mara", "Mara Lindqvist"),
        ("Lindqvist , Mara E.", "Mara E. Lindqvist"),
        ("King, Martin, Jr.", "Martin King, Jr."),
        ("Mara Lindqvist", "Mara Lindqvist"),
        ("Lindqvist,", "Lindqvist"),
        ("", ""),
    ],
)
def test_last_name_first_is_read_as_it_is_spoken(printed, spoken):
    assert name_as_spoken(printed) == spoken


def test_first_and_last_name_may_stand_apart():
    text = "Last Name,First Name,UIN,Net ID,Email Address\nLindqvist,Mara,67,maral,m@example.edu\n"
    roster = read(text)

    assert students(roster) == [("67", "Mara Lindqvist", "m@example.edu")]
    assert roster.id_headings == ("UIN", "Net ID")


def test_short_rows_blank_lines_and_hidden_characters_are_survived():
    text = "student_id,name,email,section\n\n \ufeffs1\u200b ,  Mara   L. \n,,,\ns2,Otto,o@example.edu\n"

    assert students(read(text)) == [("s1", "Mara L.", ""), ("s2", "Otto", "o@example.edu")]


HEAD = "student_id,name,email,section\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HEAD + "s1,A,a@x.edu,F\nS1,B,b@x.edu,F\n", [(3, "student_id", "duplicate_student")]),
        (HEAD + "s1,A,a@x.edu,F\ns2,B,A@x.edu,F\n", [(3, "email", "duplicate_mail")]),
        (
            HEAD + "s1,A,a@x,F\ns2,B,nobody,F\n",
            [(2, "email", "bad_mail"), (3, "email", "bad_mail")],
        ),
        (HEAD + "s1,Lindqvist, Mara,m@x.edu,F\n", [(2, None, "cell_count")]),
        (HEAD + ',"Lindqvist, Mara",,F\n', [(2, None, "no_id")]),
        (HEAD + f"{'s' * 61},A,a@x.edu,F\n", [(2, "student_id", "too_long")]),
        (HEAD + f"s1,{'A' * 201},a@x.edu,F\n", [(2, "name", "too_long")]),
        ("student_id,name,email,email\ns1,A,a@x.edu,a@x.edu\n", [(1, "email", "duplicate_column")]),
        (HEAD, [(1, None, "no_students")]),
        ("Date,Readings\nFeb 5,A paper\n", [(1, None, "no_headings")]),
        ("", [(1, None, "empty_file")]),
        ('""\n', [(1, None, "empty_file")]),
        (HEAD + 's1,"open\n', [(2, None, "csv")]),
        (b"PK\x03\x04rest", [(None, None, "workbook")]),
        (b"\x81\x8d", [(None, None, "encoding")]),
        (b"student_id,name\ns\x001,A\n", [(2, None, "nul")]),
    ],
)
def test_what_is_wrong_is_said_with_row_and_column(text, found):
    assert refused(text)[: len(found)] == found


def test_every_error_comes_out_at_once():
    text = HEAD + 's1,A,nobody,F\ns1,B,b@x.edu,F\n,"C, D",,\n'

    assert {code for _, _, code in refused(text)} == {"bad_mail", "duplicate_student", "no_id"}


def test_the_same_row_twice_is_passed_over_with_a_warning():
    text = HEAD + "s1,A,a@x.edu,F\ns1,A,a@x.edu,LAB\n"

    assert warned(text) == [(3, "same_student")]
    assert len(read(text).rows) == 1


def test_an_unknown_status_is_taken_with_a_warning_and_a_near_heading_is_told():
    assert warned("ID,Name,Status\n1,A,Exchange\n") == [(2, "unknown_status")]
    assert warned("student_id,name,emial\ns1,A,a@x.edu\n") == [(1, "unread_column")]


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.text(alphabet='s1,;\t"\n\r@.ABxsep=', max_size=120).map(
            lambda text: (HEAD + text).encode()
        ),
    )
)
def test_no_bytes_are_more_than_a_problem(content):
    roster, problems = read_roster(content, file="roster.csv")
    assert roster is not None or problems
