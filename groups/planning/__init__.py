"""Forming the rest: groups from those who remain after the deadline (domain.md §6, docs/forming.md)."""

from groups.planning.forming import form_the_rest
from groups.planning.problem import (
    Newcomer,
    Problem,
    StandingGroup,
    interest_words,
    written_interests,
)
from groups.planning.result import Division, PlannedGroup

__all__ = [
    "Division",
    "Newcomer",
    "PlannedGroup",
    "Problem",
    "StandingGroup",
    "form_the_rest",
    "interest_words",
    "written_interests",
]
