"""The schedule as a Markdown table: the reference course's form and its relatives (domain.md §12).

Plain Python like the rest of `formats`: bytes in, frozen rows and problems out, and text again.
"""

from courseapp.term.formats.markdown.headings import Column, extended_headings
from courseapp.term.formats.markdown.hours import Hours, find_hours, read_hours
from courseapp.term.formats.markdown.reading import read_schedule
from courseapp.term.formats.markdown.rows import Known, Reader, ScheduleTable
from courseapp.term.formats.markdown.writing import (
    PrintedHolder,
    PrintedReading,
    PrintedRow,
    write_schedule_table,
)

__all__ = [
    "Column",
    "Hours",
    "Known",
    "PrintedHolder",
    "PrintedReading",
    "PrintedRow",
    "Reader",
    "ScheduleTable",
    "extended_headings",
    "find_hours",
    "read_hours",
    "read_schedule",
    "write_schedule_table",
]
