"""What was done to a course as one action, what is noted down to be done, swaps, calendars' links."""

from courseapp.term.models.acts import Act, PlannedAct
from courseapp.term.models.calendars import CalendarSecret
from courseapp.term.models.swaps import RoleSwap, SwapOutcome

__all__ = ["Act", "CalendarSecret", "PlannedAct", "RoleSwap", "SwapOutcome"]
