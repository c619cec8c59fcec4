"""The groups behind the role cells: who with whom, from when until when (domain.md §12)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from courseapp.term.formats.markdown.findings import Cell, Findings
from courseapp.term.formats.markdown.holders import Duty
from courseapp.term.formats.markdown.rows import Known
from courseapp.term.formats.problems import quoted
from courseapp.term.formats.rows import MemberRow
from submissions.deadlines import local_instant

# What a lecture asks of a group is due at the latest a day after it; then its people are free.
FREE_AFTER = timedelta(days=2)


@dataclass
class FormedGroup:
    """A group as its cells show it, with the days of its duties."""

    name: str
    members: tuple[str, ...]
    cell: Cell
    is_new: bool
    days: list[date] = field(default_factory=list)


def form_groups(
    duties: Iterable[Duty], *, days: Mapping[int, tuple[date, date]], known: Known
) -> dict[frozenset[str], FormedGroup]:
    """Give the same people the same group, wherever and in whatever order they stand.

    New groups are numbered in the order of their first mention.
    """
    by_people = {**known.former, **{people: name for name, people in known.groups.items()}}
    found: dict[frozenset[str], FormedGroup] = {}
    for duty in duties:
        people = frozenset(duty.holder.tokens)
        if people not in found:
            name = by_people.get(people) or _next_name([*known.groups, *_names(found)])
            found[people] = FormedGroup(
                name, duty.holder.tokens, duty.holder.cell, is_new=people not in by_people
            )
        found[people].days += days[duty.position]
    return found


def _names(groups: Mapping[frozenset[str], FormedGroup]) -> list[str]:
    return [group.name for group in groups.values()]


def _next_name(taken: list[str]) -> str:
    number = len(taken) + 1
    while f"G{number:02}" in taken:
        number += 1
    return f"G{number:02}"


def member_rows(
    groups: Iterable[FormedGroup], *, known: Known, zone: ZoneInfo, findings: Findings
) -> tuple[MemberRow, ...]:
    """The memberships of the new groups; who stands in two of them moves after the first's duties."""
    new = [group for group in groups if group.is_new]
    bounds = _bounds(new, zone, findings)
    _check_known_groups(new, known, findings)
    return tuple(
        MemberRow(
            line=group.cell.line,
            cells={},
            group=group.name,
            student_id=student,
            position=seat,
            starts_at=bounds.get((group.name, student), (None, None))[0],
            ends_at=bounds.get((group.name, student), (None, None))[1],
        )
        for group in new
        for seat, student in enumerate(group.members, start=1)
    )


Bounds = dict[tuple[str, str], tuple[datetime | None, datetime | None]]


def _bounds(groups: list[FormedGroup], zone: ZoneInfo, findings: Findings) -> Bounds:
    of_student: dict[str, list[FormedGroup]] = {}
    for group in groups:
        for student in group.members:
            of_student.setdefault(student, []).append(group)
    bounds: Bounds = {}
    for student, several in of_student.items():
        in_order = sorted(several, key=lambda group: (min(group.days), max(group.days)))
        starts_at: datetime | None = None
        for earlier, later in pairwise(in_order):
            handed_over = _hand_over(student, earlier, later, zone, findings)
            bounds[earlier.name, student] = (starts_at, handed_over)
            starts_at = handed_over
        bounds[in_order[-1].name, student] = (starts_at, None)
    return bounds


def _hand_over(
    student: str, earlier: FormedGroup, later: FormedGroup, zone: ZoneInfo, findings: Findings
) -> datetime:
    last, first = max(earlier.days), min(later.days)
    day = min(last + FREE_AFTER, first)
    if first <= last:
        message = (
            f"{student} is in two groups at one time: {earlier.name} has duties until {last},"
            f" {later.name} from {first}. Keep the id in one of them."
        )
        findings.error(later.cell, "two_groups", message, found=student)
        return local_instant(day=last + FREE_AFTER, at=time(0), zone=zone)
    message = (
        f"{student} is in {earlier.name} until {last} and in {later.name} from {first}: the"
        f" memberships are dated so, with the move on {day}."
    )
    findings.warn(later.cell, "two_groups", message, found=student)
    return local_instant(day=day, at=time(0), zone=zone)


def _check_known_groups(groups: list[FormedGroup], known: Known, findings: Findings) -> None:
    group_of = {student: name for name, people in known.groups.items() for student in people}
    for group in groups:
        for student in group.members:
            if student in group_of:
                message = (
                    f"{student} is in {group_of[student]} already, which has other members than"
                    " this cell."
                )
                findings.error(group.cell, "two_groups", message, found=student)


def check_sizes(
    groups: Iterable[FormedGroup], *, sizes: tuple[int, int] | None, findings: Findings
) -> None:
    """Warn about groups outside the course's sizes (domain.md §6)."""
    if sizes is None:
        return
    smallest, largest = sizes
    allowed = f"{smallest}" if smallest == largest else f"{smallest} to {largest}"
    for group in groups:
        size = len(group.members)
        if not smallest <= size <= largest:
            message = (
                f"{group.name} ({quoted(', '.join(group.members))}) has {size}"
                f" member{'s' * (size != 1)}, the course's groups have {allowed}. It is taken and"
                " recorded as a waiver."
            )
            findings.warn(group.cell, "group_size", message)
