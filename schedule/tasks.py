"""Jobs about the schedule."""

from celery import shared_task

from courseapp.kernel import clock, hints
from schedule.services import solving


@shared_task(name=solving.SWEEP)
def solve_plans(**_: object) -> None:
    """Search for the plans that were asked for, and notice searches whose worker has died."""
    hints.begin(solving.SWEEP)
    solving.sweep(now=clock.now())
