"""Two groups that would swap duties (domain.md §7)."""

from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.history import append_only
from courseapp.term.models.acts import Act
from schedule.models import RoleAssignment


class SwapOutcome(models.TextChoices):
    """How an offer ended; alphabetical.

    That one has expired or was overtaken is seen from its duties at once; it is noted, and told, a
    little later.
    """

    CARRIED_OUT = "carried_out", "swapped"
    DECLINED = "declined", "declined"
    EXPIRED = "expired", "its lecture has begun"
    OVERTAKEN = "overtaken", "a duty changed hands"
    REFUSED = "refused", "not confirmed"
    WITHDRAWN = "withdrawn", "taken back"


class RoleSwapQuerySet(models.QuerySet["RoleSwap"]):
    """Vocabulary of swaps."""

    def open(self) -> "RoleSwapQuerySet":
        """Return those that nobody ended."""
        return self.filter(ended_at__isnull=True)


@append_only(
    updatable=(
        "accepted_by_id",
        "accepted_at",
        "outcome",
        "answer",
        "ended_by_id",
        "ended_at",
        "act_id",
    )
)
class RoleSwap(models.Model):
    """An offer of one group to give a duty for one of another group, until it is ended.

    `offered` and `wanted` are the very assignments: where one of them has ended meanwhile, there is
    nothing left to swap. Whoever confirms an accepted one ends it, with the act that carried it out;
    whoever says no may say why in `answer`.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="role_swaps")
    offered = models.ForeignKey(RoleAssignment, on_delete=models.PROTECT, related_name="+")
    wanted = models.ForeignKey(RoleAssignment, on_delete=models.PROTECT, related_name="+")
    message = models.CharField(max_length=300, blank=True)
    offered_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=12, choices=SwapOutcome, blank=True)
    ended_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    act = models.OneToOneField(
        Act, on_delete=models.PROTECT, null=True, blank=True, related_name="swap"
    )

    objects = RoleSwapQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["offered", "wanted"],
                condition=models.Q(ended_at__isnull=True),
                name="role_swap_offered_once",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", ended_at__isnull=True)
                | models.Q(outcome__in=SwapOutcome.values, ended_at__isnull=False),
                name="role_swap_outcome_has_instant",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome=SwapOutcome.CARRIED_OUT)
                | models.Q(accepted_at__isnull=False, act__isnull=False),
                name="role_swap_carried_out_was_accepted",
            ),
            models.CheckConstraint(
                condition=~models.Q(offered=models.F("wanted")), name="role_swap_of_two"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"swap {self.pk}"
