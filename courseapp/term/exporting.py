"""A course goes out: the folder of CSV files, row by row as it came in (domain.md §12)."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from courseapp.course.models import Course, Enrollment, Role
from courseapp.term import cells
from courseapp.term.cells import Cells, as_printed, in_printed_order
from courseapp.term.formats import FILES, FileSpec, write_table
from grading.models import Component
from groups.models import Membership
from schedule.models import Lecture, Milestone, OtherPresenter, Reading, RoleAssignment


def export_course(*, course: Course) -> dict[str, bytes]:
    """Return the course's folder: the bytes of each file by its name."""
    rows = _rows(course)
    return {
        spec.name: _file(course, spec, rows[spec.name])
        for spec in FILES
        if spec.name in course.printed_columns or rows[spec.name]
    }


def _file(course: Course, spec: FileSpec, rows: list[Cells]) -> bytes:
    columns = course.printed_columns.get(spec.name) or list(spec.columns)
    columns += [name for name in _needed(spec, rows) if name not in columns]
    return write_table(
        columns=columns, rows=[[row.get(column, "") for column in columns] for row in rows]
    )


def _needed(spec: FileSpec, rows: list[Cells]) -> list[str]:
    """Return the optional columns without which the rows would say less than they know."""
    return [
        column
        for column in spec.optional_columns
        if column in ALWAYS_NEEDED and any(row.get(column) for row in rows)
    ]


ALWAYS_NEEDED = frozenset({"from", "until"})


def _rows(course: Course) -> dict[str, list[Cells]]:
    of_lecture = {"lecture__course": course}
    people = Enrollment.objects.filter(course=course)
    member_cells = partial(cells.member_cells, begins_at=course.begins_at)
    return {
        "course.csv": _printed_rows([course], cells.course_cells),
        "lectures.csv": _printed_rows(Lecture.objects.filter(course=course), cells.lecture_cells),
        "readings.csv": _printed_rows(
            Reading.objects.filter(**of_lecture).select_related("lecture", "paper"),
            cells.reading_cells,
        ),
        "roster.csv": _printed_rows(people.students(), cells.student_cells),
        "groups.csv": _printed_rows(
            Membership.objects.filter(group__course=course).select_related("group", "enrollment"),
            member_cells,
        ),
        "assignments.csv": _printed_rows(
            RoleAssignment.objects.current()
            .filter(**of_lecture)
            .select_related("lecture", "group"),
            cells.assignment_cells,
        ),
        "other_presenters.csv": _printed_rows(
            OtherPresenter.objects.filter(**of_lecture).select_related("lecture"),
            cells.other_presenter_cells,
        ),
        "staff.csv": _printed_rows(people.exclude(role=Role.STUDENT), cells.staff_cells),
        "grading.csv": _component_rows(course),
        "milestones.csv": _printed_rows(
            Milestone.objects.filter(course=course), cells.milestone_cells
        ),
    }


def _printed_rows(rows: Iterable[Any], cells_of: Callable[[Any], Cells]) -> list[Cells]:
    return [as_printed(cells_of(row), row.printed) for row in in_printed_order(rows)]


def _component_rows(course: Course) -> list[Cells]:
    """Return grading.csv's rows; components that came in one printed row go out in one."""
    by_name = {found.name: found for found in Component.objects.filter(course=course)}
    shared = {name for found in by_name.values() for name in found.printed.get("with", [])}
    rows = []
    for component in in_printed_order(by_name.values()):
        if component.name in shared:
            continue
        together = [by_name[name] for name in component.printed.get("with", []) if name in by_name]
        rows.append(as_printed(cells.component_cells([component, *together]), component.printed))
    return rows
