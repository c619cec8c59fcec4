"""CSV bytes to lines of cells and back: the shape of the files, not their meaning."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from courseapp.term.formats.problems import Problem, Severity, did_you_mean, listed, quoted


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file of the folder: its columns, those it may carry besides, and whether it must be there."""

    name: str
    columns: tuple[str, ...]
    optional_columns: tuple[str, ...] = ()
    is_required: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FILES: Final = (
    FileSpec(
        "course.csv",
        _words(
            "code section title term institution tz days start end room"
            " group_size_min group_size_max source"
        ),
        is_required=True,
    ),
    FileSpec(
        "lectures.csv",
        _words("date position end_date start end tz topic kind module label note"),
        is_required=True,
    ),
    FileSpec(
        "readings.csv",
        _words("lecture_date lecture_position order title url required mark sections note"),
    ),
    FileSpec(
        "roster.csv", _words("student_id email section"), ("name", "dropped"), is_required=True
    ),
    FileSpec("groups.csv", _words("group student_id position"), ("from", "until")),
    FileSpec(
        "assignments.csv",
        _words("lecture_date role group column material reading_order"),
        ("lecture_position",),
    ),
    FileSpec(
        "other_presenters.csv",
        _words("lecture_date role kind name material"),
        ("lecture_position",),
    ),
    FileSpec("staff.csv", _words("name login role office_hours"), ("email",)),
    FileSpec("grading.csv", _words("component weight track")),
    FileSpec("milestones.csv", _words("milestone date time tz source")),
    FileSpec("kinds.csv", _words("kind late_policy accepted pages_min pages_max")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One record: the line number where it begins, and its cells as they came in."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header and records. `lines` fit the header; `misfits` have too few or many cells."""

    file: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    misfits: tuple[Line, ...] = ()

    def values(self, column: str) -> list[str]:
        """Every non-empty cell of a column without its outer spaces, those of misfits included."""
        index = self.columns.index(column)
        lines = (*self.lines, *self.misfits)
        found = (line.cells[index].strip() for line in lines if len(line.cells) > index)
        return [value for value in found if value]


class _Reader:
    """Reads one file and collects what is wrong with its shape."""

    def __init__(self, spec: FileSpec) -> None:
        self.spec = spec
        self.problems: list[Problem] = []

    def error(self, code: str, message: str, *, row: int | None, found: str = "") -> None:
        self.problems.append(
            Problem(
                file=self.spec.name,
                row=row,
                column=None,
                found=found,
                message=message,
                severity=Severity.ERROR,
                code=code,
            )
        )

    def decode(self, content: bytes) -> str | None:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as broken:
            row = content.count(b"\n", 0, broken.start) + 1
            found = repr(content[broken.start : broken.start + 8])
            self.error("encoding", f"Save the file as UTF-8; found {found}.", row=row, found=found)
            return None
        if "\x00" in text:
            row = text.count("\n", 0, text.index("\x00")) + 1
            self.error("nul", "Remove the NUL character.", row=row, found="\\x00")
            return None
        if not text.strip():
            self.error("empty_file", "The file is empty; expected a line of columns.", row=1)
            return None
        return text

    def split(self, text: str) -> list[Line] | None:
        records = csv.reader(io.StringIO(text, newline=""), strict=True)
        lines: list[Line] = []
        number = 1
        try:
            for cells in records:
                if cells:
                    lines.append(Line(number=number, cells=tuple(cells)))
                number = records.line_num + 1
        except csv.Error as broken:
            self.error("csv", f"Not readable as CSV here: {broken}.", row=number, found=str(broken))
            return None
        return lines

    def check_header(self, header: Line) -> None:
        columns = header.cells
        known = (*self.spec.columns, *self.spec.optional_columns)
        for column in dict.fromkeys(columns):
            if columns.count(column) > 1:
                message = f"The column {quoted(column)} is there {columns.count(column)} times."
                self.error("duplicate_column", message, row=header.number, found=column)
            if column not in known:
                hint = did_you_mean(column, known)
                message = f"Unknown column {quoted(column)}; known are {listed(known)}.{hint}"
                self.error("unknown_column", message, row=header.number, found=column)
        for column in self.spec.columns:
            if column not in columns:
                message = f"Add the column {quoted(column)}; its cells may be empty if unknown."
                self.error("missing_column", message, row=header.number, found=",".join(columns))

    def has_wrong_separator(self, header: Line) -> bool:
        if len(header.cells) > 1 or not set(header.cells[0]) & {";", "\t"}:
            return False
        message = "Separate the cells by commas, not by semicolons or tabs."
        self.error("separator", message, row=header.number, found=header.cells[0])
        return True

    def check_width(self, line: Line, *, width: int) -> bool:
        count = len(line.cells)
        if count == width:
            return True
        message = f"Expected {width} cells, found {count}."
        self.error("cell_count", message, row=line.number, found=",".join(line.cells))
        return False

    def table(self, content: bytes) -> Table | None:
        text = self.decode(content)
        if text is None:
            return None
        lines = self.split(text)
        if lines is None or self.has_wrong_separator(lines[0]):
            return None
        header, *body = lines
        header = Line(number=header.number, cells=tuple(cell.strip() for cell in header.cells))
        self.check_header(header)
        width = len(header.cells)
        fitting = tuple(line for line in body if self.check_width(line, width=width))
        misfits = tuple(line for line in body if len(line.cells) != width)
        return Table(self.spec.name, self.readable_columns(header), fitting, misfits)

    def readable_columns(self, header: Line) -> tuple[str, ...]:
        """The columns, without a name where it comes twice: nobody knows which one is meant."""
        return tuple("" if header.cells.count(name) > 1 else name for name in header.cells)


def read_table(*, spec: FileSpec, content: bytes) -> tuple[Table | None, list[Problem]]:
    """Bytes of one file to its table, with every problem of its shape.

    Accepts UTF-8 with or without a byte order mark and any line ending; empty lines are passed
    over. The table is None when nothing of the file can be read.
    """
    reader = _Reader(spec)
    table = reader.table(content)
    return table, reader.problems


def write_table(*, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A header and rows of cells to bytes: UTF-8, quotes only where needed, `\\n` at line ends.

    The folder is a lossless form of exchange between installations, read back by `read_table`: a
    cell that begins with `=`, `+`, `-` or `@` is written as it is. It is not meant to be opened in
    a spreadsheet; what is (the gradebook) escapes such cells.
    """
    return "".join(f"{_line(cells)}\n" for cells in (columns, *rows)).encode()


def _line(cells: Sequence[str]) -> str:
    # A lone empty cell needs its quotes: an empty line is no record.
    return ",".join(_cell(cell) for cell in cells) or '""'


def _cell(text: str) -> str:
    # Not csv.writer: before Python 3.13 it leaves a lone carriage return without quotes.
    if not set(text) & set(',"\r\n'):
        return text
    return '"' + text.replace('"', '""') + '"'
