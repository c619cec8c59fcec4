"""The tables of a folder while it is read, and what its rows may refer to.

What is known (students, groups, lectures) is taken from the raw tables, so a row with another
mistake in it still counts as there, and one slip does not make a dozen problems.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from courseapp.term.formats.cells import UNKNOWN_DATE, UTC_ZONE, Cells
from courseapp.term.formats.names import Names
from courseapp.term.formats.problems import Problem, Severity, did_you_mean, listed, quoted
from courseapp.term.formats.rows import ReadingRow, Row
from courseapp.term.formats.tables import Table


@dataclass
class Sources:
    """Every table that could be read, the course's names, and the problems found so far."""

    tables: Mapping[str, Table]
    names: Names
    mail_domain: str | None = None
    given: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    zone: ZoneInfo = UTC_ZONE

    def rows(self, file: str) -> Iterator[Cells]:
        """The rows of a file whose cells fit its header; none where it could not be read."""
        table = self.tables.get(file)
        if table is None:
            return
        for line in table.lines:
            cells = dict(zip(table.columns, line.cells, strict=True))
            yield Cells(file=file, line=line.number, cells=cells, problems=self.problems)

    def report_file(self, file: str, *, code: str, message: str, severity: Severity) -> None:
        """Report what concerns a file as a whole."""
        self.problems.append(Problem(file, None, None, "", message, severity, code))

    def warn(self, file: str, row: Row, *, column: str, message: str, code: str) -> None:
        """Report what is odd about a row that was read already."""
        found = row.cells.get(column, "")
        self.problems.append(
            Problem(file, row.line, column, found, message, Severity.WARNING, code)
        )

    def is_given(self, file: str) -> bool:
        """Whether the folder has such a file, readable or not."""
        return file in self.given

    def is_whole(self, file: str) -> bool:
        """Whether a file could be read and every row of it fits its header."""
        table = self.tables.get(file)
        return table is not None and not table.misfits

    def known(self, file: str, column: str) -> dict[str, None] | None:
        """Every value of a column, in order; None where the file or the column is not there."""
        table = self.tables.get(file)
        if table is None or column not in table.columns:
            return None
        return dict.fromkeys(table.values(column))

    @cached_property
    def students(self) -> dict[str, None] | None:
        return self.known("roster.csv", "student_id")

    @cached_property
    def groups(self) -> dict[str, None] | None:
        return self.known("groups.csv", "group")

    @cached_property
    def staff_names(self) -> dict[str, None] | None:
        return self.known("staff.csv", "name")

    @cached_property
    def positions(self) -> dict[date, list[int]] | None:
        """The positions of the lectures of each day; None where the schedule cannot be read."""
        table = self.tables.get("lectures.csv")
        if table is None or "date" not in table.columns:
            return None
        found: dict[date, list[int]] = {}
        for line in (*table.lines, *table.misfits):
            # Problems of these rows are reported where lectures are read, not here.
            cells = dict(zip(table.columns, line.cells, strict=False))
            row = Cells(file=table.file, line=line.number, cells=cells, problems=[])
            found.setdefault(row.required_date("date"), []).append(row.whole_number("position"))
        return found

    def reading_orders(self, readings: Iterable[ReadingRow]) -> frozenset[tuple[int, int]] | None:
        """(lecture position, order) of every reading; None where some could not be read."""
        if "readings.csv" in self.given and not self.is_whole("readings.csv"):
            return None
        return frozenset((reading.lecture_position, reading.order) for reading in readings)

    def student(self, row: Cells, column: str) -> str:
        """An id that must stand in the roster."""
        return self._reference(row, column, self.students, "in roster.csv", "unknown_student")

    def group(self, row: Cells, column: str) -> str:
        """A group that must stand in groups.csv."""
        return self._reference(row, column, self.groups, "in groups.csv", "unknown_group")

    def _reference(
        self, row: Cells, column: str, known: Mapping[str, None] | None, place: str, code: str
    ) -> str:
        text = row.required_text(column)
        if text and known is not None and text not in known:
            message = f"There is no {quoted(text)} {place}.{did_you_mean(text, known)}"
            row.error(column, code, message)
        return text

    def lecture(self, row: Cells) -> tuple[date, int]:
        """The day and position of the lecture that a row belongs to.

        A date is enough where only one lecture has it; else `lecture_position` must tell.
        """
        day = row.required_date("lecture_date")
        position = row.optional_whole_number("lecture_position")
        if self.positions is None or not row.is_read("lecture_date"):
            return day, position or 1
        there = self.positions.get(day)
        if there is None:
            self._report_no_lecture(row, day, position)
            return day, position or 1
        if position is None:
            self._check_unambiguous(row, day, there)
            return day, there[0]
        if position not in there:
            message = (
                f"The lecture of {day} has position {listed(map(str, there))}, not {position}."
            )
            row.error("lecture_position", "unknown_lecture", message)
        return day, position

    def _report_no_lecture(self, row: Cells, day: date, position: int | None) -> None:
        days = self.positions or {}
        if position is not None and position in days.get(UNKNOWN_DATE, ()):
            # The lecture itself has a date that could not be read, which is reported there.
            return
        named = [other for other, positions in days.items() if position in positions]
        near = sorted(days, key=lambda other: abs(other - day))
        hint = f" Did you mean {(named or near)[0]}?" if near else ""
        row.error("lecture_date", "unknown_lecture", f"No lecture on {day}.{hint}")

    def _check_unambiguous(self, row: Cells, day: date, there: list[int]) -> None:
        if len(there) < 2 or "lecture_position" in row.unread:
            return
        message = (
            f"{len(there)} rows of lectures.csv are on {day}: say which in the column"
            f' "lecture_position" ({listed(map(str, there))}).'
        )
        row.error("lecture_date", "ambiguous_lecture", message)
