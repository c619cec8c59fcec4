"""A row of each file: every cell as it came in, and what it means.

`line` is where the row stands in its file; `cells` maps every column to its text as it came in, so
that a folder can be written back without loss. Instants are in UTC, everything else is in the words
of `names.py`. `lecture_position` is the position of the lecture that a row belongs to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from courseapp.term.formats.names import (
    Component,
    LectureKind,
    MilestoneKind,
    PresenterKind,
    Role,
    StaffRole,
)
from submissions.deadlines import Kind
from submissions.rules import Setting


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CourseRow(Row):
    code: str
    section: str
    title: str
    term: str
    institution: str
    zone: ZoneInfo
    days: str
    start: time | None
    end: time | None
    room: str
    group_size_min: int
    group_size_max: int
    source: str


@dataclass(frozen=True, slots=True)
class LectureRow(Row):
    """`starts_at` and `ends_at` are both None for a row that has dates only."""

    held_on: date
    position: int
    ends_on: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    zone: ZoneInfo
    topic: str
    kind: LectureKind
    module: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class ReadingRow(Row):
    lecture_on: date
    lecture_position: int
    order: int
    title: str
    url: str
    is_required: bool
    mark: str
    sections: str
    note: str


@dataclass(frozen=True, slots=True)
class StudentRow(Row):
    """A row of roster.csv. `name` falls back to the id (domain.md §12); `dropped_at` of who left."""

    student_id: str
    email: str
    section: str
    name: str
    dropped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MemberRow(Row):
    """A row of groups.csv: from `starts_at` (None: the course's start) to `ends_at` (None: open).

    Times stand as a date (`from` begins with that day, `until` ends with it) or as an instant.
    """

    group: str
    student_id: str
    position: int
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class AssignmentRow(Row):
    lecture_on: date
    lecture_position: int
    role: Role
    group: str
    column: str
    material: str
    reading_order: int | None


@dataclass(frozen=True, slots=True)
class OtherPresenterRow(Row):
    lecture_on: date
    lecture_position: int
    role: Role
    kind: PresenterKind
    name: str
    material: str


@dataclass(frozen=True, slots=True)
class StaffRow(Row):
    """`email` is the row's own, or its login at the mail domain that was given."""

    name: str
    login: str
    role: StaffRole
    office_hours: str
    email: str


@dataclass(frozen=True, slots=True)
class ComponentWeight:
    """A component of ours and its weight in the course, 0-100."""

    component: Component
    weight: Decimal


@dataclass(frozen=True, slots=True)
class GradingRow(Row):
    """`weights` are the row's own weight, spread over the components that its name stands for."""

    name: str
    weight: Decimal
    track: str
    weights: tuple[ComponentWeight, ...]


@dataclass(frozen=True, slots=True)
class KindRow(Row):
    """How one kind is taken; what the row leaves empty is as usual."""

    kind: Kind
    setting: Setting


@dataclass(frozen=True, slots=True)
class MilestoneRow(Row):
    """`due_at` is the end of the day where the row gives no time (domain.md §3)."""

    name: str
    kind: MilestoneKind
    due_on: date
    due_time: time | None
    zone: ZoneInfo
    due_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class CourseFolder:
    """A folder that came in without an error.

    `columns` maps each file that was there to its columns in their order; rows stand in the order
    of their file.
    """

    columns: Mapping[str, tuple[str, ...]]
    course: CourseRow
    lectures: tuple[LectureRow, ...]
    roster: tuple[StudentRow, ...]
    readings: tuple[ReadingRow, ...] = ()
    groups: tuple[MemberRow, ...] = ()
    assignments: tuple[AssignmentRow, ...] = ()
    other_presenters: tuple[OtherPresenterRow, ...] = ()
    staff: tuple[StaffRow, ...] = ()
    grading: tuple[GradingRow, ...] = ()
    milestones: tuple[MilestoneRow, ...] = ()
    kinds: tuple[KindRow, ...] = ()
