"""What is due, what came in, and who was told."""

from submissions.models.archives import Archive, ArchiveState, SlidesHold
from submissions.models.checks import CheckState, VersionCheck
from submissions.models.drafts import TextDraft
from submissions.models.duties import (
    KIND_CHOICES,
    LATE_POLICY_CHOICES,
    Deliverable,
    Extension,
    KindSettings,
)
from submissions.models.hand_ins import (
    LONGEST_WHAT,
    ONE_OWNER,
    Door,
    Medium,
    Submission,
    SubmissionVersion,
    VersionMember,
)
from submissions.models.outages import Outage, OutageAnswer, Pulse
from submissions.models.proposals import VERDICT_CHOICES, ProposalAgreement, ProposalDecision
from submissions.models.reminders import Reminder
from submissions.models.uploads import Upload, UploadOutcome

__all__ = [
    "KIND_CHOICES",
    "LATE_POLICY_CHOICES",
    "LONGEST_WHAT",
    "ONE_OWNER",
    "VERDICT_CHOICES",
    "Archive",
    "ArchiveState",
    "CheckState",
    "Deliverable",
    "Door",
    "Extension",
    "KindSettings",
    "Medium",
    "Outage",
    "OutageAnswer",
    "ProposalAgreement",
    "ProposalDecision",
    "Pulse",
    "Reminder",
    "SlidesHold",
    "Submission",
    "SubmissionVersion",
    "TextDraft",
    "Upload",
    "UploadOutcome",
    "VersionCheck",
    "VersionMember",
]
