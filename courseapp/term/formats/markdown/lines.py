"""The lines of a Markdown file that make its schedule table, cut into cells."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from courseapp.term.formats.markdown.findings import Cell, Findings
from courseapp.term.formats.markdown.headings import Column
from courseapp.term.formats.markdown.texts import cleaned, is_invisible, meant, shielded
from courseapp.term.formats.names import Vocabulary
from courseapp.term.formats.problems import did_you_mean, listed, quoted

DELIMITER: Final = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?")
NO_TABLE: Final = (
    "Found no schedule table: expected a line of headings such as"
    " | Date | Readings | Presenter | Companion | Reviewer | above a line of dashes."
)


@dataclass(frozen=True, slots=True)
class TableLine:
    """One body line; a column that the line or the table does not have is empty."""

    line: int
    by_column: dict[Column, Cell]

    def cell(self, column: Column) -> Cell:
        """What stands in a column."""
        return self.by_column.get(column) or Cell(self.line, column.value.capitalize(), "")

    def is_empty_beside(self, column: Column) -> bool:
        """Whether nothing stands in any other column."""
        return not any(cell.text for name, cell in self.by_column.items() if name is not column)


def table_lines(text: str, *, headings: Vocabulary[Column], findings: Findings) -> list[TableLine]:
    """Every body line of the file's schedule tables: those that have a date and readings or roles.

    Other tables of the same page (weights, milestones) are passed over.
    """
    lines = text.splitlines()
    found: list[TableLine] = []
    is_there = False
    for at, line in enumerate(lines):
        if at == 0 or "-" not in line or not DELIMITER.fullmatch(line.strip()):
            continue
        columns = _columns(lines[at - 1], headings)
        if not _is_schedule(columns.values()):
            continue
        is_there = True
        _check_headings(Cell(at, "", lines[at - 1]), columns, headings, findings)
        found += _body(lines, at + 1, columns, findings)
    if not is_there:
        findings.refuse_file("no_table", NO_TABLE)
    elif not found:
        findings.refuse_file("no_rows", "The schedule table has no rows.")
    return found


def _columns(line: str, headings: Vocabulary[Column]) -> dict[str, Column | None]:
    names = [meant(shielded(name)).strip("*_ ") for name in split_cells(line)]
    return {name: headings.find(name) for name in names}


def _is_schedule(columns: Iterable[Column | None]) -> bool:
    known = set(columns)
    others = {Column.READINGS, Column.PRESENTER, Column.AUTHORS, Column.REVIEWERS}
    return Column.DATE in known and bool(known & others)


def _check_headings(
    cell: Cell,
    columns: dict[str, Column | None],
    headings: Vocabulary[Column],
    findings: Findings,
) -> None:
    taken: dict[Column, str] = {}
    for name, column in columns.items():
        place = Cell(cell.line, name, name)
        if column is None and name:
            hint = did_you_mean(name, headings.words)
            message = (
                f"Unknown column {quoted(name)}; known are {listed(headings.words)}.{hint} Say what"
                f" it holds with --role '{name}=authors', or leave it out with '{name}=nothing'."
            )
            findings.error(place, "unknown_column", message)
        elif column is not None and column is not Column.NOTHING and column in taken:
            message = f"{quoted(taken[column])} and {quoted(name)} both mean {column}."
            findings.error(place, "duplicate_column", message)
        if column is not None:
            taken.setdefault(column, name)


def _body(
    lines: list[str], start: int, columns: dict[str, Column | None], findings: Findings
) -> Iterator[TableLine]:
    for number, line in enumerate(lines[start:], start=start + 1):
        if "|" not in line:
            return
        texts = split_cells(line)
        by_column = {}
        for (name, column), text in zip(columns.items(), texts, strict=False):
            cell = Cell(number, name, cleaned(text))
            if is_invisible(text):
                message = "Holds characters that cannot be seen; they were left out."
                findings.warn(cell, "invisible_characters", message, found=ascii(text))
            if column is not None:
                by_column[column] = cell
        if extra := [cleaned(text) for text in texts[len(columns) :] if cleaned(text)]:
            message = (
                f"The row has {len(texts)} cells under {len(columns)} headings; write a vertical"
                r" bar inside a cell as \|."
            )
            findings.error(Cell(number, "", " | ".join(extra)), "extra_cells", message)
        if any(cleaned(text) for text in texts):
            yield TableLine(number, by_column)


def split_cells(line: str) -> list[str]:
    r"""The cells of a line; its first and last bar may be missing, \| is a bar inside a cell."""
    cells, current, at = [], "", 0
    line = line.strip()
    line = line.removeprefix("|")
    while at < len(line):
        char = line[at]
        if char == "\\" and at + 1 < len(line):
            current += line[at : at + 2]
            at += 2
            continue
        if char == "|":
            cells.append(current)
            current = ""
        else:
            current += char
        at += 1
    return [*cells, current] if current.strip() else cells
