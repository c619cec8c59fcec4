"""A course comes in: the folder of CSV files, all or nothing (domain.md §12)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db import transaction

from courseapp.accounts.services import ensure_people
from courseapp.course.models import Course, Enrollment, EnrollmentState, Role
from courseapp.course.services import claim_enrollments
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term import cells
from courseapp.term.acts.terms import set_terms
from courseapp.term.formats import (
    CourseFolder,
    MemberRow,
    Problem,
    StaffRow,
    StudentRow,
    read_folder,
)
from courseapp.term.scheduling import write_schedule
from grading.models import Component
from grading.services.planning import plan_components
from groups.models import Group, Membership
from groups.services import form_groups
from submissions.deadlines import local_instant
from submissions.models import KindSettings
from submissions.rules import written_down
from submissions.services.deriving import derive_deliverables

SLUG_FORM = re.compile(r"[-a-zA-Z0-9_]{1,60}", re.ASCII)
BAD_SLUG = "{slug!r} cannot stand in an address: use up to 60 letters, digits, - and _."


class FolderRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """The folder has errors; `problems` holds them all, and nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass
class Arrival:
    """What has been written so far of a course that comes in."""

    course: Course
    folder: CourseFolder
    now: datetime
    students: dict[str, Enrollment] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)


def import_course(
    *, files: Mapping[str, bytes], slug: str, mail_domain: str | None, now: datetime
) -> tuple[Course, list[Problem]]:
    """Bring in a whole course as a draft; return it with the warnings.

    Raises `FolderRefused` with every error at once, or `Refused` where the slug is taken; then
    nothing has changed. Memberships and roles without dates hold from the course's start, which is
    now where its first day is still ahead: what is due on that day can be seen and handed in before.
    """
    if not SLUG_FORM.fullmatch(slug):
        raise Refused(Denied("bad_slug", BAD_SLUG.format(slug=slug)))
    if Course.objects.filter(slug=slug).exists():
        raise Refused(
            Denied("slug_taken", f"There is a course {slug} already; choose another slug.")
        )
    folder, problems = read_folder(files, mail_domain=mail_domain)
    if folder is None:
        raise FolderRefused(problems)
    with transaction.atomic(), audit.acting(user_id=None, action="import_course", reason=slug):
        course = _write(folder, slug=slug, now=now)
    return course, problems


def _write(folder: CourseFolder, *, slug: str, now: datetime) -> Course:
    arrival = Arrival(course=_write_course(folder, slug=slug, now=now), folder=folder, now=now)
    _write_people(arrival)
    _write_groups(arrival)
    write_schedule(
        course=arrival.course, folder=folder, groups=arrival.groups, people=_staff(arrival)
    )
    _write_components(arrival)
    _write_kinds(arrival)
    derive_deliverables(course=arrival.course, now=now)
    return arrival.course


def _write_course(folder: CourseFolder, *, slug: str, now: datetime) -> Course:
    row = folder.course
    course = Course(
        slug=slug,
        code=row.code,
        section=row.section,
        title=row.title,
        term=row.term,
        institution=row.institution,
        timezone=row.zone.key,
        meeting_days=row.days,
        meets_from=row.start,
        meets_until=row.end,
        room=row.room,
        group_size_min=row.group_size_min,
        group_size_max=row.group_size_max,
        begins_at=min(_first_day(folder), now),
        printed_columns={file: list(columns) for file, columns in folder.columns.items()},
    )
    course.printed = cells.note_printed(cells.course_cells(course), row=row)
    course.save()
    return course


def _first_day(folder: CourseFolder) -> datetime:
    """Return the start of the course's first day: nothing of it is due before."""
    days = [row.held_on for row in folder.lectures] + [row.due_on for row in folder.milestones]
    zone: ZoneInfo = folder.course.zone
    return local_instant(day=min(days), at=time(0), zone=zone)


def _write_people(arrival: Arrival) -> None:
    folder, course = arrival.folder, arrival.course
    people = [(row.email, row.name) for row in folder.staff]
    people += [(row.email, row.name) for row in folder.roster]
    ensure_people(people)
    staff = [_staff_member(course, row, at) for at, row in enumerate(folder.staff, start=1)]
    students = [_student(course, row, at) for at, row in enumerate(folder.roster, start=1)]
    Enrollment.objects.bulk_create([*staff, *students])
    arrival.students = {student.student_id: student for student in students}
    _claim_for_proved(arrival)


def _staff_member(course: Course, row: StaffRow, position: int) -> Enrollment:
    enrollment = Enrollment(
        course=course,
        role=Role(row.role.value),
        name=row.name,
        email=row.email.lower(),
        login=row.login,
        office_hours=row.office_hours,
        position=position,
        enrolled_at=course.begins_at,
    )
    enrollment.printed = cells.note_printed(cells.staff_cells(enrollment), row=row)
    return enrollment


def _student(course: Course, row: StudentRow, position: int) -> Enrollment:
    enrollment = Enrollment(
        course=course,
        role=Role.STUDENT,
        name=row.name,
        email=row.email.lower(),
        student_id=row.student_id,
        section=row.section,
        position=position,
        enrolled_at=course.begins_at,
        state=EnrollmentState.ACTIVE if row.dropped_at is None else EnrollmentState.DROPPED,
        dropped_at=row.dropped_at,
    )
    enrollment.printed = cells.note_printed(cells.student_cells(enrollment), row=row)
    return enrollment


def _claim_for_proved(arrival: Arrival) -> None:
    """Give the enrollments at once to those who proved their address before."""
    unclaimed = Enrollment.objects.filter(course=arrival.course, user=None).values("email")
    proved = EmailAddress.objects.filter(verified=True, email__in=unclaimed)
    for address in proved.select_related("user"):
        claim_enrollments(user=address.user, proved_addresses=[address.email], now=arrival.now)


def _staff(arrival: Arrival) -> dict[str, Enrollment]:
    staff = Enrollment.objects.filter(course=arrival.course).staff()
    return {person.name: person for person in staff}


def _write_groups(arrival: Arrival) -> None:
    course = arrival.course
    rows_by_group: dict[str, list[MemberRow]] = {}
    for row in arrival.folder.groups:
        rows_by_group.setdefault(row.group, []).append(row)
    arrival.groups = form_groups(
        course=course,
        members={
            name: [_membership(arrival, row) for row in rows]
            for name, rows in rows_by_group.items()
        },
        formed_at=course.begins_at,
        now=arrival.now,
    )


def _membership(arrival: Arrival, row: MemberRow) -> Membership:
    begins_at = arrival.course.begins_at
    membership = Membership(
        group=Group(name=row.group),
        enrollment=arrival.students[row.student_id],
        seat=row.position,
        starts_at=row.starts_at or begins_at,
        ends_at=row.ends_at,
        start_reason="Came so with the import.",
    )
    ours = cells.member_cells(membership, begins_at=begins_at)
    membership.printed = cells.note_printed(ours, row=row)
    return membership


def _write_kinds(arrival: Arrival) -> None:
    made = []
    for row in arrival.folder.kinds:
        found = KindSettings(course=arrival.course, kind=row.kind.value)
        set_terms(found, written_down(row.kind.value, row.setting))
        found.printed = cells.note_printed(cells.kind_cells(found), row=row)
        made.append(found)
    KindSettings.objects.bulk_create(made)


def _write_components(arrival: Arrival) -> None:
    weights = [
        (entry.component.value, entry.weight, row)
        for row in arrival.folder.grading
        for entry in row.weights
    ]
    components = plan_components(
        course=arrival.course,
        weights={name: weight for name, weight, _ in weights} if weights else None,
    )
    if not weights:
        return
    rows = {name: row for name, _, row in weights}
    by_row = groupby(components, key=lambda component: rows[component.name].line)
    for _line, found in by_row:
        sharing = list(found)
        row = rows[sharing[0].name]
        sharing[0].printed = {
            **cells.note_printed(cells.component_cells(sharing), row=row),
            "weight": str(sharing[0].weight),
            "with": {component.name: str(component.weight) for component in sharing[1:]},
        }
    Component.objects.bulk_update(components, ["printed"])
