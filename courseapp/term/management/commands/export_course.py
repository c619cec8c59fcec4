"""`export_course SLUG --to DIR`"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from courseapp.course.selectors import course_named
from courseapp.term.exporting import export_course


class Command(BaseCommand):
    help = "Write a course as the folder of CSV files that import_course reads."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--to", required=True, type=Path, metavar="DIR")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        course = course_named(options["slug"])
        if course is None:
            raise CommandError(f"There is no course {options['slug']}.")
        folder: Path = options["to"]
        if folder.exists() and not folder.is_dir():
            raise CommandError(f"{folder} is a file; name a folder.")
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in export_course(course=course).items():
            (folder / name).write_bytes(content)
        self.stderr.write(f"{course} went out to {folder}.")
