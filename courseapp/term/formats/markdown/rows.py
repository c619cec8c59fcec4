"""What a schedule table holds, in the rows of the CSV folder (../rows.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from courseapp.term.formats.markdown.headings import HEADINGS, Column
from courseapp.term.formats.names import Vocabulary
from courseapp.term.formats.rows import (
    AssignmentRow,
    LectureRow,
    MemberRow,
    MilestoneRow,
    OtherPresenterRow,
    ReadingRow,
)

NOTHING: Final[Mapping[str, frozenset[str]]] = MappingProxyType({})


@dataclass(frozen=True)
class Known:
    """Who is in the course before the table comes in: ids, groups by name, and names of staff.

    `former` are groups as they once were, by who was in them: past rows show them so. `takes_new` lets
    ids that nobody knows become the roster (`--create`).
    """

    students: tuple[str, ...] = ()
    groups: Mapping[str, frozenset[str]] = field(default_factory=lambda: NOTHING)
    staff: tuple[str, ...] = ()
    takes_new: bool = False
    former: Mapping[frozenset[str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """How a table is read: its first year, the course's zone and hours, its own headings.

    `unmarked_is_required` says what a reading without a mark is; None where nobody said it.
    """

    year: int
    zone: ZoneInfo
    meets_from: time | None = None
    meets_until: time | None = None
    unmarked_is_required: bool | None = None
    headings: Vocabulary[Column] = HEADINGS
    sizes: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ScheduleTable:
    """A table that came in without an error.

    `students` are the ids in the order of their first mention; `groups` stand as they do in the
    cells, a person in several of them with dates. `milestones` are what its deadlines and talks mean.
    """

    lectures: tuple[LectureRow, ...]
    readings: tuple[ReadingRow, ...]
    assignments: tuple[AssignmentRow, ...]
    other_presenters: tuple[OtherPresenterRow, ...]
    students: tuple[str, ...]
    groups: tuple[MemberRow, ...]
    milestones: tuple[MilestoneRow, ...] = ()
