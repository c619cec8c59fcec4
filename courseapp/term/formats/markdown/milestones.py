"""What the rows of a table say of the term's dated steps: deadlines, and days of project talks (§9)."""

import re
from collections.abc import Iterable
from typing import Final

from courseapp.term.formats.markdown.hours import find_moment
from courseapp.term.formats.names import MILESTONES, LectureKind, MilestoneKind
from courseapp.term.formats.rows import LectureRow, MilestoneRow
from submissions.deadlines import milestone_instant

# Where the leading words do not tell: what stands anywhere in the row.
SAYS: Final = (
    (re.compile(r"\bproposals?\b", re.IGNORECASE), MilestoneKind.PROPOSAL),
    (re.compile(r"\breports?\b", re.IGNORECASE), MilestoneKind.REPORT),
    (re.compile(r"\bgroups?\b|\bteams?\b", re.IGNORECASE), MilestoneKind.FORM_GROUPS),
)
TALKS: Final = {
    LectureKind.MIDTERM: MilestoneKind.MIDTERM,
    LectureKind.FINAL: MilestoneKind.FINAL,
}
NAMES: Final = {kind: name for name, kind in MILESTONES.words.items()}


def milestone_rows(lectures: Iterable[LectureRow]) -> tuple[MilestoneRow, ...]:
    """Return the milestones that deadlines and talks are; a talk without a time is none.

    A deadline that says no time means the end of its day.
    """
    return tuple(filter(None, map(_milestone, lectures)))


def _milestone(row: LectureRow) -> MilestoneRow | None:
    words = f"{row.label} {row.topic}".strip()
    kind, at = TALKS.get(row.kind), None
    if row.kind is LectureKind.DEADLINE:
        kind, at = _kind(words), find_moment(words)
    elif row.starts_at is not None:
        at = row.starts_at.astimezone(row.zone).time()
    if kind is None or (at is None and row.kind is not LectureKind.DEADLINE):
        return None
    return MilestoneRow(
        line=row.line,
        cells={},
        name=words if MILESTONES.find_leading(words) is kind else NAMES[kind],
        kind=kind,
        due_on=row.held_on,
        due_time=at,
        zone=row.zone,
        due_at=milestone_instant(day=row.held_on, at=at, zone=row.zone),
        source="",
    )


def _kind(words: str) -> MilestoneKind | None:
    leading = MILESTONES.find_leading(words)
    if leading is not None:
        return leading
    return next((kind for said, kind in SAYS if said.search(words)), None)
