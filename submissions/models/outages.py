"""When the product was down, and what staff made of it (domain.md §3)."""

import pghistory
from django.db import models
from typing_extensions import override

from courseapp.course.models import Enrollment
from courseapp.kernel.history import append_only
from submissions.models.duties import Deliverable, Extension


class Pulse(models.Model):
    """The last instant at which the whole product was seen to work; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="pulse_is_one_row"),
        ]

    @override
    def __str__(self) -> str:
        return f"seen {self.seen_at}"


@append_only()
class Outage(models.Model):
    """A time without a pulse."""

    began_at = models.DateTimeField(unique=True)
    ended_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__gt=models.F("began_at")), name="outage_begins_first"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.began_at} to {self.ended_at}"


@append_only(updatable=("withdrawn_at",))
@pghistory.track()
class OutageAnswer(models.Model):
    """What staff did about one deliverable that an outage touched: gave all more time, or left it.

    It is withdrawn where the act that gave the time is undone: the outage asks for an answer again.
    """

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="answers")
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.PROTECT, related_name="outage_answers"
    )
    extension = models.ForeignKey(
        Extension, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["outage", "deliverable"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="outage_answer_one_a_deliverable",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"answer to {self.outage_id}"
