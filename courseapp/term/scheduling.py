"""The part of an import that writes the schedule: lectures, readings, roles, milestones."""

from typing import Protocol

from courseapp.course.models import Course, Enrollment
from courseapp.term import cells
from courseapp.term.formats import (
    AssignmentRow,
    LectureRow,
    MilestoneRow,
    OtherPresenterRow,
    PresenterKind,
    ReadingRow,
)
from groups.models import Group
from schedule.models import (
    Lecture,
    Milestone,
    OtherPresenter,
    Paper,
    Reading,
    RoleAssignment,
)

Lectures = dict[int, Lecture]


class ScheduleRows(Protocol):
    """What any file says of a schedule: the CSV folder, or a Markdown table."""

    @property
    def lectures(self) -> tuple[LectureRow, ...]: ...
    @property
    def readings(self) -> tuple[ReadingRow, ...]: ...
    @property
    def assignments(self) -> tuple[AssignmentRow, ...]: ...
    @property
    def other_presenters(self) -> tuple[OtherPresenterRow, ...]: ...
    @property
    def milestones(self) -> tuple[MilestoneRow, ...]: ...


def write_schedule(
    *,
    course: Course,
    folder: ScheduleRows,
    groups: dict[str, Group],
    people: dict[str, Enrollment],
) -> None:
    """Write every row of the schedule; `people` are the course's staff by name."""
    lectures = {row.position: _lecture(course, row) for row in folder.lectures}
    Lecture.objects.bulk_create(lectures.values())
    _write_readings(course, folder, lectures)
    _write_assignments(course, folder, lectures, groups)
    _write_other_presenters(folder, lectures, people)
    Milestone.objects.bulk_create(
        [_milestone(course, row, at) for at, row in enumerate(folder.milestones, start=1)]
    )


def _lecture(course: Course, row: LectureRow) -> Lecture:
    lecture = Lecture(
        course=course,
        position=row.position,
        kind=row.kind.value,
        topic=row.topic,
        label=row.label,
        module=row.module,
        note=row.note,
        timezone=row.zone.key,
        starts_on=row.held_on,
        ends_on=row.ends_on,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
    lecture.printed = cells.note_printed(cells.lecture_cells(lecture), row=row)
    return lecture


def _write_readings(course: Course, folder: ScheduleRows, lectures: Lectures) -> None:
    wanted = dict.fromkeys((row.title, row.url) for row in folder.readings)
    papers = {place: Paper(course=course, title=place[0], url=place[1]) for place in wanted}
    Paper.objects.bulk_create(papers.values())
    readings = []
    for row in folder.readings:
        reading = Reading(
            lecture=lectures[row.lecture_position],
            paper=papers[row.title, row.url],
            position=row.order,
            is_required=row.is_required,
            sections=row.sections,
            note=row.note,
        )
        reading.printed = cells.note_printed(cells.reading_cells(reading), row=row)
        readings.append(reading)
    Reading.objects.bulk_create(readings)


def _write_assignments(
    course: Course, folder: ScheduleRows, lectures: Lectures, groups: dict[str, Group]
) -> None:
    assignments = []
    for position, row in enumerate(folder.assignments, start=1):
        assignment = RoleAssignment(
            lecture=lectures[row.lecture_position],
            group=groups[row.group],
            role=row.role.value,
            position=position,
            material=row.material,
            assigned_at=course.begins_at,
        )
        assignment.printed = cells.note_printed(cells.assignment_cells(assignment), row=row)
        assignments.append(assignment)
    RoleAssignment.objects.bulk_create(assignments)


def _write_other_presenters(
    folder: ScheduleRows, lectures: Lectures, people: dict[str, Enrollment]
) -> None:
    presenters = []
    for position, row in enumerate(folder.other_presenters, start=1):
        presenter = OtherPresenter(
            lecture=lectures[row.lecture_position],
            role=row.role.value,
            kind=row.kind.value,
            name=row.name,
            enrollment=people.get(row.name) if row.kind is PresenterKind.STAFF else None,
            material=row.material,
            position=position,
        )
        presenter.printed = cells.note_printed(cells.other_presenter_cells(presenter), row=row)
        presenters.append(presenter)
    OtherPresenter.objects.bulk_create(presenters)


def _milestone(course: Course, row: MilestoneRow, position: int) -> Milestone:
    milestone = Milestone(
        course=course,
        position=position,
        kind=row.kind.value,
        title=row.name,
        timezone=row.zone.key,
        on_date=row.due_on,
        at_time=row.due_time,
        due_at=row.due_at,
    )
    milestone.printed = cells.note_printed(cells.milestone_cells(milestone), row=row)
    return milestone
