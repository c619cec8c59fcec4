"""What came in, in the whole course: each deliverable with how many have it, what falls due next first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel.sent import row_id
from schedule.models import Lecture
from submissions.deadlines import Kind
from submissions.selectors.owed import KIND_WORDS
from submissions.selectors.packing import Scope
from submissions.selectors.tallies import Tally, tallies

SHOWN_COMING: Final = 8
SHOWN_PAST: Final = 12


@dataclass(frozen=True)
class Line:
    """One deliverable; of a summary both roles together."""

    deliverable_id: int
    kind: Kind
    lecture_id: int | None
    lecture_title: str
    reading_title: str
    due_at: datetime
    owed: int
    in_time: int

    @property
    def words(self) -> str:
        """Name the deliverable by its kind."""
        return KIND_WORDS[self.kind]

    @property
    def missing(self) -> int:
        """Return how many have nothing that counts."""
        return self.owed - self.in_time


@dataclass(frozen=True)
class CameInList:
    """What the page shows; `lecture` and `kind` are what was chosen, if anything."""

    course: Course
    coming: list[Line]
    past: list[Line]
    more_coming: int
    more_past: int
    lectures: list[tuple[int, str]]
    kinds: list[tuple[str, str]]
    lecture: Lecture | None
    kind: Kind | None

    @property
    def query(self) -> str:
        """Return what keeps the choice in links to other forms of the page."""
        chosen = [f"lecture={self.lecture.pk}" if self.lecture else ""]
        chosen.append(f"kind={self.kind.value}" if self.kind else "")
        return "&".join(filter(None, chosen))

    @property
    def what(self) -> str:
        """Name what was chosen, within a sentence."""
        return Scope(self.course, self.lecture, self.kind).words


def came_in_list(
    actor: Actor, *, now: datetime, lecture: str | None, kind: str | None, shows_all: bool
) -> CameInList:
    """Return what came in; a lecture or kind that there is not chooses nothing."""
    assert actor.course is not None
    lines = _lines(tallies(course=actor.course, now=now))
    chosen_kind = next((one for one in Kind if one.value == kind), None)
    chosen = _chosen(actor.course, row_id(lecture))
    shown = [
        line
        for line in lines
        if chosen_kind in (None, line.kind) and (chosen is None or chosen.pk == line.lecture_id)
    ]
    shows_all = shows_all or chosen is not None
    coming = [line for line in shown if line.due_at >= now]
    past = [line for line in reversed(shown) if line.due_at < now]
    return CameInList(
        course=actor.course,
        coming=coming if shows_all else coming[:SHOWN_COMING],
        past=past if shows_all else past[:SHOWN_PAST],
        more_coming=0 if shows_all else max(0, len(coming) - SHOWN_COMING),
        more_past=0 if shows_all else max(0, len(past) - SHOWN_PAST),
        lectures=_lectures(lines),
        kinds=[(one.value, KIND_WORDS[one]) for one in Kind if one in {at.kind for at in lines}],
        lecture=chosen,
        kind=chosen_kind,
    )


def _chosen(course: Course, lecture_id: int | None) -> Lecture | None:
    if lecture_id is None:
        return None
    return Lecture.objects.filter(course=course, pk=lecture_id).first()


def _lines(counts: Iterable[Tally]) -> list[Line]:
    """Count the roles of one deliverable together."""
    by_deliverable: dict[int, list[Tally]] = {}
    for tally in counts:
        by_deliverable.setdefault(tally.deliverable_id, []).append(tally)
    return [
        Line(
            deliverable_id=found[0].deliverable_id,
            kind=found[0].kind,
            lecture_id=found[0].lecture_id,
            lecture_title=found[0].lecture_title,
            reading_title=found[0].reading_title,
            due_at=max(tally.due_at for tally in found),
            owed=sum(tally.owed_count for tally in found),
            in_time=sum(tally.in_count for tally in found),
        )
        for found in by_deliverable.values()
    ]


def _lectures(lines: Iterable[Line]) -> list[tuple[int, str]]:
    found = {line.lecture_id: line.lecture_title for line in lines if line.lecture_id is not None}
    return list(found.items())
