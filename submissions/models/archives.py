"""Archives of what came in, and what is kept off the schedule."""

from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.history import append_only
from schedule.models import Lecture
from submissions.models.duties import KIND_CHOICES
from submissions.models.hand_ins import Submission


class ArchiveState(models.TextChoices):
    """Where the making of an archive is."""

    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    STOPPED = "stopped", "stopped"
    FAILED = "failed", "failed"
    EXPIRED = "expired", "expired"


class Archive(models.Model):
    """One file of all that counts, of a course, of one kind or of one lecture; made in the background.

    `holds_all_versions`: also what does not count, as it was late or replaced. `size` is in bytes.
    `problems` are sentences about what could not be put in. `heard_from_at` is the maker's last sign
    of life.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="archives")
    lecture = models.ForeignKey(
        Lecture, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=KIND_CHOICES, blank=True)
    holds_all_versions = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ArchiveState, default=ArchiveState.WAITING)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list, blank=True)
    file_key = models.CharField(max_length=80, blank=True)
    size = models.BigIntegerField(default=0)
    asked_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    heard_from_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state=ArchiveState.DONE)
                | (~models.Q(file_key="") & models.Q(finished_at__isnull=False)),
                name="archive_done_has_file",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"archive {self.pk}"


@append_only(updatable=("lifted_at", "lifted_by_id"))
class SlidesHold(models.Model):
    """Staff keep a group's final slides off the schedule, with a reason, until they lift it."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=500)
    held_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission"],
                condition=models.Q(lifted_at__isnull=True),
                name="hold_one_at_a_time",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="hold_has_reason"),
        ]

    @override
    def __str__(self) -> str:
        return f"hold of {self.submission_id}"
