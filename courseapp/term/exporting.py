"""A course goes out: the folder of CSV files, row by row as it came in (domain.md §12)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from courseapp.course.models import Course, Enrollment, Role
from courseapp.term import cells
from courseapp.term.cells import Cells, as_printed, in_printed_order
from courseapp.term.formats import FILES, FileSpec, write_table
from grading.models import Component
from groups.models import Membership
from schedule.models import Lecture, Milestone, OtherPresenter, Reading, RoleAssignment
from submissions.models import KindSettings
from submissions.rules import Setting
from submissions.selectors.terms import setting_in


def export_course(*, course: Course) -> dict[str, bytes]:
    """Return the course's folder: the bytes of each file by its name."""
    rows = _rows(course)
    return {
        spec.name: _file(course, spec, rows[spec.name])
        for spec in FILES
        if spec.name in course.printed_columns or rows[spec.name]
    }


def _file(course: Course, spec: FileSpec, rows: list[Cells]) -> bytes:
    columns = list(course.printed_columns.get(spec.name) or spec.columns)
    columns += [name for name in _needed(spec, rows) if name not in columns]
    return write_table(
        columns=columns, rows=[[row.get(column, "") for column in columns] for row in rows]
    )


def _needed(spec: FileSpec, rows: list[Cells]) -> list[str]:
    """Return the optional columns without which the rows would say less than they know."""
    return [column for column in spec.optional_columns if any(row.get(column) for row in rows)]


def _rows(course: Course) -> dict[str, list[Cells]]:
    of_lecture = {"lecture__course": course}
    lectures = list(Lecture.objects.filter(course=course))
    in_place = partial(_in_place, ambiguous=_days_of_several(lectures))
    people = Enrollment.objects.filter(course=course)
    member_cells = partial(cells.member_cells, begins_at=course.begins_at)
    return {
        "course.csv": _printed_rows([course], cells.course_cells),
        "lectures.csv": _printed_rows(lectures, cells.lecture_cells),
        "readings.csv": _printed_rows(
            Reading.objects.filter(**of_lecture).select_related("lecture", "paper"),
            cells.reading_cells,
            in_place,
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
            in_place,
        ),
        "other_presenters.csv": _printed_rows(
            OtherPresenter.objects.filter(**of_lecture).select_related("lecture"),
            cells.other_presenter_cells,
            in_place,
        ),
        "staff.csv": _printed_rows(people.exclude(role=Role.STUDENT), cells.staff_cells),
        "grading.csv": _component_rows(course),
        "milestones.csv": _printed_rows(
            Milestone.objects.filter(course=course), cells.milestone_cells
        ),
        "kinds.csv": _printed_rows(_kinds(course), cells.kind_cells),
    }


def _printed_rows(
    rows: Iterable[Any],
    cells_of: Callable[[Any], Cells],
    settled: Callable[[Any, Cells], Cells] = lambda _row, printed: printed,
) -> list[Cells]:
    ordered = in_printed_order(rows)
    return [settled(row, as_printed(cells_of(row), row.printed)) for row in ordered]


def _kinds(course: Course) -> list[KindSettings]:
    """Return what was set of kinds; a row that says nothing any more goes out only where it came in."""
    found = KindSettings.objects.filter(course=course)
    return [row for row in found if row.printed or setting_in(row) != Setting()]


def _days_of_several(lectures: list[Lecture]) -> frozenset[date]:
    counts = Counter(lecture.starts_on for lecture in lectures)
    return frozenset(day for day, count in counts.items() if count > 1)


def _in_place(row: Any, printed: Cells, *, ambiguous: frozenset[date]) -> Cells:
    """Return the cells with the lecture's position where its date alone does not tell."""
    if row.lecture.starts_on in ambiguous:
        return {**printed, "lecture_position": str(row.lecture.position)}
    if isinstance(row, Reading) or _had_position(row.printed):
        return printed
    return {**printed, "lecture_position": ""}


def _had_position(printed: Mapping[str, Any]) -> bool:
    """Say whether the file's own row named the position of its lecture."""
    noted = printed.get("cells", {}).get("lecture_position")
    return bool(printed) and (noted is None or noted[1] != "")


def _component_rows(course: Course) -> list[Cells]:
    """Return grading.csv's rows; components that came in one printed row go out in one.

    Where they no longer share its weight as they did then, each goes out in a row of its own.
    """
    by_name = {found.name: found for found in Component.objects.filter(course=course)}
    shared = {name for found in by_name.values() for name in found.printed.get("with", {})}
    rows = []
    for component in in_printed_order(by_name.values()):
        if component.name in shared:
            continue
        together = [by_name[name] for name in component.printed.get("with", {}) if name in by_name]
        row = [component, *together]
        split = [row] if _share_as_printed(row) else [[found] for found in row]
        rows += [as_printed(cells.component_cells(found), found[0].printed) for found in split]
    return rows


def _share_as_printed(row: list[Component]) -> bool:
    """Say whether the components of one printed row still weigh as much beside one another."""
    first, *others = row
    weights = first.printed.get("with", {})
    return len(others) == len(weights) and all(
        found.weight * Decimal(first.printed["weight"])
        == first.weight * Decimal(weights[found.name])
        for found in others
    )
