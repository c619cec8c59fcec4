"""A course comes in whole or not at all, and is counted (domain.md §12)."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.decisions import Refused
from courseapp.term.facts import course_facts
from courseapp.term.importing import FolderRefused, import_course
from groups.models import SizeWaiver
from submissions.selectors.owed import duties
from tests.factories import START
from tests.term.courses import NOW, SPRING_FACTS, came_in, folder_on_disk
from tests.term.folders import DOMAIN, FALL, SPRING, csv_files, edited
from tests.term.test_formats_problems import TEN_SLIPS

pytestmark = pytest.mark.django_db

FALL_SENTENCE = (
    "error: groups.csv, row 46, column student_id: s009 is in two groups at one time: G06 (row 17)"
    " and G18 (row 46). Keep one row, or add the columns from and until that say when each holds."
)
FALL_WARNINGS = [
    f"warning: groups.csv, row {row}, column group: {group} has {size}, the course's groups have 3."
    " It is taken and recorded as a waiver."
    for row, group, size in [
        (2, "G01", "2 members"),
        (16, "G06", "2 members"),
        (30, "G11", "2 members"),
        (32, "G12", "1 member"),
        (39, "G15", "1 member"),
        (46, "G18", "1 member"),
    ]
]


def row_counts() -> Any:
    """How many rows each table has, those of libraries and of the history included."""
    counts = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table != "django_migrations":
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                counts[table] = cursor.fetchone()[0]
    return counts


def test_spring_2025_comes_in_with_the_facts_of_the_course():
    course = came_in()

    assert course_facts(course=course) == SPRING_FACTS


@pytest.mark.parametrize("days", [-30, 60, 400])
def test_what_is_owed_is_counted_the_same_before_in_and_after_the_term(days):
    now = START + timedelta(days=days)
    course, _ = import_course(files=SPRING, slug="any", mail_domain=DOMAIN, now=now)

    assert course_facts(course=course) == SPRING_FACTS


def test_who_comes_in_before_the_term_is_there_at_once():
    course = came_in()

    student = Enrollment.objects.get(course=course, student_id="s001")
    assert course.begins_at == student.enrolled_at == NOW
    assert len(duties(course=course, now=NOW, person=student.pk)) > 0


def test_a_course_comes_in_as_a_draft_with_waivers_for_odd_groups():
    course = came_in()

    assert course.state == "draft"
    assert list(SizeWaiver.objects.values_list("group__name", "size")) == [("G19", 6)]
    assert Enrollment.objects.filter(course=course, user__isnull=False).count() == 0


def test_the_facts_command_prints_one_json_document_and_nothing_else():
    came_in()
    out, err = StringIO(), StringIO()

    call_command("course_facts", "cs598-s25", "--json", stdout=out, stderr=err)

    assert json.loads(out.getvalue()) == SPRING_FACTS
    assert list(json.loads(out.getvalue())) == list(SPRING_FACTS)
    assert err.getvalue() == ""


def test_the_facts_of_an_unknown_course_are_an_error():
    out = StringIO()

    with pytest.raises(CommandError, match=r"^There is no course cs598\.$"):
        call_command("course_facts", "cs598", "--json", stdout=out)
    assert out.getvalue() == ""


def test_a_taken_slug_is_refused_and_nothing_changes():
    came_in()
    before = row_counts()

    with pytest.raises(Refused) as refused:
        came_in(FALL)
    assert refused.value.denied.code == "slug_taken"
    assert row_counts() == before


@pytest.mark.parametrize("slug", ["", "CS 598", "cs598/s25", "../x", "ümlaut", "x" * 61, "a\x00b"])
def test_a_slug_that_no_address_can_carry_is_refused(slug):
    before = row_counts()

    with pytest.raises(Refused) as refused:
        came_in(slug=slug)
    assert refused.value.denied.code == "bad_slug"
    assert row_counts() == before


def test_two_courses_stand_side_by_side():
    first, second = came_in(slug="first"), came_in(slug="second")

    assert course_facts(course=first) == SPRING_FACTS
    assert course_facts(course=second) == SPRING_FACTS


def test_a_folder_with_ten_planted_errors_reports_all_and_changes_nothing(tmp_path):
    came_in(slug="there-before")
    files = csv_files(SPRING)
    for name, old, new, _ in TEN_SLIPS:
        files = edited(files, name, old, new)
    before = row_counts()

    with pytest.raises(CommandError) as refused:
        call_command(
            "import_course",
            folder_on_disk(files, tmp_path / "course"),
            "--slug=cs598-s25",
            f"--mail-domain={DOMAIN}",
        )
    lines = str(refused.value).splitlines()
    assert lines[0] == "Nothing was imported."
    assert [line.split(":")[1] for line in lines if line.startswith("error:")] == [
        f" {name}" + "".join(f", {word} {at}" for word, at in places)
        for name, _, _, (row, column, _) in TEN_SLIPS
        for places in [[(w, at) for w, at in (("row", row), ("column", column)) if at is not None]]
    ]
    assert refused.value.returncode != 0
    assert row_counts() == before


def test_a_refused_folder_leaves_no_row_behind():
    files = csv_files(FALL)
    before = row_counts()

    with pytest.raises(FolderRefused):
        came_in(files)
    assert row_counts() == before


def test_fall_2024_is_refused_with_the_sentence_that_says_what_to_mend(tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command(
            "import_course",
            folder_on_disk(csv_files(FALL), tmp_path / "fall"),
            "--slug=cs598-f24",
            f"--mail-domain={DOMAIN}",
        )
    lines = str(refused.value).splitlines()
    assert [line for line in lines if line.startswith("error:")] == [FALL_SENTENCE]
    assert [line for line in lines if line.startswith("warning:")] == FALL_WARNINGS
    assert Course.objects.count() == 0
