"""Jobs about what is due."""

from celery import shared_task
from django.conf import settings

from courseapp.kernel import alive, clock, hints
from submissions.services import (
    archiving,
    checking,
    cutting,
    outages,
    receipting,
    reminders,
    reporting,
    settling,
)


@shared_task(name="submissions.remind")
def remind(**_: object) -> None:
    """Queue the reminders whose moment has come."""
    reminders.remind(now=clock.now())


@shared_task(name=checking.SWEEP)
def check_files(**_: object) -> None:
    """Look into the files that have come in."""
    hints.begin(checking.SWEEP)
    checking.sweep()


@shared_task(name="submissions.cut_drafts")
def cut_drafts(**_: object) -> None:
    """Make versions of what was typed, and mail the receipts of what has become due."""
    cutting.sweep(now=clock.now())
    receipting.sweep(now=clock.now())


@shared_task(name="submissions.settle_uploads")
def settle_uploads(**_: object) -> None:
    """Hand in the uploads that a crash left whole, and forget those that fell silent."""
    settling.sweep(now=clock.now())


@shared_task(name="submissions.pulse")
def pulse(**_: object) -> None:
    """Note that broker, worker, database and web all work, which this task has just seen."""
    if alive.answers(settings.HEALTH_URL):
        outages.note_pulse(now=clock.now())


@shared_task(name=archiving.SWEEP)
def make_archives(**_: object) -> None:
    """Pack the archives that were asked for, and let old ones go."""
    hints.begin(archiving.SWEEP)
    archiving.sweep(now=clock.now())


@shared_task(name="submissions.report")
def report(**_: object) -> None:
    """Tell staff what came in by the due instants that have just passed."""
    reporting.report(now=clock.now())
