"""A schedule comes in as a Markdown table, whole or not at all, and goes out the same (§12)."""

import json
from collections import Counter
from datetime import UTC, date, datetime, time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from courseapp.course.models import Course, Enrollment
from courseapp.term.facts import course_facts
from groups.models import Membership
from schedule.models import Lecture, Milestone, OtherPresenter, Reading, RoleAssignment
from tests.factories import enroll, make_course
from tests.term.courses import SPRING_FACTS, came_in
from tests.term.folders import DATA
from tests.term.test_importing import row_counts

pytestmark = pytest.mark.django_db

SPRING_TABLE = DATA / "cs598-s25" / "README-table.md"
FALL_TABLE = DATA / "cs598-f24" / "README-table.md"
CREATE = ("--create", "--timezone=America/Chicago")


def imported(file: Path, *options: str, course: str = "new", year: int = 2025) -> Any:
    """What the command prints as JSON, with its exit."""
    out = StringIO()
    call_command(
        "import_schedule",
        file,
        f"--course={course}",
        f"--year={year}",
        "--json",
        *options,
        stdout=out,
    )
    return json.loads(out.getvalue())


def exported(slug: str, form: str = "markdown") -> str:
    out = StringIO()
    call_command("export_schedule", slug, f"--format={form}", stdout=out)
    return out.getvalue()


def table(
    tmp_path: Path, *rows: str, head: str = "Date | Readings | Presenter | Companion"
) -> Path:
    file = tmp_path / "README.md"
    dashes = " | ".join("---" for _ in head.split("|"))
    file.write_text("\n".join([f"| {head} |", f"| {dashes} |", *rows]) + "\n")
    return file


def said(problems: Any) -> list[tuple[str, str]]:
    return [(found["code"], found["severity"]) for found in problems]


def test_spring_2025_comes_in_with_every_number_of_its_facts():
    facts = imported(SPRING_TABLE, *CREATE)

    assert facts["students"] == 90
    assert facts["groups"] == 19
    assert facts["group_sizes"] == {"4": 6, "5": 12, "6": 1}
    assert facts["lectures"] == {
        "lecture": 22,
        "no_class": 1,
        "midterm": 3,
        "final": 3,
        "deadline": 1,
    }
    assert facts["readings"] == {"required": 44, "optional": 28}
    assert facts["role_assignments"] == {"presenter": 19, "authors": 19, "reviewers": 19}
    assert facts["deliverables"]["question"] == 43
    assert said(facts["problems"]) == [
        ("no_hours", "warning"),
        ("empty_link", "warning"),
        ("invisible_characters", "warning"),
        ("mark_in_title", "warning"),
        ("group_size", "warning"),
    ]
    rows = list(Lecture.objects.all())
    assert (rows[0].starts_on.isoformat(), rows[-1].starts_on.isoformat()) == (
        "2025-01-22",
        "2025-05-15",
    )
    assert list(dict.fromkeys(row.module for row in rows if row.module)) == [
        "GenAI Basics",
        "Pre-Training",
        "Alignment & Post-Training Optimization",
        "Grounding",
        "Inference",
    ]
    sections = Reading.objects.exclude(sections="").values_list(
        "lecture__position", "position", "sections"
    )
    assert list(sections) == [(8, 1, "Sec 1-4.2"), (8, 2, "Sec 3.1-3.2, 3.4")]
    unlinked = Reading.objects.filter(paper__url="").values_list("lecture__position", "position")
    assert list(unlinked) == [(11, 3)]
    staff = OtherPresenter.objects.values_list("lecture__position", "name", "kind")
    assert list(staff) == [(1, "Fan", "staff"), (2, "Jimmy", "staff"), (3, "Chengsong", "staff")]
    assert RoleAssignment.objects.exclude(material="").count() == 4
    assert Reading.objects.get(lecture__position=17, position=2).title == (
        "Andes: Defining and Enhancing Quality-of-Experience in LLM-Based Text Streaming Services"
    )


def test_fall_2024_comes_in_with_every_number_of_its_facts():
    facts = imported(FALL_TABLE, *CREATE, year=2024)

    assert facts["students"] == 44
    assert facts["groups"] == 18
    assert facts["group_sizes"] == {"1": 3, "2": 3, "3": 12}
    assert facts["lectures"] == {"lecture": 19, "no_class": 5, "midterm": 2, "final": 2}
    assert facts["readings"] == {"required": 38, "optional": 26}
    assert facts["role_assignments"] == {"presenter": 17, "authors": 16, "reviewers": 18}
    assert {found for found in said(facts["problems"]) if found[0] != "group_size"} == {
        ("no_hours", "warning"),
        ("two_groups", "warning"),
    }
    doubled = RoleAssignment.objects.filter(lecture__position__in=(8, 19, 21))
    counts = Counter((one.lecture.position, one.role) for one in doubled)
    assert {place for place, count in counts.items() if count == 2} == {
        (8, "reviewers"),
        (19, "authors"),
        (19, "reviewers"),
        (21, "reviewers"),
    }
    assert RoleAssignment.objects.exclude(material="").count() == 16
    assert list(OtherPresenter.objects.values_list("name", "kind")) == [
        ("Fan", "staff"),
        ("Chengsong", "staff"),
    ]


def test_with_its_hours_a_course_from_a_table_owes_what_the_folders_course_owes():
    facts = imported(SPRING_TABLE, *CREATE, "--meets=WF 12:30-13:45", "--room=0216 Siebel Center")

    course = Course.objects.get()
    assert (course.meeting_days, course.meets_from, course.meets_until, course.room) == (
        "WF",
        time(12, 30),
        time(13, 45),
        "0216 Siebel Center",
    )
    assert Lecture.objects.get(position=1).starts_at == datetime(2025, 1, 22, 18, 30, tzinfo=UTC)
    # The table has no row for the proposal, and says nothing of when groups are formed.
    owed: Any = SPRING_FACTS["owed"]
    assert facts["owed"] == {**owed, "proposal": 0}
    assert list(Milestone.objects.values_list("kind", "title", "on_date")) == [
        ("midterm", "Mid-Semester Presentations", date(2025, 3, 28)),
        ("midterm", "Mid-Semester Presentations", date(2025, 4, 2)),
        ("midterm", "Mid-Semester Presentations", date(2025, 4, 4)),
        ("final", "Final Presentations", date(2025, 4, 30)),
        ("final", "Final Presentations", date(2025, 5, 2)),
        ("final", "Final Presentations", date(2025, 5, 7)),
        ("report", "Final Report Submission Deadline", date(2025, 5, 15)),
    ]


def test_a_page_that_says_the_hours_needs_no_option(tmp_path):
    file = table(tmp_path, "| Feb 5 | [A](https://a.example/) (Required) | s001, s002 | |")
    file.write_text("Lectures: Wed & Fri 12:30-1:45 PM, 0216 Siebel\n\n" + file.read_text())

    facts = imported(file, *CREATE)

    assert facts["problems"][0]["code"] == "hours_found"
    assert "WF 12:30-13:45" in facts["problems"][0]["message"]
    assert Lecture.objects.get().starts_at == datetime(2025, 2, 5, 18, 30, tzinfo=UTC)


def test_rows_may_have_times_of_their_own(tmp_path):
    file = table(
        tmp_path,
        "| Feb 5 | 16:00-17:15 | [A](https://a.example/) (Required) |",
        "| Feb 7 | | [B](https://b.example/) (Required) |",
        "| May 15 | | **Final Report due 6:00 PM** |",
        "| Feb 26 | | **Project proposal due** |",
        head="Date | Time | Readings",
    )

    imported(file, *CREATE, "--meets=WF 12:30-13:45")

    assert list(Lecture.objects.values_list("starts_at", flat=True)) == [
        datetime(2025, 2, 5, 22, 0, tzinfo=UTC),
        datetime(2025, 2, 7, 18, 30, tzinfo=UTC),
        None,
        None,
    ]
    assert list(Milestone.objects.values_list("kind", "due_at")) == [
        ("report", datetime(2025, 5, 15, 23, 0, tzinfo=UTC)),
        ("proposal", datetime(2025, 2, 27, 5, 59, 59, tzinfo=UTC)),
    ]


def test_a_student_in_two_groups_is_in_each_while_its_duties_run():
    imported(FALL_TABLE, *CREATE, year=2024)

    spans = Membership.objects.filter(enrollment__student_id="s009").order_by("starts_at")
    move = datetime(2024, 9, 20, 5, tzinfo=UTC)
    assert [(one.group.name, one.ends_at) for one in spans] == [("G06", move), ("G18", None)]
    assert spans[1].starts_at == move


@pytest.mark.parametrize(("file", "year"), [(SPRING_TABLE, 2025), (FALL_TABLE, 2024)])
def test_what_went_out_comes_in_again_and_goes_out_the_same(file, year, tmp_path):
    facts = imported(file, *CREATE, course="first", year=year)
    first = exported("first")
    again = tmp_path / "again.md"
    again.write_text(first)
    second = imported(again, *CREATE, course="second", year=year)

    assert exported("second") == first
    assert {**second, "problems": []} == {**facts, "problems": []}


def test_a_course_from_the_folder_goes_out_and_comes_in_the_same(tmp_path):
    came_in()
    first = exported("cs598-s25")
    again = tmp_path / "again.md"
    again.write_text(first)
    imported(again, *CREATE, course="second")

    assert exported("second") == first
    assert (
        "| Jan 22 <br>(GenAI Systems) | **Introduction**<br>[How to Read a Paper]"
        "(http://svr-sk818-web.cl.cam.ac.uk/keshav/papers/07/paper-reading.pdf) (Required)<br>"
    ) in first
    assert "| Mar 28 | **Mid-Semester Presentations** |  |  |  |\n" in first


def test_the_json_form_holds_readings_roles_and_instants():
    came_in()

    document = json.loads(exported("cs598-s25", "json"))

    assert (document["course"], len(document["lectures"])) == ("cs598-s25", 30)
    row = document["lectures"][4]
    assert row["starts_at"] == "2025-02-05T18:30:00+00:00"
    assert [found["required"] for found in row["readings"]] == [True, False, False]
    assert row["roles"][0] == {
        "role": "presenter",
        "group": "G01",
        "members": ["s079", "s027", "s081", "s054"],
        "material": "./Slides/mllm.pptx",
    }


def test_a_dry_run_says_all_and_changes_nothing():
    before = row_counts()

    facts = imported(SPRING_TABLE, *CREATE, "--dry-run")

    assert facts["readings"] == {"required": 44, "optional": 28}
    assert row_counts() == before


def test_a_dry_run_into_a_course_that_is_there_changes_nothing(tmp_path):
    course = make_course(slug="there")
    ids = [enroll(course).student_id for _ in range(4)]
    row = f"| Feb 5 | [A](https://a.example/) (Required) | {', '.join(ids)} | |"
    before = row_counts()

    facts = imported(table(tmp_path, row), "--dry-run", course="there")
    assert (facts["students"], facts["groups"]) == (4, 1)
    assert row_counts() == before


def test_an_unknown_id_is_refused_with_the_nearest_and_nothing_changes(tmp_path):
    course = make_course(slug="there")
    ids = [enroll(course).student_id for _ in range(4)]
    file = table(
        tmp_path,
        f"| Feb 5 | [A](https://a.example/) (Required) | {', '.join(ids[:3])}, {ids[3]}x | |",
    )
    before = row_counts()
    out = StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("import_schedule", file, "--course=there", "--year=2025", "--json", stdout=out)
    problems = json.loads(out.getvalue())["problems"]
    assert said(problems) == [("unknown_student", "error")]
    assert f'There is no student "{ids[3]}x" in the course. Did you mean "{ids[3]}"?' in str(
        refused.value
    )
    assert row_counts() == before


def test_a_table_comes_into_a_course_that_has_its_roster_and_hours(tmp_path):
    course = make_course(slug="there")
    Course.objects.filter(pk=course.pk).update(meets_from="12:30", meets_until="13:45")
    enroll(course, "instructor", name="Fan Lai")
    ids = [enroll(course).student_id for _ in range(4)]
    file = table(
        tmp_path,
        f"| Feb 5 | [A](https://a.example/) (Required) | {', '.join(ids)} | |",
        "| Feb 7 | [B](https://b.example/) (Required) | Fan | |",
    )

    facts = imported(file, course="there")

    assert facts["problems"] == []
    assert facts["students"] == 4
    assert Lecture.objects.get(position=1).starts_at == datetime(2025, 2, 5, 18, 30, tzinfo=UTC)
    presenter = OtherPresenter.objects.get()
    assert (presenter.name, presenter.enrollment and presenter.enrollment.name) == (
        "Fan",
        "Fan Lai",
    )
    assert facts["owed"]["slides"] == 1
    assert course_facts(course=course) == {
        key: value for key, value in facts.items() if key != "problems"
    }


def test_a_new_course_is_a_draft_whose_students_no_mail_can_reach(tmp_path):
    imported(
        table(tmp_path, "| Feb 5 | [A](https://a.example/) (Required) | s001, s002 | |"), *CREATE
    )

    assert Course.objects.get().state == "draft"
    assert list(Enrollment.objects.values_list("student_id", "email")) == [
        ("s001", ""),
        ("s002", ""),
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "There is no course new; --create makes one."),
        (("--create",), "A new course needs --timezone, such as America/Chicago."),
        (("--create", "--timezone=America/Chicgo"), 'Did you mean "America/Chicago"?'),
        (("--timezone=America/Chicago",), "--timezone goes with --create"),
        (
            (*CREATE, "--meets=sometimes"),
            "is no days and times; expected such as 'WF 12:30-13:45'.",
        ),
        (("--meets=WF 12:30-13:45",), "--meets and --room go with --create"),
        ((*CREATE, "--role=Critics"), "write it as 'Their column=authors'."),
        ((*CREATE, "--role=Critics=judge"), '"Critics=judge" names no column of ours'),
    ],
)
def test_a_wrong_option_is_a_sentence(options, sentence, tmp_path):
    file = table(tmp_path, "| Feb 5 | [A](https://a.example/) (Required) | s001 | |")
    out = StringIO()

    with pytest.raises(CommandError) as refused:
        call_command(
            "import_schedule", file, "--course=new", "--year=2025", "--json", *options, stdout=out
        )
    assert sentence in str(refused.value)
    assert out.getvalue() == ""
    assert Course.objects.count() == 0


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        imported(tmp_path / "nothing.md", *CREATE)


def test_a_taken_slug_is_refused():
    came_in()

    with pytest.raises(
        CommandError, match="There is a course cs598-s25 already; leave out --create"
    ):
        imported(SPRING_TABLE, *CREATE, course="cs598-s25")


def test_without_json_the_command_tells_its_warnings(tmp_path):
    file = table(tmp_path, "| Feb 5 | [A]() (Required) | s001, s002, s003, s004 | |")
    out, err = StringIO(), StringIO()

    call_command(
        "import_schedule", file, "--course=new", "--year=2025", *CREATE, stdout=out, stderr=err
    )
    assert "readings: {'required': 1, 'optional': 0}" in out.getvalue()
    assert 'warning: README.md, row 3, column Readings: "A" has no link.' in err.getvalue()
