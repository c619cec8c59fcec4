"""A cell of the table under the reader's finger, and the list of what is wrong with the table."""

from dataclasses import dataclass, field

from courseapp.term.formats.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one column of one line of the file; `column` is the heading as printed."""

    line: int
    column: str
    text: str


@dataclass
class Findings:
    """Every problem of one file, in the order of finding."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def error(self, cell: Cell, code: str, message: str, *, found: str | None = None) -> None:
        """Report what keeps the whole table out."""
        self._report(cell, code, message, Severity.ERROR, found)

    def warn(self, cell: Cell, code: str, message: str, *, found: str | None = None) -> None:
        """Report what is odd and taken all the same."""
        self._report(cell, code, message, Severity.WARNING, found)

    def refuse_file(self, code: str, message: str) -> None:
        """Report what concerns the file as a whole."""
        self.problems.append(Problem(self.file, None, None, "", message, Severity.ERROR, code))

    def _report(
        self, cell: Cell, code: str, message: str, severity: Severity, found: str | None
    ) -> None:
        read = cell.text if found is None else found
        self.problems.append(
            Problem(self.file, cell.line, cell.column, read, message, severity, code)
        )
