"""Jobs about the schedule."""

from celery import shared_task

from courseapp.kernel import clock
from schedule.services import solving


@shared_task(name="schedule.solve_plans")
def solve_plans(**_: object) -> None:
    """Search for the plans that were asked for, and notice searches whose worker has died."""
    solving.sweep(now=clock.now())
