"""The page of what came in for one deliverable, put together."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page

from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.archives import ArchiveSheet, archives_of
from submissions.selectors.came_in import (
    Counts,
    OwnerLine,
    Show,
    Wanted,
    counts_of,
    page_of,
    words_of,
)
from submissions.selectors.final_slides import holds_of
from submissions.selectors.hours import Hours, hours_of
from submissions.selectors.packing import Scope
from submissions.selectors.reminding import Reminding, reminding_of

HEADINGS = {
    "missing": "Missing",
    "late": "Late, no credit",
    "open": "Nothing yet",
    "in": "In time",
}
SHOWN_WORDS = {
    Show.ALL: "Everyone",
    Show.OWING: "Without anything that counts",
    Show.LATE: "Late",
    Show.IN: "In time",
    Show.MORE_TIME: "With more time",
}


@dataclass(frozen=True)
class Stretch:
    """Owners of one page who are in the same state, under one heading."""

    state: str
    heading: str
    count: int
    lines: list[OwnerLine]

    @property
    def is_empty_handed(self) -> bool:
        """Say whether these owners have handed in nothing."""
        return self.state in ("missing", "open")


@dataclass(frozen=True)
class Sheet:
    """All that the page shows."""

    deliverable: Deliverable
    words: str
    wanted: Wanted
    counts: Counts
    page: Page[OwnerLine]
    hours: Hours
    reminding: Reminding
    archives: list[ArchiveSheet]

    @property
    def stretches(self) -> list[Stretch]:
        """Return the owners by their states, in the order of the page."""
        found: dict[str, list[OwnerLine]] = {}
        for line in self.page.object_list:
            found.setdefault(line.state, []).append(line)
        return [
            Stretch(state, HEADINGS[state], self.counts.by_state[state], lines)
            for state, lines in found.items()
        ]

    @property
    def is_on_schedule(self) -> bool:
        """Say whether what counts here stands on the schedule by itself."""
        return self.deliverable.kind == Kind.FINAL_SLIDES.value

    @property
    def owners_word(self) -> str:
        """Return what so many owners are called, within a sentence."""
        word = "student" if self.deliverable.kind == Kind.QUESTION.value else "group"
        return word if self.counts.owed == 1 else f"{word}s"

    @property
    def what(self) -> str:
        """Name what an archive from here is of, within a sentence."""
        deliverable = self.deliverable
        return Scope(deliverable.course, deliverable.lecture, Kind(deliverable.kind)).words

    @property
    def query(self) -> str:
        """Return what keeps the choice in links to other pages of the list."""
        chosen: dict[str, Any] = {}
        if self.wanted.show != Show.ALL:
            chosen["show"] = self.wanted.show.value
        if self.wanted.words:
            chosen["q"] = self.wanted.words
        return urlencode(chosen)

    @property
    def live_query(self) -> str:
        """Return what asks for this page of the list again."""
        return "&".join(filter(None, (self.query, f"page={self.page.number}")))

    @property
    def shows(self) -> list[tuple[str, str]]:
        """Return what a reader may choose to see."""
        return [(show.value, words) for show, words in SHOWN_WORDS.items()]


def sheet_of(deliverable: Deliverable, *, now: datetime, wanted: Wanted) -> Sheet:
    """Return the page of a deliverable, for staff."""
    counts = counts_of(deliverable, now=now, wanted=wanted)
    page = page_of(deliverable, counts, now=now, wanted=wanted)
    kind = Kind(deliverable.kind)
    if kind == Kind.FINAL_SLIDES:
        page.object_list = _with_holds(list(page.object_list))
    return Sheet(
        deliverable=deliverable,
        words=words_of(deliverable),
        wanted=wanted,
        counts=counts,
        page=page,
        hours=hours_of(deliverable, now=now),
        reminding=reminding_of(deliverable),
        archives=archives_of(deliverable.course, lecture=deliverable.lecture, kind=kind, now=now),
    )


def _with_holds(lines: list[OwnerLine]) -> list[OwnerLine]:
    holds = holds_of([line.submission_id for line in lines if line.submission_id is not None])
    return [replace(line, holds=tuple(holds.get(line.submission_id or 0, ()))) for line in lines]
