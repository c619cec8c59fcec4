"""Forming the rest: groups from those who remain after the deadline (domain.md §6, docs/forming.md)."""

from groups.planning.forming import form_the_rest
from groups.planning.problem import Newcomer, Problem, StandingGroup, interest_words
from groups.planning.result import PlannedGroup, Proposal

__all__ = [
    "Newcomer",
    "PlannedGroup",
    "Problem",
    "Proposal",
    "StandingGroup",
    "form_the_rest",
    "interest_words",
]
