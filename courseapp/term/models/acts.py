"""What was done to a course as one action, and what is noted down to be done."""

import pghistory
from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.history import append_only


@append_only()
class Act(models.Model):
    """One action on a course that was carried out (domain.md §13): what it did, and who was told.

    `context_id` names the audit context of every row that it changed; from these it is undone.
    `sentence` is what staff read, `public_sentence` what readers of the schedule do (empty: nothing
    for them). `told` are the enrollments that got a mail. An undo is an act of its own.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    sentence = models.TextField()
    public_sentence = models.TextField(blank=True)
    consequences = models.JSONField(default=dict)
    told = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acted_at = models.DateTimeField()
    context_id = models.UUIDField(unique=True)
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by"
    )

    class Meta:
        ordering = ["-pk"]

    @override
    def __str__(self) -> str:
        return self.sentence


@pghistory.track()
class PlannedAct(models.Model):
    """An action noted in the draft of a schedule: published with the others, or withdrawn."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="planned_acts")
    kind = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    noted_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    act = models.ForeignKey(
        Act, on_delete=models.PROTECT, null=True, blank=True, related_name="planned"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    @override
    def __str__(self) -> str:
        return f"{self.kind} in the draft of {self.course_id}"
