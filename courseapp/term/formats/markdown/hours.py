"""When a course meets, as its page or an option says it: "WF 12:30-13:45", "Tue & Thu 2:00-3:15 PM"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from typing import Final

LETTERS: Final = "MTWRFSU"
# Longest first: "Th" is no "T". R is Thursday and U is Sunday, as registrars write it.
DAY_WORDS: Final = {
    "monday": "M",
    "mon": "M",
    "tuesday": "T",
    "tues": "T",
    "tue": "T",
    "tu": "T",
    "wednesday": "W",
    "wed": "W",
    "thursday": "R",
    "thurs": "R",
    "thur": "R",
    "thu": "R",
    "th": "R",
    "friday": "F",
    "fri": "F",
    "saturday": "S",
    "sat": "S",
    "sunday": "U",
    "sun": "U",
}
_WORD: Final = rf"(?:{'|'.join(sorted(DAY_WORDS, key=len, reverse=True))})(?:s|\.)?"
_BETWEEN: Final = r"\s*(?:,|/|&|\+|and|\s)?\s*"
DAYS: Final = re.compile(
    rf"\b(?:{_WORD}(?:{_BETWEEN}{_WORD})*|(?-i:[MTWRFSU]{{1,7}}))(?![A-Za-z])", re.IGNORECASE
)
_HALF: Final = r"(?:\s*([ap])\.?m\.?(?![a-z]))?"
_CLOCK: Final = rf"(\d{{1,2}})(?::([0-5]\d))?{_HALF}"
RANGE: Final = re.compile(rf"{_CLOCK}\s*(?:-|–|—|\bto\b|\buntil\b)\s*{_CLOCK}", re.IGNORECASE)  # noqa: RUF001
MOMENT: Final = re.compile(
    rf"(?:\b(?:at|by|until|,)?\s*)\b(\d{{1,2}}):([0-5]\d)\b{_HALF}|\b(\d{{1,2}})()\s*([ap])\.?m\b",
    re.IGNORECASE,
)
# Hours that are not those of the class.
OTHERS: Final = re.compile(r"\boffice\b|\bexam|\bTAs?\b|\bsection", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hours:
    """The days as letters ("WF"), and from when until when on each."""

    days: str
    start: time
    end: time

    @property
    def words(self) -> str:
        """Return the hours as an option gives them."""
        return f"{self.days} {self.start:%H:%M}-{self.end:%H:%M}"


def read_hours(text: str) -> Hours | None:
    """Read an option's hours; None where they are not days and a time from-to, and nothing else."""
    days = DAYS.match(text.strip())
    if days is None:
        return None
    rest = text.strip()[days.end() :].strip(" ,")
    found = RANGE.fullmatch(rest)
    return None if found is None else _hours(days[0], found)


def find_hours(lines: Iterable[str]) -> Hours | None:
    """Find the hours in a page's text, tables apart: days and a time from-to in one line."""
    for line in lines:
        found = RANGE.search(line)
        if found is None or "|" in line or OTHERS.search(line) or not _is_sure(found):
            continue
        before = [days for days in DAYS.finditer(line[: found.start()]) if _is_days(days[0])]
        if before and (hours := _hours(before[-1][0], found)) is not None:
            return hours
    return None


def read_range(text: str) -> tuple[time, time] | None:
    """Read "12:30-13:45" or "2:00-3:15 PM"; None for anything else."""
    found = RANGE.fullmatch(text.strip())
    return None if found is None else _bounds(found)


def find_moment(text: str) -> time | None:
    """Find a time of day in words such as "Final report due 6:00 PM"."""
    found = MOMENT.search(text)
    if found is None:
        return None
    first, second = found.groups()[:3], found.groups()[3:]
    hour, minute, half = first if first[0] else second
    return _time(hour, minute, half)


def _is_days(text: str) -> bool:
    """A single capital in running text is no day."""
    return len(text) > 1


def _is_sure(found: re.Match[str]) -> bool:
    """Whether a time from-to is one of the day: it says AM or PM, or minutes."""
    return bool(found[3] or found[6] or (found[2] and found[5]))


def _hours(days: str, found: re.Match[str]) -> Hours | None:
    bounds = _bounds(found)
    letters = _letters(days)
    if bounds is None or not letters:
        return None
    return Hours(letters, *bounds)


def _letters(text: str) -> str:
    if re.fullmatch(rf"[{LETTERS}]+", text):
        found = set(text)
    else:
        words = re.findall("|".join(sorted(DAY_WORDS, key=len, reverse=True)), text.casefold())
        found = {DAY_WORDS[word] for word in words}
    return "".join(letter for letter in LETTERS if letter in found)


def _bounds(found: re.Match[str]) -> tuple[time, time] | None:
    """From and until; a half of the day that only one of them says holds for both, if it can."""
    start_half, end_half = found[3], found[6]
    end = _time(found[4], found[5], end_half or start_half)
    start = _time(found[1], found[2], start_half or end_half)
    if start is not None and end is not None and start >= end and not start_half:
        start = _time(found[1], found[2], "a" if end_half else None)
    if start is None or end is None or start >= end:
        return None
    return start, end


def _time(hour: str, minute: str | None, half: str | None) -> time | None:
    number = int(hour)
    if half is not None and not 1 <= number <= 12:
        return None
    if half is not None:
        number = number % 12 + (12 if half.casefold() == "p" else 0)
    return time(number, int(minute or 0)) if number < 24 else None
