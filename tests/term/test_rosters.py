"""A roster over a standing course: shown, confirmed, all or nothing, and undone (domain.md §12)."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from courseapp.accounts.models import User
from courseapp.course.models import Course, Enrollment, Role
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.carrying_out import carry_out, doing_of
from courseapp.term.acts.undoing import undoing_of
from courseapp.term.models import Act
from courseapp.term.rosters.differences import Confirmed, RosterFile, confirmed_action, read_over
from groups.models import Membership
from tests.factories import LECTURE_AT, actor, enroll, make_course, make_group, make_user
from tests.term.test_importing import row_counts

pytestmark = pytest.mark.django_db
NOW = LECTURE_AT
HEAD = "student_id,name,email,section\n"


@pytest.fixture
def course() -> Course:
    made = make_course()
    made.group_size_min = 1
    made.save()
    return made


@pytest.fixture
def instructor(course: Course) -> Enrollment:
    return enroll(course, Role.INSTRUCTOR)


def mistyped(student_id: str) -> str:
    """Return the id with another digit in its middle."""
    digit = "8" if student_id[2] == "9" else "9"
    return student_id[:2] + digit + student_id[3:]


def line_of(person: Enrollment, **changes: str) -> str:
    entry = {name: getattr(person, name) for name in ("student_id", "name", "email", "section")}
    return ",".join({**entry, **changes}.values()) + "\n"


def brought_in(text: str, instructor: Enrollment, *, newcomers: Any = (), drops: Any = ()) -> Act:
    """Read a roster, confirm some of it, carry it out, and return the act."""
    reading = read_over(instructor.course, RosterFile("roster.csv", text.encode()))
    assert reading.difference is not None, reading.problems
    action = confirmed_action(
        "roster.csv", reading.difference, Confirmed(newcomers, [person.pk for person in drops])
    )
    doing = doing_of(action, reason="")
    return carry_out(doing, actor=actor(instructor), reason="", now=NOW).act


def told() -> list[str]:
    return sorted(OutboxMail.objects.values_list("recipient", flat=True))


def test_who_is_new_missing_and_changed_comes_in_as_one_act(course, instructor):
    stays, leaves = enroll(course), enroll(course)
    group = make_group(course, [leaves])
    text = HEAD + line_of(stays, name="Mara Holm") + "x900,Zoe New,zoe@example.edu,FLA\n"

    act = brought_in(text, instructor, newcomers=["x900"], drops=[leaves])

    assert act.sentence == ("The roster roster.csv came in: 1 new, 1 dropped, 1 written otherwise.")
    stays.refresh_from_db()
    leaves.refresh_from_db()
    assert (stays.name, leaves.state, leaves.dropped_at) == ("Mara Holm", "dropped", NOW)
    assert Membership.objects.get(group=group).ends_at == NOW
    zoe = Enrollment.objects.get(student_id="x900")
    assert (zoe.name, zoe.email, zoe.section, zoe.enrolled_at) == (
        "Zoe New",
        "zoe@example.edu",
        "FLA",
        NOW,
    )
    assert User.objects.filter(email="zoe@example.edu").exists()
    # A name that is written otherwise needs no mail.
    assert told() == sorted([leaves.email, "zoe@example.edu"])


def test_nobody_is_new_or_dropped_unless_confirmed(course, instructor):
    stays, missing = enroll(course), enroll(course)
    text = HEAD + line_of(stays, section="LAB") + "x900,Zoe New,zoe@example.edu,FLA\n"

    brought_in(text, instructor)

    missing.refresh_from_db()
    assert missing.state == "active"
    assert not Enrollment.objects.filter(student_id="x900").exists()


def test_it_is_undone_as_it_was_done(course, instructor):
    stays, leaves = enroll(course), enroll(course)
    group = make_group(course, [leaves])
    text = HEAD + line_of(stays, name="Mara Holm") + "x900,Zoe New,zoe@example.edu,FLA\n"
    act = brought_in(text, instructor, newcomers=["x900"], drops=[leaves])

    carry_out(undoing_of(act), actor=actor(instructor), reason="", now=NOW)

    before = stays.name
    for person in (stays, leaves):
        person.refresh_from_db()
    assert (stays.name, leaves.state) == (before, "active")
    assert Membership.objects.current().get(enrollment=leaves).group == group
    assert Enrollment.objects.get(student_id="x900").state == "dropped"


def test_who_comes_back_is_in_the_old_group_where_it_has_a_seat(course, instructor):
    person = enroll(course)
    group = make_group(course, [person])
    brought_in(HEAD + line_of(enroll(course)), instructor, drops=[person])

    brought_in(HEAD + line_of(person), instructor, newcomers=[person.student_id])

    person.refresh_from_db()
    assert person.state == "active"
    assert Membership.objects.current().get(enrollment=person).group == group


def test_a_new_address_that_its_owner_has_proved_claims_at_once(course, instructor):
    user = make_user("proved@example.edu")

    brought_in(HEAD + "x900,Zoe New,proved@example.edu,FLA\n", instructor, newcomers=["x900"])

    assert Enrollment.objects.get(student_id="x900").user == user


def test_a_first_roster_gives_addresses_to_a_course_from_a_table(course, instructor):
    person = enroll(course, signs_in=False)
    person.email, person.name = "", person.student_id
    person.save()

    brought_in(HEAD + f"{person.student_id},Mara Lindqvist,mara@example.edu,FLA\n", instructor)

    person.refresh_from_db()
    assert (person.name, person.email) == ("Mara Lindqvist", "mara@example.edu")


# -- the command ---------------------------------------------------------------------------------


def run(file: Path, course: Course, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_roster", file, f"--course={course.slug}", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def roster(tmp_path: Path) -> Any:
    def write(text: str) -> Path:
        file = tmp_path / "roster.csv"
        file.write_text(text)
        return file

    return write


def test_a_dry_run_shows_the_difference_and_changes_nothing(course, roster):
    stays, missing = enroll(course), enroll(course)
    file = roster(HEAD + line_of(stays, section="LAB") + "x900,Zoe New,zoe@example.edu,FLA\n")
    before = row_counts()

    out, err = run(file, course, "--dry-run")

    assert out.splitlines() == [
        "new: x900 Zoe New",
        f"missing: {missing.student_id} {missing.name}",
        f"changed: {stays.student_id} section none -> LAB",
        "the same: 0",
    ]
    assert "1 written otherwise" in err
    assert row_counts() == before
    document = json.loads(run(file, course, "--dry-run", "--json")[0])
    assert [one["student_id"] for one in document["new"]] == ["x900"]
    assert document["missing"] == [missing.student_id]


def test_the_command_refuses_newcomers_whom_nobody_named(course, roster):
    person = enroll(course)
    wrong = mistyped(person.student_id)
    file = roster(HEAD + line_of(person, student_id=wrong, email="") + "x900,Zoe New,,FLA\n")

    for options in ((), ("--add=x900",), ("--add=all",)):
        before = row_counts()
        with pytest.raises(CommandError, match=f"{wrong}.* would be new") as refused:
            run(file, course, *options)
        assert f"Did you mean {person.student_id}" in str(refused.value)
        assert row_counts() == before

    run(file, course, f"--add={wrong}", "--add=x900", "--drop=missing")
    assert Enrollment.objects.filter(course=course, student_id__in=[wrong, "x900"]).count() == 2
    person.refresh_from_db()
    assert person.state == "dropped"


def test_a_bad_file_changes_nothing_and_says_everything(course, roster):
    file = roster(HEAD + "s1,A,nobody,F\ns2,B,b@x.edu,F\ns2,C,c@x.edu,F\n")
    before = row_counts()

    with pytest.raises(CommandError) as refused:
        run(file, course)

    assert "row 2, column email" in str(refused.value)
    assert "row 4, column student_id" in str(refused.value)
    assert row_counts() == before


def test_wrong_options_are_sentences(course, roster, tmp_path):
    file = roster(HEAD + line_of(enroll(course)))

    with pytest.raises(CommandError, match="There is no course nothing"):
        call_command("import_roster", file, "--course=nothing")
    with pytest.raises(CommandError, match="s1: nobody of this id is missing"):
        run(file, course, "--drop=s1")
    with pytest.raises(CommandError, match="is not a mail domain"):
        run(file, course, "--mail-domain=nowhere")
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "none.csv", course)
