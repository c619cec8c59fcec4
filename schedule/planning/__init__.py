"""The planner of roles: groups by student lectures by three roles (domain.md §7, docs/planner.md)."""

from schedule.planning.differences import GroupChange, differences
from schedule.planning.figures import Figures, figures_of
from schedule.planning.mending import Exchange, exchanged, exchanges
from schedule.planning.planner import NoPlanInTime, plan_roles
from schedule.planning.problem import MINIMUM_DISTANCE, Cell, PlannedLecture, Problem
from schedule.planning.result import Conflict, OpenCell, Plan, Progress, Status, Unserved, gap_of
from schedule.planning.role_names import Role, RoleNames
from schedule.planning.rules import Broken, Rule, broken_rules
from schedule.planning.slots import (
    Slot,
    SlotPlan,
    SlotProblem,
    cost_of_slots,
    overfull,
    place_groups,
)
from schedule.planning.words import (
    broken_sentence,
    explanations,
    open_cells,
    slot_explanation,
    unserved,
)

__all__ = [
    "MINIMUM_DISTANCE",
    "Broken",
    "Cell",
    "Conflict",
    "Exchange",
    "Figures",
    "GroupChange",
    "NoPlanInTime",
    "OpenCell",
    "Plan",
    "PlannedLecture",
    "Problem",
    "Progress",
    "Role",
    "RoleNames",
    "Rule",
    "Slot",
    "SlotPlan",
    "SlotProblem",
    "Status",
    "Unserved",
    "broken_rules",
    "broken_sentence",
    "cost_of_slots",
    "differences",
    "exchanged",
    "exchanges",
    "explanations",
    "figures_of",
    "gap_of",
    "open_cells",
    "overfull",
    "place_groups",
    "plan_roles",
    "slot_explanation",
    "unserved",
]
