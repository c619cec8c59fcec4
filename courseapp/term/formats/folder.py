"""A whole folder: bytes by file name to rows and back, with every problem at once."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final

from courseapp.term.formats.calendar import (
    compare_calendars,
    read_course,
    read_lectures,
    read_milestones,
    read_readings,
)
from courseapp.term.formats.kinds import read_kinds
from courseapp.term.formats.names import DEFAULT_NAMES, Names
from courseapp.term.formats.people import check_mail_domain, read_groups, read_people
from courseapp.term.formats.problems import Problem, Severity, did_you_mean, has_errors, quoted
from courseapp.term.formats.roles import read_assignments, read_other_presenters
from courseapp.term.formats.rows import CourseFolder, Row
from courseapp.term.formats.sources import Sources
from courseapp.term.formats.tables import FILES, Table, read_table, write_table
from courseapp.term.formats.weighting import read_grading

FILE_NAMES: Final = tuple(spec.name for spec in FILES)


def read_folder(
    files: Mapping[str, bytes], *, mail_domain: str | None = None, names: Names = DEFAULT_NAMES
) -> tuple[CourseFolder | None, list[Problem]]:
    """Read a course from its CSV files; `files` maps each file's name to its bytes.

    Needs course.csv, lectures.csv and roster.csv; the others may be absent, and files that are not
    CSV are passed over. Staff without an address get `login@mail_domain`. `names` is the course's
    table of names (domain.md §12). Returns the folder, or None where anything is an error, and
    every problem, in the order of files and rows. Raises `ValueError` for a `mail_domain` that is
    not a domain.
    """
    check_mail_domain(mail_domain)
    tables, problems = _read_tables(files)
    sources = Sources(
        tables=tables,
        names=names,
        mail_domain=mail_domain,
        given=frozenset(files),
        problems=problems,
    )
    folder = _read_rows(sources)
    ordered = sorted(problems, key=_place)
    return (None if has_errors(problems) else folder), ordered


def _place(problem: Problem) -> tuple[int, int]:
    known = problem.file in FILE_NAMES
    return FILE_NAMES.index(problem.file) if known else len(FILE_NAMES), problem.row or 0


def _read_tables(files: Mapping[str, bytes]) -> tuple[dict[str, Table], list[Problem]]:
    tables: dict[str, Table] = {}
    problems = [_unknown_file(name) for name in _unknown_names(files)]
    for spec in FILES:
        if spec.name not in files:
            if spec.is_required:
                problems.append(_missing_file(spec.name))
            continue
        table, found = read_table(spec=spec, content=files[spec.name])
        problems += found
        if table is not None:
            tables[spec.name] = table
    return tables, problems


def _unknown_names(files: Iterable[str]) -> list[str]:
    return [
        name
        for name in sorted(files)
        if name not in FILE_NAMES and PurePosixPath(name).suffix.casefold() == ".csv"
    ]


def _unknown_file(name: str) -> Problem:
    message = f"{quoted(name)} is not a file of the folder and is not read."
    message += did_you_mean(name, FILE_NAMES)
    return Problem(name, None, None, name, message, Severity.WARNING, "unknown_file")


def _missing_file(name: str) -> Problem:
    message = f"Add {name} to the folder; without it there is no course."
    return Problem(name, None, None, "", message, Severity.ERROR, "missing_file")


def _read_rows(sources: Sources) -> CourseFolder | None:
    course = read_course(sources)
    lectures = read_lectures(sources)
    readings = read_readings(sources)
    people = read_people(sources)
    groups = read_groups(sources, course=course)
    assignments = read_assignments(sources, orders=sources.reading_orders(readings))
    other_presenters = read_other_presenters(sources)
    grading = read_grading(sources)
    milestones = read_milestones(sources)
    kinds = read_kinds(sources)
    compare_calendars(sources, lectures=lectures, milestones=milestones)
    if course is None:
        return None
    return CourseFolder(
        columns={name: table.columns for name, table in sources.tables.items()},
        course=course,
        lectures=lectures,
        roster=people.students,
        readings=readings,
        groups=groups,
        assignments=assignments,
        other_presenters=other_presenters,
        staff=people.staff,
        grading=grading,
        milestones=milestones,
        kinds=kinds,
    )


def write_folder(folder: CourseFolder) -> dict[str, bytes]:
    """The files that the folder was read from: all columns, values and rows in their order."""
    rows = _rows_by_file(folder)
    return {
        name: write_table(columns=columns, rows=[_texts(row, columns) for row in rows[name]])
        for name, columns in folder.columns.items()
    }


def _texts(row: Row, columns: Iterable[str]) -> list[str]:
    return [row.cells[column] for column in columns]


def _rows_by_file(folder: CourseFolder) -> dict[str, tuple[Row, ...]]:
    return {
        "course.csv": (folder.course,),
        "lectures.csv": folder.lectures,
        "readings.csv": folder.readings,
        "roster.csv": folder.roster,
        "groups.csv": folder.groups,
        "assignments.csv": folder.assignments,
        "other_presenters.csv": folder.other_presenters,
        "staff.csv": folder.staff,
        "grading.csv": folder.grading,
        "milestones.csv": folder.milestones,
        "kinds.csv": folder.kinds,
    }
