"""When each kind of deliverable is due, and which version counts (domain.md §4, §5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol, TypeVar, assert_never
from zoneinfo import ZoneInfo

from submissions.deadlines.instants import Offset, after, as_utc, before, days_after


class Kind(StrEnum):
    """What a deliverable is; the rows of domain.md §4 in their order."""

    QUESTION = "question"
    SLIDES = "slides"
    FINAL_SLIDES = "final_slides"
    SUMMARY = "summary"
    PROPOSAL = "proposal"
    MIDTERM = "midterm"
    FINAL = "final"
    REPORT = "report"
    CODE = "code"


class LatePolicy(StrEnum):
    """How late work counts (domain.md §5)."""

    NO_CREDIT = "no_credit"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What a version is, measured against a due instant."""

    ON_TIME = "on_time"
    LATE = "late"


SLIDES_NOTICE: Final = timedelta(hours=24)
FINAL_SLIDES_WINDOW: Final = timedelta(hours=24)
SUMMARY_WINDOW: Final = timedelta(hours=24)
MOVE_NOTICE: Final = timedelta(hours=24)
PROPOSAL_ROUND_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Offsets:
    """How far from a lecture its deliverables are due; the defaults are domain.md §4."""

    slides_notice: Offset = SLIDES_NOTICE
    final_slides_window: Offset = FINAL_SLIDES_WINDOW
    summary_window: Offset = SUMMARY_WINDOW


DEFAULT_OFFSETS: Final = Offsets()


def due_at(
    kind: Kind,
    *,
    lecture_starts_at: datetime | None = None,
    lecture_ends_at: datetime | None = None,
    slot_starts_at: datetime | None = None,
    milestone_at: datetime | None = None,
    offsets: Offsets = DEFAULT_OFFSETS,
) -> datetime | None:
    """When a deliverable of this kind is due without any extension, in UTC (domain.md §4).

    Each kind looks only at the arguments of its own row. `slot_starts_at` is where a group's talk
    was placed; until then `milestone_at`, the first such meeting among the milestones, stands in
    (domain.md §9). None where what it hangs on has no times: nothing is due from such a row.
    """
    match kind:
        case Kind.QUESTION:
            return _at(lecture_starts_at)
        case Kind.SLIDES:
            return _before(lecture_starts_at, offset=offsets.slides_notice)
        case Kind.FINAL_SLIDES:
            return _after(lecture_ends_at, offset=offsets.final_slides_window)
        case Kind.SUMMARY:
            return _after(lecture_ends_at, offset=offsets.summary_window)
        case Kind.MIDTERM | Kind.FINAL:
            return _at(slot_starts_at or milestone_at)
        case Kind.PROPOSAL | Kind.REPORT | Kind.CODE:
            return _at(milestone_at)
        case _:
            assert_never(kind)


def _at(instant: datetime | None) -> datetime | None:
    return None if instant is None else as_utc(instant)


def _before(instant: datetime | None, *, offset: Offset) -> datetime | None:
    return None if instant is None else before(instant, offset=offset)


def _after(instant: datetime | None, *, offset: Offset) -> datetime | None:
    return None if instant is None else after(instant, offset=offset)


def effective_due_at(*, due_at: datetime, extension_due_at: datetime | None) -> datetime:
    """The due instant that holds for one owner, in UTC.

    `extension_due_at` is that of the owner's newest extension: a new row replaces the older ones.
    An extension only ever gives time: where the deliverable itself has moved beyond it, the
    deliverable's own instant holds.
    """
    if extension_due_at is None:
        return as_utc(due_at)
    return max(as_utc(due_at), as_utc(extension_due_at))


def proposal_round_due_at(
    *, decided_at: datetime, zone: ZoneInfo, days: int = PROPOSAL_ROUND_DAYS
) -> datetime:
    """When a round that the instructor asked for is due, by default (domain.md §9)."""
    return days_after(decided_at, days=days, zone=zone)


def is_on_time(*, received_at: datetime, due_at: datetime) -> bool:
    """Received at or before the due instant; one microsecond later is late (domain.md §3)."""
    return as_utc(received_at) <= as_utc(due_at)


def verdict(*, received_at: datetime, due_at: datetime) -> Verdict:
    """On time or late, derived anew each time it is asked; never stored."""
    if is_on_time(received_at=received_at, due_at=due_at):
        return Verdict.ON_TIME
    return Verdict.LATE


def is_refused_as_late(*, policy: LatePolicy, received_at: datetime, due_at: datetime) -> bool:
    """Whether a hand-in is turned away: late, where late work is not taken (domain.md §5)."""
    match policy:
        case LatePolicy.NO_CREDIT:
            return False
        case LatePolicy.CLOSED:
            return not is_on_time(received_at=received_at, due_at=due_at)
        case _:
            assert_never(policy)


class Version(Protocol):
    """What the rule of counting needs to know of a submission's version."""

    @property
    def number(self) -> int: ...

    @property
    def received_at(self) -> datetime: ...


AnyVersion = TypeVar("AnyVersion", bound=Version)


def counted(versions: Iterable[AnyVersion], *, due_at: datetime) -> AnyVersion | None:
    """The version that counts: the highest number among those on time (domain.md §5).

    None when nothing came in time; a late version never replaces one on time.
    """
    return max(
        (
            version
            for version in versions
            if is_on_time(received_at=version.received_at, due_at=due_at)
        ),
        key=lambda version: version.number,
        default=None,
    )


def is_short_notice(*, due_at: datetime, now: datetime) -> bool:
    """Whether a move to `due_at` leaves under 24 hours and so needs a confirmation (§3)."""
    return as_utc(due_at) < as_utc(now) + MOVE_NOTICE
