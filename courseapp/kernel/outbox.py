"""The outbox as people read it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from courseapp.kernel.models import MailState, OutboxMail

PAGE_LENGTH = 50
# After this long, a mail that is still on its way is in doubt.
SENDING_TAKES = timedelta(minutes=5)


@dataclass(frozen=True)
class TroubledMails:
    """How many of a course's mails did not go out as they should."""

    failed_count: int
    doubtful_count: int

    @property
    def count(self) -> int:
        """Return how many need a look."""
        return self.failed_count + self.doubtful_count


def troubled_mails(course_id: int, *, now: datetime) -> TroubledMails:
    """Count the mails that were given up, and those whose sender was stopped in between."""
    mails = OutboxMail.objects.filter(course_id=course_id)
    counts: dict[str, int] = mails.aggregate(
        failed_count=Count("pk", filter=Q(state=MailState.FAILED)),
        doubtful_count=Count(
            "pk", filter=Q(state=MailState.SENDING, claimed_at__lt=now - SENDING_TAKES)
        ),
    )
    return TroubledMails(**counts)


def letters_of(course_id: int, *, page: str | None) -> Page[OutboxMail]:
    """Return a page of a course's mails, the newest first; a bad page number gives the nearest."""
    mails = OutboxMail.objects.filter(course_id=course_id).order_by("-queued_at", "-pk")
    return Paginator(mails, PAGE_LENGTH).get_page(page)
