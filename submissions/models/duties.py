"""What is due, and the settings of it."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.history import append_only
from groups.models import Group
from schedule.models import Lecture, Milestone, Reading
from submissions.deadlines import Kind, LatePolicy

KIND_CHOICES = [(kind.value, kind.value.replace("_", " ")) for kind in Kind]
LATE_POLICY_CHOICES = [(policy.value, policy.value.replace("_", " ")) for policy in LatePolicy]


@pghistory.track()
class Deliverable(models.Model):
    """Something that is due (domain.md §4). Who owes it is derived, never stored.

    `due_at` is stamped by the service that derives deliverables from the schedule; None where the
    row has no times, and then nothing is due. A question belongs to a reading, slides and summaries
    to a lecture, project work to a milestone.

    `asked_due_at` is what the schedule asked for when it was last looked at. It differs from `due_at`
    where a move was not let through to the end: an instant that had passed stays unless staff move
    it, and none comes nearer than 24 hours unless they confirm it (domain.md §3).

    `late_policy`, `accepted`, `pages_min` and `pages_max`: left empty, those of its kind hold
    (`KindSettings`), and below them domain.md §4's.
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
    late_policy = models.CharField(max_length=10, choices=LATE_POLICY_CHOICES, blank=True)
    accepted = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    pages_min = models.PositiveSmallIntegerField(null=True, blank=True)
    pages_max = models.PositiveSmallIntegerField(null=True, blank=True)
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


@pghistory.track()
class KindSettings(models.Model):
    """How a course takes one kind of deliverable; what is left empty is domain.md §4's.

    `accepted` are endings of names (".pdf"); pages are those before the references.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="kind_settings")
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    late_policy = models.CharField(max_length=10, choices=LATE_POLICY_CHOICES, blank=True)
    accepted = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    pages_min = models.PositiveSmallIntegerField(null=True, blank=True)
    pages_max = models.PositiveSmallIntegerField(null=True, blank=True)
    printed = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "kind"], name="kind_settings_one_a_kind"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} in {self.course_id}"


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
