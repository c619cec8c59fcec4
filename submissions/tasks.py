"""Jobs about what is due."""

from celery import shared_task

from courseapp.kernel import clock
from submissions.services import checking, reminders


@shared_task(name="submissions.remind")
def remind(**_: object) -> None:
    """Queue the reminders whose moment has come."""
    reminders.remind(now=clock.now())


@shared_task(name="submissions.check_files")
def check_files(**_: object) -> None:
    """Look into the files that have come in."""
    checking.sweep()
