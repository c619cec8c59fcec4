"""`import_schedule FILE --course SLUG --year YYYY [--create --timezone ZONE] [--dry-run] [--json]`"""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.term.formats.cells import UTC_ZONE, YEARS, zone_names
from courseapp.term.formats.markdown import Reader, extended_headings
from courseapp.term.formats.problems import as_document, did_you_mean
from courseapp.term.importing_schedule import Arriving, ScheduleRefused, import_schedule


class Command(BaseCommand):
    help = "Bring in a schedule from a Markdown table, into a course without one, all or nothing."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--course", required=True, metavar="SLUG")
        parser.add_argument("--year", required=True, type=int, help="the year of the first row")
        parser.add_argument("--create", action="store_true", help="make a new course, a draft")
        parser.add_argument("--timezone", metavar="ZONE", help="with --create: America/Chicago")
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
        parser.add_argument("--dry-run", action="store_true", help="say what would come in")
        parser.add_argument("--json", action="store_true", help="one JSON document, nothing else")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        arriving = _arriving(options)
        try:
            arrived = import_schedule(arriving=arriving, now=clock.now())
        except ScheduleRefused as refusal:
            if options["json"]:
                self._print({"problems": [as_document(found) for found in refusal.problems]})
            lines = [f"{found.severity}: {found}" for found in refusal.problems]
            raise CommandError("\n".join(["Nothing was imported.", *lines])) from refusal
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            problems = [as_document(found) for found in arrived.problems]
            self._print({**arrived.facts, "problems": problems})
            return
        for name, value in arrived.facts.items():
            self.stdout.write(f"{name}: {value}")
        for warning in arrived.problems:
            self.stderr.write(f"{warning.severity}: {warning}")
        said = "Nothing was changed: a dry run." if arriving.is_dry else "The schedule came in"
        self.stderr.write(said if arriving.is_dry else f"{said} as /c/{arriving.slug}/.")

    def _print(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def _arriving(options: dict[str, Any]) -> Arriving:
    path: Path = options["file"]
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    if options["year"] not in YEARS:
        raise CommandError(f"{options['year']} is no year of a course; expected such as 2025.")
    return Arriving(
        file=path.name,
        content=content,
        slug=options["course"],
        reader=Reader(
            year=options["year"],
            zone=_zone(options),
            unmarked_is_required=_unmarked(options["unmarked"]),
            headings=_headings(options["role"]),
            sizes=(4, 5),
        ),
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


def _unmarked(word: str | None) -> bool | None:
    return None if word is None else word == "required"


def _headings(pairs: list[str]) -> Any:
    if wrong := [pair for pair in pairs if "=" not in pair]:
        raise CommandError(f"--role \"{wrong[0]}\": write it as 'Their column=authors'.")
    try:
        return extended_headings(dict(pair.rsplit("=", 1) for pair in pairs))
    except ValueError as error:
        raise CommandError(f"--role: {error}") from error
