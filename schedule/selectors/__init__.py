"""Reads of the schedule."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course
from courseapp.kernel.lookup import AN_INSTANT, Lookup
from courseapp.kernel.prepared import Prepared
from schedule.models import (
    GroupRole,
    Lecture,
    LectureKind,
    Milestone,
    OtherPresenter,
    PersonKind,
    Reading,
)
from schedule.planning import RoleNames
from schedule.selectors.role_names import role_names

MEETING_KINDS = frozenset({LectureKind.LECTURE, LectureKind.MIDTERM, LectureKind.FINAL})


@dataclass(frozen=True)
class Part:
    """Who plays one role of a lecture, as pages print it."""

    role: str
    label: str
    names: str
    is_mine: bool
    materials: tuple[str, ...] = ()


@dataclass(frozen=True)
class PartRow:
    """One holder of a role, as the database gives it; `names_students`: a group or a single student."""

    lecture_id: int
    role: str
    name: str
    material: str
    is_mine: bool
    names_students: bool

    @property
    def is_link(self) -> bool:
        """Say whether the material leads somewhere; a path of the old page does not."""
        return self.material.startswith(("http://", "https://"))


def lectures_of(course: Course) -> QuerySet[Lecture]:
    """Return the schedule's rows in order, with their readings."""
    readings = Reading.objects.select_related("paper").order_by("position")
    return Lecture.objects.filter(course=course).prefetch_related(Prefetch("readings", readings))


def lecture_visible_to(actor: Actor, *, now: datetime, lecture_id: int) -> Lecture | None:
    """Return one row of the actor's course, for those who are in it."""
    if actor.course is None or not actor.may(Permission.READ_COURSE):
        return None
    return _LECTURE.first(course=actor.course.pk, lecture=lecture_id)


def _lecture_of(*, course: int, lecture: int) -> QuerySet[Lecture]:
    return Lecture.objects.filter(course=course, pk=lecture)


_LECTURE = Lookup(_lecture_of, course=-1, lecture=-2)


def readings_of(lecture: Lecture) -> list[Reading]:
    """Return what is read for a lecture, each with its paper, in order."""
    return _READINGS.all(lecture=lecture.pk)


def _readings_of(*, lecture: int) -> QuerySet[Reading]:
    return Reading.objects.filter(lecture=lecture).select_related("paper").order_by("position")


_READINGS = Lookup(_readings_of, lecture=-1)


def lectures_with_readings(course: Course) -> list[tuple[Lecture, list[Reading]]]:
    """Return the schedule's rows in order, each with what is read for it; two queries."""
    readings: dict[int, list[Reading]] = defaultdict(list)
    for reading in _COURSE_READINGS.all(course=course.pk):
        readings[reading.lecture_id].append(reading)
    return [(lecture, readings[lecture.pk]) for lecture in _COURSE_LECTURES.all(course=course.pk)]


def _lectures_of(*, course: int) -> QuerySet[Lecture]:
    return Lecture.objects.filter(course=course)


def _readings_in(*, course: int) -> QuerySet[Reading]:
    read = Reading.objects.filter(lecture__course=course).select_related("paper")
    return read.order_by("lecture", "position")


_COURSE_LECTURES = Lookup(_lectures_of, course=-1)
_COURSE_READINGS = Lookup(_readings_in, course=-1)


def milestones_of(course: Course) -> list[Milestone]:
    """Return the course's milestones in order."""
    return _MILESTONES.all(course=course.pk)


def _milestones_of(*, course: int) -> QuerySet[Milestone]:
    return Milestone.objects.filter(course=course)


_MILESTONES = Lookup(_milestones_of, course=-1)


def next_class(course: Course, *, now: datetime) -> Lecture | None:
    """Return the first meeting that has not ended yet."""
    return _NEXT_CLASS.first(course=course.pk, now=now)


def _next_class(*, course: int, now: datetime) -> QuerySet[Lecture]:
    meetings = Lecture.objects.filter(course=course, kind__in=MEETING_KINDS, ends_at__gt=now)
    return meetings.order_by("starts_at", "position")[:1]


_NEXT_CLASS = Lookup(_next_class, course=-1, now=AN_INSTANT)


def next_of(lectures: list[Lecture], *, now: datetime) -> Lecture | None:
    """Return the first meeting that has not ended yet, of rows at hand."""
    coming = [
        lecture
        for lecture in lectures
        if lecture.ends_at is not None and lecture.ends_at > now and lecture.kind in MEETING_KINDS
    ]
    return min(coming, key=lambda lecture: (lecture.starts_at, lecture.position), default=None)


# Of the lectures `lectures`; whether `person` is in the group. Left open at its end, so that what
# stands above can ask for more in the same query.
PARTS = """
SELECT a.lecture_id, a.role, g.name, a.material, EXISTS (
    SELECT 1 FROM groups_membership m
    WHERE m.group_id = g.id AND m.enrollment_id = %(person)s AND m.ends_at IS NULL) AS is_mine, true
FROM schedule_roleassignment a JOIN groups_group g ON g.id = a.group_id
WHERE a.withdrawn_at IS NULL AND a.lecture_id = ANY (%(lectures)s)
UNION ALL
SELECT o.lecture_id, o.role, o.name, o.material, false, o.kind = 'student'
FROM schedule_otherpresenter o WHERE o.withdrawn_at IS NULL AND o.lecture_id = ANY (%(lectures)s)
"""

_PARTS = Prepared("parts", f"{PARTS} ORDER BY 6 DESC, 3", person="bigint", lectures="bigint[]")


def parts_by_lecture(actor: Actor, lectures: list[Lecture]) -> dict[int, list[Part]]:
    """Return who plays which part in each lecture, in one query.

    Groups are named to those who may read names; staff and guests show to everyone.
    """
    rows = _PARTS.rows(**parts_parameters(actor, lectures))
    return parts_of(actor, lectures, [PartRow(*row) for row in rows])


def parts_parameters(actor: Actor, lectures: list[Lecture]) -> dict[str, Any]:
    """Return the parameters of `PARTS`."""
    return {
        "lectures": [lecture.pk for lecture in lectures],
        "person": None if actor.enrollment is None else actor.enrollment.pk,
    }


def parts_of(actor: Actor, lectures: list[Lecture], rows: list[PartRow]) -> dict[int, list[Part]]:
    """Return the parts that rows make, as the actor may see them: groups first, each by name."""
    shown = [row for row in rows if actor.may(Permission.READ_NAMES) or not row.names_students]
    by_lecture: dict[int, list[PartRow]] = defaultdict(list)
    for row in shown:
        by_lecture[row.lecture_id].append(row)
    names = role_names(actor.course)
    return {lecture.pk: _parts(by_lecture[lecture.pk], names) for lecture in lectures}


def _parts(rows: list[PartRow], names: RoleNames) -> list[Part]:
    return [
        Part(
            role=role,
            label=names.label(role),
            names=", ".join(row.name for row in rows if row.role == role),
            is_mine=any(row.is_mine for row in rows if row.role == role),
            materials=tuple(row.material for row in rows if row.role == role and row.is_link),
        )
        for role in GroupRole.values
        if any(row.role == role for row in rows)
    ]


def student_lectures_of(course: Course) -> set[int]:
    """Return the lectures that groups present: of kind lecture, without a presenter of record (§7)."""
    of_record = OtherPresenter.objects.filter(
        lecture__course=course, role=GroupRole.PRESENTER
    ).exclude(kind=PersonKind.STUDENT)
    lectures = Lecture.objects.filter(course=course, kind=LectureKind.LECTURE)
    return set(lectures.exclude(pk__in=of_record.values("lecture")).values_list("pk", flat=True))
