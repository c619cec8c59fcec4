"""The two real folders, ways to spoil them, and short forms of what was found."""

from pathlib import Path

from courseapp.term.formats import (
    DEFAULT_NAMES,
    CourseFolder,
    Names,
    Problem,
    Severity,
    read_folder,
)

DATA = Path(__file__).parent.parent / "data"
DOMAIN = "example.edu"


def folder_of(term: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((DATA / term).iterdir())}


SPRING = folder_of("cs598-s25")
FALL = folder_of("cs598-f24")


def csv_files(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name.endswith(".csv")}


def edited(files: dict[str, bytes], name: str, old: str, new: str) -> dict[str, bytes]:
    """The folder with one place changed; fails where the place is not there exactly once."""
    text = files[name].decode()
    assert text.count(old) == 1, (name, old, text.count(old))
    return {**files, name: text.replace(old, new).encode()}


def with_column(
    files: dict[str, bytes], name: str, column: str, cells: dict[int, str]
) -> dict[str, bytes]:
    """The folder with one more column in a file; `cells` by line number."""
    lines = files[name].decode().splitlines()
    lines = [
        f"{line},{column if number == 1 else cells.get(number, '')}"
        for number, line in enumerate(lines, 1)
    ]
    return {**files, name: ("\n".join(lines) + "\n").encode()}


def read(
    files: dict[str, bytes], *, mail_domain: str | None = DOMAIN, names: Names = DEFAULT_NAMES
) -> tuple[CourseFolder | None, list[Problem]]:
    return read_folder(files, mail_domain=mail_domain, names=names)


def read_well(
    files: dict[str, bytes], *, mail_domain: str | None = DOMAIN, names: Names = DEFAULT_NAMES
) -> CourseFolder:
    folder, problems = read(files, mail_domain=mail_domain, names=names)
    assert folder is not None, [str(problem) for problem in problems]
    return folder


def errors(problems: list[Problem]) -> list[tuple[str, int | None, str | None, str]]:
    return [
        (problem.file, problem.row, problem.column, problem.code)
        for problem in problems
        if problem.severity is Severity.ERROR
    ]


def warnings(problems: list[Problem]) -> list[tuple[str, int | None, str | None, str]]:
    return [
        (problem.file, problem.row, problem.column, problem.code)
        for problem in problems
        if problem.severity is Severity.WARNING
    ]


def fall_with_dates(until: str, since: str) -> dict[str, bytes]:
    files = with_column(FALL, "groups.csv", "from", {46: since})
    return with_column(files, "groups.csv", "until", {17: until})


def only_error(files: dict[str, bytes]) -> Problem:
    folder, problems = read(files)
    found = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert folder is None
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]
