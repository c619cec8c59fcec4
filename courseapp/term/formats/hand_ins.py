"""Hand-ins that came in elsewhere: `hand_ins.csv`, one row each, beside the files that it names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Final

from courseapp.term.formats.cells import Cells
from courseapp.term.formats.problems import Problem, did_you_mean, has_errors, listed, quoted
from courseapp.term.formats.tables import FileSpec, read_table

FILE_NAME: Final = "hand_ins.csv"
SPEC: Final = FileSpec(
    FILE_NAME,
    ("kind", "lecture_date", "owner", "received_at"),
    ("lecture_position", "paper", "by", "file", "text"),
    is_required=True,
)
# As `submissions.deadlines.Kind` has them; formats know no rules.
KINDS: Final = (
    "question",
    "slides",
    "final_slides",
    "summary",
    "proposal",
    "midterm",
    "final",
    "report",
    "code",
)
OF_LECTURES: Final = KINDS[:4]
UNKNOWN_INSTANT: Final = datetime(1970, 1, 1, tzinfo=UTC)
OFFSET_FORM: Final = re.compile(r".*[T ].*(Z|[+-][0-9]{2}:?[0-9]{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class HandInRow:
    """One row; what names a lecture is empty for work of the project, `by` where the owner did it."""

    line: int
    kind: str
    lecture_on: date | None
    lecture_position: int | None
    paper: str
    owner: str
    received_at: datetime
    by: str
    file: str
    text: str


def read_hand_ins(files: Mapping[str, int | bytes]) -> tuple[list[HandInRow], list[Problem]]:
    """Read the table; `files` maps its name to its bytes, and the names of all others to their sizes.

    Returns the rows, none where anything is an error, and every problem.
    """
    content = files[FILE_NAME]
    assert isinstance(content, bytes)
    table, problems = read_table(spec=SPEC, content=content)
    if table is None:
        return [], problems
    rows = []
    for line in table.lines:
        cells = dict(zip(table.columns, line.cells, strict=True))
        found = Cells(file=FILE_NAME, line=line.number, cells=cells, problems=problems)
        rows.append(_row(found, files))
    return ([] if has_errors(problems) else rows), problems


def _row(cells: Cells, files: Mapping[str, int | bytes]) -> HandInRow:
    kind = _kind(cells)
    is_of_lecture = kind in OF_LECTURES
    if is_of_lecture:
        lecture_on: date | None = cells.required_date("lecture_date")
    else:
        lecture_on = None
        if kind and cells.text("lecture_date"):
            cells.error("lecture_date", "not_of_lecture", f"Leave it empty: {kind} has no lecture.")
    return HandInRow(
        line=cells.line,
        kind=kind,
        lecture_on=lecture_on,
        lecture_position=cells.optional_whole_number("lecture_position"),
        paper=_paper(cells, kind),
        owner=cells.required_text("owner"),
        received_at=_instant(cells),
        by=cells.text("by"),
        file=_file(cells, files),
        text=cells.text("text"),
    )


def _kind(cells: Cells) -> str:
    kind = re.sub(r"[\s-]+", "_", cells.required_text("kind").casefold())
    if kind and kind not in KINDS:
        found = quoted(cells.text("kind"))
        message = f"Unknown kind {found}; known are {listed(KINDS)}.{did_you_mean(kind, KINDS)}"
        cells.error("kind", "unknown_kind", message)
        return ""
    return kind


def _paper(cells: Cells, kind: str) -> str:
    paper = cells.text("paper")
    if kind == "question" and not paper:
        cells.error("paper", "empty", "Say by its title or link which paper the question is on.")
    if kind and kind != "question" and paper:
        cells.error("paper", "not_of_paper", f"Leave it empty: {kind} is on no single paper.")
    return paper


def _instant(cells: Cells) -> datetime:
    """Read an instant with its offset: a wall time alone could be an hour off."""
    text = cells.required_text("received_at")
    if not text:
        return UNKNOWN_INSTANT
    expected = "expected an instant with its offset such as 2025-02-11T12:29:58.5-06:00"
    if not OFFSET_FORM.fullmatch(text):
        cells.error("received_at", "bad_instant", f"{quoted(text)} has no offset; {expected}.")
        return UNKNOWN_INSTANT
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        cells.error("received_at", "bad_instant", f"{quoted(text)} is no instant; {expected}.")
        return UNKNOWN_INSTANT


def _file(cells: Cells, files: Mapping[str, int | bytes]) -> str:
    name, text = cells.text("file"), cells.text("text")
    if bool(name) == bool(text):
        cells.error("file", "file_or_text", "Give either a file of the folder or a text.")
        return ""
    if not name:
        return ""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        cells.error("file", "outside", f"{quoted(name)} lies outside of the folder.")
        return ""
    if name not in files or name == FILE_NAME:
        others = [known for known in files if known != FILE_NAME]
        message = f"{quoted(name)} is not in the folder.{did_you_mean(name, others)}"
        cells.error("file", "missing_file", message)
        return ""
    return name
