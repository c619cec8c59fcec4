"""The cells of the CSV folder as our rows would print them, and as the imported file printed them.

Where a file wrote something otherwise than we would ("no-lecture" for no_class, a mark that means
nothing to us), the row keeps both in `printed`; the export gives the file's own writing back as
long as what it meant has not changed since (docs/adr/0004-export-equals-import.md).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from courseapp.course.models import Course, Enrollment
from courseapp.term.formats import Row
from grading.models import Component
from groups.models import Membership
from schedule.models import Lecture, Milestone, OtherPresenter, Reading, RoleAssignment
from submissions.models import KindSettings

Cells = dict[str, str]


class Printable(Protocol):
    """A row that remembers how its file wrote it."""

    @property
    def pk(self) -> Any: ...

    printed: Any


Printed = TypeVar("Printed", bound=Printable)


def note_printed(ours: Cells, *, row: Row) -> dict[str, Any]:
    """Return what our row must remember to be printed as the file's row had it.

    A column that the file did not have is remembered as empty. A row of another form than the
    folder's has no cells at all, and is printed as we would.
    """
    if not row.cells:
        return {"line": row.line}
    differing = {
        column: [ours.get(column, ""), row.cells.get(column, "")]
        for column in dict.fromkeys((*row.cells, *ours))
        if ours.get(column, "") != row.cells.get(column, "")
    }
    return {"line": row.line, "cells": differing}


def as_printed(ours: Cells, printed: Mapping[str, Any]) -> Cells:
    """Return our cells, with the file's own writing wherever its meaning still holds."""
    kept = {
        column: text
        for column, (meant, text) in printed.get("cells", {}).items()
        if ours.get(column, "") == meant
    }
    return {**ours, **kept}


def in_printed_order(rows: Iterable[Printed]) -> list[Printed]:
    """Return rows in the order of their file; rows that came later follow."""
    return sorted(rows, key=lambda row: (row.printed.get("line") or 10**9, row.pk))


def wall_time(instant: datetime | None, zone: str) -> str:
    """Print an instant's time of day in a zone as the folder does ("12:30")."""
    return "" if instant is None else time_text(instant.astimezone(ZoneInfo(zone)).time())


def time_text(moment: time | None) -> str:
    """Print a time of day as "12:30", with seconds where they are not zero."""
    if moment is None:
        return ""
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")


def number_text(number: Decimal) -> str:
    """Print a number without needless zeros."""
    return format(number.normalize(), "f")


def course_cells(course: Course) -> Cells:
    """Return the one row of course.csv."""
    return {
        "code": course.code,
        "section": course.section,
        "title": course.title,
        "term": course.term,
        "institution": course.institution,
        "tz": course.timezone,
        "days": course.meeting_days,
        "start": time_text(course.meets_from),
        "end": time_text(course.meets_until),
        "room": course.room,
        "group_size_min": str(course.group_size_min),
        "group_size_max": str(course.group_size_max),
    }


def lecture_cells(lecture: Lecture) -> Cells:
    """Return a row of lectures.csv."""
    return {
        "date": lecture.starts_on.isoformat(),
        "position": str(lecture.position),
        "end_date": "" if lecture.ends_on is None else lecture.ends_on.isoformat(),
        "start": wall_time(lecture.starts_at, lecture.timezone),
        "end": wall_time(lecture.ends_at, lecture.timezone),
        "tz": lecture.timezone,
        "topic": lecture.topic,
        "kind": lecture.kind,
        "module": lecture.module,
        "label": lecture.label,
        "note": lecture.note,
    }


def reading_cells(reading: Reading) -> Cells:
    """Return a row of readings.csv."""
    return {
        **_of_lecture(reading.lecture),
        "order": str(reading.position),
        "title": reading.paper.title,
        "url": reading.paper.url,
        "required": "true" if reading.is_required else "false",
        "mark": "Required" if reading.is_required else "",
        "sections": reading.sections,
        "note": reading.note,
    }


def student_cells(enrollment: Enrollment) -> Cells:
    """Return a row of roster.csv."""
    return {
        "student_id": enrollment.student_id,
        "email": enrollment.email,
        "section": enrollment.section,
        "name": enrollment.name,
        "dropped": "" if enrollment.dropped_at is None else enrollment.dropped_at.isoformat(),
    }


def staff_cells(enrollment: Enrollment) -> Cells:
    """Return a row of staff.csv."""
    return {
        "name": enrollment.name,
        "login": enrollment.login,
        "role": enrollment.role,
        "office_hours": enrollment.office_hours,
        "email": enrollment.email,
    }


def member_cells(membership: Membership, *, begins_at: datetime) -> Cells:
    """Return a row of groups.csv; a membership from the course's start needs no `from`."""
    starts_at = membership.starts_at
    return {
        "group": membership.group.name,
        "student_id": membership.enrollment.student_id,
        "position": str(membership.seat),
        "from": "" if starts_at == begins_at else starts_at.isoformat(),
        "until": "" if membership.ends_at is None else membership.ends_at.isoformat(),
    }


def assignment_cells(assignment: RoleAssignment) -> Cells:
    """Return a row of assignments.csv."""
    return {
        **_of_lecture(assignment.lecture),
        "role": assignment.role,
        "group": assignment.group.name,
        "column": assignment.get_role_display().capitalize(),
        "material": assignment.material,
    }


def other_presenter_cells(presenter: OtherPresenter) -> Cells:
    """Return a row of other_presenters.csv."""
    return {
        **_of_lecture(presenter.lecture),
        "role": presenter.role,
        "kind": presenter.kind,
        "name": presenter.name,
        "material": presenter.material,
    }


def component_cells(components: list[Component]) -> Cells:
    """Return a row of grading.csv: one component, or those that share a printed row."""
    return {
        "component": " + ".join(component.name for component in components),
        "weight": number_text(sum((found.weight for found in components), Decimal(0))),
    }


def milestone_cells(milestone: Milestone) -> Cells:
    """Return a row of milestones.csv."""
    return {
        "milestone": milestone.title,
        "date": milestone.on_date.isoformat(),
        "time": time_text(milestone.at_time),
        "tz": milestone.timezone,
    }


def kind_cells(setting: KindSettings) -> Cells:
    """Return a row of kinds.csv."""
    pages = {name: getattr(setting, name) for name in ("pages_min", "pages_max")}
    return {
        "kind": setting.kind,
        "late_policy": setting.late_policy,
        "accepted": " ".join(setting.accepted),
        **{name: "" if count is None else str(count) for name, count in pages.items()},
    }


def _of_lecture(lecture: Lecture) -> Cells:
    return {
        "lecture_date": lecture.starts_on.isoformat(),
        "lecture_position": str(lecture.position),
    }
