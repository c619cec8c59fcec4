"""Who was reminded of what."""

from django.db import models
from typing_extensions import override

from courseapp.course.models import Enrollment
from courseapp.kernel.history import append_only
from submissions.models.duties import Deliverable


@append_only()
class Reminder(models.Model):
    """A reminder given to one person, for one moment before one due instant: at most once.

    A moved due instant gets its own, hence `due_at` in the key. What falls together shares a mail.
    """

    deliverable = models.ForeignKey(Deliverable, on_delete=models.PROTECT, related_name="reminders")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    moment = models.CharField(max_length=30)
    due_at = models.DateTimeField()
    mail_id = models.BigIntegerField(db_index=True)
    reminded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "deliverable", "moment", "due_at"],
                name="reminder_at_most_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.moment} to {self.enrollment_id}"
