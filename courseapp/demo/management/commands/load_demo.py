"""`load_demo`: a course to look at, where the database is the embedded one and holds no course."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from typing_extensions import override

from courseapp.course.selectors import any_course_exists
from courseapp.demo import accounts, story
from courseapp.kernel import clock


class Command(BaseCommand):
    help = "Load the sample course where no course exists, and print who signs in how."

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_ALLOWED:
            self.stderr.write("The sample course is only for the embedded database (bin/up).")
            return
        if not any_course_exists():
            with transaction.atomic():
                story.tell(now=clock.now())
                accounts.open_accounts()
        if accounts.are_there():
            self.stdout.write(accounts.announcement())
