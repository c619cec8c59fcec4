"""A pledge: a file's hash and size, received in time, for bytes that follow (failures.md §0, 5)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from submissions.deadlines.instants import as_utc

PLEDGE_WINDOW: Final = timedelta(minutes=30)


class PledgeVerdict(StrEnum):
    """What became of a pledge when the last byte was in."""

    NOT_NEEDED = "not_needed"
    HOLDS = "holds"
    PLEDGED_LATE = "pledged_late"
    OTHER_BYTES = "other_bytes"
    TOO_LATE = "too_late"


def judge_pledge(
    *, pledged_at: datetime, bytes_in_at: datetime, due_at: datetime, is_same: bool
) -> PledgeVerdict:
    """Say whether a pledge makes a file count that was in only after the due instant.

    `bytes_in_at` is the instant of the last byte, `is_same` whether hash and size are those
    pledged. The bounds belong to the time: pledged at the due instant, in 30 minutes after it.
    """
    due = as_utc(due_at)
    if as_utc(bytes_in_at) <= due:
        return PledgeVerdict.NOT_NEEDED
    if as_utc(pledged_at) > due:
        return PledgeVerdict.PLEDGED_LATE
    if not is_same:
        return PledgeVerdict.OTHER_BYTES
    if as_utc(bytes_in_at) > due + PLEDGE_WINDOW:
        return PledgeVerdict.TOO_LATE
    return PledgeVerdict.HOLDS


def pledge_holds(
    *, pledged_at: datetime, bytes_in_at: datetime, due_at: datetime, is_same: bool
) -> bool:
    """Whether the version was received when it was pledged, not when its last byte was in."""
    verdict = judge_pledge(
        pledged_at=pledged_at, bytes_in_at=bytes_in_at, due_at=due_at, is_same=is_same
    )
    return verdict is PledgeVerdict.HOLDS
