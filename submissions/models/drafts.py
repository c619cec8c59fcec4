"""Text that is being typed."""

from django.db import models
from typing_extensions import override

from courseapp.course.models import Enrollment
from submissions.models.hand_ins import Submission


class TextDraft(models.Model):
    """What an owner is typing, with its own `received_at`; versions are cut from it (domain.md §5).

    `revision` counts the writes, so that of two writers at once neither overwrites the other unseen.
    `settled_at` is set once a version was cut from this text, or it was found that none can be, and is
    emptied by the next write; so is `receipted_at`, which is set once the receipt of what counts of it
    was mailed, at the due instant.
    """

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="draft")
    text = models.TextField(blank=True)
    received_at = models.DateTimeField()
    written_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    settled_at = models.DateTimeField(null=True, blank=True)
    receipted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(settled_at__isnull=True),
                name="draft_unsettled",
            ),
            models.Index(
                fields=["submission"],
                condition=models.Q(receipted_at__isnull=True),
                name="draft_unreceipted",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"draft of {self.submission_id}"
