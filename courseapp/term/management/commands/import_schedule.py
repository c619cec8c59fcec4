"""`import_schedule FILE --course SLUG [--year YYYY] [--create --timezone ZONE] [--dry-run] [--json]`

Into a new course or one without a schedule a table comes whole; over a standing schedule a table, or the
files of a folder, come as a difference, carried out as one act.
"""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from courseapp.course.actors import Actor, Permission
from courseapp.course.selectors import course_named
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.term.acts.carrying_out import carry_out, doing_of, rehearse
from courseapp.term.formats import Problem
from courseapp.term.formats.cells import UTC_ZONE, YEARS, zone_names
from courseapp.term.formats.markdown import Hours, Reader, extended_headings, read_hours
from courseapp.term.formats.problems import as_document, did_you_mean
from courseapp.term.importing_schedule import (
    Arriving,
    ScheduleRefused,
    has_schedule,
    import_schedule,
)
from courseapp.term.schedules.confirming import (
    confirmed_action,
    difference_document,
    gone_rows,
    lines_of,
)
from courseapp.term.schedules.differences import ScheduleDifference, ScheduleFiles, read_over


class Command(BaseCommand):
    help = (
        "Bring in a schedule from a Markdown table or the CSV folder, all or nothing. Over a standing"
        " schedule, rows that the file does not have go only where named by --withdraw."
    )

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--course", required=True, metavar="SLUG")
        parser.add_argument("--year", type=int, help="the year of the table's first row")
        parser.add_argument("--create", action="store_true", help="make a new course, a draft")
        parser.add_argument("--timezone", metavar="ZONE", help="with --create: America/Chicago")
        parser.add_argument("--meets", metavar="HOURS", help="with --create: 'WF 12:30-13:45'")
        parser.add_argument("--room", default="", help="with --create: where it meets")
        parser.add_argument(
            "--unmarked", choices=("required", "optional"), help="what a reading without a mark is"
        )
        parser.add_argument(
            "--role",
            action="append",
            default=[],
            metavar="THEIRS=OURS",
            help="what a column of theirs holds, such as 'Note takers=authors'",
        )
        parser.add_argument(
            "--withdraw",
            action="append",
            default=[],
            metavar="DATE",
            help="let this row go; or missing",
        )
        parser.add_argument("--reason", default="", help="why, where a rule of the plan breaks")
        parser.add_argument("--dry-run", action="store_true", help="say what would come in")
        parser.add_argument("--json", action="store_true", help="one JSON document, nothing else")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        contents = _contents(options["file"])
        course = None if options["create"] else course_named(options["course"])
        try:
            if course is not None and (has_schedule(course) or _is_folder(contents)):
                self._bring_over(course, contents, options)
                return
            self._bring_in(contents, options)
        except ScheduleRefused as refusal:
            if options["json"]:
                self._print({"problems": [as_document(found) for found in refusal.problems]})
            lines = [f"{found.severity}: {found}" for found in refusal.problems]
            raise CommandError("\n".join(["Nothing was imported.", *lines])) from refusal
        except Refused as refusal:
            raise CommandError(f"Nothing was imported: {refusal}") from refusal

    def _bring_in(self, contents: dict[str, bytes], options: dict[str, Any]) -> None:
        """Bring the table in whole."""
        arriving = _arriving(contents, options)
        arrived = import_schedule(arriving=arriving, now=clock.now())
        if options["json"]:
            problems = [as_document(found) for found in arrived.problems]
            self._print({**arrived.facts, "problems": problems})
            return
        for name, value in arrived.facts.items():
            self.stdout.write(f"{name}: {value}")
        self._warn(arrived.problems)
        said = "Nothing was changed: a dry run." if arriving.is_dry else "The schedule came in"
        self.stderr.write(said if arriving.is_dry else f"{said} as /c/{arriving.slug}/.")

    def _bring_over(self, course: Any, contents: dict[str, bytes], options: dict[str, Any]) -> None:
        """Show the difference to the standing schedule, and carry it out unless it is a dry run."""
        reading = read_over(course, _files(contents, options))
        difference = reading.difference
        if difference is None:
            raise ScheduleRefused(reading.problems)
        action = confirmed_action(
            reading.files.name, difference, drops=_drops(difference, options["withdraw"])
        )
        said = ""
        if action.steps:
            # Whoever has the server's shell acts for the course's instructors, under no name.
            # Whoever runs a command on the server may do all that a file can ask for.
            permissions = {
                Permission.CHANGE_SCHEDULE,
                Permission.CHANGE_PLAN,
                Permission.CHANGE_GROUPS,
            }
            actor = Actor(user_id=None, course=course, permissions=frozenset(permissions))
            do, reason = rehearse if options["dry_run"] else carry_out, options["reason"]
            doing = doing_of(action, reason=reason)
            said = do(doing, actor=actor, reason=reason, now=clock.now()).act.sentence
        if options["json"]:
            problems = [as_document(found) for found in reading.problems]
            self._print({**difference_document(difference), "problems": problems, "did": said})
            return
        for line in lines_of(difference):
            self.stdout.write(line)
        self._warn(reading.problems)
        is_done = bool(said) and not options["dry_run"]
        self.stderr.write(said if is_done else "Nothing was changed.")

    def _warn(self, problems: list[Problem]) -> None:
        for warning in problems:
            self.stderr.write(f"{warning.severity}: {warning}")

    def _print(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def _contents(path: Path) -> dict[str, bytes]:
    """The file, or the CSV files of a folder, by name."""
    try:
        paths = sorted(path.glob("*.csv")) if path.is_dir() else [path]
        found = {each.name: each.read_bytes() for each in paths}
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    if not found:
        raise CommandError(f"{path} holds no CSV file.")
    return found


def _is_folder(contents: dict[str, bytes]) -> bool:
    return all(name.casefold().endswith(".csv") for name in contents)


def _files(contents: dict[str, bytes], options: dict[str, Any]) -> ScheduleFiles:
    if options["year"] is not None:
        _check_year(options["year"])
    return ScheduleFiles(
        contents=contents,
        year=options["year"],
        unmarked_is_required=_unmarked(options["unmarked"]),
        headings=_headings(options["role"]),
    )


def _drops(difference: ScheduleDifference, named: list[str]) -> list[int]:
    """The rows that go, of those that the file does not have."""
    gone = gone_rows(difference)
    days = {row.starts_on.isoformat() for row in gone}
    if unknown := set(named) - days - {"missing"}:
        raise CommandError(f"{', '.join(sorted(unknown))}: no row of that date is missing.")
    return [
        row.key
        for row in gone
        if row.key is not None and ("missing" in named or row.starts_on.isoformat() in named)
    ]


def _check_year(year: int) -> None:
    if year not in YEARS:
        raise CommandError(f"{year} is no year of a course; expected such as 2025.")


def _arriving(contents: dict[str, bytes], options: dict[str, Any]) -> Arriving:
    if len(contents) != 1 or next(iter(contents)).casefold().endswith(".csv"):
        raise CommandError(
            "A course without a schedule takes a table; import_course takes a folder."
        )
    if options["year"] is None:
        raise CommandError("Say the year of the table's first row: --year 2025.")
    _check_year(options["year"])
    ((name, content),) = contents.items()
    return Arriving(
        file=name,
        content=content,
        slug=options["course"],
        reader=Reader(
            year=options["year"],
            zone=_zone(options),
            unmarked_is_required=_unmarked(options["unmarked"]),
            headings=_headings(options["role"]),
            sizes=(4, 5),
        ),
        hours=_hours(options),
        room=options["room"],
        creates=options["create"],
        is_dry=options["dry_run"],
    )


def _zone(options: dict[str, Any]) -> ZoneInfo:
    name = options["timezone"]
    if not options["create"]:
        if name is not None:
            raise CommandError("--timezone goes with --create; a course there has its own zone.")
        return UTC_ZONE
    if name is None:
        raise CommandError("A new course needs --timezone, such as America/Chicago.")
    if name not in zone_names():
        hint = did_you_mean(name, zone_names())
        raise CommandError(f'"{name}" is no time zone; expected such as America/Chicago.{hint}')
    return ZoneInfo(name)


def _hours(options: dict[str, Any]) -> Hours | None:
    text = options["meets"]
    if text is None and not options["room"]:
        return None
    if not options["create"]:
        raise CommandError("--meets and --room go with --create; a course there has its own.")
    hours = None if text is None else read_hours(text)
    if text is not None and hours is None:
        raise CommandError(f"\"{text}\" is no days and times; expected such as 'WF 12:30-13:45'.")
    return hours


def _unmarked(word: str | None) -> bool | None:
    return None if word is None else word == "required"


def _headings(pairs: list[str]) -> Any:
    if wrong := [pair for pair in pairs if "=" not in pair]:
        raise CommandError(f"--role \"{wrong[0]}\": write it as 'Their column=authors'.")
    try:
        return extended_headings(dict(pair.rsplit("=", 1) for pair in pairs))
    except ValueError as error:
        raise CommandError(f"--role: {error}") from error
