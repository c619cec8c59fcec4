"""What is due, what came in, and who was told."""

import pghistory
from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.history import append_only
from groups.models import Group
from schedule.models import Lecture, Milestone, Reading
from submissions.deadlines import Kind, LatePolicy
from submissions.rules import ProposalVerdict

KIND_CHOICES = [(kind.value, kind.value.replace("_", " ")) for kind in Kind]
LATE_POLICY_CHOICES = [(policy.value, policy.value.replace("_", " ")) for policy in LatePolicy]
VERDICT_CHOICES = [(verdict.value, verdict.value.replace("_", " ")) for verdict in ProposalVerdict]

ONE_OWNER = models.Q(enrollment__isnull=False, group__isnull=True) | models.Q(
    enrollment__isnull=True, group__isnull=False
)


@pghistory.track()
class Deliverable(models.Model):
    """Something that is due (domain.md §4). Who owes it is derived, never stored.

    `due_at` is stamped by the service that derives deliverables from the schedule; None where the
    row has no times, and then nothing is due. A question belongs to a reading, slides and summaries
    to a lecture, project work to a milestone.

    `asked_due_at` is what the schedule asked for when it was last looked at. It differs from `due_at`
    where a move was not let through to the end: an instant that had passed stays unless staff move
    it, and none comes nearer than 24 hours unless they confirm it (domain.md §3).
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="deliverables")
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    lecture = models.ForeignKey(
        Lecture, on_delete=models.PROTECT, null=True, blank=True, related_name="deliverables"
    )
    reading = models.ForeignKey(
        Reading, on_delete=models.PROTECT, null=True, blank=True, related_name="deliverables"
    )
    milestone = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, null=True, blank=True, related_name="deliverables"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    asked_due_at = models.DateTimeField(null=True, blank=True)
    late_policy = models.CharField(
        max_length=10, choices=LATE_POLICY_CHOICES, default=LatePolicy.NO_CREDIT.value
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "kind", "lecture", "reading"],
                condition=models.Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="deliverable_unique_place",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in Kind]),
                name="deliverable_kind_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=Kind.QUESTION.value)
                | models.Q(reading__isnull=False, lecture__isnull=False),
                name="deliverable_question_has_reading",
            ),
        ]

    @override
    def __str__(self) -> str:
        place = self.reading or self.lecture
        return f"{self.get_kind_display()}: {place}" if place else self.get_kind_display()


@append_only()
@pghistory.track()
class Extension(models.Model):
    """A later due instant for one owner, or for all (no owner), with a reason.

    Of one owner's rows the latest holds, and of those for all; of these two the later instant. A
    row without `due_at` takes back what stood before it.
    """

    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.PROTECT, related_name="extensions"
    )
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="extensions"
    )
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="extensions"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500)
    granted_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(enrollment__isnull=True) | models.Q(group__isnull=True),
                name="extension_at_most_one_owner",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="extension_has_reason"),
        ]

    @override
    def __str__(self) -> str:
        return f"extension {self.pk} of {self.deliverable_id}"


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

    FORM = "form", "form"
    IMPORT = "import", "import"


@append_only()
class SubmissionVersion(models.Model):
    """One hand-in, never changed or deleted. Late is derived from `received_at`, never stored.

    `receipt_code` is what its holder checks later; `size` is in bytes; `sha256` in hex.
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
    receipt_code = models.CharField(max_length=32, unique=True)
    idempotency_key = models.CharField(max_length=64, blank=True)

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
        ]

    @override
    def __str__(self) -> str:
        return f"version {self.number}"


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


@append_only()
class ProposalDecision(models.Model):
    """The instructor's word on one version of a proposal, with the next round's own due instant."""

    version = models.ForeignKey(
        SubmissionVersion, on_delete=models.PROTECT, related_name="decisions"
    )
    verdict = models.CharField(max_length=20, choices=VERDICT_CHOICES)
    comment = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version"], name="decision_one_a_version"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.verdict} on {self.version_id}"


@append_only()
class ProposalAgreement(models.Model):
    """A member's yes to an approved proposal."""

    decision = models.ForeignKey(
        ProposalDecision, on_delete=models.PROTECT, related_name="agreements"
    )
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "enrollment"], name="agreement_one_a_member"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.enrollment_id} agreed"


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
