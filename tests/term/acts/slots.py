"""Who plays which part at every instant, read from the dated rows."""

from collections import Counter
from datetime import datetime

from schedule.models import RoleAssignment

Slot = tuple[int, str]


def holders_at(instant: datetime) -> Counter[Slot]:
    """Return how many groups play each part at an instant."""
    rows = RoleAssignment.objects.filter(assigned_at__lte=instant).exclude(
        withdrawn_at__lte=instant
    )
    return Counter(rows.values_list("lecture_id", "role"))


def instants() -> list[datetime]:
    """Return all instants at which a part began or ended."""
    found = set(RoleAssignment.objects.values_list("assigned_at", flat=True))
    ends = RoleAssignment.objects.values_list("withdrawn_at", flat=True)
    return sorted(found | {end for end in ends if end is not None})
