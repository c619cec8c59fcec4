"""A schedule over a standing one: the difference, field by field, then all of it or nothing (§12)."""

import json
from datetime import UTC, date, datetime, time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from courseapp.course.models import Course, Enrollment, Role, RuleChange
from courseapp.kernel import clock
from courseapp.term.acts.carrying_out import carry_out
from courseapp.term.acts.undoing import undoing_of
from courseapp.term.facts import course_facts
from courseapp.term.models import Act
from groups.models import Group, Membership
from schedule.models import Lecture, Milestone, OtherPresenter, Reading, RoleAssignment
from submissions.models import Deliverable
from tests.factories import START, actor, enroll, make_course
from tests.term.courses import SPRING_FACTS, came_in, gone_out
from tests.term.folders import SPRING, csv_files
from tests.term.test_importing import row_counts
from tests.term.test_importing_schedule import CREATE, FALL_TABLE, SPRING_TABLE, exported, imported

pytestmark = pytest.mark.django_db


def over(file: Path, slug: str, *options: str) -> tuple[list[str], list[str]]:
    """What the command prints of a file over a standing course."""
    out, err = StringIO(), StringIO()
    call_command("import_schedule", file, f"--course={slug}", *options, stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue().splitlines()


HEAD = "| Date | Readings | Presenter | Companion |\n| --- | --- | --- | --- |\n"
ROWS = (
    "|  | **Basics** |\n",
    "| Feb 5 | [A](https://a.example/) (Required)<br>[B](https://b.example/) | s001, s002 | s003, s004 |\n",
    "| Feb 7 | [C](https://c.example/) (Required) | s003, s004 | s001, s002 |\n",
    "| Feb 12 | [D](https://d.example/) (Required) | | |\n",
    "| Feb 14 | **No Lecture** | | |\n",
)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A small course from a table, of next year: all of it lies ahead."""
    imported(page(tmp_path, *ROWS), *CREATE, course="small", year=2027)
    made = Course.objects.get()
    made.group_size_min, made.meets_from, made.meets_until = 2, time(12, 30), time(13, 45)
    made.save()
    RuleChange.objects.create(
        course=made, name="duty_distance_days", value=1, holds_from=date(2025, 1, 1), set_at=START
    )
    return made


def page(folder: Path, *rows: str) -> Path:
    file = folder / "README.md"
    file.write_text(HEAD + "".join(rows))
    return file


def edited(folder: Path, **changes: Any) -> Path:
    """The same table with rows changed by their first word's place: `at1=...`."""
    rows = list(ROWS)
    for name, row in changes.items():
        rows[int(name.removeprefix("at"))] = row
    return page(folder, *rows)


# -- the same ------------------------------------------------------------------------------------


def test_the_table_of_a_course_from_the_folder_differs_in_nothing():
    came_in()

    assert over(SPRING_TABLE, "cs598-s25")[0] == ["the same: 30"]


def test_what_went_out_over_the_course_that_it_came_from_differs_in_nothing(tmp_path):
    imported(FALL_TABLE, *CREATE, course="fall", year=2024)
    out = tmp_path / "out.md"
    out.write_text(exported("fall"))

    assert over(FALL_TABLE, "fall")[0] == ["the same: 28"]
    assert over(out, "fall")[0] == ["the same: 28"]


def test_the_folder_over_its_own_course_differs_in_nothing(tmp_path):
    course = came_in()
    for name, content in gone_out(course).items():
        (tmp_path / name).write_bytes(content)

    out, err = over(tmp_path, "cs598-s25")
    assert out == ["the same: 30"]
    assert err[-1] == "Nothing was changed."
    assert Act.objects.count() == 0


# -- what differs --------------------------------------------------------------------------------


def test_a_dry_run_shows_rows_fields_readings_and_roles_and_changes_nothing(course, tmp_path):
    rows = [
        ROWS[0],
        "| Feb 5 | [A2](https://a.example/) (Required)<br>[X](https://x.example/) | s003, s004 | s003, s004 |\n",
        "| Feb 10 | [C](https://c.example/) (Required) | s003, s004 | s001, s002 |\n",
        ROWS[4],
        "| Feb 19 | [E](https://e.example/) (Required) | s001, s002 | |\n",
    ]
    before = row_counts()

    out, _ = over(page(tmp_path, *rows), "small", "--dry-run", "--reason=As agreed.")

    assert out == [
        "changed: 2027-02-05 A2",
        "  reading changed: A",
        "    title: A -> A2",
        "  reading changed: B",
        "    title: B -> X",
        "    url: https://b.example/ -> https://x.example/",
        "  presenter: G01 -> G02",
        "changed: 2027-02-10 C",
        "  starts_on: 2027-02-07 -> 2027-02-10",
        "new: 2027-02-19 E",
        "  reading new: E",
        "  presenter: nobody -> G01",
        "gone: 2027-02-12 D",
        "the same: 1",
    ]
    assert row_counts() == before
    document = json.loads(
        "\n".join(over(page(tmp_path, *rows), "small", "--dry-run", "--json", "--reason=Yes.")[0])
    )
    assert [row["what"] for row in document["rows"]] == ["changed", "changed", "new", "gone"]
    assert document["rows"][1]["fields"] == {"starts_on": ["2027-02-07", "2027-02-10"]}


def test_a_moved_row_keeps_what_hangs_on_it_and_its_dues_move(course, tmp_path):
    lecture = Lecture.objects.get(starts_on=date(2027, 2, 7))
    Lecture.objects.filter(pk=lecture.pk).update(
        room="Annex 4",
        starts_at=datetime(2027, 2, 7, 22, 0, tzinfo=UTC),
        ends_at=datetime(2027, 2, 7, 23, 0, tzinfo=UTC),
    )
    file = edited(tmp_path, at2=ROWS[2].replace("Feb 7", "Feb 10"))

    _, err = over(file, "small")

    moved = Lecture.objects.get(pk=lecture.pk)
    assert (moved.starts_on, moved.room) == (date(2027, 2, 10), "Annex 4")
    # The table says no times: the make-up class keeps its own.
    assert moved.starts_at == datetime(2027, 2, 10, 22, 0, tzinfo=UTC)
    assert moved.role_assignments.filter(withdrawn_at=None).count() == 2
    assert Deliverable.objects.get(kind="question", lecture=moved).due_at == moved.starts_at
    assert err[-1] == "The schedule README.md came in: 1 changes."


def test_rows_that_the_file_does_not_have_go_only_where_named(course, tmp_path):
    file = page(tmp_path, *(ROWS[index] for index in (0, 1, 2, 4)))

    over(file, "small")
    assert Lecture.objects.count() == 4
    with pytest.raises(CommandError, match="2027-02-05: no row of that date is missing"):
        over(file, "small", "--withdraw=2027-02-05")
    over(file, "small", "--withdraw=2027-02-12")
    assert Lecture.objects.count() == 3


def test_it_is_one_act_that_is_undone_as_it_was_done(course, tmp_path):
    instructor = enroll(course, Role.INSTRUCTOR)
    first = exported("small")
    file = page(
        tmp_path,
        ROWS[0],
        ROWS[1].replace("(Required)", "", 1).replace("[B]", "[B2]"),
        ROWS[2].replace("Feb 7", "Feb 10"),
        "| Feb 19 | [E](https://e.example/) (Required) | s001, s002 | |\n",
        ROWS[4],
    )
    over(file, "small", "--withdraw=missing", "--unmarked=optional", "--reason=Agreed.")
    assert exported("small") != first

    act = Act.objects.get(kind="import_schedule")
    assert act.sentence == (
        "The schedule README.md came in: 1 taken out, 3 changes, 1 new in the schedule."
    )
    carry_out(undoing_of(act), actor=actor(instructor), reason="Wrong file.", now=clock.now())
    assert exported("small") == first


def test_two_groups_that_swap_parts_break_no_rule_on_the_way(course, tmp_path):
    file = edited(
        tmp_path,
        at1=ROWS[1].replace("s001, s002 | s003, s004", "s003, s004 | s001, s002"),
        at2=ROWS[2].replace("s003, s004 | s001, s002", "s001, s002 | s003, s004"),
    )

    over(file, "small")

    held = RoleAssignment.objects.current().order_by("lecture__position", "role")
    assert list(held.values_list("lecture__starts_on__day", "role", "group__name")) == [
        (5, "authors", "G01"),
        (5, "presenter", "G02"),
        (7, "authors", "G02"),
        (7, "presenter", "G01"),
    ]


def test_a_plan_that_breaks_a_rule_needs_a_reason(course, tmp_path):
    file = edited(
        tmp_path, at2=ROWS[2].replace("s003, s004 | s001, s002", "s001, s002 | s001, s002")
    )

    with pytest.raises(CommandError, match="breaks a rule of the plan"):
        over(file, "small")
    _, err = over(file, "small", "--reason=Only two groups are left.")
    assert err[-1].startswith("The schedule README.md came in")


def test_staff_guests_and_links_of_parts_come_in(course, tmp_path):
    enroll(course, Role.TA, name="Rafael Okonjo", signs_in=False)
    file = edited(
        tmp_path,
        at2=ROWS[2].replace("s003, s004 |", "[s003, s004](https://slides.example/c) |"),
        at3=ROWS[3].replace("(Required) | |", "(Required) | Rafael |"),
    )

    over(file, "small")

    held = RoleAssignment.objects.current().get(lecture__starts_on__day=7, role="presenter")
    assert held.material == "https://slides.example/c"
    presenter = OtherPresenter.objects.get()
    assert (presenter.name, presenter.kind) == ("Rafael Okonjo", "staff")
    assert over(file, "small")[0] == ["the same: 4"]


def test_staff_whose_part_goes_on_by_the_file_are_told(course, tmp_path):
    ta = enroll(course, Role.TA, name="Rafael Okonjo", signs_in=False)
    over(edited(tmp_path, at3=ROWS[3].replace("(Required) | |", "(Required) | Rafael |")), "small")
    Course.objects.update(state="published", published_at=START)

    file = edited(tmp_path, at3=ROWS[3].replace("(Required) | |", "(Required) | s001, s002 |"))
    over(file, "small", "--reason=Rafael is ill.")

    assert ta.pk in Act.objects.latest("pk").told


def test_what_only_we_know_of_a_reading_stays_with_it(course, tmp_path):
    reading = Reading.objects.get(paper__title="C")
    reading.note = "Skip the proofs."
    reading.save()
    reading.paper.venue = "SOSP"
    reading.paper.save()

    over(edited(tmp_path, at2=ROWS[2].replace("[C]", "[The C paper]")), "small")

    reading = Reading.objects.get(pk=reading.pk)
    assert (reading.title, reading.note, reading.paper.venue) == (
        "The C paper",
        "Skip the proofs.",
        "SOSP",
    )


def test_readings_in_another_order_are_that_and_nothing_else(course, tmp_path):
    a, b = "[A](https://a.example/) (Required)", "[B](https://b.example/)"
    file = edited(tmp_path, at1=ROWS[1].replace(f"{a}<br>{b}", f"{b}<br>{a}"))

    out, _ = over(file, "small")

    assert out[:2] == ["changed: 2027-02-05 B", "  the readings are in another order"]
    order = Reading.objects.filter(lecture__starts_on__day=5).order_by("position")
    assert [reading.title for reading in order] == ["B", "A"]


# -- what is refused -----------------------------------------------------------------------------


def test_people_who_are_no_group_of_the_course_are_refused_with_the_nearest(course, tmp_path):
    file = edited(tmp_path, at1=ROWS[1].replace("s001, s002 |", "s001, s003 |"))
    before = row_counts()

    with pytest.raises(CommandError) as refused:
        over(file, "small")

    assert "row 4" in str(refused.value)
    assert row_counts() == before


def test_an_unknown_id_is_never_a_new_student(course, tmp_path):
    file = edited(tmp_path, at1=ROWS[1].replace("s001, s002 |", "s001, s0002 |"))

    with pytest.raises(CommandError, match=r'There is no student "s0002".*Did you mean "s002"'):
        over(file, "small")
    assert Enrollment.objects.students().count() == 4


def test_a_past_row_may_name_the_group_as_it_was(course, tmp_path):
    """Who was in the group then stands in the past row; that is no other group."""
    person = Enrollment.objects.get(student_id="s002")
    gone = Membership.objects.get(enrollment=person)
    left_at = datetime(2027, 2, 6, tzinfo=UTC)
    gone.ends_at = left_at
    gone.save(update_fields=["ends_at"])
    person.state, person.dropped_at = "dropped", left_at
    person.save()

    rows = [*ROWS[:2], ROWS[2].replace("s001, s002", "s001"), *ROWS[3:]]
    assert over(page(tmp_path, *rows), "small")[0] == ["the same: 4"]


def test_a_table_with_roles_forms_groups_where_the_course_has_none():
    without = {"groups.csv", "assignments.csv"}
    files = {name: content for name, content in csv_files(SPRING).items() if name not in without}
    course = came_in(files)

    out, _ = over(SPRING_TABLE, "cs598-s25", "--reason=Formed on paper.")

    assert "group G01: s079, s027, s081, s054" in out
    assert Group.objects.filter(course=course).count() == 19
    assert course_facts(course=course)["role_assignments"] == SPRING_FACTS["role_assignments"]


# -- the folder ----------------------------------------------------------------------------------


def test_some_files_of_the_folder_are_enough(tmp_path):
    course = came_in()
    files = gone_out(course)
    text = files["lectures.csv"].decode()
    lecture = Lecture.objects.filter(kind="lecture").order_by("position")[5]
    line = next(one for one in text.splitlines() if one.startswith(f"{lecture.starts_on},"))
    changed = line.replace("12:30,13:45", "16:00,17:15")
    (tmp_path / "lectures.csv").write_text(text.replace(line, changed))
    (tmp_path / "roster.csv").write_bytes(files["roster.csv"])

    out, err = over(tmp_path, "cs598-s25", "--dry-run")

    assert out[1:3] == ["  starts_from: 12:30 -> 16:00", "  ends_by: 13:45 -> 17:15"]
    assert out[-1] == "the same: 29"
    assert err[0].startswith("warning: roster.csv: Passed over: roster.csv. ")


def test_milestones_of_a_folder_are_added_and_moved_and_never_lost(tmp_path):
    course = came_in()
    text = gone_out(course)["milestones.csv"].decode()
    lines = text.splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("Project proposal"))
    lines[at] = lines[at].replace("2025-02-26", "2025-03-05")
    left_out = lines.pop(1)
    lines.append("Final report draft,2025-05-01,,America/Chicago,")
    (tmp_path / "milestones.csv").write_text("\n".join(lines) + "\n")

    out, err = over(tmp_path, "cs598-s25")

    assert [line for line in out if line.startswith("milestone")] == [
        "milestone: Project proposal (2 pages) 2025-03-05",
        "milestone: Final report draft 2025-05-01",
    ]
    assert any(f"{left_out.split(',')[0]} is not in the file; it stays." in line for line in err)
    assert Milestone.objects.get(title="Project proposal (2 pages)").on_date == date(2025, 3, 5)


def test_a_folder_with_errors_changes_nothing_and_says_everything(tmp_path):
    course = came_in()
    files = gone_out(course)
    text = files["readings.csv"].decode()
    (tmp_path / "readings.csv").write_text(text.replace("2025-01-24,", "2025-01-25,"))
    before = row_counts()

    with pytest.raises(CommandError) as refused:
        over(tmp_path, "cs598-s25")

    assert str(refused.value).count("readings.csv, row") >= 3
    assert row_counts() == before


def test_a_folder_comes_into_a_course_without_a_schedule(tmp_path):
    course = came_in()
    files = gone_out(course)
    empty = make_course(slug="empty")
    for name in ("lectures.csv", "readings.csv"):
        (tmp_path / name).write_bytes(files[name])

    over(tmp_path, "empty")

    assert Lecture.objects.filter(course=empty).count() == 30
    assert Reading.objects.filter(lecture__course=empty).count() == 72
    assert over(tmp_path, "empty")[0] == ["the same: 30"]
