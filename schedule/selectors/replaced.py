"""Which paper stood in a reading's place when somebody asked about it (domain.md §13.5)."""

from collections.abc import Mapping
from datetime import datetime

from schedule.models import ReplacedPaper


def papers_asked_about(asked_at: Mapping[int, datetime]) -> dict[int, str]:
    """Return the titles of papers that were replaced after they were asked about.

    `asked_at` is the instant of asking by reading. A reading whose paper still stands is left out.
    """
    found: dict[int, str] = {}
    replaced = ReplacedPaper.objects.filter(reading__in=asked_at).select_related("paper")
    for one in replaced.order_by("-replaced_at", "-pk"):
        if one.replaced_at > asked_at[one.reading_id]:
            found[one.reading_id] = one.paper.title
    return found
