"""When things are due, and what being in time means (domain.md §3, §4, §5, §9, §11).

Every instant that comes in is aware and every instant that goes out is in UTC; a naive one raises
`ValueError`. Both sides of a comparison are turned to UTC first, because Python compares two
instants of the same zone by their wall time and so misjudges the hour that a clock change repeats.
Nothing here reads a clock: `now` is an argument.
"""

from submissions.deadlines.due import (
    DEFAULT_OFFSETS,
    FINAL_SLIDES_WINDOW,
    MOVE_NOTICE,
    PROPOSAL_ROUND_DAYS,
    SLIDES_NOTICE,
    SUMMARY_WINDOW,
    Kind,
    LatePolicy,
    Offsets,
    Verdict,
    Version,
    counted,
    due_at,
    effective_due_at,
    is_on_time,
    is_refused_as_late,
    is_short_notice,
    proposal_round_due_at,
    verdict,
)
from submissions.deadlines.instants import (
    END_OF_DAY,
    Offset,
    WallDays,
    after,
    as_utc,
    before,
    days_after,
    days_before,
    end_of_day,
    local_instant,
    milestone_instant,
)
from submissions.deadlines.moving import FREELY, Choices, first_due_at, moved_due_at
from submissions.deadlines.reminders import (
    DEFAULT_REMINDER_HOURS,
    LAST_CALL_HOURS,
    Moment,
    current_moment,
    reminder_moments,
)

__all__ = [
    "DEFAULT_OFFSETS",
    "DEFAULT_REMINDER_HOURS",
    "END_OF_DAY",
    "FINAL_SLIDES_WINDOW",
    "FREELY",
    "LAST_CALL_HOURS",
    "MOVE_NOTICE",
    "PROPOSAL_ROUND_DAYS",
    "SLIDES_NOTICE",
    "SUMMARY_WINDOW",
    "Choices",
    "Kind",
    "LatePolicy",
    "Moment",
    "Offset",
    "Offsets",
    "Verdict",
    "Version",
    "WallDays",
    "after",
    "as_utc",
    "before",
    "counted",
    "current_moment",
    "days_after",
    "days_before",
    "due_at",
    "effective_due_at",
    "end_of_day",
    "first_due_at",
    "is_on_time",
    "is_refused_as_late",
    "is_short_notice",
    "local_instant",
    "milestone_instant",
    "moved_due_at",
    "proposal_round_due_at",
    "reminder_moments",
    "verdict",
]
