"""The term as a picture: strokes for meetings, labelled dots for what matters, today.

Positions are in per cent of the width, so the picture is as wide as its reader's screen; labels are
set in rows, each row one line higher, so that none covers another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

LABEL_LINE = 46
FIRST_LABEL = 14
# How much of the width a letter takes where the labels are shown at all.
LETTER_WIDTH = 0.68
LABEL_GAP = 1.5


@dataclass(frozen=True)
class Mark:
    """Something that happens on days of the term; `letter` makes it a duty's disc."""

    days: tuple[date, ...]
    text: str
    letter: str = ""
    when: str = ""


@dataclass(frozen=True)
class Label:
    """A mark as it is drawn: `x` in per cent, `y` in pixels."""

    x: float
    y: int
    anchor: str
    dx: int
    day_text: str
    text: str
    letter: str
    is_done: bool

    @property
    def y_text(self) -> int:
        """Return where the second line of the label stands."""
        return self.y + 19


@dataclass(frozen=True)
class Tick:
    """A meeting: a short stroke, or a long one for a day of talks."""

    x: float
    is_long: bool


@dataclass(frozen=True)
class Month:
    """Where a month begins."""

    x: float
    name: str


@dataclass(frozen=True)
class Term:
    """The whole picture."""

    labels: list[Label]
    ticks: list[Tick]
    months: list[Month]
    now_x: float | None
    row_count: int

    @property
    def axis_y(self) -> int:
        """Return where the line of time lies, in pixels from the top."""
        return LABEL_LINE * self.row_count + 12

    @property
    def height(self) -> int:
        """Return the picture's height in pixels."""
        return self.axis_y + 48

    @property
    def summary(self) -> str:
        """Say what the picture shows, for those who do not see it."""
        names = f"from {self.months[0].name} to {self.months[-1].name}" if self.months else ""
        return f"The term {names}; the list below says the same."


def term_of(
    *, meetings: Iterable[tuple[date, bool]], marks: list[Mark], today: date
) -> Term | None:
    """Return the picture of a term; `meetings` are days, each with whether it is one of talks.

    None where there are no days to draw.
    """
    meetings = list(meetings)
    days = [day for day, _ in meetings] + [day for mark in marks for day in mark.days]
    if not days:
        return None
    scale = _Scale(first=min(days) - timedelta(days=2), last=max(days) + timedelta(days=3))
    labels, row_count = _labels(scale, marks, today)
    return Term(
        labels=labels,
        ticks=[Tick(scale.x(day), is_long) for day, is_long in meetings],
        months=scale.months(),
        now_x=scale.x(today) if scale.first <= today <= scale.last else None,
        row_count=row_count,
    )


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        """Return a day's place in per cent."""
        return round((day - self.first).days * 100 / (self.last - self.first).days, 2)

    def months(self) -> list[Month]:
        """Return the term's months; the first begins with the term."""
        found = [Month(0, f"{self.first:%b}")]
        day = self.first.replace(day=1)
        while (day := (day + timedelta(days=32)).replace(day=1)) <= self.last:
            found.append(Month(self.x(day), f"{day:%b}"))
        return found


def _labels(scale: _Scale, marks: list[Mark], today: date) -> tuple[list[Label], int]:
    """Set each label into the lowest row in which it covers none."""
    row_ends: list[list[tuple[float, float]]] = []
    placed: list[tuple[Mark, float, str, int]] = []
    for mark in sorted(marks, key=lambda found: found.days):
        x = scale.x(mark.days[0])
        anchor, span = _span(mark, x)
        row = _free_row(row_ends, span)
        placed.append((mark, x, anchor, row))
    count = max(1, len(row_ends))
    labels = [
        Label(
            x=x,
            y=FIRST_LABEL + LABEL_LINE * (count - 1 - row),
            anchor=anchor,
            dx=8 if anchor == "start" else -8,
            day_text=_day_text(mark),
            text=mark.text,
            letter=mark.letter,
            is_done=mark.days[-1] < today,
        )
        for mark, x, anchor, row in placed
    ]
    return labels, count


def _span(mark: Mark, x: float) -> tuple[str, tuple[float, float]]:
    width = max(len(mark.text), len(_day_text(mark))) * LETTER_WIDTH + LABEL_GAP
    if x + width <= 100:
        return "start", (x, x + width)
    return "end", (x - width, x)


def _free_row(rows: list[list[tuple[float, float]]], span: tuple[float, float]) -> int:
    for number, taken in enumerate(rows):
        if all(span[1] <= begins or ends <= span[0] for begins, ends in taken):
            taken.append(span)
            return number
    rows.append([span])
    return len(rows) - 1


def _day_text(mark: Mark) -> str:
    """Print the days: "Apr 2, 4", or over two months "Apr 30, May 2, 7"; a time follows."""
    parts, month = [], ""
    for day in mark.days:
        name = f"{day:%b} " if f"{day:%b}" != month else ""
        month = f"{day:%b}"
        parts.append(f"{name}{day.day}")
    return ", ".join(parts) + (f", {mark.when}" if mark.when else "")
