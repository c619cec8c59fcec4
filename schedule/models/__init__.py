"""When, what, and who plays which part."""

from schedule.models.lectures import (
    Lecture,
    LectureKind,
    Milestone,
    MilestoneKind,
    Paper,
    Reading,
    ReplacedPaper,
)
from schedule.models.plans import (
    CellRule,
    PlanDraft,
    PlannedCell,
    PlanPublication,
    PlanSolve,
    Preference,
    SolveState,
)
from schedule.models.roles import GroupRole, OtherPresenter, PersonKind, RoleAssignment
from schedule.models.slots import (
    PresentationSlot,
    SlotDraft,
    SlotPlacement,
    SlotPreference,
    TalkKind,
)

__all__ = [
    "CellRule",
    "GroupRole",
    "Lecture",
    "LectureKind",
    "Milestone",
    "MilestoneKind",
    "OtherPresenter",
    "Paper",
    "PersonKind",
    "PlanDraft",
    "PlanPublication",
    "PlanSolve",
    "PlannedCell",
    "Preference",
    "PresentationSlot",
    "Reading",
    "ReplacedPaper",
    "RoleAssignment",
    "SlotDraft",
    "SlotPlacement",
    "SlotPreference",
    "SolveState",
    "TalkKind",
]
