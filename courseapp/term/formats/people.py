"""roster.csv, staff.csv and groups.csv: who takes part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from courseapp.term.formats.cells import DOMAIN_FORM, Cells
from courseapp.term.formats.names import StaffRole
from courseapp.term.formats.problems import Severity, quoted
from courseapp.term.formats.repeats import Repeats
from courseapp.term.formats.rows import CourseRow, MemberRow, StaffRow, StudentRow
from courseapp.term.formats.sources import Sources
from submissions import deadlines


@dataclass(frozen=True, slots=True)
class People:
    """Everyone with an address, students first."""

    students: tuple[StudentRow, ...]
    staff: tuple[StaffRow, ...]


def read_people(sources: Sources) -> People:
    """Roster and staff. An address belongs to one person, and a person has one role."""
    addresses = Repeats()
    students = _read_roster(sources, addresses)
    return People(students=students, staff=_read_staff(sources, addresses))


def _read_roster(sources: Sources, addresses: Repeats) -> tuple[StudentRow, ...]:
    ids = Repeats()
    students: list[StudentRow] = []
    for row in sources.rows("roster.csv"):
        student = _student(row, sources.zone)
        students.append(student)
        if student.student_id and (first := ids.seen(row, student.student_id.casefold())):
            message = f"{quoted(student.student_id)} stands in row {first} already."
            row.error("student_id", "duplicate_student", message)
        _check_address(row, addresses, column="email", email=student.email)
    return tuple(students)


def _check_address(row: Cells, addresses: Repeats, *, column: str, email: str) -> None:
    first = addresses.seen_in_file(row, email) if email and row.is_read(column) else None
    if first is not None:
        message = f"{quoted(email)} belongs to {first} already."
        row.error(column, "duplicate_mail", message)


def _student(row: Cells, zone: ZoneInfo) -> StudentRow:
    student_id = row.required_text("student_id")
    return StudentRow(
        line=row.line,
        cells=row.cells,
        student_id=student_id,
        email=_student_address(row, student_id),
        section=row.text("section"),
        name=row.text("name") or student_id,
        dropped_at=_instant(row, "dropped", at=deadlines.END_OF_DAY, zone=zone),
    )


def _student_address(row: Cells, student_id: str) -> str:
    """The address in lower case; empty where none is known yet."""
    if row.text("email") or "email" not in row.cells:
        return row.mail("email")
    message = (
        f"{student_id} has no address: no mail reaches them and they cannot sign in until a roster"
        " brings one."
    )
    row.warn("email", "no_address", message)
    return ""


def _read_staff(sources: Sources, addresses: Repeats) -> tuple[StaffRow, ...]:
    staff: list[StaffRow] = []
    for row in sources.rows("staff.csv"):
        member = _staff_member(row, sources)
        staff.append(member)
        column = "email" if row.text("email") else "login"
        _check_address(row, addresses, column=column, email=member.email)
    has_instructor = any(member.role is StaffRole.INSTRUCTOR for member in staff)
    if not has_instructor and sources.is_whole("staff.csv"):
        message = "No row has the role Instructor; nobody could run the course."
        sources.report_file(
            "staff.csv", code="no_instructor", message=message, severity=Severity.WARNING
        )
    return tuple(staff)


def _staff_member(row: Cells, sources: Sources) -> StaffRow:
    return StaffRow(
        line=row.line,
        cells=row.cells,
        name=row.required_text("name"),
        login=row.text("login"),
        role=row.name("role", sources.names.staff_roles, stand_in=StaffRole.TA),
        office_hours=row.text("office_hours"),
        email=_staff_address(row, sources.mail_domain),
    )


def _staff_address(row: Cells, mail_domain: str | None) -> str:
    """The row's own address; else its login, which may be one; else login@mail_domain."""
    if row.text("email"):
        return row.mail("email")
    login = row.text("login")
    if "@" in login:
        return row.mail("login")
    if not login:
        row.error("login", "no_address", "Give a login or, in a column email, an address.")
        return ""
    if mail_domain is None:
        message = (
            f"{quoted(login)} has no mail address: name the mail domain (--mail-domain"
            " example.edu), or add a column email."
        )
        row.error("login", "no_address", message)
        return ""
    return f"{login}@{mail_domain}".casefold()


def check_mail_domain(mail_domain: str | None) -> None:
    """Raises `ValueError` where the option is not a domain such as example.edu."""
    if mail_domain is not None and not DOMAIN_FORM.fullmatch(mail_domain):
        raise ValueError(f"{quoted(mail_domain)} is not a mail domain such as example.edu.")


def read_groups(sources: Sources, *, course: CourseRow | None) -> tuple[MemberRow, ...]:
    """Who is in which group from when until when; nobody is in two at one time."""
    members: list[MemberRow] = []
    for row in sources.rows("groups.csv"):
        member = _member(row, sources)
        if row.is_read("group", "student_id") and not row.unread & {"from", "until"}:
            _check_one_group(row, member, earlier=members)
            members.append(member)
    if course is not None:
        _check_sizes(sources, members, course)
    return tuple(members)


def _member(row: Cells, sources: Sources) -> MemberRow:
    starts_at = _instant(row, "from", at=time(0), zone=sources.zone)
    ends_at = _instant(row, "until", at=deadlines.END_OF_DAY, zone=sources.zone)
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        message = (
            f"The membership ends ({row.text('until')}) before it starts ({row.text('from')})."
        )
        row.error("until", "end_before_start", message)
    return MemberRow(
        line=row.line,
        cells=row.cells,
        group=row.required_text("group"),
        student_id=sources.student(row, "student_id"),
        position=row.whole_number("position"),
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _instant(row: Cells, column: str, *, at: time, zone: ZoneInfo) -> datetime | None:
    found = row.optional_instant(column)
    if found is None or isinstance(found, datetime):
        return found
    return deadlines.local_instant(day=found, at=at, zone=zone)


def _check_one_group(row: Cells, member: MemberRow, *, earlier: Iterable[MemberRow]) -> None:
    for other in earlier:
        if other.student_id != member.student_id or not _overlap(other, member):
            continue
        if other.group == member.group:
            message = f"{member.student_id} stands in {member.group} already, in row {other.line}."
            row.error("student_id", "duplicate_member", message)
            continue
        message = (
            f"{member.student_id} is in two groups at one time: {other.group} (row {other.line})"
            f" and {member.group} (row {member.line}). Keep one row, or add the columns from and"
            " until that say when each holds."
        )
        row.error("student_id", "two_groups", message)


def _overlap(first: MemberRow, second: MemberRow) -> bool:
    return not (_ends_before(first, second) or _ends_before(second, first))


def _ends_before(first: MemberRow, second: MemberRow) -> bool:
    if first.ends_at is None or second.starts_at is None:
        return False
    return first.ends_at <= second.starts_at


def _check_sizes(sources: Sources, members: Iterable[MemberRow], course: CourseRow) -> None:
    """Warn about groups whose open memberships are fewer or more than the course allows."""
    current: dict[str, list[MemberRow]] = {}
    for member in members:
        if member.ends_at is None:
            current.setdefault(member.group, []).append(member)
    smallest, largest = course.group_size_min, course.group_size_max
    allowed = f"{smallest}" if smallest == largest else f"{smallest} to {largest}"
    for group, rows in current.items():
        if not smallest <= len(rows) <= largest:
            message = (
                f"{group} has {len(rows)} member{'s' * (len(rows) != 1)}, the course's groups have"
                f" {allowed}. It is taken and recorded as a waiver."
            )
            sources.warn("groups.csv", rows[0], column="group", message=message, code="group_size")
