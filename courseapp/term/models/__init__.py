"""What was done to a course as one action, what is noted down to be done, and calendars' links."""

from courseapp.term.models.acts import Act, PlannedAct
from courseapp.term.models.calendars import CalendarSecret

__all__ = ["Act", "CalendarSecret", "PlannedAct"]
