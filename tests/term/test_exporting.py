"""A course goes out as it came in, and shows what was edited since (domain.md §12)."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from courseapp.course.models import Course, Enrollment, Role
from courseapp.term.acts.carrying_out import carry_out, doing_of
from courseapp.term.acts.terms import ChangeTerms
from courseapp.term.acts.undoing import undoing_of
from courseapp.term.exporting import export_course
from courseapp.term.facts import course_facts
from courseapp.term.importing import import_course
from grading.models import Component
from groups.models import Membership
from schedule.models import Lecture, Milestone, OtherPresenter, RoleAssignment
from submissions.deadlines import Kind
from submissions.models import KindSettings
from submissions.selectors.terms import terms_of_kinds
from submissions.services.deriving import derive_deliverables
from tests.factories import actor, enroll
from tests.term.courses import NOW, SPRING_FACTS, came_in, gone_out
from tests.term.folders import DOMAIN, SPRING, csv_files, fall_with_dates

pytestmark = pytest.mark.django_db


OFF_ROW = (
    "2025-01-31,4,,12:30,13:45,America/Chicago,,{kind},GenAI Basics,"
    "No Lecture / Work on Project Proposal,"
)


def moved_two_days_back(course: Course, day: str) -> Any:
    lecture = Lecture.objects.get(course=course, starts_on=day)
    back = timedelta(days=2)
    lecture.starts_on -= back
    assert lecture.starts_at
    assert lecture.ends_at
    lecture.starts_at, lecture.ends_at = lecture.starts_at - back, lecture.ends_at - back
    lecture.save()
    return lecture


def changed_lines(before: Any, after: Any) -> Any:
    """Each changed line of a folder, as it was and as it is now."""
    assert before.keys() == after.keys()
    found = []
    for name in before:
        old, new = before[name].decode().splitlines(), after[name].decode().splitlines()
        assert len(old) == len(new), name
        found += [(name, *pair) for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
    return found


# -- out -----------------------------------------------------------------------------------------


def test_export_equals_import_byte_for_byte(tmp_path):
    came_in()
    call_command("export_course", "cs598-s25", "--to", tmp_path / "out", stderr=StringIO())

    found = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert found == csv_files(SPRING)


def test_what_went_out_comes_in_again_as_the_same_course():
    first = came_in(slug="first")
    second = came_in(gone_out(first), slug="second")

    assert gone_out(second) == csv_files(SPRING)
    assert course_facts(course=second) == SPRING_FACTS


@pytest.mark.breaks_invariants("group_size_waived")
def test_an_export_changes_nothing_of_the_course_in_memory():
    course = came_in()
    columns = {name: list(found) for name, found in course.printed_columns.items()}
    membership = Membership.objects.filter(group__course=course)[0]
    membership.ends_at = membership.starts_at + timedelta(days=9)
    membership.save(update_fields=["ends_at"])

    export_course(course=course)

    assert course.printed_columns == columns


def test_fall_2024_comes_in_once_the_two_memberships_are_dated_and_goes_out_the_same():
    files = csv_files(fall_with_dates("2024-10-22", "2024-10-23"))
    course = came_in(files, slug="cs598-f24")

    assert gone_out(course) == files
    spans = Membership.objects.filter(enrollment__student_id="s009").order_by("starts_at")
    assert [(found.group.name, found.ends_at is None) for found in spans] == [
        ("G06", False),
        ("G18", True),
    ]
    assert spans[0].ends_at == spans[1].starts_at - timedelta(seconds=1)


# -- out after an edit ---------------------------------------------------------------------------


def test_an_edited_topic_and_kind_show_and_all_else_leaves_as_it_came():
    course = came_in()
    lecture = Lecture.objects.get(course=course, position=2)
    lecture.topic = 'Basics, "revised"'
    lecture.save()
    off = Lecture.objects.get(course=course, kind="no_class")
    off.kind = "other"
    off.save()

    assert changed_lines(csv_files(SPRING), gone_out(course)) == [
        (
            "lectures.csv",
            "2025-01-24,2,,12:30,13:45,America/Chicago,LLM Fundamentals,lecture,GenAI Basics,,",
            '2025-01-24,2,,12:30,13:45,America/Chicago,"Basics, ""revised""",lecture,GenAI Basics,,',
        ),
        (
            "lectures.csv",
            OFF_ROW.format(kind="no-lecture"),
            OFF_ROW.format(kind="other"),
        ),
    ]


def test_a_moved_milestone_and_a_renamed_student_show():
    course = came_in()
    milestone = Milestone.objects.get(course=course, kind="proposal")
    milestone.on_date = milestone.on_date + timedelta(days=1)
    milestone.save()
    student = Enrollment.objects.get(course=course, student_id="s001")
    student.name = "Ada Lovelace"
    student.save()

    files = gone_out(course)
    assert b"Project proposal (2 pages),2025-02-27,,America/Chicago," in files["milestones.csv"]
    lines = files["roster.csv"].decode().splitlines()
    assert lines[0] == "student_id,email,section,name"
    assert lines[1] == "s001,s001@example.edu,FLA,Ada Lovelace"
    assert lines[2] == "s002,s002@example.edu,FLA,"


def test_a_staff_address_that_the_login_no_longer_gives_is_written_out():
    course = came_in()
    assistant = Enrollment.objects.get(course=course, login="cz81")
    assistant.email = "chengsong@elsewhere.example"
    assistant.save()

    files = gone_out(course)
    again = came_in(files, slug="again")
    assert Enrollment.objects.get(course=again, login="cz81").email == "chengsong@elsewhere.example"
    assert Enrollment.objects.get(course=again, login="fanlai").email == f"fanlai@{DOMAIN}"


@pytest.mark.breaks_invariants("group_size_waived")
def test_an_ended_membership_carries_its_until():
    course = came_in()
    membership = Membership.objects.get(group__course=course, enrollment__student_id="s079")
    membership.ends_at = membership.starts_at + timedelta(days=30)
    membership.save(update_fields=["ends_at"])

    files = gone_out(course)
    assert files["groups.csv"].decode().splitlines()[0] == "group,student_id,position,until"
    again = came_in(files, slug="again")
    assert (
        Membership.objects.get(group__course=again, enrollment__student_id="s079").ends_at
        == membership.ends_at
    )


def test_a_withdrawn_role_is_gone_and_the_others_keep_their_rows():
    course = came_in()
    assignment = RoleAssignment.objects.filter(lecture__course=course)[0]
    assignment.withdrawn_at = NOW
    assignment.save()

    before = SPRING["assignments.csv"].decode().splitlines()
    after = gone_out(course)["assignments.csv"].decode().splitlines()
    assert after == [before[0], *before[2:]]


def test_two_lectures_on_one_date_need_the_lecture_position():
    course = came_in()
    moved = moved_two_days_back(course, "2025-02-07")
    derive_deliverables(course=course, now=NOW)

    files = gone_out(course)
    header = "lecture_date,role,group,column,material,reading_order,lecture_position"
    assert files["assignments.csv"].decode().splitlines()[0] == header
    again = came_in(files, slug="again")
    assert course_facts(course=again) == course_facts(course=course)
    groups = RoleAssignment.objects.filter(lecture__position=moved.position)
    assert list(groups.filter(lecture__course=again).values_list("role", "group__name")) == list(
        groups.filter(lecture__course=course).values_list("role", "group__name")
    )
    assert gone_out(again) == files


@pytest.mark.breaks_invariants("deliverable_due_by_the_formula")
def test_other_presenters_on_a_shared_date_keep_their_lecture():
    course = came_in()
    moved_two_days_back(course, "2025-01-24")

    again = came_in(gone_out(course), slug="again")
    assert list(
        OtherPresenter.objects.filter(lecture__course=again).values_list(
            "lecture__position", "name"
        )
    ) == [(1, "Fan Lai"), (2, "Jimmy Shong"), (3, "Chengsong Zhang")]


# -- project presentations -----------------------------------------------------------------------


def with_presentations() -> Any:
    """Spring 2025 with one row for both presentations, as other offerings print them."""
    text = SPRING["grading.csv"].decode()
    both = "Project mid-semester presentation,10,\nProject final presentation,10,\n"
    assert text.count(both) == 1
    return {
        **csv_files(SPRING),
        "grading.csv": text.replace(both, "Project presentations,20,\n").encode(),
    }


def test_project_presentations_are_two_components_and_one_row_again():
    course = came_in(with_presentations())

    weights = dict(Component.objects.filter(course=course).values_list("name", "weight"))
    assert weights["Mid-semester presentation"] == weights["Final presentation"] == Decimal(10)
    assert gone_out(course) == with_presentations()


@pytest.mark.parametrize(
    ("midterm", "final", "summary"),
    [(Decimal(12), Decimal(8), Decimal(10)), (Decimal(12), Decimal(12), Decimal(6))],
)
def test_changed_weights_of_the_two_presentations_come_back(midterm, final, summary):
    course = came_in(with_presentations())
    wanted = {
        "Mid-semester presentation": midterm,
        "Final presentation": final,
        "Paper summary": summary,
    }
    for name, weight in wanted.items():
        Component.objects.filter(course=course, name=name).update(weight=weight)

    again = came_in(gone_out(course), slug="again")
    found = dict(Component.objects.filter(course=again).values_list("name", "weight"))
    assert {name: found[name] for name in wanted} == wanted
    assert list(found) == list(
        Component.objects.filter(course=course).values_list("name", flat=True)
    )


# -- people --------------------------------------------------------------------------------------


def test_an_observer_goes_out_and_comes_in_again():
    course = came_in()
    enroll(course, Role.OBSERVER, name="Olga Observer", signs_in=False)

    files = gone_out(course)
    again = came_in(files, slug="again")

    assert files["staff.csv"].decode().splitlines()[-1].split(",")[2] == "observer"
    observer = Enrollment.objects.get(course=again, name="Olga Observer")
    assert observer.role == Role.OBSERVER
    assert gone_out(again) == files


def test_students_without_an_address_come_in_with_a_warning_and_go_out_the_same():
    text = SPRING["roster.csv"].decode()
    files = {**csv_files(SPRING), "roster.csv": text.replace("s089@example.edu", "").encode()}
    files["roster.csv"] = files["roster.csv"].replace(b"s088@example.edu", b"")

    course, problems = import_course(files=files, slug="some", mail_domain=DOMAIN, now=NOW)

    warned = [problem for problem in problems if problem.code == "no_address"]
    assert [(problem.row, problem.column) for problem in warned] == [(89, "email"), (90, "email")]
    assert Enrollment.objects.filter(course=course, email="").count() == 2
    assert gone_out(course) == files


def test_who_was_dropped_goes_out_and_comes_in_as_dropped():
    course = came_in()
    person = Enrollment.objects.get(course=course, student_id="s089")
    person.state, person.dropped_at = "dropped", NOW
    person.save()

    files = gone_out(course)
    again = came_in(files, slug="again")

    assert files["roster.csv"].decode().splitlines()[0] == "student_id,email,section,dropped"
    left = Enrollment.objects.get(course=again, student_id="s089")
    assert (left.state, left.dropped_at) == ("dropped", NOW)
    assert gone_out(again) == files


# -- how work is taken ---------------------------------------------------------------------------

KINDS = b"""kind,late_policy,accepted,pages_min,pages_max
Final slides,closed,pdf .pptx,,
summary,,,2,4
report,no_credit,,0,12
code,,,,
"""


def test_how_kinds_are_taken_comes_in_and_goes_out_as_it_was_written():
    files = {**csv_files(SPRING), "kinds.csv": KINDS}
    course = came_in(files)

    found = terms_of_kinds(course)
    assert (found[Kind.FINAL_SLIDES].late_policy, found[Kind.FINAL_SLIDES].accepted) == (
        "closed",
        (".pptx", ".pdf"),
    )
    assert (found[Kind.SUMMARY].pages_min, found[Kind.SUMMARY].pages_max) == (2, 4)
    assert (found[Kind.REPORT].pages_min, found[Kind.REPORT].pages_max) == (0, 12)
    # What is usual is not written down, so that a later default would hold.
    assert KindSettings.objects.get(course=course, kind="summary").pages_min is None
    assert gone_out(course) == files


def test_what_was_set_of_kinds_goes_out_and_comes_in_again_as_the_same_bytes():
    course = came_in()
    instructor = actor(enroll(course, Role.INSTRUCTOR, name="Ines Haugen"))
    for action in (
        ChangeTerms(of="slides", late_policy="closed", accepted=(".pdf", ".pptx")),
        ChangeTerms(of="report", pages_min=0, pages_max=12),
    ):
        carry_out(doing_of(action, reason="So."), actor=instructor, reason="So.", now=NOW)

    files = gone_out(course)
    again = came_in(files, slug="again")

    assert files["kinds.csv"].decode().splitlines() == [
        "kind,late_policy,accepted,pages_min,pages_max",
        "slides,closed,.pptx .pdf,,",
        "report,,,0,12",
    ]
    assert terms_of_kinds(again) == terms_of_kinds(course)
    assert gone_out(again) == files


def test_a_kind_whose_setting_was_taken_back_goes_out_no_more():
    course = came_in()
    instructor = actor(enroll(course, Role.INSTRUCTOR))
    doing = doing_of(ChangeTerms(of="slides", late_policy="closed"), reason="So.")
    act = carry_out(doing, actor=instructor, reason="So.", now=NOW).act
    carry_out(undoing_of(act), actor=instructor, reason="", now=NOW)
    assert "kinds.csv" not in gone_out(course)
