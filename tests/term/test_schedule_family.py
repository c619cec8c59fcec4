"""A dozen ways to write one schedule: each comes in right, goes out, and comes in the same (§12)."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from courseapp.course.models import Course
from schedule.models import Lecture, Milestone, RoleAssignment
from tests.term.markdown.family import FAMILY, ROLES, ROWS, Variant
from tests.term.test_importing_schedule import CREATE, exported, imported

pytestmark = pytest.mark.django_db


def rows_of(course: Course) -> list[Any]:
    """What a course's schedule says, in plain values."""
    return [
        (
            lecture.starts_on.isoformat(),
            lecture.kind,
            [(reading.title, reading.is_required) for reading in lecture.readings.all()],
        )
        for lecture in Lecture.objects.filter(course=course).order_by("position")
    ]


def roles_of(course: Course) -> list[Any]:
    held = RoleAssignment.objects.current().filter(lecture__course=course)
    return [
        (
            one.lecture.starts_on.isoformat(),
            one.role,
            {seat.enrollment.student_id for seat in one.group.memberships.all()},
        )
        for one in held.order_by("lecture__position", "-role")
    ]


def written(variant: Variant, folder: Path) -> tuple[Path, list[str]]:
    file = folder / "README.md"
    file.write_text(variant.page)
    options = [f"--{name}={value}" for name, value in variant.options.items() if name != "note"]
    return file, [*CREATE, "--meets=WF 12:30-13:45", *options]


@pytest.mark.parametrize("name", FAMILY)
def test_each_comes_in_right_goes_out_and_comes_in_the_same(name, tmp_path):
    file, options = written(FAMILY[name], tmp_path)

    imported(file, *options, course="first")

    course = Course.objects.get(slug="first")
    has_b = "[B]" in FAMILY[name].page
    expected = [
        (day, kind, [pair for pair in readings if pair[0] != "B" or has_b])
        for day, kind, readings in ROWS
    ]
    assert rows_of(course) == expected
    if "note" not in FAMILY[name].options:
        assert roles_of(course) == ROLES
    assert Milestone.objects.get(course=course).kind == "report"

    again = tmp_path / "again.md"
    again.write_text(exported("first"))
    imported(again, *CREATE, "--meets=WF 12:30-13:45", course="second")
    second = Course.objects.get(slug="second")
    assert rows_of(second) == rows_of(course)
    assert roles_of(second) == roles_of(course)
    assert exported("second") == exported("first")
    # And over itself, neither form has anything to change.
    call_command("import_schedule", again, "--course=first", *_as_read(FAMILY[name]))
    assert exported("first") == exported("second")


def _as_read(variant: Variant) -> list[str]:
    return [f"--unmarked={variant.options['unmarked']}"] if "unmarked" in variant.options else []


REFERENCE = FAMILY["of reference"].page


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("Companion", "Note takers", 'Unknown column "Note takers"'),
        ("Companion", "Presenters", '"Presenter" and "Presenters" both mean presenter'),
        ("Feb 7", "Feb 31", "there is no such day in that year"),
        ("Feb 7", "soon", '"soon" is not a date; expected one such as Feb 5'),
        ("Feb 7 |", "|", "The row has no date"),
        ("Feb 7", "Feb 17-12", "the end is before the start"),
        ("s3, s4 | s1, s2\n", "s3, s4 | s1, s2 | s5 |\n", "write a vertical bar inside a cell as"),
        ("| s1, s2 | s3, s4 |\n| Feb 7", "| s1, s02 | s3, s4 |\n| Feb 7", 'Did you mean "s2"?'),
        ("s3, s4 | s1, s2\n", "s3, s3 | s1, s2\n", "s3 is in two groups at one time"),
        (" (Required)", "", "--unmarked required or --unmarked optional"),
        ("| Date |", "| Day of |", "Found no schedule table"),
        ("s3, s4 | s1, s2\n", "s3, s4 & s4, s3 | s1, s2\n", "stands twice in this cell"),
        ("s1, s2 | s3, s4 |\n| May", "s1, s3 | s3, s4 |\n| May", "is in two groups at one time"),
    ],
)
def test_what_cannot_be_is_refused_with_the_sentence_that_says_it(old, new, sentence, tmp_path):
    assert old in REFERENCE
    file = tmp_path / "README.md"
    file.write_text(REFERENCE.replace(old, new))

    with pytest.raises(CommandError) as refused:
        imported(file, *CREATE)

    assert sentence in str(refused.value)
    assert Course.objects.count() == 0
