"""Files on their way, in pieces (tus 1.0)."""

from django.db import models
from typing_extensions import override

from courseapp.course.models import Enrollment
from submissions.models.duties import Deliverable
from submissions.models.hand_ins import SubmissionVersion


class UploadOutcome(models.TextChoices):
    """How an upload ended."""

    ABANDONED = "abandoned", "abandoned"
    HANDED_IN = "handed_in", "handed in"
    REFUSED = "refused", "refused"


class Upload(models.Model):
    """A file on its way: nothing is handed in before its last byte is there (domain.md §3).

    `code` is its name in addresses. `length` and `offset` are in bytes, `offset` of what is durable.
    A pledge is `pledged_sha256` with the instant at which it was received. `refusal` is what page and
    client were told.
    """

    code = models.CharField(max_length=32, unique=True)
    deliverable = models.ForeignKey(Deliverable, on_delete=models.PROTECT, related_name="uploads")
    begun_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="uploads")
    file_name = models.CharField(max_length=200)
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    staging_key = models.CharField(max_length=80)
    idempotency_key = models.CharField(max_length=64, blank=True)
    pledged_sha256 = models.CharField(max_length=64, blank=True)
    pledged_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField()
    last_received_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=UploadOutcome, blank=True)
    refusal = models.JSONField(null=True, blank=True)
    version = models.ForeignKey(
        SubmissionVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="uploads"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(offset__gte=0, offset__lte=models.F("length"), length__gt=0),
                name="upload_offset_within_length",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, outcome="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(outcome="")),
                name="upload_ended_has_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=UploadOutcome.HANDED_IN, version__isnull=False)
                | (~models.Q(outcome=UploadOutcome.HANDED_IN) & models.Q(version__isnull=True)),
                name="upload_handed_in_has_version",
            ),
            models.CheckConstraint(
                condition=models.Q(pledged_sha256="", pledged_at__isnull=True)
                | (~models.Q(pledged_sha256="") & models.Q(pledged_at__isnull=False)),
                name="upload_pledge_has_instant",
            ),
            # Begun twice with one key, it is one upload, also once it has been handed in or refused.
            models.UniqueConstraint(
                fields=["deliverable", "begun_by", "idempotency_key"],
                condition=~models.Q(idempotency_key="")
                & ~models.Q(outcome=UploadOutcome.ABANDONED),
                name="upload_unique_key",
            ),
        ]
        indexes = [
            models.Index(
                fields=["last_received_at"],
                condition=models.Q(ended_at__isnull=True),
                name="upload_open",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"upload {self.code}"
