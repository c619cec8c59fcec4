"""A roster's lines to its students: who stands in it, and what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from courseapp.term.formats.cells import INVISIBLE, MAIL_FORM, MAX_LENGTHS
from courseapp.term.formats.names import folded
from courseapp.term.formats.problems import Problem, Severity, did_you_mean, has_errors, quoted
from courseapp.term.formats.roster.headings import (
    HEADINGS,
    IDS,
    Column,
    columns_of,
    is_heading,
)
from courseapp.term.formats.roster.sheets import SheetError, lines_of, text_of
from courseapp.term.formats.roster.statuses import is_gone, is_known
from courseapp.term.formats.tables import Line

# Within so many lines the headings come, after a title and the like.
HEADING_WITHIN: Final = 40
# What gradebooks and registrars print between and below their students.
NO_STUDENT: Final = re.compile(
    r"points possible|manual posting|\(read only\)|student,\s*test$|test student$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One student as the file has them; `ids` are all ids by their headings, empty ones left out."""

    line: int
    ids: Mapping[str, str]
    name: str
    email: str
    section: str

    @property
    def words(self) -> str:
        """Return how a sentence names this row."""
        return self.name or next(iter(self.ids.values()), "") or self.email


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster that came in: its students, those that it says have left, and its id columns."""

    file: str
    rows: tuple[RosterRow, ...]
    gone: tuple[RosterRow, ...]
    id_headings: tuple[str, ...]


def read_roster(
    content: bytes, *, file: str, mail_domain: str | None = None
) -> tuple[Roster | None, list[Problem]]:
    """Bytes to a roster, with everything that is wrong or odd about it; None where it has errors.

    Headings may come after a title and come again; totals, blank lines and what is no student are
    passed over. Whoever's registration status says that they left is told apart. With `mail_domain`, who
    has a login but no address gets login@mail_domain.
    """
    try:
        lines = lines_of(text_of(content))
    except SheetError as broken:
        return None, [Problem(file, broken.row, None, "", str(broken), Severity.ERROR, broken.code)]
    heading = next((line for line in lines[:HEADING_WITHIN] if is_heading(line.cells)), None)
    if heading is None:
        return None, [_no_heading(file, lines[0])]
    reader = _Reader(file, heading, mail_domain)
    roster = reader.roster(lines[lines.index(heading) + 1 :])
    return (None if has_errors(reader.problems) else roster), reader.problems


def _no_heading(file: str, first: Line) -> Problem:
    found = ", ".join(cell for cell in first.cells if cell.strip())
    message = (
        "No line of headings was found; expected such as student_id, name, email and section, or the"
        f" headings of Canvas (Student, SIS User ID) or Banner (Student Name, ID). The file begins"
        f" with {quoted(found)}."
    )
    return Problem(file, first.number, None, found, message, Severity.ERROR, "no_headings")


class _Reader:
    """Reads the lines below the headings and collects what is wrong with them."""

    def __init__(self, file: str, heading: Line, mail_domain: str | None) -> None:
        self.file = file
        self.mail_domain = mail_domain
        self.heading = heading
        self.columns = columns_of(heading.cells)
        self.problems: list[Problem] = []
        self.ids = {
            heading.cells[index].strip(): index
            for column in IDS
            for index in self.columns.get(column, ())
        }
        self._check_headings()

    def roster(self, lines: list[Line]) -> Roster:
        rows: list[RosterRow] = []
        gone: list[RosterRow] = []
        for line in lines:
            if self._is_student(line):
                (gone if is_gone(self._status(line)) else rows).append(self._row(line))
        kept = self._without_repeats(rows)
        if not kept and not has_errors(self.problems):
            message = "The file has headings but no student below them; export the whole roster."
            self._report(self.heading.number, None, "", "no_students", message)
        return Roster(self.file, tuple(kept), tuple(gone), tuple(self.ids))

    def _report(
        self,
        row: int,
        column: str | None,
        found: str,
        code: str,
        message: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        self.problems.append(Problem(self.file, row, column, found, message, severity, code))

    def _check_headings(self) -> None:
        cells = [cell.strip() for cell in self.heading.cells]
        for column in dict.fromkeys(cells):
            count = [folded(cell) for cell in cells].count(folded(column))
            if column and count > 1 and HEADINGS.find(column) is not None:
                message = f"The heading {quoted(column)} is there {count} times; keep one."
                self._report(self.heading.number, column, column, "duplicate_column", message)
            hint = did_you_mean(column, ("student_id", "name", "email", "section"))
            if column and HEADINGS.find(column) is None and hint:
                message = f"The column {quoted(column)} is not read.{hint}"
                self._report(
                    self.heading.number, column, column, "unread_column", message, Severity.WARNING
                )

    def _is_student(self, line: Line) -> bool:
        """Whether a line is a student's, and not a total, a page's end or the headings again."""
        cells = [cell.strip() for cell in line.cells]
        if [folded(cell) for cell in cells] == [folded(cell) for cell in self.heading.cells]:
            return False
        if NO_STUDENT.search(self._cell(line, Column.NAME)):
            return False
        if any(self._cell_at(line, index) for index in self.ids.values()):
            return self._fits(line)
        if self._cell(line, Column.EMAIL):
            return self._fits(line)
        return self._is_nameless(line, cells)

    def _is_nameless(self, line: Line, cells: list[str]) -> bool:
        """A line without id and address: passed over if it is a single note, else an error."""
        filled = [cell for cell in cells if cell]
        is_name = "," in self._cell(line, Column.NAME) or len(filled) > 2
        if is_name:
            message = f"{quoted(filled[0])} has neither an id nor an address; give one of them."
            self._report(line.number, None, filled[0], "no_id", message)
            return False
        message = f"{quoted(' '.join(filled))} is passed over: it is no student."
        self._report(
            line.number, None, filled[0], "not_a_student", message, severity=Severity.WARNING
        )
        return False

    def _fits(self, line: Line) -> bool:
        width = len(self.heading.cells)
        if not any(cell.strip() for cell in line.cells[width:]):
            return True
        message = f"Expected {width} cells, found {len(line.cells)}. A name with a comma in it needs quotes."
        self._report(line.number, None, ",".join(line.cells), "cell_count", message)
        return False

    def _row(self, line: Line) -> RosterRow:
        ids = {heading: self._cell_at(line, index) for heading, index in self.ids.items()}
        row = RosterRow(
            line=line.number,
            ids={heading: found for heading, found in ids.items() if found},
            name=self._name(line),
            email=self._address(line),
            section=self._cell(line, Column.SECTION),
        )
        self._check_lengths(row)
        return row

    def _status(self, line: Line) -> str:
        status = self._cell(line, Column.STATUS).strip("* ")
        if not is_known(status):
            message = f"Unknown status {quoted(status)}; read as being in the course."
            heading = self._heading_of(Column.STATUS)
            self._report(line.number, heading, status, "unknown_status", message, Severity.WARNING)
        return status

    def _name(self, line: Line) -> str:
        first, last = self._cell(line, Column.FIRST_NAME), self._cell(line, Column.LAST_NAME)
        if first or last:
            return f"{first} {last}".strip()
        return name_as_spoken(self._cell(line, Column.NAME))

    def _address(self, line: Line) -> str:
        found = self._cell(line, Column.EMAIL)
        login = self._cell(line, Column.LOGIN)
        if not found and "@" in login:
            found = login
        if not found and login and self.mail_domain:
            found = f"{login}@{self.mail_domain}"
        if found and not MAIL_FORM.fullmatch(found):
            message = f"{quoted(found)} is not a mail address."
            heading = self._heading_of(Column.EMAIL) or self._heading_of(Column.LOGIN)
            self._report(line.number, heading, found, "bad_mail", message)
        return found.casefold()

    def _check_lengths(self, row: RosterRow) -> None:
        longest = max(row.ids.values(), key=len, default="")
        values = {"student_id": longest, "name": row.name, "email": row.email}
        for column, value in {**values, "section": row.section}.items():
            if len(value) > MAX_LENGTHS[column]:
                message = (
                    f"Shorten it: {len(value)} characters, at most {MAX_LENGTHS[column]} are taken."
                )
                self._report(row.line, column, value, "too_long", message)

    def _without_repeats(self, rows: Iterable[RosterRow]) -> list[RosterRow]:
        """The rows, each student once; an id in two different rows and a shared address are errors."""
        kept: list[RosterRow] = []
        by_id: dict[tuple[str, str], RosterRow] = {}
        by_address: dict[str, RosterRow] = {}
        for row in rows:
            keys = [(heading, found.casefold()) for heading, found in row.ids.items()]
            first = next((by_id[key] for key in keys if key in by_id), None)
            if first is not None:
                self._report_repeat(row, first)
                continue
            by_id.update(dict.fromkeys(keys, row))
            holder = by_address.setdefault(row.email, row) if row.email else row
            if holder is not row:
                message = (
                    f"{quoted(row.email)} is used in row {holder.line} already, by {holder.words}."
                )
                heading = self._heading_of(Column.EMAIL)
                self._report(row.line, heading, row.email, "duplicate_mail", message)
            kept.append(row)
        return kept

    def _report_repeat(self, row: RosterRow, first: RosterRow) -> None:
        heading, found = next(
            (heading, found)
            for heading, found in row.ids.items()
            if first.ids.get(heading, "").casefold() == found.casefold()
        )
        is_same = (row.ids, row.name, row.email) == (first.ids, first.name, first.email)
        message = f"{quoted(found)} stands in row {first.line} already"
        if is_same:
            said = f"{message}, with the same name; the row is passed over."
            self._report(row.line, heading, found, "same_student", said, Severity.WARNING)
            return
        said = f"{message}, as {first.words}; here it is {row.words}."
        self._report(row.line, heading, found, "duplicate_student", said)

    def _heading_of(self, column: Column) -> str | None:
        places = self.columns.get(column)
        return self.heading.cells[places[0]].strip() if places else None

    def _cell(self, line: Line, column: Column) -> str:
        """The first filled cell of a kind of column."""
        places = self.columns.get(column, ())
        return next(filter(None, (self._cell_at(line, index) for index in places)), "")

    def _cell_at(self, line: Line, index: int) -> str:
        if index >= len(line.cells):
            return ""
        return " ".join(INVISIBLE.sub("", line.cells[index]).split())


def name_as_spoken(printed: str) -> str:
    """ "Last, First" as "First Last"; "Last, First, Jr." keeps what follows at its end."""
    last, *rest = [part.strip() for part in printed.split(",")]
    if not rest or not rest[0]:
        return last
    first, *after = rest
    return ", ".join(filter(None, [f"{first} {last}".strip(), *after]))
