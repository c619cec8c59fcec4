"""How far a due instant follows what it hangs on (domain.md §3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from submissions.deadlines.due import MOVE_NOTICE


@dataclass(frozen=True)
class Choices:
    """What staff decided about due instants that a move touches (domain.md §3).

    `also_past` are deliverables whose passed due instant moves too, `also_past_slots` placements in
    slots; `is_careful` keeps every other passed one, lets none come nearer than 24 hours from now
    unless `on_short_notice`, and makes nothing due in the past. `brings_back`: what is asked for
    again was away by mistake, and is due when it was.
    """

    is_careful: bool = False
    brings_back: bool = False
    also_past: frozenset[int] = frozenset()
    also_past_slots: frozenset[int] = frozenset()
    on_short_notice: bool = False


FREELY: Final = Choices()


def first_due_at(asked: datetime | None, *, choices: Choices, now: datetime) -> datetime | None:
    """Return when something new is due: nobody can have missed what was not there."""
    if choices.is_careful and asked is not None and asked <= now:
        return None
    return asked


def moved_due_at(
    stamped: datetime | None,
    asked: datetime | None,
    *,
    choices: Choices,
    is_ticked: bool,
    now: datetime,
) -> datetime | None:
    """Return how far a due instant follows; `is_ticked`: also where it has passed."""
    if not choices.is_careful:
        return asked
    if stamped is None:
        return first_due_at(asked, choices=choices, now=now)
    if stamped <= now and not is_ticked:
        return stamped
    if asked is None:
        return None
    if choices.on_short_notice or asked >= max(stamped, now) or asked <= stamped <= now:
        return asked
    nearest = (now + MOVE_NOTICE + timedelta(minutes=1)).replace(second=0, microsecond=0)
    return max(asked, nearest if stamped <= now else min(stamped, nearest))
