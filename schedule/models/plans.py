"""What groups wish, and what is planned from it."""

import pghistory
from django.db import models
from typing_extensions import override

from groups.models import Group
from schedule.models.lectures import Lecture


class PreferenceQuerySet(models.QuerySet["Preference"]):
    """Vocabulary of preferences."""

    def current(self) -> "PreferenceQuerySet":
        """Return those not replaced by a newer ranking."""
        return self.filter(withdrawn_at__isnull=True)


@pghistory.track()
class Preference(models.Model):
    """A group's rank of a lecture that it would present, until a newer ranking replaces it (§7)."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="preferences")
    lecture = models.ForeignKey(Lecture, on_delete=models.PROTECT, related_name="preferences")
    rank = models.PositiveSmallIntegerField()
    ranked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        ordering = ["group", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "lecture"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="preference_unique_lecture_while_current",
            ),
            models.UniqueConstraint(
                fields=["group", "rank"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="preference_unique_rank_while_current",
            ),
            models.CheckConstraint(
                condition=models.Q(rank__gte=1), name="preference_rank_from_one"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.lecture_id} as {self.rank} of {self.group_id}"
