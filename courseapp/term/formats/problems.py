"""What is wrong with a file that came in, said so that a person can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from typing_extensions import override

SHOWN_LENGTH = 80


class Severity(StrEnum):
    """An error keeps the whole folder out; a warning is shown and recorded."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: where, what was read, and what was expected instead.

    `row` is the line number that an editor shows (the header is line 1), None for a whole file.
    `code` is stable and snake_case; `message` is a sentence for the person who made the file.
    """

    file: str
    row: int | None
    column: str | None
    found: str
    message: str
    severity: Severity
    code: str

    @override
    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: {self.message}"


def as_document(problem: Problem) -> dict[str, str | int | None]:
    """A finding as the commands' JSON prints it."""
    return {
        "code": problem.code,
        "row": problem.row,
        "column": problem.column,
        "found": problem.found,
        "message": problem.message,
        "severity": problem.severity.value,
    }


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether anything found keeps the folder out."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def quoted(text: str) -> str:
    """A cell's text in quotes, cut where it is long."""
    if len(text) > SHOWN_LENGTH:
        text = text[: SHOWN_LENGTH - 1] + "…"
    return f'"{text}"'


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """A sentence with the nearest known name and a space before it; empty when none is near."""
    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(found.casefold(), by_folded, n=1)
    return f" Did you mean {quoted(by_folded[close[0]])}?" if close else ""


def listed(names: Iterable[str]) -> str:
    """Names as a person lists them, in the given order: `"a", "b" or "c"`."""
    all_names = [quoted(name) for name in names]
    if len(all_names) < 2:
        return "".join(all_names)
    return f"{', '.join(all_names[:-1])} or {all_names[-1]}"
