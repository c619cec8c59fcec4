"""The outbox's job."""

from celery import shared_task

from courseapp.kernel import hints, mail


@shared_task(name=mail.SWEEP)
def sweep_outbox(**_: object) -> None:
    """Send what waits in the outbox."""
    hints.begin(mail.SWEEP)
    mail.sweep()
