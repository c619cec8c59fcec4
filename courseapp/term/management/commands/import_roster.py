"""`import_roster FILE --course SLUG [--add ID] [--drop ID] [--dry-run] [--json]`"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from courseapp.course.actors import Actor, Permission
from courseapp.course.selectors import course_named
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.term.acts.carrying_out import carry_out, doing_of, rehearse
from courseapp.term.formats.people import check_mail_domain
from courseapp.term.formats.problems import as_document
from courseapp.term.formats.roster import Difference
from courseapp.term.rosters.differences import (
    Confirmed,
    RosterFile,
    RosterReading,
    confirmed_action,
    key_of,
    read_over,
)


class Command(BaseCommand):
    help = (
        "Bring a roster (ours, Canvas's or Banner's) over a course, all or nothing. Who is new comes in"
        " only where named by --add, who is missing is dropped only where named by --drop."
    )

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--course", required=True, metavar="SLUG")
        parser.add_argument(
            "--mail-domain", help="who has a login but no address gets login@DOMAIN"
        )
        parser.add_argument(
            "--add",
            action="append",
            default=[],
            metavar="ID",
            help="let this new student in; or all",
        )
        parser.add_argument(
            "--drop",
            action="append",
            default=[],
            metavar="ID",
            help="drop this student; or missing",
        )
        parser.add_argument("--dry-run", action="store_true", help="only show the difference")
        parser.add_argument("--json", action="store_true", help="one JSON document, nothing else")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        course = course_named(options["course"])
        if course is None:
            raise CommandError(f"There is no course {options['course']}.")
        try:
            check_mail_domain(options["mail_domain"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        reading = read_over(course, _file(options))
        if reading.difference is None:
            self._refuse(reading, as_json=options["json"])
            return
        difference = reading.difference
        confirmed = _confirmed(difference, options)
        if not options["dry_run"] and (waiting := _waiting(difference, confirmed)):
            if options["json"]:
                self._print(as_difference(difference))
            raise CommandError(
                f"Nothing was changed: {', '.join(waiting)} would be new. Correct the file, or name"
                " each with --add ID (--add all for all who raise no question)."
            )
        said = self._carry_out(course, difference, confirmed, options)
        if options["json"]:
            problems = [as_document(found) for found in reading.problems]
            self._print({**as_difference(difference), "problems": problems, "did": said})
            return
        self._tell(reading, said)

    def _carry_out(
        self, course: Any, difference: Difference, confirmed: Confirmed, options: dict[str, Any]
    ) -> str:
        """Carry out what was confirmed, or only rehearse it; say what it is."""
        action = confirmed_action(options["file"].name, difference, confirmed)
        if not (action.adds or action.returns or action.drops or action.changes):
            return ""
        # Whoever has the server's shell acts for the course's instructors, under no name.
        permissions = frozenset({Permission.CHANGE_ROSTER})
        actor = Actor(user_id=None, course=course, permissions=permissions)
        do = rehearse if options["dry_run"] else carry_out
        try:
            carried = do(doing_of(action, reason=""), actor=actor, reason="", now=clock.now())
        except Refused as refusal:
            raise CommandError(f"Nothing was changed: {refusal}") from refusal
        return carried.act.sentence

    def _refuse(self, reading: RosterReading, *, as_json: bool) -> None:
        if as_json:
            self._print({"problems": [as_document(found) for found in reading.problems]})
        lines = [f"{found.severity}: {found}" for found in reading.problems]
        raise CommandError("\n".join(["Nothing was changed.", *lines]))

    def _tell(self, reading: RosterReading, said: str) -> None:
        assert reading.difference is not None
        for line in _lines(reading.difference):
            self.stdout.write(line)
        for warning in reading.problems:
            self.stderr.write(f"{warning.severity}: {warning}")
        self.stderr.write(said or "Nothing was changed.")

    def _print(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def _file(options: dict[str, Any]) -> RosterFile:
    path: Path = options["file"]
    try:
        return RosterFile(path.name, path.read_bytes(), options["mail_domain"])
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _confirmed(difference: Difference, options: dict[str, Any]) -> Confirmed:
    """What was named on the command line; "all" leaves out whoever raises a question."""
    newcomers = set(options["add"])
    if "all" in newcomers:
        plain = [one for one in difference.newcomers if not one.hint]
        newcomers |= {key_of(one) for one in (*plain, *difference.returning)}
    by_id = {key_of(person): person.key for person in difference.missing}
    named = set(by_id) if "missing" in options["drop"] else set(options["drop"])
    if unknown := named - by_id.keys():
        raise CommandError(
            f"{', '.join(sorted(unknown))}: nobody of this id is missing from the file."
        )
    return Confirmed(newcomers, [by_id[name] for name in by_id if name in named])


def _waiting(difference: Difference, confirmed: Confirmed) -> list[str]:
    """New students whom nobody has confirmed; who is back may stay away."""
    return [
        f"{key_of(one)} ({one.name}){f': {one.hint}' if one.hint else ''}"
        for one in difference.newcomers
        if key_of(one) not in confirmed.newcomers
    ]


def as_difference(difference: Difference) -> dict[str, Any]:
    """Return the difference as JSON prints it."""
    return {
        "id_column": difference.id_heading,
        "new": [
            {"row": one.row, "student_id": one.student_id, "name": one.name, "hint": one.hint}
            for one in difference.newcomers
        ],
        "back": [key_of(one) for one in difference.returning],
        "missing": [key_of(one) for one in difference.missing],
        "changed": [
            {
                "student_id": key_of(change.who),
                **{name: list(pair) for name, pair in change.fields.items()},
            }
            for change in difference.changes
        ],
        "same": difference.same_count,
    }


def _lines(difference: Difference) -> list[str]:
    new = [f"new: {key_of(one)} {one.name} {one.hint}".rstrip() for one in difference.newcomers]
    back = [f"back: {key_of(one)} {one.name}" for one in difference.returning]
    missing = [f"missing: {key_of(one)} {one.name}" for one in difference.missing]
    changed = [
        f"changed: {key_of(change.who)} {name} {before or 'none'} -> {after}"
        for change in difference.changes
        for name, (before, after) in change.fields.items()
    ]
    return [*new, *back, *missing, *changed, f"the same: {difference.same_count}"]
