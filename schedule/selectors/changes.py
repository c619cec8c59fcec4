"""What a draft changes for whom, before it is published (domain.md §7)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment, EnrollmentState
from groups.models import Group, Membership
from schedule.models import Lecture
from schedule.planning import Cell, GroupChange, Role, differences
from schedule.selectors.drafts import BrokenLine, Sheet, applying, beside, sheet_of


@dataclass(frozen=True)
class PartLine:
    """A part of a group in one lecture, in words."""

    role: Role
    words: str
    lecture: Lecture


@dataclass(frozen=True)
class ChangeLine:
    """What changes for a group, who is told, and what the group reads about its presentation."""

    group: Group
    gone: tuple[PartLine, ...]
    new: tuple[PartLine, ...]
    explanation: str
    members: tuple[Enrollment, ...] = ()


@dataclass(frozen=True)
class BrokenChoice:
    """A rule that the draft breaks, with the reason for which it is kept, or was the last time."""

    line: BrokenLine
    reason: str

    @property
    def field(self) -> str:
        """Return the name of the form's field in which the reason stands."""
        return f"keep-{self.line.key}"


@dataclass(frozen=True)
class Preview:
    """What publishing a draft would do; `token` names it, so that nothing else is done by the click."""

    sheet: Sheet
    changes: tuple[ChangeLine, ...]
    broken: tuple[BrokenChoice, ...]
    token: str

    def answered(self, reasons: Mapping[str, str]) -> "Preview":
        """Return the preview with reasons as someone wrote them."""
        answers = [replace(one, reason=reasons.get(one.line.key, "")) for one in self.broken]
        return replace(self, broken=tuple(answers))

    @property
    def told_count(self) -> int:
        """Return how many people are told; nobody, while the course does not mail."""
        if not self.sheet.course.mails:
            return 0
        return sum(len(line.members) for line in self.changes)


@dataclass(frozen=True)
class Comparison:
    """A draft beside the published plan, or beside another draft."""

    sheet: Sheet
    other: Sheet
    changes: tuple[ChangeLine, ...]
    numbers: tuple[int, ...]


def preview_of(actor: Actor, *, now: datetime, number: int) -> Preview | None:
    """Return what publishing a draft would do, for staff."""
    found = sheet_of(actor, now=now, number=number)
    if found is None:
        return None
    changes = changes_of(found)
    kept = [] if found.publication is None else found.publication.kept_broken
    reasons = {row["key"]: row["reason"] for row in kept}
    return Preview(
        sheet=found,
        changes=_lines(found, changes, members=members_of(one.group for one in changes)),
        broken=tuple(
            BrokenChoice(line, reasons.get(line.key, "")) for line in found.broken_lines()
        ),
        token=token_of(changes),
    )


def compared(actor: Actor, *, now: datetime, number: int, other_number: int) -> Comparison | None:
    """Return what differs from another draft (0: the published plan) to this one, for staff."""
    found = sheet_of(actor, now=now, number=number)
    other = None if found is None else beside(found, other_number)
    if found is None or other is None:
        return None
    changes = differences(other.cells, found.cells)
    return Comparison(
        sheet=found,
        other=other,
        changes=_lines(found, changes, members={}),
        numbers=tuple(sorted({*range(found.latest_number + 1)} - {number}, reverse=True)),
    )


def changes_of(found: Sheet) -> list[GroupChange]:
    """Return what publishing changes: lectures that have begun keep what they have.

    What a group that is gone still holds in the others ends, too.
    """
    closed = found.planning.problem.closed
    standing = {cell for cell in found.planning.standing if cell.lecture not in closed}
    return differences(standing, applying(found.planning, found.cells))


def token_of(changes: Iterable[GroupChange]) -> str:
    """Return a token of changes, by which it shows that something else would be done by now."""
    rows = [
        (change.group, [[cell.lecture, cell.role.value] for cell in cells])
        for change in changes
        for cells in (change.gone, change.new)
    ]
    return sha256(repr(rows).encode()).hexdigest()[:32]


def members_of(groups: Iterable[int]) -> dict[int, list[Enrollment]]:
    """Return who belongs to each group at present, by seat, in one query."""
    current = Membership.objects.current().filter(
        group__in=list(groups), enrollment__state=EnrollmentState.ACTIVE
    )
    found: dict[int, list[Enrollment]] = defaultdict(list)
    for membership in current.select_related("enrollment").order_by("group", "seat"):
        found[membership.group_id].append(membership.enrollment)
    return dict(found)


def parts_of(found: Sheet, cells: Collection[Cell]) -> tuple[PartLine, ...]:
    """Return cells of one group in words, in the order of the schedule."""
    lectures, names = found.planning.lectures, found.planning.problem.role_names
    lines = [
        PartLine(cell.role, names.opening(cell.role), lectures[cell.lecture]) for cell in cells
    ]
    return tuple(sorted(lines, key=lambda line: (line.lecture.starts_on, line.lecture.position)))


def _lines(
    found: Sheet, changes: Iterable[GroupChange], *, members: dict[int, list[Enrollment]]
) -> tuple[ChangeLine, ...]:
    groups = found.planning.groups
    lines = [
        ChangeLine(
            group=groups[change.group],
            gone=parts_of(found, change.gone),
            new=parts_of(found, change.new),
            explanation=found.explanations.get(change.group, ""),
            members=tuple(members.get(change.group, ())),
        )
        for change in changes
        if change.group in groups
    ]
    return tuple(sorted(lines, key=lambda line: (line.group.position, line.group.pk)))
