"""What was found in files that were handed in."""

from django.db import models
from typing_extensions import override

from submissions.models.hand_ins import SubmissionVersion


class CheckState(models.TextChoices):
    """Where a check is."""

    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class VersionCheck(models.Model):
    """The deeper check of one file; what it finds warns, and never un-counts a version (domain.md §4).

    `findings` is a list of objects with `code`, `level` and `sentence`.
    """

    version = models.OneToOneField(
        SubmissionVersion, on_delete=models.PROTECT, related_name="check_of_file"
    )
    state = models.CharField(max_length=10, choices=CheckState, default=CheckState.WAITING)
    findings = models.JSONField(default=list, blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=(CheckState.WAITING, CheckState.RUNNING), checked_at__isnull=True
                )
                | models.Q(
                    state__in=(CheckState.DONE, CheckState.FAILED), checked_at__isnull=False
                ),
                name="check_done_has_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=models.Q(checked_at__isnull=True),
                name="check_open",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"check of {self.version_id}"
