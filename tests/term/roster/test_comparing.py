"""A roster against who stands in the course: nobody new by accident, nobody lost unseen (§12)."""

from dataclasses import replace

from courseapp.term.formats.roster import Difference, Standing, compared, read_roster

HEAD = "student_id,name,email,section\n"
MARA = Standing(1, "s001", "Mara Lindqvist", "mara@example.edu", "FLA")
OTTO = Standing(2, "s002", "Otto Brandt", "otto@example.edu", "FLA")
ADA = Standing(3, "s003", "Ada Ferrante", "ada@example.edu", "FLA", is_dropped=True)
TA = Standing(4, "", "Rafael Okonjo", "rafael@example.edu", "", is_student=False)
PEOPLE = (MARA, OTTO, ADA, TA)
SAME = "s001,Mara Lindqvist,mara@example.edu,FLA\ns002,Otto Brandt,otto@example.edu,FLA\n"


def difference(
    text: str, people: tuple[Standing, ...] = PEOPLE
) -> tuple[Difference, list[tuple[int | None, str]]]:
    roster, problems = read_roster(text.encode(), file="roster.csv")
    assert roster is not None, problems
    found, clashes = compared(roster, people)
    return found, [(clash.row, clash.code) for clash in clashes]


def test_the_same_roster_differs_in_nothing():
    found, clashes = difference(HEAD + SAME)

    assert found.is_empty
    assert (found.same_count, clashes) == (2, [])


def test_who_is_new_who_is_missing_and_who_is_written_otherwise():
    found, clashes = difference(
        HEAD + "s001,Mara L. Holm,m.holm@example.edu,LAB\nx900,Zoe New,zoe@example.edu,FLA\n"
    )

    (change,) = found.changes
    assert (change.who, change.fields) == (
        MARA,
        {
            "name": ("Mara Lindqvist", "Mara L. Holm"),
            "email": ("mara@example.edu", "m.holm@example.edu"),
            "section": ("FLA", "LAB"),
        },
    )
    assert found.missing == (OTTO,)
    (newcomer,) = found.newcomers
    assert (newcomer.row, newcomer.student_id, newcomer.hint) == (3, "x900", "")
    assert clashes == []


def test_a_cell_that_says_nothing_changes_nothing():
    found, _ = difference("student_id,name,email,section\ns001,,,\ns002,Otto Brandt,,FLA\n")

    assert found.is_empty


def test_who_left_comes_back_only_as_a_proposal():
    found, _ = difference(HEAD + SAME + "s003,Ada Ferrante,ada@example.edu,FLA\n")

    assert found.returning == (ADA,)
    assert found.newcomers == ()


def test_a_slip_in_an_id_is_not_a_new_student_but_a_question():
    found, _ = difference(HEAD + "s001,Mara Lindqvist,mara@example.edu,FLA\ns0002,O. Brandt,,FLA\n")

    assert found.newcomers[0].hint == "Did you mean s002 (Otto Brandt), who is not in the file?"


def test_the_name_of_someone_missing_is_a_question_too():
    found, _ = difference(HEAD + SAME.splitlines()[0] + "\nq77,Otto Brandt,,FLA\n")

    assert found.newcomers[0].hint == "Did you mean s002 (Otto Brandt), who is not in the file?"


def test_the_address_of_another_is_an_error():
    found, clashes = difference(
        HEAD + SAME + "q77,Someone,MARA@example.edu,FLA\n".replace("MARA", "x")
    )
    assert clashes == []
    assert found.newcomers[0].hint == ""

    for address in ("rafael@example.edu", "ada@example.edu"):
        found, clashes = difference(HEAD + SAME + f"q77,Someone,{address},FLA\n")
        assert clashes == [(4, "address_of_another")]
        assert found.newcomers[0].hint.startswith(f"{address} belongs to")


def test_an_address_that_its_holder_gives_up_in_the_same_file_is_free():
    text = (
        HEAD + "s001,Mara Lindqvist,mara2@example.edu,FLA\ns002,Otto Brandt,otto@example.edu,FLA\n"
    )
    _, clashes = difference(text + "q77,Someone,mara@example.edu,FLA\n")

    assert clashes == []


def test_two_cannot_end_with_one_address():
    _, clashes = difference(HEAD + "s001,Mara Lindqvist,otto@example.edu,FLA\n")

    assert clashes == [(2, "address_of_another")]


def test_the_column_is_chosen_by_whom_it_names():
    canvas = 'Student,ID,SIS User ID,SIS Login ID,Section\n"Lindqvist, Mara",9,67,s001,FLA\n'
    found, _ = difference(canvas)

    assert found.id_heading == "SIS Login ID"
    assert found.newcomers == ()
    assert found.missing == (OTTO,)
    into_an_empty_course, _ = difference(canvas, people=())
    assert into_an_empty_course.newcomers[0].student_id == "67"


def test_who_stands_without_an_id_is_known_by_the_address_and_gets_the_id():
    nameless = replace(MARA, student_id="")
    found, _ = difference(HEAD + SAME, people=(nameless, OTTO))

    assert found.newcomers == ()
    assert found.changes[0].fields == {"student_id": ("", "s001")}
