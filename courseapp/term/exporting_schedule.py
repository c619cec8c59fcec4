"""The schedule goes out: as the reference course's Markdown table, or as JSON (domain.md §12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from courseapp.course.models import Course
from courseapp.term.formats import LectureKind, PresenterKind, Role
from courseapp.term.formats.markdown import (
    PrintedHolder,
    PrintedReading,
    PrintedRow,
    write_schedule_table,
)
from groups.models import Membership
from schedule.models import Lecture, OtherPresenter, RoleAssignment
from schedule.selectors import lectures_of
from submissions.deadlines import local_instant


@dataclass(frozen=True)
class Holders:
    """Who holds the roles of each lecture; of each group, who was in it when."""

    assignments: dict[int, list[RoleAssignment]]
    others: dict[int, list[OtherPresenter]]
    members: dict[int, list[Membership]]


def export_schedule_table(*, course: Course) -> str:
    """Return the schedule as a Markdown table; groups stand by their members' ids."""
    holders = _holders(course)
    return write_schedule_table([_row(lecture, holders) for lecture in lectures_of(course)])


def export_schedule_json(*, course: Course) -> dict[str, Any]:
    """Return the schedule as one document; instants are in UTC."""
    holders = _holders(course)
    return {
        "course": course.slug,
        "title": course.title,
        "term": course.term,
        "timezone": course.timezone,
        "lectures": [_lecture_document(lecture, holders) for lecture in lectures_of(course)],
    }


def _holders(course: Course) -> Holders:
    assignments: dict[int, list[RoleAssignment]] = {}
    current = RoleAssignment.objects.current().filter(lecture__course=course)
    for found in current.select_related("group").order_by("position", "pk"):
        assignments.setdefault(found.lecture_id, []).append(found)
    others: dict[int, list[OtherPresenter]] = {}
    for other in OtherPresenter.objects.filter(lecture__course=course).order_by("position", "pk"):
        others.setdefault(other.lecture_id, []).append(other)
    members: dict[int, list[Membership]] = {}
    of_course = Membership.objects.filter(group__course=course).select_related("enrollment")
    for membership in of_course.order_by("group", "seat", "pk"):
        members.setdefault(membership.group_id, []).append(membership)
    return Holders(assignments, others, members)


def _begins(lecture: Lecture) -> datetime:
    """When a row begins: its start, else noon of its day, which no move of a day's edge touches."""
    if lecture.starts_at is not None:
        return lecture.starts_at
    return local_instant(day=lecture.starts_on, at=time(12), zone=ZoneInfo(lecture.timezone))


def _ids(assignment: RoleAssignment, at: datetime, holders: Holders) -> tuple[str, ...]:
    """The members of a group at a lecture, as it was then; its name where an id is missing."""
    found = [
        one.enrollment.student_id
        for one in holders.members.get(assignment.group_id, [])
        if one.starts_at <= at and (one.ends_at is None or at < one.ends_at)
    ]
    return tuple(found) if found and all(found) else (assignment.group.name,)


def _row(lecture: Lecture, holders: Holders) -> PrintedRow:
    at = _begins(lecture)
    groups = [
        PrintedHolder(Role(found.role), _ids(found, at, holders), found.material)
        for found in holders.assignments.get(lecture.pk, [])
    ]
    people = [
        PrintedHolder(Role(found.role), (found.name,), found.material, PresenterKind(found.kind))
        for found in holders.others.get(lecture.pk, [])
    ]
    return PrintedRow(
        on=lecture.starts_on,
        ends_on=lecture.ends_on,
        kind=LectureKind(lecture.kind),
        topic=lecture.topic,
        label=lecture.label,
        module=lecture.module,
        readings=tuple(
            PrintedReading(found.title, found.url, found.is_required, found.sections)
            for found in lecture.readings.all()
        ),
        holders=(*groups, *people),
    )


def _lecture_document(lecture: Lecture, holders: Holders) -> dict[str, Any]:
    at = _begins(lecture)
    return {
        "position": lecture.position,
        "kind": lecture.kind,
        "date": lecture.starts_on.isoformat(),
        "end_date": None if lecture.ends_on is None else lecture.ends_on.isoformat(),
        "starts_at": _instant(lecture.starts_at),
        "ends_at": _instant(lecture.ends_at),
        "topic": lecture.topic,
        "label": lecture.label,
        "module": lecture.module,
        "room": lecture.room,
        "readings": [
            {
                "title": found.title,
                "url": found.url,
                "required": found.is_required,
                "sections": found.sections,
                "note": found.note,
            }
            for found in lecture.readings.all()
        ],
        "roles": list(_role_documents(lecture, at, holders)),
    }


def _role_documents(lecture: Lecture, at: datetime, holders: Holders) -> Iterable[dict[str, Any]]:
    for found in holders.assignments.get(lecture.pk, []):
        yield {
            "role": found.role,
            "group": found.group.name,
            "members": list(_ids(found, at, holders)),
            "material": found.material,
        }
    for other in holders.others.get(lecture.pk, []):
        yield {
            "role": other.role,
            "kind": other.kind,
            "name": other.name,
            "material": other.material,
        }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat()
