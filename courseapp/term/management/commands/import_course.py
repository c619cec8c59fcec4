"""`import_course DIR --slug SLUG [--mail-domain DOMAIN] [--publish]`"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from courseapp.course.services import open_course
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.term.importing import FolderRefused, import_course


class Command(BaseCommand):
    help = "Bring in a course from a folder of CSV files, all or nothing."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--slug", required=True, help="the course's name in addresses")
        parser.add_argument("--mail-domain", help="staff without an address get login@DOMAIN")
        parser.add_argument("--publish", action="store_true", help="open it to its readers at once")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder; name one that holds course.csv.")
        files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}
        now = clock.now()
        try:
            course, warnings = import_course(
                files=files, slug=options["slug"], mail_domain=options["mail_domain"], now=now
            )
        except FolderRefused as refusal:
            lines = [f"{found.severity}: {found}" for found in refusal.problems]
            raise CommandError("\n".join(["Nothing was imported.", *lines])) from refusal
        except (Refused, ValueError) as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["publish"]:
            open_course(course=course, now=now)
        for warning in warnings:
            self.stderr.write(f"{warning.severity}: {warning}")
        self.stderr.write(f"{course} came in as /c/{course.slug}/ ({course.state}).")
