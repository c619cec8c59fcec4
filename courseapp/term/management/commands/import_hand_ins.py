"""`import_hand_ins FOLDER --course SLUG [--dry-run] [--json]`"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from courseapp.course.actors import Actor
from courseapp.course.selectors import course_named
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.term.formats.hand_ins import FILE_NAME
from courseapp.term.formats.problems import as_document
from courseapp.term.importing_hand_ins import (
    PERMISSIONS,
    ArrivedLine,
    Reading,
    import_hand_ins,
    read_over,
)


class Command(BaseCommand):
    help = (
        "Bring in work that came in elsewhere, at its own instants, all or nothing: a folder with"
        f" {FILE_NAME} and the files that it names. Nobody is mailed; what is there already stays."
    )

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--course", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="only show the difference")
        parser.add_argument("--json", action="store_true", help="one JSON document, nothing else")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        course = course_named(options["course"])
        if course is None:
            raise CommandError(f"There is no course {options['course']}.")
        folder: Path = options["folder"]
        if not (folder / FILE_NAME).is_file():
            raise CommandError(f"{folder} is no folder with a file {FILE_NAME}.")
        now = clock.now()
        reading = read_over(course, folder, now=now)
        if reading.problems:
            self._refuse(reading, as_json=options["json"])
        did = ""
        if reading.new_count and not options["dry_run"]:
            actor = Actor(user_id=None, course=course, permissions=PERMISSIONS)
            try:
                did = import_hand_ins(
                    actor=actor, reading=reading, folder_name=folder.resolve().name, now=now
                )
            except Refused as refusal:
                raise CommandError(f"Nothing was changed: {refusal}") from refusal
        self._tell(reading, did, as_json=options["json"])

    def _refuse(self, reading: Reading, *, as_json: bool) -> None:
        if as_json:
            self._print({"problems": [as_document(found) for found in reading.problems]})
        lines = [f"{found.severity}: {found}" for found in reading.problems]
        raise CommandError("\n".join(["Nothing was changed.", *lines]))

    def _tell(self, reading: Reading, did: str, *, as_json: bool) -> None:
        if as_json:
            rows = [
                {**asdict(one), "received_at": one.received_at.isoformat()} for one in reading.lines
            ]
            self._print({"problems": [], "rows": rows, "did": did})
            return
        for line in reading.lines:
            self.stdout.write(_words(line))
        there = len(reading.lines) - reading.new_count
        self.stderr.write(f"{reading.new_count} new, {there} there already.")
        self.stderr.write(did or "Nothing was changed.")

    def _print(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def _words(line: ArrivedLine) -> str:
    state = "new" if line.is_new else "there already"
    verdict = "on time" if line.is_on_time else "late"
    at = line.received_at.isoformat()
    return f"row {line.row}: {state}: {line.what}, {line.owner}, received {at}, {verdict}"
