"""`check_course SLUG [--json]`"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from courseapp.course.selectors import course_named
from courseapp.term.formats.problems import as_document
from courseapp.term.lint import check_course


class Command(BaseCommand):
    help = "Tell what is odd about a course's schedule: links, dates, roles, sizes."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--json", action="store_true", help="one JSON document, nothing else")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        course = course_named(options["slug"])
        if course is None:
            raise CommandError(f"There is no course {options['slug']}.")
        problems = check_course(course=course)
        if options["json"]:
            document = {"problems": [as_document(found) for found in problems]}
            self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
            return
        for found in problems:
            self.stdout.write(f"{found.severity}: {found}")
        if not problems:
            self.stdout.write(f"Nothing is odd about {course.slug}.")
