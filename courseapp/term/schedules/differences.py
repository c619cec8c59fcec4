"""What a file's schedule says otherwise than a course's, and what of it was confirmed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from courseapp.course.models import Course, Enrollment
from courseapp.term.exporting import export_course
from courseapp.term.exporting_schedule import export_schedule_table
from courseapp.term.formats import (
    FILES,
    PresenterKind,
    Problem,
    Severity,
    has_errors,
    read_folder,
    write_table,
)
from courseapp.term.formats.markdown import Known, Reader, read_schedule
from courseapp.term.formats.markdown.headings import HEADINGS, Column
from courseapp.term.formats.names import Vocabulary
from courseapp.term.formats.problems import listed
from courseapp.term.formats.rows import MilestoneRow
from courseapp.term.schedules.comparing import RowDifference, compared_rows
from courseapp.term.schedules.rows import Entry, Part, Row
from courseapp.term.scheduling import ScheduleRows
from groups.models import Group, Membership
from schedule.models import Lecture, Milestone

# Of a folder, what belongs to the schedule; the rest of the course has pages of its own.
SCHEDULE_FILES = frozenset(
    {"lectures.csv", "readings.csv", "assignments.csv", "other_presenters.csv", "milestones.csv"}
)
# Staff are compared by name only, so that the domain of their addresses does not matter here.
ANY_DOMAIN = "example.invalid"


@dataclass(frozen=True)
class ScheduleFiles:
    """A schedule on its way in: one page with a table, or files of the CSV folder.

    `year` is that of the table's first row; None: the standing schedule's.
    """

    contents: Mapping[str, bytes]
    year: int | None = None
    unmarked_is_required: bool | None = None
    headings: Vocabulary[Column] = HEADINGS

    @property
    def name(self) -> str:
        """Return what sentences call it."""
        return ", ".join(sorted(self.contents))

    @property
    def is_folder(self) -> bool:
        """Whether these are files of the CSV folder."""
        return all(name.casefold().endswith(".csv") for name in self.contents)


@dataclass(frozen=True)
class MilestoneDifference:
    """A milestone that comes, or that is written otherwise; `key` is the standing one's."""

    wanted: MilestoneRow
    key: int | None


@dataclass(frozen=True)
class ScheduleDifference:
    """All that the file says otherwise."""

    rows: tuple[RowDifference, ...]
    milestones: tuple[MilestoneDifference, ...]
    groups: Mapping[str, tuple[str, ...]]
    same_count: int

    @property
    def is_empty(self) -> bool:
        """Whether the schedule is as the file has it."""
        return not (self.rows or self.milestones)


@dataclass(frozen=True)
class ScheduleReading:
    """The difference, None where the file has errors, and every problem."""

    files: ScheduleFiles
    difference: ScheduleDifference | None
    problems: list[Problem]


def read_over(course: Course, files: ScheduleFiles) -> ScheduleReading:
    """Read a schedule and compare it with the standing one; nothing is changed."""
    source = _Folder(course) if files.is_folder else _Table(course, files)
    wanted, problems = source.read(files.contents)
    if wanted is None:
        return ScheduleReading(files, None, problems)
    staff = known_people(course).staff
    standing = _standing_rows(course, source, staff)
    if standing is None:
        return ScheduleReading(files, None, [_incomparable(files)])
    rows = compared_rows(standing, _rows(wanted, staff))
    milestones, stays = _milestones(course, wanted)
    found = [*problems, *stays, *source.unknown_groups(wanted)]
    difference = ScheduleDifference(
        rows=tuple(rows),
        milestones=tuple(milestones),
        groups=source.new_groups(wanted),
        same_count=len(standing) - sum(row.what != "new" for row in rows),
    )
    return ScheduleReading(files, None if has_errors(found) else difference, found)


class _Folder:
    """Files of the CSV folder; what is not among them stands as it does in the course."""

    def __init__(self, course: Course) -> None:
        # A course without students or rows has no such file, yet a folder needs it.
        empty = {spec.name: write_table(columns=spec.columns, rows=[]) for spec in FILES}
        self.standing = {**empty, **export_course(course=course)}

    def read(self, contents: Mapping[str, bytes]) -> tuple[ScheduleRows | None, list[Problem]]:
        brought = {name: content for name, content in contents.items() if name in SCHEDULE_FILES}
        left = contents.keys() - brought.keys()
        folder, problems = read_folder({**self.standing, **brought}, mail_domain=ANY_DOMAIN)
        own = [problem for problem in problems if problem.file in brought or _is_error(problem)]
        return folder, [*_left_out(left), *own]

    def printed(self) -> ScheduleRows | None:
        return read_folder(self.standing, mail_domain=ANY_DOMAIN)[0]

    def new_groups(self, wanted: ScheduleRows) -> dict[str, tuple[str, ...]]:
        return {}

    def unknown_groups(self, wanted: ScheduleRows) -> list[Problem]:
        return []


class _Table:
    """A page with a table, whose groups stand by their members' ids."""

    def __init__(self, course: Course, files: ScheduleFiles) -> None:
        self.course = course
        self.files = files
        self.known = known_people(course)
        first = Lecture.objects.filter(course=course).order_by("starts_on").first()
        self.first_year = course.begins_at.year if first is None else first.starts_on.year

    def read(self, contents: Mapping[str, bytes]) -> tuple[ScheduleRows | None, list[Problem]]:
        if len(contents) > 1:
            message = "Bring in one page with a table, or files of the CSV folder."
            problem = Problem(
                self.files.name, None, None, "", message, Severity.ERROR, "many_files"
            )
            return None, [problem]
        ((name, content),) = contents.items()
        reader = replace(
            self._reader(self.files.year or self.first_year),
            unmarked_is_required=self.files.unmarked_is_required,
            headings=self.files.headings,
        )
        table, problems = read_schedule(content, file=name, reader=reader, known=self.known)
        # What a table's deadlines mean was settled when the course came in.
        return None if table is None else replace(table, milestones=()), problems

    def printed(self) -> ScheduleRows | None:
        content = export_schedule_table(course=self.course).encode()
        # A table of only optional readings says so by its marks; of none, nothing is asked.
        reader = replace(self._reader(self.first_year), unmarked_is_required=False)
        return read_schedule(content, file="", reader=reader, known=self.known)[0]

    def _reader(self, year: int) -> Reader:
        return Reader(
            year=year,
            zone=ZoneInfo(self.course.timezone),
            meets_from=self.course.meets_from,
            meets_until=self.course.meets_until,
        )

    def new_groups(self, wanted: ScheduleRows) -> dict[str, tuple[str, ...]]:
        """The groups that the table makes, by name; only into a course that has none."""
        found: dict[str, list[str]] = defaultdict(list)
        for row in getattr(wanted, "groups", ()):
            found[row.group].append(row.student_id)
        return {name: tuple(ids) for name, ids in found.items()}

    def unknown_groups(self, wanted: ScheduleRows) -> list[Problem]:
        if not self.known.groups:
            return []
        lines = {row.group: row.line for row in getattr(wanted, "groups", ())}
        return [
            self._unknown_group(lines[name], ids) for name, ids in self.new_groups(wanted).items()
        ]

    def _unknown_group(self, line: int, ids: tuple[str, ...]) -> Problem:
        people = frozenset(ids)
        near = max(self.known.groups.items(), key=lambda group: len(group[1] & people))
        message = (
            f"{listed(ids)} are together in no group of the course. The nearest is {near[0]}"
            f" ({', '.join(sorted(near[1]))}). Correct the cell, or move the students first."
        )
        found = ", ".join(ids)
        return Problem(self.files.name, line, None, found, message, Severity.ERROR, "unknown_group")


def _is_error(problem: Problem) -> bool:
    return problem.severity is Severity.ERROR


def _left_out(names: Collection[str]) -> list[Problem]:
    """What of a folder is no part of the schedule, and what of it is unknown, in one sentence."""
    if not names:
        return []
    message = (
        f"Passed over: {', '.join(sorted(names))}. Of a folder, the schedule is"
        f" {listed(sorted(SCHEDULE_FILES))}."
    )
    file = min(names)
    return [Problem(file, None, None, "", message, Severity.WARNING, "passed_over")]


def known_people(course: Course) -> Known:
    """Return who is or was in the course, and its groups as they are and as they once were."""
    people = Enrollment.objects.filter(course=course)
    spans: dict[str, list[tuple[datetime, datetime | None, str]]] = {
        name: [] for name in Group.objects.filter(course=course).values_list("name", flat=True)
    }
    rows = Membership.objects.filter(group__course=course).values_list(
        "group__name", "starts_at", "ends_at", "enrollment__student_id"
    )
    for name, starts_at, ends_at, student in rows:
        spans[name].append((starts_at, ends_at, student))
    return Known(
        students=tuple(
            people.students().exclude(student_id="").values_list("student_id", flat=True)
        ),
        groups={name: _members_at(found, None) for name, found in spans.items()},
        staff=tuple(people.active().staff().values_list("name", flat=True)),
        former={
            members: name
            for name, found in spans.items()
            for instant in {starts_at for starts_at, _, _ in found}
            if (members := _members_at(found, instant))
        },
    )


def _members_at(
    spans: Collection[tuple[datetime, datetime | None, str]], instant: datetime | None
) -> frozenset[str]:
    """Who was in a group at an instant; None: who is."""
    if instant is None:
        return frozenset(student for _, ends_at, student in spans if ends_at is None)
    return frozenset(
        student
        for starts_at, ends_at, student in spans
        if starts_at <= instant and (ends_at is None or instant < ends_at)
    )


def _rows(schedule: ScheduleRows, staff: Collection[str]) -> list[Row]:
    readings: dict[int, list[Entry]] = defaultdict(list)
    for entry in sorted(schedule.readings, key=lambda entry: entry.order):
        readings[entry.lecture_position].append(
            Entry(entry.title, entry.url, entry.is_required, entry.sections, entry.note)
        )
    parts: dict[int, list[Part]] = defaultdict(list)
    for held in schedule.assignments:
        part = Part(held.role.value, "group", held.group, held.material)
        parts[held.lecture_position].append(part)
    for other in schedule.other_presenters:
        name = _whole_name(other.name, staff) if other.kind is PresenterKind.STAFF else other.name
        part = Part(other.role.value, other.kind.value, name, other.material)
        parts[other.lecture_position].append(part)
    return [
        Row(
            starts_on=row.held_on,
            ends_on=row.ends_on,
            starts_from=None
            if row.starts_at is None
            else row.starts_at.astimezone(row.zone).time(),
            ends_by=None if row.ends_at is None else row.ends_at.astimezone(row.zone).time(),
            kind=row.kind.value,
            topic=row.topic,
            label=row.label,
            module=row.module,
            note=row.note,
            readings=tuple(readings[row.position]),
            parts=tuple(parts[row.position]),
            line=row.line,
        )
        for row in sorted(schedule.lectures, key=lambda row: row.position)
    ]


def _whole_name(printed: str, staff: Collection[str]) -> str:
    """Whom a printed name means: one word of a name is enough where only one person has it."""
    folded = printed.casefold()
    meant = [name for name in staff if folded in {name.casefold(), *name.casefold().split()}]
    return meant[0] if len(meant) == 1 else printed


def _standing_rows(
    course: Course, source: _Folder | _Table, staff: Collection[str]
) -> list[Row] | None:
    """The standing rows as the file's form prints them, with their keys; None where it cannot."""
    printed = source.printed()
    lectures = Lecture.objects.filter(course=course).order_by("position")
    standing = list(lectures.prefetch_related("readings"))
    rows = [] if printed is None else _rows(printed, staff)
    if [len(row.readings) for row in rows] != [len(one.readings.all()) for one in standing]:
        return None
    return [_keyed(row, lecture) for row, lecture in zip(rows, standing, strict=True)]


def _keyed(row: Row, lecture: Lecture) -> Row:
    entries = sorted(lecture.readings.all(), key=lambda reading: reading.position)
    pairs = zip(row.readings, entries, strict=True)
    return replace(
        row,
        key=lecture.pk,
        readings=tuple(replace(entry, key=reading.pk) for entry, reading in pairs),
    )


def _incomparable(files: ScheduleFiles) -> Problem:
    message = (
        "The standing schedule cannot be written in this form, so it cannot be compared. Use the CSV"
        " folder, or change the rows on their pages."
    )
    return Problem(files.name, None, None, "", message, Severity.ERROR, "incomparable")


def _milestones(
    course: Course, wanted: ScheduleRows
) -> tuple[list[MilestoneDifference], list[Problem]]:
    """The milestones that differ; one that a file leaves out stays, with a warning."""
    if not wanted.milestones:
        return [], []
    standing = list(Milestone.objects.filter(course=course).order_by("position"))
    partner: dict[int, Milestone] = {}
    # Several milestones may have one name: those that are as they were go first.
    for is_exact in (True, False):
        for index, row in enumerate(wanted.milestones):
            found = next((one for one in standing if _means(row, one, is_exact=is_exact)), None)
            if index not in partner and found is not None:
                partner[index] = found
                standing.remove(found)
    pairs = [(row, partner.get(index)) for index, row in enumerate(wanted.milestones)]
    differing = [
        MilestoneDifference(row, None if found is None else found.pk)
        for row, found in pairs
        if found is None or not _means(row, found, is_exact=True)
    ]
    return differing, [_stays(found.title) for found in standing]


def _means(row: MilestoneRow, found: Milestone, *, is_exact: bool) -> bool:
    if (row.kind.value, row.name) != (found.kind, found.title):
        return False
    return not is_exact or (row.due_on, row.due_time) == (found.on_date, found.at_time)


def _stays(title: str) -> Problem:
    message = f"{title} is not in the file; it stays."
    file = "milestones.csv"
    return Problem(file, None, None, title, message, Severity.WARNING, "milestone_stays")
