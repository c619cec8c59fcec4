"""`export_schedule SLUG --format markdown|json|ics`"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from courseapp.course.selectors import course_named
from courseapp.term.calendars.feeds import public_feed
from courseapp.term.exporting_schedule import export_schedule_json, export_schedule_table


class Command(BaseCommand):
    help = "Print a course's schedule as a Markdown table, as JSON, or as a calendar."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--format", choices=("markdown", "json", "ics"), default="markdown")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        course = course_named(options["slug"])
        if course is None:
            raise CommandError(f"There is no course {options['slug']}.")
        if options["format"] == "json":
            document = export_schedule_json(course=course)
            self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
            return
        if options["format"] == "ics":
            # The calendar's own line ends, which a text stream leaves alone.
            self.stdout.write(public_feed(course=course).content.decode(), ending="")
            return
        self.stdout.write(export_schedule_table(course=course), ending="")
