"""`course_facts SLUG --json`"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from courseapp.course.selectors import course_named
from courseapp.term.facts import course_facts


class Command(BaseCommand):
    help = "Print a course in numbers."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--json", action="store_true", help="one JSON document, nothing else")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        course = course_named(options["slug"])
        if course is None:
            raise CommandError(f"There is no course {options['slug']}.")
        facts = course_facts(course=course)
        if options["json"]:
            self.stdout.write(json.dumps(facts, indent=2, ensure_ascii=False))
            return
        for name, value in facts.items():
            self.stdout.write(f"{name}: {value}")
