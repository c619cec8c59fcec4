"""When the product was down, and what that makes of a due instant (domain.md §3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from submissions.deadlines.instants import as_utc

# Every half minute a pulse; four missed in a row are worth keeping, as several short ones add up.
SHORTEST_OUTAGE: Final = timedelta(minutes=2)
# A longer silence was no failure: a server that rested between terms, or a backup brought back late.
LONGEST_OUTAGE: Final = timedelta(days=7)
OUTAGE_MATTERS: Final = timedelta(minutes=10)
OUTAGE_WINDOW: Final = timedelta(hours=3)
CATCHING_UP: Final = timedelta(hours=1)
QUARTER: Final = timedelta(minutes=15)
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Silence:
    """A time in which the product did not answer; no two of them overlap."""

    began_at: datetime
    ended_at: datetime

    @property
    def length(self) -> timedelta:
        """Return how long it was."""
        return self.ended_at - self.began_at


def silence_between(*, seen_at: datetime, now: datetime) -> Silence | None:
    """Return the outage that ends with a pulse `now`, the last one before it being `seen_at`."""
    if SHORTEST_OUTAGE <= now - seen_at <= LONGEST_OUTAGE:
        return Silence(as_utc(seen_at), as_utc(now))
    return None


def time_lost(*, due_at: datetime, silences: Iterable[Silence]) -> timedelta:
    """Return for how long of the 3 hours before a due instant nobody could hand in; outages add up."""
    opens = as_utc(due_at) - OUTAGE_WINDOW
    overlaps = (
        min(as_utc(one.ended_at), as_utc(due_at)) - max(as_utc(one.began_at), opens)
        for one in silences
    )
    return sum((found for found in overlaps if found > timedelta(0)), timedelta(0))


def made_up_due_at(
    *, due_at: datetime, silences: Iterable[Silence], now: datetime
) -> datetime | None:
    """Return until when more time is proposed; None where less than 10 of those minutes were lost.

    As long again as it was down, and at least an hour from its end and from now, for nobody sits
    waiting for it; on the next full quarter of an hour. Outages outside of the 3 hours do not count.
    """
    touching = [one for one in silences if time_lost(due_at=due_at, silences=[one])]
    if time_lost(due_at=due_at, silences=touching) < OUTAGE_MATTERS:
        return None
    down = sum((one.length for one in touching), timedelta(0))
    last_end = max(as_utc(one.ended_at) for one in touching)
    earliest = max(as_utc(due_at) + down, last_end + CATCHING_UP, as_utc(now) + CATCHING_UP)
    return _EPOCH - (_EPOCH - earliest) // QUARTER * QUARTER
