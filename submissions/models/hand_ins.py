"""What came in: one submission an owner and deliverable, in versions that never change."""

from django.db import models
from typing_extensions import override

from courseapp.course.models import Enrollment
from courseapp.kernel.history import append_only
from groups.models import Group
from submissions.models.duties import Deliverable
from submissions.rules import FileForm

LONGEST_WHAT = 300
ONE_OWNER = models.Q(enrollment__isnull=False, group__isnull=True) | models.Q(
    enrollment__isnull=True, group__isnull=False
)


@append_only(updatable=("locked_at",))
class Submission(models.Model):
    """What one owner handed in for one deliverable, in numbered versions.

    `locked_at` is touched by nobody: its column grant lets a hand-in lock the row it adds to.
    """

    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.PROTECT, related_name="submissions"
    )
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="submissions"
    )
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="submissions"
    )
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_OWNER, name="submission_one_owner"),
            models.UniqueConstraint(
                fields=["deliverable", "enrollment", "group"],
                nulls_distinct=False,
                name="submission_unique_owner",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"submission {self.pk}"


class Medium(models.TextChoices):
    """How the content is kept."""

    TEXT = "text", "text"
    FILE = "file", "file"


class Door(models.TextChoices):
    """The way by which a version came in."""

    ADMIN = "admin", "by staff, in the admin"
    FORM = "form", "form"
    IMPORT = "import", "import"
    PLEDGE = "pledge", "pledge"
    TYPED = "typed", "typed"
    UPLOAD = "upload", "upload"


@append_only()
class SubmissionVersion(models.Model):
    """One hand-in, never changed or deleted. Late is derived from `received_at`, never stored.

    `receipt_code` is what its holder checks later; `size` is in bytes; `sha256` in hex. Of typed text
    `received_at` is its draft's; of a pledged file it is the pledge's, and `bytes_in_at` is when the
    last of the bytes was in. `reason` says why staff handed in for others. `what` names the
    deliverable as it was called then: a receipt is signed for good.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    handed_in_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=10, choices=Door, default=Door.FORM)
    medium = models.CharField(max_length=10, choices=Medium)
    text = models.TextField(blank=True)
    file_key = models.CharField(max_length=80, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    what = models.CharField(max_length=LONGEST_WHAT, blank=True)
    receipt_code = models.CharField(max_length=32, unique=True)
    idempotency_key = models.CharField(max_length=64, blank=True)
    bytes_in_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["submission", "number"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="version_unique_number"),
            models.UniqueConstraint(
                fields=["submission", "idempotency_key"],
                condition=~models.Q(idempotency_key=""),
                name="version_unique_idempotency_key",
            ),
            models.CheckConstraint(
                condition=models.Q(medium=Medium.TEXT, file_key="")
                | (models.Q(medium=Medium.FILE, text="") & ~models.Q(file_key="")),
                name="version_text_or_file",
            ),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="version_not_empty"),
            models.CheckConstraint(
                condition=models.Q(door=Door.PLEDGE, bytes_in_at__gte=models.F("received_at"))
                | (~models.Q(door=Door.PLEDGE) & models.Q(bytes_in_at__isnull=True)),
                name="version_pledge_has_bytes_instant",
            ),
            models.CheckConstraint(
                condition=~models.Q(door=Door.ADMIN) | ~models.Q(reason=""),
                name="version_by_staff_has_reason",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def is_pdf(self) -> bool:
        """Say whether it is a file that is read as a PDF."""
        return self.file_name.lower().endswith(FileForm.PDF)


@append_only()
class VersionMember(models.Model):
    """Who was a member of the group at a hand-in, as a fact (domain.md §6)."""

    version = models.ForeignKey(SubmissionVersion, on_delete=models.PROTECT, related_name="members")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "enrollment"], name="version_member_unique"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.enrollment_id} at {self.version_id}"
