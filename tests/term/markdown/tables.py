"""Small schedule tables, read without a database."""

from typing import Any
from zoneinfo import ZoneInfo

from courseapp.term.formats import Problem
from courseapp.term.formats.markdown import (
    Known,
    Reader,
    ScheduleTable,
    extended_headings,
    read_schedule,
)

HEAD = "Date | Readings | Presenter | Companion | Reviewer"
LINK = "[A](https://a.example/)"
NEW = Known(takes_new=True)


def page(*rows: str, head: str = HEAD) -> str:
    dashes = " | ".join("---" for _ in head.split("|"))
    return "\n".join([f"| {head} |", f"| {dashes} |", *rows]) + "\n"


def read(
    *rows: str, head: str = HEAD, year: int = 2025, known: Known = NEW, **options: Any
) -> tuple[ScheduleTable | None, list[Problem]]:
    roles = options.pop("roles", {})
    reader = Reader(
        year=year, zone=ZoneInfo("America/Chicago"), headings=extended_headings(roles), **options
    )
    content = page(*rows, head=head).encode()
    return read_schedule(content, file="README.md", reader=reader, known=known)


def read_well(*rows: str, **options: Any) -> ScheduleTable:
    found, problems = read(*rows, **options)
    assert found is not None, [str(problem) for problem in problems]
    return found


def codes(*rows: str, **options: Any) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.row) for problem in read(*rows, **options)[1]]


def readings(cell: str, **options: Any) -> list[tuple[str, str, bool, str]]:
    """The readings of one cell: title, address, whether required, sections."""
    found = read_well(f"| Feb 5 | {cell} |", **options)
    return [(one.title, one.url, one.is_required, one.sections) for one in found.readings]


def held(table: ScheduleTable) -> list[tuple[str, list[str], str]]:
    """Each role: its name, its group's members, its material."""
    members: dict[str, list[str]] = {}
    for row in table.groups:
        members.setdefault(row.group, []).append(row.student_id)
    return [(row.role.value, members[row.group], row.material) for row in table.assignments]
