"""Jobs about what is due."""

from celery import shared_task

from courseapp.kernel import clock
from submissions.services import reminders


@shared_task(name="submissions.remind")
def remind(**_: object) -> None:
    """Queue the reminders whose moment has come."""
    reminders.remind(now=clock.now())
