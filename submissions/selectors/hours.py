"""Hand-ins per hour around a due instant, as a picture (interface.md, principle 8).

Hours are counted from the due instant: the last one ends with it, and a hand-in at the very instant
belongs to it. Positions are in per cent of the width, heights in pixels.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection

from courseapp.kernel.templatetags.times import clock_time
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.rounds import ROUND_DUE_AT
from submissions.selectors.until import UNTIL

HOUR: Final = timedelta(hours=1)
BEFORE: Final = 48
# Project work has weeks, and begins to come in earlier.
BEFORE_PROJECT: Final = 72
AFTER_MAX: Final = 24
AFTER_MIN: Final = 3
HEIGHT: Final = 96
TOP: Final = 22
TICK_HOURS: Final = 12
LABEL_HOURS: Final = 24

_HOURS = f"""
SELECT ceil(extract(epoch FROM v.received_at - %(due_at)s) / 3600)::int - 1 AS hour,
  v.received_at <= COALESCE({ROUND_DUE_AT}, until.due_at) AS on_time,
  count(*)
FROM submissions_deliverable d
JOIN submissions_submission s ON s.deliverable_id = d.id
JOIN submissions_submissionversion v ON v.submission_id = s.id
{UNTIL}
WHERE d.id = %(deliverable)s
GROUP BY 1, 2
"""  # noqa: S608 - literals of this module and of rounds; what varies are parameters


@dataclass(frozen=True)
class Bar:
    """One hour: the hand-ins on time stand below, the late ones on top of them."""

    x: float
    width: float
    on_time: int
    late: int
    on_time_y: float
    on_time_height: float
    late_y: float
    late_height: float
    label: str

    @property
    def count(self) -> int:
        """Return how many hand-ins there were."""
        return self.on_time + self.late


@dataclass(frozen=True)
class Tick:
    """Where the axis is divided; one without a text is a stroke only."""

    x: float
    text: str
    anchor: str
    is_due: bool


@dataclass(frozen=True)
class Hours:
    """The whole picture. `now_x` is None where now lies outside it; earlier hand-ins are `earlier`."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    due_x: float
    now_x: float | None
    earlier: int
    later: int
    most: int
    summary: str

    @property
    def base_y(self) -> int:
        """Return where the line of time lies."""
        return TOP + HEIGHT

    @property
    def height(self) -> int:
        """Return the picture's height in pixels."""
        return self.base_y + 26

    @property
    def counted(self) -> list[Bar]:
        """Return the hours in which something came in, for the table."""
        return [bar for bar in self.bars if bar.count]


def hours_of(deliverable: Deliverable, *, now: datetime) -> Hours:
    """Return the picture of a deliverable's hand-ins, in one query."""
    assert deliverable.due_at is not None
    on_time: Counter[int] = Counter()
    late: Counter[int] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, {"deliverable": deliverable.pk, "due_at": deliverable.due_at})
        for hour, was_on_time, count in cursor.fetchall():
            (on_time if was_on_time else late)[hour] += count
    is_project = deliverable.lecture_id is None and deliverable.kind != Kind.QUESTION.value
    return drawn(
        on_time,
        late,
        due_at=deliverable.due_at,
        now=now,
        zone=ZoneInfo(deliverable.course.timezone),
        hours_before=BEFORE_PROJECT if is_project else BEFORE,
    )


def drawn(
    on_time: Counter[int],
    late: Counter[int],
    *,
    due_at: datetime,
    now: datetime,
    zone: ZoneInfo,
    hours_before: int,
) -> Hours:
    """Draw counts by hours from the due instant: -1 is the last hour before it, 0 the first after."""
    passed = -(-(now - due_at) // HOUR)
    after = min(AFTER_MAX, max(AFTER_MIN, passed))
    shown = range(-hours_before, after)
    width = 100 / len(shown)
    most = max([on_time[hour] + late[hour] for hour in shown] + [1])

    def x_of(hour: float) -> float:
        return round((hour + hours_before) * width, 3)

    def bar(hour: int) -> Bar:
        low, high = on_time[hour] * HEIGHT / most, late[hour] * HEIGHT / most
        return Bar(
            x=round(x_of(hour) + width * 0.1, 3),
            width=round(width * 0.8, 3),
            on_time=on_time[hour],
            late=late[hour],
            on_time_y=round(TOP + HEIGHT - low, 2),
            on_time_height=round(low, 2),
            late_y=round(TOP + HEIGHT - low - high, 2),
            late_height=round(high, 2),
            label=_span(due_at + hour * HOUR, zone),
        )

    now_hour = (now - due_at) / HOUR
    return Hours(
        bars=tuple(bar(hour) for hour in shown),
        ticks=_ticks(due_at, hours_before=hours_before, after=after, width=width, zone=zone),
        due_x=x_of(0),
        now_x=x_of(now_hour) if -hours_before <= now_hour <= after else None,
        earlier=sum(count for hour, count in (on_time + late).items() if hour < shown.start),
        later=sum(count for hour, count in (on_time + late).items() if hour >= shown.stop),
        most=most,
        summary=_summary(on_time, late, shown=shown),
    )


def _summary(on_time: Counter[int], late: Counter[int], *, shown: range) -> str:
    total, last = on_time.total() + late.total(), on_time[-1] + late[-1]
    if not total:
        return "Nothing has come in yet."
    words = f"{total:,} hand-in{'s' if total != 1 else ''}, {last:,} of them in the last hour"
    late_words = f", {late.total():,} late" if late.total() else ", none late"
    return f"{words} before the due instant{late_words}. The table below says the same."


def _ticks(
    due_at: datetime, *, hours_before: int, after: int, width: float, zone: ZoneInfo
) -> tuple[Tick, ...]:
    found = []
    for hour in range(-hours_before, after + 1, TICK_HOURS):
        x = round((hour + hours_before) * width, 3)
        anchor = "start" if x < 4 else "end" if x > 92 else "middle"
        local = (due_at + hour * HOUR).astimezone(zone)
        text = "" if hour % LABEL_HOURS else f"{local:%a} {clock_time(local)}"
        found.append(Tick(x=x, text=text, anchor=anchor, is_due=hour == 0))
    return tuple(found)


def _span(begins: datetime, zone: ZoneInfo) -> str:
    """Say which hour it is, as "Wed Feb 12, 11:30 AM to 12:30 PM"."""
    first, last = begins.astimezone(zone), (begins + HOUR).astimezone(zone)
    return f"{first:%a %b} {first.day}, {clock_time(first)} to {clock_time(last)}"
