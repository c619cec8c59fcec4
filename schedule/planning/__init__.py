"""The planner of roles: groups by student lectures by three roles (domain.md §7, docs/planner.md)."""

from schedule.planning.planner import NoPlanInTime, plan_roles
from schedule.planning.problem import Cell, PlannedLecture, Problem, Role
from schedule.planning.result import Conflict, OpenCell, Plan, Progress, Status, Unserved
from schedule.planning.rules import Broken, Rule, broken_rules

__all__ = [
    "Broken",
    "Cell",
    "Conflict",
    "NoPlanInTime",
    "OpenCell",
    "Plan",
    "PlannedLecture",
    "Problem",
    "Progress",
    "Role",
    "Rule",
    "Status",
    "Unserved",
    "broken_rules",
    "plan_roles",
]
