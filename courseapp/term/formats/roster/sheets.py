"""The bytes of an exported sheet to lines of cells, whatever it was saved with."""

import codecs
import csv
import io
from typing import Final

from courseapp.term.formats.tables import Line

SEPARATORS: Final = (",", ";", "\t")
# Spreadsheets of one maker may say in the first line what separates the cells.
SEPARATOR_LINE: Final = "sep="
# How workbooks of spreadsheets begin, the new ones and the old.
WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class SheetError(ValueError):
    """The bytes are no sheet of cells; `row` is where reading stopped."""

    def __init__(self, code: str, message: str, *, row: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.row = row


def text_of(content: bytes) -> str:
    """Return the text: UTF-8, UTF-16 with or without its mark, else the old Windows table.

    Raises `SheetError` for what is no text at all, such as a workbook.
    """
    if content.startswith(WORKBOOKS):
        message = "This is a workbook; save the sheet as CSV and bring in that file."
        raise SheetError("workbook", message)
    try:
        text = content.decode(_encoding_of(content))
    except UnicodeDecodeError as broken:
        message = "The file's text cannot be read; save it as CSV in UTF-8."
        raise SheetError("encoding", message) from broken
    if "\x00" in text:
        row = text.count("\n", 0, text.index("\x00")) + 1
        raise SheetError("nul", "Remove the NUL character.", row=row)
    if not text.strip():
        raise SheetError("empty_file", "The file is empty; expected a line of headings.", row=1)
    return text


def _encoding_of(content: bytes) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding
    # A heading in UTF-16 without its mark has a NUL in every second place.
    sample = content[:200]
    if sample[1::2].count(0) > len(sample) // 4:
        return "utf-16-le"
    if sample[0::2].count(0) > len(sample) // 4:
        return "utf-16-be"
    return "utf-8" if _is_utf8(content) else "cp1252"


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def lines_of(text: str) -> list[Line]:
    """Return the records that are not blank, each with the line where it begins.

    Raises `SheetError` where the quotes do not close.
    """
    separator, skipped = _separator_of(text)
    body = "".join(text.splitlines(keepends=True)[skipped:])
    records = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    lines: list[Line] = []
    number = skipped + 1
    try:
        for cells in records:
            if any(cell.strip() for cell in cells):
                lines.append(Line(number=number, cells=tuple(cells)))
            number = skipped + records.line_num + 1
    except csv.Error as broken:
        raise SheetError("csv", f"Not readable as CSV here: {broken}.", row=number) from broken
    if not lines:
        raise SheetError("empty_file", "The file is empty; expected a line of headings.", row=1)
    return lines


def _separator_of(text: str) -> tuple[str, int]:
    """What separates the cells, and how many lines only say so: what splits the most lines."""
    lines = text.splitlines()
    if lines[0].strip().casefold().startswith(SEPARATOR_LINE) and len(lines[0].strip()) == 5:
        return lines[0].strip()[-1], 1
    counted = {separator: _split_count(lines, separator) for separator in SEPARATORS}
    return max(SEPARATORS, key=lambda separator: counted[separator]), 0


def _split_count(lines: list[str], separator: str) -> int:
    """How many cells the widest of the first lines would have, quotes left alone."""
    quoted_apart = [line.split('"')[::2] for line in lines[:30]]
    return max(sum(part.count(separator) for part in parts) for parts in quoted_apart)
