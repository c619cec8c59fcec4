"""A schedule comes in as a Markdown table, into a course without one, all or nothing (domain.md §12)."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from courseapp.course.models import Course, Enrollment, Role
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.facts import course_facts
from courseapp.term.formats import MemberRow, Problem, Severity
from courseapp.term.formats.markdown import (
    Hours,
    Known,
    Reader,
    ScheduleTable,
    find_hours,
    read_schedule,
)
from courseapp.term.importing import BAD_SLUG, SLUG_FORM
from courseapp.term.scheduling import write_schedule
from grading.services.planning import plan_components
from groups.models import Group, Membership
from groups.services import form_groups
from schedule.models import Lecture, Milestone
from submissions.deadlines import local_instant
from submissions.models import Submission
from submissions.services.deriving import derive_deliverables


class ScheduleRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """The table has errors; `problems` holds them all, and nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True)
class Arriving:
    """A file on its way in; with `creates` into a new course, with `is_dry` into none.

    `hours` and `room` are when and where a new course meets; without `hours` the page itself may say it.
    """

    file: str
    content: bytes
    slug: str
    reader: Reader
    hours: Hours | None = None
    room: str = ""
    creates: bool = False
    is_dry: bool = False


@dataclass(frozen=True)
class Arrived:
    """The course in numbers as the file has it, and what was odd."""

    facts: dict[str, Any]
    problems: list[Problem]


def import_schedule(*, arriving: Arriving, now: datetime) -> Arrived:
    """Bring in a schedule with its readings, groups and roles, and derive what is due.

    Raises `ScheduleRefused` with every error at once, or `Refused` where the course cannot take it.
    A dry run does all of it and takes it back.
    """
    with transaction.atomic():
        with audit.acting(user_id=None, action="import_schedule", reason=arriving.slug):
            arrived = _bring_in(arriving, now=now)
        if arriving.is_dry:
            # What only the end of the transaction would refuse is asked for now.
            connection.check_constraints()
            transaction.set_rollback(True)
    return arrived


def _bring_in(arriving: Arriving, *, now: datetime) -> Arrived:
    course = None if arriving.creates else _standing_course(arriving.slug)
    if course is None:
        _check_free(arriving.slug)
    known = Known(takes_new=True) if course is None else _known(course)
    hours, found = _hours_of(arriving)
    reader = _with_hours(arriving.reader, hours)
    reader = reader if course is None else _reader_of(course, reader)
    table, problems = read_schedule(
        arriving.content, file=arriving.file, reader=reader, known=known
    )
    if table is None:
        raise ScheduleRefused(problems)
    if course is None:
        course = _new_course(arriving, table, hours, now=now)
        problems = [*found, *problems]
    _write(course, _without_known_milestones(course, table), now=now)
    return Arrived({**course_facts(course=course), **_people_facts(table, known)}, problems)


def _hours_of(arriving: Arriving) -> tuple[Hours | None, list[Problem]]:
    """When a new course meets: as the option says, else as the page itself does, with a word about it."""
    if arriving.hours is not None or not arriving.creates:
        return arriving.hours, []
    hours = find_hours(arriving.content.decode("utf-8-sig", "replace").splitlines())
    if hours is None:
        message = (
            "The page does not say when the course meets, so nothing is due from its lectures. Say it"
            " with --meets 'WF 12:30-13:45'."
        )
    else:
        message = f"Read from the page: the course meets {hours.words}. Else say it with --meets."
    code = "no_hours" if hours is None else "hours_found"
    return hours, [Problem(arriving.file, None, None, "", message, Severity.WARNING, code)]


def _with_hours(reader: Reader, hours: Hours | None) -> Reader:
    if hours is None:
        return reader
    return replace(reader, meets_from=hours.start, meets_until=hours.end)


def _without_known_milestones(course: Course, table: ScheduleTable) -> ScheduleTable:
    """The table without steps of a kind that the course has already."""
    known = set(Milestone.objects.filter(course=course).values_list("kind", flat=True))
    kept = tuple(row for row in table.milestones if row.kind.value not in known)
    return replace(table, milestones=kept)


def has_schedule(course: Course) -> bool:
    """Say whether a course has a row in its schedule."""
    return Lecture.objects.filter(course=course).exists()


def _standing_course(slug: str) -> Course:
    course = Course.objects.select_for_update().filter(slug=slug).first()
    if course is None:
        sentence = f"There is no course {slug}; --create makes one."
        raise Refused(Denied("no_course", sentence))
    handed_in = Submission.objects.filter(deliverable__course=course).count()
    lectures = Lecture.objects.filter(course=course).count()
    if lectures or handed_in:
        sentence = (
            f"{slug} has a schedule already ({lectures} rows, {handed_in} hand-ins); a table can"
            " only come into a course without one."
        )
        raise Refused(Denied("has_schedule", sentence))
    return course


def _check_free(slug: str) -> None:
    if not SLUG_FORM.fullmatch(slug):
        raise Refused(Denied("bad_slug", BAD_SLUG.format(slug=slug)))
    if Course.objects.filter(slug=slug).exists():
        sentence = f"There is a course {slug} already; leave out --create, or choose another slug."
        raise Refused(Denied("slug_taken", sentence))


def _reader_of(course: Course, reader: Reader) -> Reader:
    """The reader with the course's own zone, hours and sizes."""
    return replace(
        reader,
        zone=ZoneInfo(course.timezone),
        meets_from=course.meets_from,
        meets_until=course.meets_until,
        sizes=(course.group_size_min, course.group_size_max),
    )


def _known(course: Course) -> Known:
    people = Enrollment.objects.active().filter(course=course)
    members: dict[str, set[str]] = {}
    current = Membership.objects.current().filter(group__course=course)
    for name, student in current.values_list("group__name", "enrollment__student_id"):
        members.setdefault(name, set()).add(student)
    return Known(
        students=tuple(
            people.students().exclude(student_id="").values_list("student_id", flat=True)
        ),
        groups={name: frozenset(ids) for name, ids in members.items()},
        staff=tuple(people.staff().values_list("name", flat=True)),
    )


def _new_course(
    arriving: Arriving, table: ScheduleTable, hours: Hours | None, *, now: datetime
) -> Course:
    first_day = min(lecture.held_on for lecture in table.lectures)
    zone = arriving.reader.zone
    course = Course.objects.create(
        slug=arriving.slug,
        code=arriving.slug,
        title=arriving.slug,
        term=str(arriving.reader.year),
        timezone=zone.key,
        meeting_days="" if hours is None else hours.days,
        meets_from=None if hours is None else hours.start,
        meets_until=None if hours is None else hours.end,
        room=arriving.room,
        begins_at=min(local_instant(day=first_day, at=time(0), zone=zone), now),
    )
    # A table knows ids, no addresses: those come with a roster.
    Enrollment.objects.bulk_create(
        [
            Enrollment(
                course=course,
                role=Role.STUDENT,
                name=student,
                student_id=student,
                position=position,
                enrolled_at=course.begins_at,
            )
            for position, student in enumerate(table.students, start=1)
        ]
    )
    plan_components(course=course, weights=None)
    return course


def _write(course: Course, table: ScheduleTable, *, now: datetime) -> None:
    people = Enrollment.objects.filter(course=course)
    students = {person.student_id: person for person in people.students()}
    by_group: dict[str, list[MemberRow]] = {}
    for row in table.groups:
        by_group.setdefault(row.group, []).append(row)
    form_groups(
        course=course,
        members={
            name: [_membership(course, students[row.student_id], row) for row in rows]
            for name, rows in by_group.items()
        },
        formed_at=course.begins_at,
        now=now,
    )
    write_schedule(
        course=course,
        folder=table,
        groups={group.name: group for group in Group.objects.filter(course=course)},
        people=_staff_by_printed_name(people.staff(), table),
    )
    derive_deliverables(course=course, now=now)


def _membership(course: Course, student: Enrollment, row: MemberRow) -> Membership:
    return Membership(
        group=Group(name=row.group),
        enrollment=student,
        seat=row.position,
        starts_at=row.starts_at or course.begins_at,
        ends_at=row.ends_at,
        start_reason="Came so with the schedule.",
        printed={"line": row.line},
    )


def _staff_by_printed_name(staff: Any, table: ScheduleTable) -> dict[str, Enrollment]:
    """Whom the printed names mean: the whole name, or one word of it that only one person has."""
    found = {}
    for row in table.other_presenters:
        folded = row.name.casefold()
        meant = [
            one for one in staff if folded in {one.name.casefold(), *one.name.casefold().split()}
        ]
        if len(meant) == 1:
            found[row.name] = meant[0]
    return found


def _people_facts(table: ScheduleTable, known: Known) -> dict[str, Any]:
    """Students and groups as the cells have them: a dated group counts with all who stand in it."""
    sizes = Counter(row.group for row in table.groups)
    used = {row.group for row in table.assignments} & known.groups.keys()
    sizes.update({name: len(known.groups[name]) for name in used})
    students = {*table.students, *(one for name in used for one in known.groups[name])}
    counted = Counter(sizes.values())
    return {
        "students": len(students),
        "groups": len(sizes),
        "group_sizes": {str(size): counted[size] for size in sorted(counted)},
    }
