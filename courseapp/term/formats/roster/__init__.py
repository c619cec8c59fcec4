"""Rosters as registrars and course systems export them: ours, Canvas's, Banner's, and their kin.

Plain Python: bytes in, one row for each student and problems out; then the difference to who is there.
"""

from courseapp.term.formats.roster.comparing import (
    Change,
    Difference,
    Newcomer,
    Standing,
    compared,
)
from courseapp.term.formats.roster.reading import Roster, RosterRow, read_roster

__all__ = [
    "Change",
    "Difference",
    "Newcomer",
    "Roster",
    "RosterRow",
    "Standing",
    "compared",
    "read_roster",
]
