"""The date cell: a day or a range without a year, and the topic beside it (domain.md §12)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from courseapp.term.formats.cells import YEARS
from courseapp.term.formats.markdown.findings import Cell, Findings
from courseapp.term.formats.markdown.texts import BREAK, meant, shielded
from courseapp.term.formats.problems import quoted

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PRINTED_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sept",
    "Oct",
    "Nov",
    "Dec",
)
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
NUMBER: Final = r"(\d{1,2})(?:st|nd|rd|th)?(?!\d|:\d)"
YEAR: Final = r"(?:,?\s+(\d{4})\b)?"
FORMS: Final = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)"), "ymd"),
    (re.compile(rf"({MONTH})\s*{NUMBER}{YEAR}", re.IGNORECASE), "mdy"),
    (re.compile(rf"{NUMBER}\s+({MONTH}){YEAR}", re.IGNORECASE), "dmy"),
    (re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?!\d)"), "mdy"),
)
WEEKDAY: Final = re.compile(
    r"\(?\b(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?\)?,?\s*",
    re.IGNORECASE,
)
NUMBERED: Final = re.compile(
    r"^(?:week|lecture|lec|class|session)\s*#?\d+\s*[:,.-]?\s*", re.IGNORECASE
)
DASH: Final = re.compile(r"\s*(?:-|–|—|\bto\b)\s*")  # noqa: RUF001 - people type all three dashes
HALF_A_YEAR: Final = timedelta(days=184)
BARE_DAY: Final = re.compile(rf"{NUMBER}(?!\s*/)")


@dataclass(frozen=True, slots=True)
class DateCell:
    """`on` is None where no date could be read."""

    on: date | None
    ends_on: date | None
    topic: str


@dataclass(frozen=True, slots=True)
class _Day:
    month: int
    day: int
    year: int | None
    end: int


def looks_dated(text: str) -> bool:
    """Whether a cell begins with a date."""
    text = NUMBERED.sub("", text.strip("* "))
    found = WEEKDAY.match(text)
    return _day_at(text, found.end() if found else 0) is not None


def read_date(cell: Cell, *, near: date, findings: Findings) -> DateCell:
    """Read a date cell; a date without a year is the one nearest to `near`, the row before.

    So a table runs over the turn of a year, and a row out of order stays in its own year.
    """
    text = NUMBERED.sub("", BREAK.sub("\n", shielded(cell.text)).strip().strip("*"))
    weekday = WEEKDAY.match(text)
    first = _day_at(text, weekday.end() if weekday else 0)
    if first is None:
        message = f"{quoted(cell.text)} is not a date; expected one such as Feb 5, or Mar 17-21."
        findings.error(cell, "bad_date", message)
        return DateCell(None, None, "")
    on = _nearest(first, near)
    if on is None:
        findings.error(cell, "bad_date", f"{quoted(cell.text)}: there is no such day in that year.")
        return DateCell(None, None, "")
    if weekday is not None and not weekday[1].casefold().startswith(WEEKDAYS[on.weekday()]):
        message = f"{on} is a {on:%A}; the row says {weekday[1]}. Is the year right?"
        findings.warn(cell, "contradictory_date", message)
    ends_on, end = _range_end(text, first, on)
    if ends_on is not None and ends_on < on:
        findings.error(cell, "bad_date", f"{quoted(cell.text)}: the end is before the start.")
    return DateCell(on, ends_on if ends_on != on else None, _topic(text[end:]))


def _day_at(text: str, at: int) -> _Day | None:
    for form, order in FORMS:
        found = form.match(text, at)
        if found is None:
            continue
        parts = dict(zip(order, found.groups(), strict=True))
        month, day = _month(parts["m"]), int(parts["d"])
        if month > 12 and day <= 12:
            month, day = day, month
        year = int(parts["y"]) if parts["y"] else None
        return _Day(
            month, day, 2000 + year if year is not None and year < 100 else year, found.end()
        )
    return None


def _month(text: str) -> int:
    return int(text) if text.isdigit() else MONTHS.index(text[:3].casefold()) + 1


def _nearest(found: _Day, near: date) -> date | None:
    years = (near.year - 1, near.year, near.year + 1) if found.year is None else (found.year,)
    days = [day for year in years if (day := _date(year, found.month, found.day)) is not None]
    if found.year is None:
        # Else 29 February would be found in a leap year beside the course's.
        days = [day for day in days if abs(day - near) <= HALF_A_YEAR]
    return min(days, key=lambda day: abs(day - near), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def _range_end(text: str, first: _Day, on: date) -> tuple[date | None, int]:
    dash = DASH.match(text, first.end)
    if dash is None:
        return None, first.end
    weekday = WEEKDAY.match(text, dash.end())
    start = weekday.end() if weekday else dash.end()
    last = _day_at(text, start)
    if last is not None:
        return _nearest(last, on), last.end
    bare = BARE_DAY.match(text, start)
    if bare is None:
        return None, first.end
    return _date(on.year, on.month, int(bare[1])) or on.replace(day=1), bare.end()


def _topic(rest: str) -> str:
    if not rest.lstrip(" ").startswith("\n") and WEEKDAY.fullmatch(rest.strip()):
        # "Jan 22 (Wed)": the weekday stands where a topic would.
        return ""
    topic = rest.strip().lstrip(":-–—,").strip()  # noqa: RUF001
    if topic.startswith("(") and topic.endswith(")"):
        topic = topic[1:-1]
    return meant(topic)


def printed_date(on: date, ends_on: date | None) -> str:
    """A day or a range as the table writes it: "Feb 5", "Mar 17-21", "Mar 30 - Apr 3"."""
    first = f"{PRINTED_MONTHS[on.month - 1]} {on.day}"
    if ends_on is None or ends_on == on:
        return first
    if (ends_on.year, ends_on.month) == (on.year, on.month):
        return f"{first}-{ends_on.day}"
    return f"{first} - {PRINTED_MONTHS[ends_on.month - 1]} {ends_on.day}"
