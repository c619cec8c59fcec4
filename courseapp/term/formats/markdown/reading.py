"""The Markdown schedule table comes in: rows or problems, never half of it (domain.md §12)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Final

from courseapp.term.formats.markdown.dates import DateCell, looks_dated, read_date
from courseapp.term.formats.markdown.findings import Cell, Findings
from courseapp.term.formats.markdown.headings import ROLE_OF, Column
from courseapp.term.formats.markdown.holders import Duty, Told, report_lonely_ids, tell_apart
from courseapp.term.formats.markdown.hours import read_range
from courseapp.term.formats.markdown.kinds import kind_of
from courseapp.term.formats.markdown.lines import TableLine, table_lines
from courseapp.term.formats.markdown.memberships import (
    FormedGroup,
    check_sizes,
    form_groups,
    member_rows,
)
from courseapp.term.formats.markdown.milestones import milestone_rows
from courseapp.term.formats.markdown.readings import Entry, ReadingsCell, read_readings
from courseapp.term.formats.markdown.role_cells import Holder, read_holders
from courseapp.term.formats.markdown.rows import Known, Reader, ScheduleTable
from courseapp.term.formats.markdown.texts import BREAK, meant, shielded
from courseapp.term.formats.names import LectureKind, Role
from courseapp.term.formats.problems import Problem, has_errors, quoted
from courseapp.term.formats.rows import AssignmentRow, LectureRow, OtherPresenterRow, ReadingRow
from submissions.deadlines import local_instant

NO_TIMES: Final = frozenset({LectureKind.DEADLINE, LectureKind.OTHER})
# A date without a year in the first row is nearest to the middle of its own year.
MIDDLE: Final = (7, 2)
STAR: Final = re.compile(
    r"\\?\*[\s*:=-]*(?:means|denotes|marks|indicates|are|is)?\s*optional", re.IGNORECASE
)
MAX_LENGTHS: Final = {
    "module": 200,
    "topic": 300,
    "label": 300,
    "sections": 200,
    "title": 500,
    "link": 1000,
}
UNMARKED: Final = (
    "No reading has a mark such as (Required). Say what they are with --unmarked required or"
    " --unmarked optional."
)


@dataclass(frozen=True)
class _Dated:
    """One dated row, its cells read."""

    position: int
    line: TableLine
    day: DateCell
    on: date
    module: str
    readings: ReadingsCell
    holders: dict[Column, list[Holder]]
    hours: tuple[time, time] | None


def read_schedule(
    content: bytes, *, file: str, reader: Reader, known: Known
) -> tuple[ScheduleTable | None, list[Problem]]:
    """Read a page that holds the schedule; return its rows (None with an error) and all problems."""
    findings = Findings(file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        findings.refuse_file("not_utf8", "The file is not UTF-8 text; save it as UTF-8.")
        return None, findings.problems
    if "\0" in text:
        findings.refuse_file("not_text", "The file holds null characters; it is not a text.")
        return None, findings.problems
    lines = table_lines(text, headings=reader.headings, findings=findings)
    rows = list(
        _dated_rows(lines, reader, star_is_required=not STAR.search(text), findings=findings)
    )
    if lines and not rows and not has_errors(findings.problems):
        findings.refuse_file("no_rows", "No row of the schedule table has a date.")
    _check_order(rows, findings)
    readings = _readings(rows, reader, findings)
    told = tell_apart(_duties(rows), known=known, findings=findings)
    groups = _formed(told, rows, known, findings)
    lectures = tuple(_lecture(row, reader, findings) for row in rows)
    table = ScheduleTable(
        lectures=lectures,
        readings=readings,
        assignments=_assignments(told, groups, rows, findings),
        other_presenters=_other_presenters(told, rows),
        students=_students(told),
        groups=member_rows(groups.values(), known=known, zone=reader.zone, findings=findings),
        milestones=milestone_rows(lectures),
    )
    check_sizes(groups.values(), sizes=reader.sizes, findings=findings)
    problems = sorted(findings.problems, key=lambda found: found.row or 0)
    return (None if has_errors(problems) else table), problems


def _dated_rows(
    lines: list[TableLine], reader: Reader, *, star_is_required: bool, findings: Findings
) -> Iterator[_Dated]:
    near = date(reader.year, *MIDDLE)
    module, position = "", 0
    for line in lines:
        heading = _module(line)
        if heading is not None:
            module = _short("module", heading, findings)
            continue
        cell = line.cell(Column.DATE)
        if not cell.text:
            message = "The row has no date; only a module's heading, in bold and alone, has none."
            findings.error(cell, "no_date", message)
            continue
        day = read_date(cell, near=near, findings=findings)
        holders = {column: read_holders(line.cell(column), findings=findings) for column in ROLE_OF}
        readings = read_readings(
            line.cell(Column.READINGS),
            star_is_required=star_is_required,
            has_holders=any(holders.values()),
            findings=findings,
        )
        if day.on is None:
            continue
        near = day.on
        position += 1
        hours = _hours(line.cell(Column.TIME), findings)
        yield _Dated(position, line, day, day.on, module, readings, holders, hours)


def _hours(cell: Cell, findings: Findings) -> tuple[time, time] | None:
    """A row's own times, where the table has a column of them."""
    if not cell.text or cell.text.strip("-–— ") == "":  # noqa: RUF001
        return None
    hours = read_range(cell.text)
    if hours is None:
        message = f"{quoted(cell.text)} is no time from-to; expected one such as 12:30-13:45."
        findings.error(cell, "bad_time", message)
    return hours


def _module(line: TableLine) -> Cell | None:
    """The cell that heads a module: alone in its row, and without a date."""
    for column in (Column.DATE, Column.READINGS, Column.TOPIC):
        cell = line.cell(column)
        if not cell.text or not line.is_empty_beside(column):
            continue
        if column is Column.DATE and (looks_dated(cell.text) or not cell.text.startswith("*")):
            return None
        if column is Column.READINGS and not _is_heading(cell.text):
            return None
        return cell
    return None


def _is_heading(text: str) -> bool:
    return text.startswith(("**", "__")) or "](" not in text


def _short(what: str, cell: Cell, findings: Findings) -> str:
    text = meant(BREAK.sub(" ", shielded(cell.text)).replace("**", "").strip("_ "))
    return _fitting(what, text, cell, findings)


def _fitting(what: str, text: str, cell: Cell, findings: Findings) -> str:
    limit = MAX_LENGTHS[what]
    if len(text) > limit:
        message = f"Shorten the {what}: {len(text)} characters, at most {limit} are taken."
        findings.error(cell, "too_long", message, found=text)
    return text


def _check_order(rows: list[_Dated], findings: Findings) -> None:
    for before, row in pairwise(rows):
        if row.on < before.on:
            message = f"{row.on} stands after {before.on}; is the date right?"
            findings.warn(row.line.cell(Column.DATE), "date_order", message)
    for row in rows:
        cell = row.line.cell(Column.DATE)
        _fitting("topic", row.day.topic, cell, findings)
        _fitting("label", row.readings.label, row.line.cell(Column.READINGS), findings)


def _topic(row: _Dated) -> str:
    return row.day.topic or meant(shielded(row.line.cell(Column.TOPIC).text).strip("* "))


def _lecture(row: _Dated, reader: Reader, findings: Findings) -> LectureRow:
    topic = _topic(row)
    kind = kind_of(
        label=row.readings.label,
        topic=topic,
        has_readings=bool(row.readings.entries),
        has_holders=any(row.holders.values()),
    )
    start, end = row.hours or (reader.meets_from, reader.meets_until)
    has_times = row.hours is not None or (kind not in NO_TIMES and row.day.ends_on is None)
    starts_at, ends_at = None, None
    if has_times and start and end:
        starts_at = local_instant(day=row.on, at=start, zone=reader.zone)
        ends_at = local_instant(day=row.on, at=end, zone=reader.zone)
        _check_length(row, starts_at, ends_at, findings)
    return LectureRow(
        line=row.line.line,
        cells={},
        held_on=row.on,
        position=row.position,
        ends_on=row.day.ends_on,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=reader.zone,
        topic=topic,
        kind=kind,
        module=row.module,
        label=row.readings.label,
        note="",
    )


def _check_length(row: _Dated, starts_at: datetime, ends_at: datetime, findings: Findings) -> None:
    """A begin that a clock change skips is read as the later instant, which may be past the end."""
    if ends_at <= starts_at:
        message = f"Clocks skip this hour on {row.on}, so it would end before it begins; change its times."
        cell = row.line.cell(Column.DATE if row.hours is None else Column.TIME)
        findings.error(cell, "skipped_hour", message)


def _readings(rows: list[_Dated], reader: Reader, findings: Findings) -> tuple[ReadingRow, ...]:
    marks = {entry.is_required for row in rows for entry in row.readings.entries}
    unmarked = reader.unmarked_is_required
    if unmarked is None and marks == {None}:
        findings.refuse_file("unmarked", UNMARKED)
    if unmarked is None:
        # Where only the optional ones are marked, the others are required.
        unmarked = False in marks and True not in marks
    return tuple(
        _reading(row, order, entry, is_required=_or(entry.is_required, unmarked), findings=findings)
        for row in rows
        for order, entry in enumerate(row.readings.entries, start=1)
    )


def _or(marked: bool | None, unmarked: bool) -> bool:  # noqa: FBT001 - two truths, no flag
    return unmarked if marked is None else marked


def _reading(
    row: _Dated, order: int, entry: Entry, *, is_required: bool, findings: Findings
) -> ReadingRow:
    cell = row.line.cell(Column.READINGS)
    mark = {None: "", True: "Required", False: "Optional"}[entry.is_required]
    return ReadingRow(
        line=row.line.line,
        cells={},
        lecture_on=row.on,
        lecture_position=row.position,
        order=order,
        title=_fitting("title", entry.title, cell, findings),
        url=_fitting("link", entry.url, cell, findings),
        is_required=is_required,
        mark=mark,
        sections=_fitting("sections", entry.sections, cell, findings),
        note=entry.note,
    )


def _duties(rows: list[_Dated]) -> list[Duty]:
    return [
        Duty(row.position, ROLE_OF[column].value, holder)
        for row in rows
        for column, holders in row.holders.items()
        for holder in holders
    ]


def _formed(
    told: Told, rows: list[_Dated], known: Known, findings: Findings
) -> dict[frozenset[str], FormedGroup]:
    if known.takes_new and not known.students:
        report_lonely_ids(told.of_members, findings=findings)
    days = {row.position: (row.on, row.day.ends_on or row.on) for row in rows}
    return form_groups(told.of_members, days=days, known=known)


def _students(told: Told) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token for duty in told.of_members for token in duty.holder.tokens))


def _assignments(
    told: Told,
    groups: dict[frozenset[str], FormedGroup],
    rows: list[_Dated],
    findings: Findings,
) -> tuple[AssignmentRow, ...]:
    held = [(duty, groups[frozenset(duty.holder.tokens)].name) for duty in told.of_members]
    held = sorted([*held, *told.of_named], key=lambda found: found[0].position)
    roles_of: dict[tuple[int, str], list[str]] = {}
    for duty, group in held:
        roles = roles_of.setdefault((duty.position, group), [])
        if duty.column in roles:
            message = f"{group} stands twice in this cell."
            findings.error(duty.holder.cell, "duplicate_assignment", message)
        elif roles:
            message = f"{group} holds another role in this lecture too ({', '.join(roles)})."
            findings.warn(duty.holder.cell, "two_roles", message)
        roles.append(duty.column)
    on = {row.position: row.on for row in rows}
    return tuple(
        AssignmentRow(
            line=duty.holder.cell.line,
            cells={},
            lecture_on=on[duty.position],
            lecture_position=duty.position,
            role=Role(duty.column),
            group=group,
            column=duty.holder.cell.column,
            material=duty.holder.material,
            reading_order=None,
        )
        for duty, group in held
    )


def _other_presenters(told: Told, rows: list[_Dated]) -> tuple[OtherPresenterRow, ...]:
    on = {row.position: row.on for row in rows}
    return tuple(
        OtherPresenterRow(
            line=duty.holder.cell.line,
            cells={},
            lecture_on=on[duty.position],
            lecture_position=duty.position,
            role=Role(duty.column),
            kind=kind,
            name=name,
            material=duty.holder.material,
        )
        for duty, kind, name in told.of_people
    )
