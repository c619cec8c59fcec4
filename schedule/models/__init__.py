"""When, what, and who plays which part."""

from schedule.models.lectures import Lecture, LectureKind, Milestone, MilestoneKind, Paper, Reading
from schedule.models.plans import Preference
from schedule.models.roles import GroupRole, OtherPresenter, PersonKind, RoleAssignment

__all__ = [
    "GroupRole",
    "Lecture",
    "LectureKind",
    "Milestone",
    "MilestoneKind",
    "OtherPresenter",
    "Paper",
    "PersonKind",
    "Preference",
    "Reading",
    "RoleAssignment",
]
