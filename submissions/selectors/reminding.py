"""When staff reminded of a deliverable by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max

from submissions.models import Deliverable, Reminder

# How the moment of such a reminder begins; the enrollment of who sent it and the minute follow.
BY_STAFF: Final = "by_"


@dataclass(frozen=True)
class Reminding:
    """A deliverable, and when and to how many people staff last sent its reminder."""

    deliverable: Deliverable
    last_at: datetime | None
    last_count: int


def reminding_of(deliverable: Deliverable) -> Reminding:
    """Return when staff last reminded of a deliverable, whatever its due instant was then."""
    by_hand = Reminder.objects.filter(deliverable=deliverable, moment__startswith=BY_STAFF)
    sent = by_hand.values("moment").annotate(at=Max("reminded_at"), people=Count("pk"))
    latest = sent.order_by("-at").first()
    if latest is None:
        return Reminding(deliverable, None, 0)
    return Reminding(deliverable, latest["at"], latest["people"])
