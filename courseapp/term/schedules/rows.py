"""A row of a schedule with all that hangs on it, and how two schedules' rows belong together.

Plain Python: the same for what stands in the course and for what a file wants.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Final

# What belongs to a row itself; readings and parts hang on it.
PLACE_FIELDS: Final = ("starts_on", "ends_on", "starts_from", "ends_by", "kind")
TEXT_FIELDS: Final = ("topic", "label", "module", "note")
READING_FIELDS: Final = ("title", "url", "is_required", "sections", "note")
# Rows that share this much of what is read are about the same.
HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading; `key` is the standing row's own, None in a file."""

    title: str
    url: str
    is_required: bool
    sections: str
    note: str
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Who plays a role: a group by its name (`kind` "group"), staff, a guest or a single student."""

    role: str
    kind: str
    name: str
    material: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `key` is the standing row's own, None in a file, `line` where the file has it."""

    starts_on: date
    ends_on: date | None
    starts_from: time | None
    ends_by: time | None
    kind: str
    topic: str
    label: str
    module: str
    note: str
    readings: tuple[Entry, ...] = ()
    parts: tuple[Part, ...] = ()
    key: int | None = None
    line: int = 0

    @property
    def title(self) -> str:
        """Return what people call the row."""
        return self.topic or self.label or (self.readings[0].title if self.readings else self.kind)


Pair = tuple[Row | None, Row | None]


def paired(standing: Sequence[Row], wanted: Sequence[Row]) -> list[Pair]:
    """Say which row of a file means which standing one; what is left is new, or gone.

    What is read says more than the date: a lecture that moved is the same lecture. Where nothing is
    read, the date says it, then the words.
    """
    open_rows, partner = list(standing), {}
    tests: tuple[Callable[[Row, Row], float], ...] = (
        lambda one, other: _is_same_day(one, other) and _is_alike(one, other),
        lambda one, other: _shared(one, other) if _shared(one, other) >= HALF else 0,
        _is_same_day,
        lambda one, other: one.kind == other.kind and _is_same_title(one, other),
    )
    for test in tests:
        for index, row in enumerate(wanted):
            if index in partner:
                continue
            found = [(test(one, row), one) for one in open_rows]
            score, best = max(
                found,
                key=lambda pair: (pair[0], -abs((pair[1].starts_on - row.starts_on).days)),
                default=(0, None),
            )
            if score and best is not None:
                partner[index] = best
                open_rows.remove(best)
    pairs: list[Pair] = [(partner.get(index), row) for index, row in enumerate(wanted)]
    return [*pairs, *((row, None) for row in open_rows)]


def _is_same_day(one: Row, other: Row) -> bool:
    return one.starts_on == other.starts_on


def _is_same_title(one: Row, other: Row) -> bool:
    return bool(one.topic or one.label) and one.title.casefold() == other.title.casefold()


def _is_alike(one: Row, other: Row) -> float:
    """How much two rows of one day are about the same."""
    return max(_shared(one, other), float(_is_same_title(one, other)))


def _shared(one: Row, other: Row) -> float:
    """The part of all that two rows read which both read."""
    first, second = ({_paper(entry) for entry in row.readings} for row in (one, other))
    return len(first & second) / len(first | second) if first | second else 0.0


def _paper(entry: Entry) -> str:
    return (entry.url or entry.title).casefold()


def paired_readings(
    standing: Sequence[Entry], wanted: Sequence[Entry]
) -> list[tuple[Entry | None, Entry | None]]:
    """Say which reading of a file means which standing one: the same paper, link or title.

    A new paper in the very place of one that is gone replaces it.
    """
    tests: tuple[Callable[[Entry, Entry], bool], ...] = (
        lambda one, other: (
            (one.title, one.url, one.sections) == (other.title, other.url, other.sections)
        ),
        lambda one, other: bool(one.url) and one.url == other.url,
        lambda one, other: one.title.casefold() == other.title.casefold(),
    )
    open_entries, partner = dict(enumerate(standing)), {}
    for test in tests:
        for index, entry in enumerate(wanted):
            if index in partner:
                continue
            place = next((at for at, one in open_entries.items() if test(one, entry)), None)
            if place is not None:
                partner[index] = open_entries.pop(place)
    for index in range(len(wanted)):
        if index not in partner and index in open_entries:
            partner[index] = open_entries.pop(index)
    found = [(partner.get(index), entry) for index, entry in enumerate(wanted)]
    return [*found, *((one, None) for one in open_entries.values())]
