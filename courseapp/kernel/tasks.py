"""The outbox's job."""

from celery import shared_task

from courseapp.kernel import hints, mail

SWEEP_OUTBOX = "kernel.sweep_outbox"


@shared_task(name=SWEEP_OUTBOX)
def sweep_outbox(**_: object) -> None:
    """Send what waits in the outbox."""
    hints.begin(SWEEP_OUTBOX)
    mail.sweep()
