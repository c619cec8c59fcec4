"""The role cells of a schedule table: groups, staff, guests, and ids that are none (§7, §12)."""

import pytest

from courseapp.term.formats import PresenterKind
from courseapp.term.formats.markdown import Known
from tests.term.markdown.tables import LINK, codes, held, read, read_well

ROSTER = Known(students=("s001", "s002", "s003", "s004"), staff=("Fan Lai", "Jimmy Shong"))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("s001, s002", [(["s001", "s002"], "")]),
        ("s001 s002", [(["s001", "s002"], "")]),
        ("s001<br>s002", [(["s001", "s002"], "")]),
        ("s001, s002,<br>s003", [(["s001", "s002", "s003"], "")]),
        ("s001, s002<br>s003, s004", [(["s001", "s002"], ""), (["s003", "s004"], "")]),
        ("s001 & s002, s003", [(["s001"], ""), (["s002", "s003"], "")]),
        ("[s001, s002](./x.pptx)", [(["s001", "s002"], "./x.pptx")]),
        ("s001, s002 [slides](./x.pptx)", [(["s001", "s002"], "./x.pptx")]),
        ("[slides](./x.pptx) s001, s002", [(["s001", "s002"], "./x.pptx")]),
        ("[s001](./x.pptx) & [s002](./y.pptx)", [(["s001"], "./x.pptx"), (["s002"], "./y.pptx")]),
        ("**s001**, *s002*", [(["s001", "s002"], "")]),
        ("TBD", []),
        ("N/A", []),
        ("(s001, s002)", [(["s001", "s002"], "")]),
        ("s001, s002 ([slides](./x.pptx))", [(["s001", "s002"], "./x.pptx")]),
    ],
)
def test_groups_in_a_cell(cell, expected):
    found = read_well(f"| Feb 5 | {LINK} (Required) | {cell} |")
    assert held(found) == [("presenter", members, material) for members, material in expected]


def test_groups_that_only_commas_hold_apart_are_known_from_their_other_cells():
    found = read_well(
        f"| Feb 5 | {LINK} (Required) | s001, s002, s003, s004 | s001, s002 | s004, s003 |",
    )
    assert [(role, members) for role, members, _ in held(found)][:2] == [
        ("presenter", ["s001", "s002"]),
        ("presenter", ["s003", "s004"]),
    ]


def test_staff_present_by_name_and_guests_are_told():
    rows = [
        f"| Feb 5 | {LINK} (Required) | [Fan](./f.pdf) |",
        "| Feb 7 | [B](https://b.example/) | Jane Doe & s001, s002 |",
    ]
    found = read_well(*rows, known=ROSTER)
    assert [(one.name, one.kind, one.material) for one in found.other_presenters] == [
        ("Fan", PresenterKind.STAFF, "./f.pdf"),
        ("Jane Doe", PresenterKind.GUEST, ""),
    ]
    assert codes(*rows, known=ROSTER) == [("unknown_staff", 4)]
    assert held(found) == [("presenter", ["s001", "s002"], "")]


def test_students_by_first_names_are_students_and_a_name_alone_is_staff():
    found = read_well(
        f"| Feb 5 | {LINK} (Required) | Ann, Bob | Cem, Dina |",
        "| Feb 7 | [B](https://b.example/) | Fan |",
    )
    assert found.students == ("Ann", "Bob", "Cem", "Dina")
    assert [one.name for one in found.other_presenters] == ["Fan"]


def test_an_unknown_id_is_an_error_with_the_nearest():
    found, problems = read(f"| Feb 5 | {LINK} (Required) | s001, so02 |", known=ROSTER)
    assert found is None
    assert [(one.code, one.row, one.column, one.found) for one in problems] == [
        ("unknown_student", 3, "Presenter", "so02")
    ]
    assert problems[0].message == 'There is no student "so02" in the course. Did you mean "s002"?'


@pytest.mark.parametrize("token", ["Group 3", "s002 (absent)", "~~s002~~"])
def test_what_cannot_be_an_id_makes_no_student(token):
    assert ("bad_id", 3) in codes(f"| Feb 5 | {LINK} (Required) | s001, {token} |")


def test_a_guest_keeps_their_house():
    found = read_well(f"| Feb 5 | {LINK} (Required) | Guest: Jane Doe (Meta) | s001 |")
    assert [(one.name, one.kind) for one in found.other_presenters] == [
        ("Jane Doe (Meta)", PresenterKind.GUEST)
    ]


def test_a_new_roster_gains_no_student_by_a_slip_of_the_hand():
    rows = [
        f"| Feb 5 | {LINK} (Required) | s079, s027, s081 | |",
        "| Feb 12 | [B](https://b.example/) | | s079, s027, s0B1 |",
    ]
    _, problems = read(*rows)
    assert ("unknown_student", 4, "s0B1") in [(one.code, one.row, one.found) for one in problems]


def test_a_group_is_the_same_in_any_order_and_spelling():
    found = read_well(
        f"| Feb 5 | {LINK} (Required) | s001, s002 | |",
        "| Feb 12 | [B](https://b.example/) | | S002, s001 |",
    )
    assert [row.group for row in found.assignments] == ["G01", "G01"]
    assert found.students == ("s001", "s002")


def test_a_student_in_two_groups_at_one_time_is_refused():
    rows = [
        f"| Feb 5 | {LINK} (Required) | s001, s002 | |",
        "| Feb 7 | [B](https://b.example/) | s001, s009 | |",
        "| Feb 12 | [C](https://c.example/) | | s001, s002 |",
    ]
    found, problems = read(*rows)
    assert found is None
    assert ("two_groups", "error") in [(one.code, one.severity.value) for one in problems]


def test_groups_that_the_course_has_are_taken_by_name_or_members():
    known = Known(students=("s001", "s002", "s003"), groups={"Rust": frozenset({"s001", "s002"})})
    found = read_well(
        f"| Feb 5 | {LINK} (Required) | rust | |",
        "| Feb 12 | [B](https://b.example/) | | s002, s001 |",
        known=known,
    )
    assert [row.group for row in found.assignments] == ["Rust", "Rust"]
    assert found.groups == ()
    assert codes(f"| Feb 5 | {LINK} (Required) | s001, s003 |", known=known) == [("two_groups", 3)]


def test_a_group_twice_in_a_cell_is_refused_and_twice_in_a_row_is_told():
    assert ("duplicate_assignment", 3) in codes(f"| Feb 5 | {LINK} (Required) | s1, s2 & s2, s1 |")
    assert codes(f"| Feb 5 | {LINK} (Required) | s1, s2 | s1, s2 |") == [("two_roles", 3)]
