"""The kernel's one table: the outbox."""

from django.db import models
from typing_extensions import override


class MailState(models.TextChoices):
    """A mail's life. `SENDING` that never ends is in doubt: it is shown to staff, never sent again."""

    QUEUED = "queued", "waiting"
    SENDING = "sending", "on its way, or in doubt"
    SENT = "sent", "sent"
    DROPPED = "dropped", "no longer wanted"
    FAILED = "failed", "given up"


class OutboxMail(models.Model):
    """A mail to one address, kept where staff can read it (domain.md §11).

    `kind` names the template folder below `templates/emails/`. `course_id` is the course whose staff
    may read it; no key binds it, as the kernel knows no course. `subject_ids` are the rows that a
    kind rendered at the moment of sending is about.
    """

    kind = models.CharField(max_length=80)
    course_id = models.BigIntegerField(null=True, blank=True)
    recipient = models.EmailField(max_length=254)
    subject_ids = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    is_secret = models.BooleanField(default=False)
    dedupe_key = models.CharField(max_length=200, null=True, blank=True, unique=True)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.QUEUED)
    queued_at = models.DateTimeField()
    send_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["send_at"],
                condition=models.Q(state=MailState.QUEUED),
                name="outbox_waiting",
            ),
            models.Index(fields=["course_id", "-queued_at"], name="outbox_by_course"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=MailState.values), name="outbox_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MailState.SENT) | models.Q(sent_at__isnull=False),
                name="outbox_sent_has_instant",
            ),
            # What carries a secret keeps no body once it is out (domain.md §11).
            models.CheckConstraint(
                condition=~models.Q(is_secret=True, state=MailState.SENT)
                | models.Q(text="", html=""),
                name="outbox_secret_erased",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}"
