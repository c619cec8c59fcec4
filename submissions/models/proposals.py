"""Decisions on proposals, and who agreed."""

from django.db import models
from typing_extensions import override

from courseapp.course.models import Enrollment
from courseapp.kernel.history import append_only
from submissions.models.hand_ins import SubmissionVersion
from submissions.rules import ProposalVerdict

VERDICT_CHOICES = [(verdict.value, verdict.value.replace("_", " ")) for verdict in ProposalVerdict]


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
