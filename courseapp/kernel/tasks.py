"""The outbox's job."""

from celery import shared_task

from courseapp.kernel import mail


@shared_task(name="kernel.sweep_outbox")
def sweep_outbox(**_: object) -> None:
    """Send what waits in the outbox."""
    mail.sweep()
