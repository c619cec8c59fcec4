"""One row under the reader's finger: cells to values, and what is wrong with them.

A value that cannot be read is reported and replaced by a harmless stand-in, so that the rest of the
row is still read and every error comes out at once; a folder with an error is never built.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from courseapp.term.formats.names import Vocabulary
from courseapp.term.formats.problems import Problem, Severity, did_you_mean, listed, quoted

DATE_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER_FORM: Final = re.compile(r"0{0,3}[1-9][0-9]{0,3}")
TIME_FORM: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
WEIGHT_FORM: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?%?")
MAIL_FORM: Final = re.compile(r"[^\s@,;<>()\"\\]+@([\w-]+\.)+[\w-]{2,}", re.ASCII)
DOMAIN_FORM: Final = re.compile(r"([\w-]+\.)+[\w-]{2,}", re.ASCII)
ABBREVIATION_FORM: Final = re.compile(r"[A-Z]{2,5}")
WEB_SCHEMES: Final = ("http", "https")
# Zero-width marks and marks that turn the direction of writing: they hide what a cell says.
INVISIBLE: Final = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
# In characters, never more than the database's column holds; columns not named take MAX_LENGTH.
MAX_LENGTH: Final = 500
MAX_LENGTHS: Final[Mapping[str, int]] = {
    "code": 60,
    "days": 20,
    "email": 254,
    "group": 80,
    "institution": 200,
    "label": 300,
    "login": 60,
    "material": 1000,
    "milestone": 200,
    "module": 200,
    "name": 200,
    "note": 2000,
    "office_hours": 200,
    "room": 200,
    "section": 40,
    "sections": 200,
    "source": 2000,
    "student_id": 60,
    "term": 60,
    "text": 100_000,
    "topic": 300,
    "url": 1000,
}
MAX_COURSE_TITLE_LENGTH: Final = 200
MAX_WHOLE_NUMBER: Final = 9999
# Beyond these years a date is a slip of the hand, and turning it to UTC may fail.
YEARS: Final = range(1990, 2100)

UNKNOWN_DATE: Final = date(1970, 1, 1)
UTC_ZONE: Final = ZoneInfo("UTC")

Meaning = TypeVar("Meaning")


@cache
def zone_names() -> frozenset[str]:
    """Every IANA zone that a course may name."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


class Cells:
    """The cells of one row, by column. Readers return a stand-in after reporting a problem."""

    def __init__(
        self, *, file: str, line: int, cells: Mapping[str, str], problems: list[Problem]
    ) -> None:
        self.file = file
        self.line = line
        self.cells = cells
        self.unread: set[str] = set()
        self._problems = problems
        self._check_characters()

    def error(self, column: str, code: str, message: str) -> None:
        """Report that a cell keeps the folder out."""
        self.unread.add(column)
        self._report(column, code, message, Severity.ERROR)

    def warn(self, column: str, code: str, message: str) -> None:
        """Report what is odd about a cell that is taken all the same."""
        self._report(column, code, message, Severity.WARNING)

    def _report(self, column: str, code: str, message: str, severity: Severity) -> None:
        found = self.cells.get(column, "")
        self._problems.append(Problem(self.file, self.line, column, found, message, severity, code))

    def _check_characters(self) -> None:
        for column, raw in self.cells.items():
            limit = MAX_LENGTHS.get(column, MAX_LENGTH)
            if (self.file, column) == ("course.csv", "title"):
                limit = MAX_COURSE_TITLE_LENGTH
            if len(raw) > limit:
                message = f"Shorten it: {len(raw)} characters, at most {limit} are taken."
                self.error(column, "too_long", message)
            if INVISIBLE.search(raw):
                message = f"Holds characters that cannot be seen: {raw!a}."
                self.warn(column, "invisible_characters", message)

    def is_read(self, *columns: str) -> bool:
        """Whether these columns are there and nothing was wrong with them so far."""
        return all(column in self.cells and column not in self.unread for column in columns)

    def text(self, column: str) -> str:
        """A cell without its outer spaces; empty where the file has no such column."""
        return self.cells.get(column, "").strip()

    def required_text(self, column: str) -> str:
        """A cell that must not be empty."""
        text = self.text(column)
        if not text and column in self.cells:
            self.error(column, "empty", f"Give the {column.replace('_', ' ')}; it is empty.")
        return text

    def optional_date(self, column: str) -> date | None:
        text = self.text(column)
        if not text:
            return None
        found = _date_of(text)
        if found is None:
            message = f"{quoted(text)} is not a date; expected year-month-day such as 2025-02-05."
            self.error(column, "bad_date", message)
        return found

    def required_date(self, column: str) -> date:
        if not self.required_text(column):
            return UNKNOWN_DATE
        return self.optional_date(column) or UNKNOWN_DATE

    def optional_time(self, column: str) -> time | None:
        text = self.text(column)
        if not text:
            return None
        if TIME_FORM.fullmatch(text):
            return time.fromisoformat(text)
        message = f"{quoted(text)} is not a time; expected 00:00 to 23:59 such as 12:30."
        self.error(column, "bad_time", message)
        return None

    def optional_instant(self, column: str) -> datetime | date | None:
        """A date, or an instant with its offset from UTC such as 2025-02-05T12:30:00-06:00."""
        text = self.text(column)
        if not text or DATE_FORM.fullmatch(text):
            return self.optional_date(column)
        instant = _instant_of(text)
        if instant is not None:
            return instant
        message = (
            f"{quoted(text)} is neither a date such as 2025-02-05 nor an instant with its offset"
            " such as 2025-02-05T12:30:00-06:00."
        )
        self.error(column, "bad_instant", message)
        return None

    def boolean(self, column: str) -> bool:
        text = self.required_text(column).casefold()
        if text and text not in {"true", "false"}:
            self.error(column, "bad_bool", f"{quoted(text)} is neither true nor false.")
        return text == "true"

    def optional_whole_number(self, column: str) -> int | None:
        text = self.text(column)
        if not text:
            return None
        if NUMBER_FORM.fullmatch(text):
            return int(text)
        message = f"{quoted(text)} is not a whole number from 1 to {MAX_WHOLE_NUMBER}."
        self.error(column, "bad_number", message)
        return None

    def whole_number(self, column: str) -> int:
        if not self.required_text(column):
            return 1
        return self.optional_whole_number(column) or 1

    def weight(self, column: str) -> Decimal:
        """A weight from 0 to 100; a percent sign is allowed."""
        text = self.required_text(column)
        if not text:
            return Decimal(0)
        weight = Decimal(text.rstrip("%")) if WEIGHT_FORM.fullmatch(text) else None
        if weight is not None and weight <= 100:
            return weight
        self.error(column, "bad_number", f"{quoted(text)} is not a number from 0 to 100.")
        return Decimal(0)

    def unknown_name(self, column: str, vocabulary: Vocabulary[Meaning]) -> None:
        """Report a name that is not in the table, with those that are."""
        text = self.text(column)
        hint = did_you_mean(text, vocabulary.words)
        message = f"Unknown {column.replace('_', ' ')} {quoted(text)}; known are {listed(vocabulary.words)}.{hint}"
        self.error(column, "unknown_name", message)

    def name(self, column: str, vocabulary: Vocabulary[Meaning], *, stand_in: Meaning) -> Meaning:
        """What a name stands for by the course's table."""
        text = self.required_text(column)
        if not text:
            return stand_in
        meaning = vocabulary.find(text)
        if meaning is None:
            self.unknown_name(column, vocabulary)
            return stand_in
        return meaning

    def zone(self, column: str) -> ZoneInfo:
        """The zone that a cell must name by its IANA name."""
        text = self.required_text(column)
        if text in zone_names():
            return ZoneInfo(text)
        if text:
            hint = did_you_mean(text, zone_names())
            message = f"Unknown time zone {quoted(text)}; expected an IANA name such as America/Chicago.{hint}"
            self.error(column, "bad_zone", message)
        return UTC_ZONE

    def zone_or(self, column: str, course_zone: ZoneInfo) -> ZoneInfo:
        """The row's own zone, or the course's. An abbreviation such as CST is read as the latter."""
        text = self.text(column)
        if not text:
            return course_zone
        if text not in zone_names() and ABBREVIATION_FORM.fullmatch(text):
            message = (
                f"{quoted(text)} is an abbreviation; read as the course's zone {course_zone.key}."
            )
            self.warn(column, "zone_abbreviation", message)
            return course_zone
        return self.zone(column)

    def mail(self, column: str) -> str:
        """A mail address, in lower case."""
        text = self.required_text(column)
        if text and not MAIL_FORM.fullmatch(text):
            self.error(column, "bad_mail", f"{quoted(text)} is not a mail address.")
        return text.casefold()

    def link(self, column: str, *, may_be_relative: bool = False) -> str:
        """A web address; where allowed, a path beside the course's pages such as ./Slides/x.pdf."""
        text = self.text(column)
        if text and not is_link(text, may_be_relative=may_be_relative):
            expected = "one that begins with https:// or http://"
            if may_be_relative:
                expected += ", or a path such as ./Slides/x.pdf"
            self.error(column, "bad_link", f"{quoted(text)} is not a link; expected {expected}.")
        return text


def _date_of(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if DATE_FORM.fullmatch(text) else None
    except ValueError:
        return None
    return found if found is not None and found.year in YEARS else None


def _instant_of(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is None or found.year not in YEARS:
        return None
    return found.astimezone(UTC)


def is_link(text: str, *, may_be_relative: bool) -> bool:
    """Whether a text is a web address, or, where allowed, a path beside the course's pages."""
    if re.search(r"[\s\\<>\"]", text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme in WEB_SCHEMES and bool(parts.hostname)
    return may_be_relative and not parts.netloc and ".." not in parts.path.split("/")
