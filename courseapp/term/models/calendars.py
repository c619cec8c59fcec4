"""The secret links under which calendar programs read a person's feed."""

from django.db import models
from typing_extensions import override

from courseapp.course.models import Enrollment
from courseapp.kernel.history import append_only


class CalendarSecretQuerySet(models.QuerySet["CalendarSecret"]):
    """Vocabulary of calendar links."""

    def standing(self) -> "CalendarSecretQuerySet":
        """Return those not revoked."""
        return self.filter(revoked_at__isnull=True)


@append_only(updatable=("revoked_at",))
class CalendarSecret(models.Model):
    """A person's link to their calendar, until it is revoked; of the secret only the digest is kept."""

    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, related_name="calendar_secrets"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarSecretQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=models.Q(revoked_at__isnull=True),
                name="calendar_secret_one_standing",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"calendar link of {self.enrollment_id}"
