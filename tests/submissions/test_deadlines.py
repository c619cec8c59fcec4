"""The rules of time: every boundary at one microsecond, every kind of clock change."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions import deadlines
from submissions.deadlines import Kind, LatePolicy, Moment, Offsets, Verdict, WallDays

CHICAGO = ZoneInfo("America/Chicago")
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
NAIVE = datetime(2025, 2, 5, 12, 30)  # noqa: DTZ001 -- the point is that it has no zone


def utc(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


STARTS_AT = utc(2025, 2, 5, 18, 30)
ENDS_AT = utc(2025, 2, 5, 19, 45)
DUE_AT = utc(2025, 2, 27, 5, 59, 59)


@dataclass(frozen=True)
class FakeVersion:
    number: int
    received_at: datetime


# -- what is due when ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.QUESTION, STARTS_AT),
        (Kind.SLIDES, utc(2025, 2, 4, 18, 30)),
        (Kind.FINAL_SLIDES, utc(2025, 2, 6, 19, 45)),
        (Kind.SUMMARY, utc(2025, 2, 6, 19, 45)),
        (Kind.PROPOSAL, DUE_AT),
        (Kind.MIDTERM, DUE_AT),
        (Kind.FINAL, DUE_AT),
        (Kind.REPORT, DUE_AT),
        (Kind.CODE, DUE_AT),
    ],
)
def test_each_kind_is_due_by_its_own_row(kind, expected):
    found = deadlines.due_at(
        kind, lecture_starts_at=STARTS_AT, lecture_ends_at=ENDS_AT, milestone_at=DUE_AT
    )
    assert found == expected


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_due_from_a_row_without_times(kind):
    assert deadlines.due_at(kind) is None


@pytest.mark.parametrize("kind", [Kind.MIDTERM, Kind.FINAL])
def test_a_placed_slot_comes_before_the_milestone(kind):
    slot = utc(2025, 4, 2, 18)
    assert deadlines.due_at(kind, slot_starts_at=slot, milestone_at=DUE_AT) == slot


def test_a_course_can_set_its_own_offsets():
    offsets = Offsets(
        slides_notice=timedelta(hours=48),
        final_slides_window=WallDays(days=3, zone=CHICAGO),
        summary_window=timedelta(0),
    )

    def due(kind: Kind) -> datetime | None:
        return deadlines.due_at(
            kind, lecture_starts_at=STARTS_AT, lecture_ends_at=ENDS_AT, offsets=offsets
        )

    assert due(Kind.SLIDES) == STARTS_AT - 48 * HOUR
    assert due(Kind.FINAL_SLIDES) == ENDS_AT + 72 * HOUR
    assert due(Kind.SUMMARY) == ENDS_AT


def test_slides_stay_24_real_hours_before_a_lecture_after_the_clock_change():
    starts_at = datetime(2025, 3, 9, 12, 30, tzinfo=CHICAGO)
    assert deadlines.due_at(Kind.SLIDES, lecture_starts_at=starts_at) == utc(2025, 3, 8, 17, 30)


def test_an_unknown_kind_is_a_programming_error():
    with pytest.raises(AssertionError):
        deadlines.due_at("quiz")  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        deadlines.reminder_moments("quiz", due_at=DUE_AT)  # type: ignore[arg-type]


# -- on time or late -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shift", "expected"),
    [(-MICROSECOND, Verdict.ON_TIME), (timedelta(0), Verdict.ON_TIME), (MICROSECOND, Verdict.LATE)],
)
def test_one_microsecond_after_the_due_instant_is_late(shift, expected):
    assert deadlines.verdict(received_at=DUE_AT + shift, due_at=DUE_AT) is expected


def test_the_repeated_hour_is_told_apart_in_its_own_zone():
    # Python alone finds 01:30 CDT equal to 01:30 CST when both carry the same zone.
    due_at = datetime(2025, 11, 2, 1, 30, tzinfo=CHICAGO)
    an_hour_later = datetime(2025, 11, 2, 1, 30, fold=1, tzinfo=CHICAGO)
    assert an_hour_later == due_at
    assert not deadlines.is_on_time(received_at=an_hour_later, due_at=due_at)


@pytest.mark.parametrize(
    ("policy", "shift", "expected"),
    [
        (LatePolicy.NO_CREDIT, MICROSECOND, False),
        (LatePolicy.CLOSED, MICROSECOND, True),
        (LatePolicy.CLOSED, timedelta(0), False),
        (LatePolicy.CLOSED, -MICROSECOND, False),
    ],
)
def test_only_a_closed_deliverable_turns_late_work_away(policy, shift, expected):
    found = deadlines.is_refused_as_late(policy=policy, received_at=DUE_AT + shift, due_at=DUE_AT)
    assert found is expected


def test_an_unknown_late_policy_is_a_programming_error():
    with pytest.raises(AssertionError):
        deadlines.is_refused_as_late(
            policy="half",  # type: ignore[arg-type]
            received_at=DUE_AT,
            due_at=DUE_AT,
        )


def test_the_highest_number_on_time_counts():
    on_time = [FakeVersion(1, DUE_AT - HOUR), FakeVersion(2, DUE_AT)]
    late = FakeVersion(3, DUE_AT + MICROSECOND)
    assert deadlines.counted([*on_time, late], due_at=DUE_AT) == on_time[1]


def test_nothing_counts_when_all_came_late_or_nothing_came():
    assert deadlines.counted([FakeVersion(1, DUE_AT + MICROSECOND)], due_at=DUE_AT) is None
    assert deadlines.counted([], due_at=DUE_AT) is None


@given(
    shifts=st.lists(st.integers(min_value=-3, max_value=3), max_size=6),
    extra=st.integers(min_value=1, max_value=10),
    data=st.data(),
)
def test_a_later_late_version_never_changes_which_one_counts(shifts, extra, data):
    versions = [
        FakeVersion(number, DUE_AT + shift * MICROSECOND) for number, shift in enumerate(shifts, 1)
    ]
    before = deadlines.counted(versions, due_at=DUE_AT)
    late = FakeVersion(len(versions) + 1, DUE_AT + extra * MICROSECOND)
    shuffled = data.draw(st.permutations([*versions, late]))
    assert deadlines.counted(shuffled, due_at=DUE_AT) == before


def test_an_extension_replaces_the_due_instant_and_never_shortens_it():
    later, earlier = DUE_AT + HOUR, DUE_AT - HOUR
    assert deadlines.effective_due_at(due_at=DUE_AT, extension_due_at=None) == DUE_AT
    assert deadlines.effective_due_at(due_at=DUE_AT, extension_due_at=later) == later
    assert deadlines.effective_due_at(due_at=DUE_AT, extension_due_at=earlier) == DUE_AT


def test_a_requested_round_is_due_seven_wall_days_after_the_decision():
    decided_at = utc(2025, 3, 4, 16)
    found = deadlines.proposal_round_due_at(decided_at=decided_at, zone=CHICAGO)
    assert found == utc(2025, 3, 11, 15)
    assert deadlines.proposal_round_due_at(decided_at=decided_at, zone=CHICAGO, days=3) == utc(
        2025, 3, 7, 16
    )


@pytest.mark.parametrize(
    ("shift", "expected"), [(-MICROSECOND, True), (timedelta(0), False), (MICROSECOND, False)]
)
def test_a_move_to_less_than_24_hours_from_now_needs_a_word(shift, expected):
    now = DUE_AT - 24 * HOUR
    assert deadlines.is_short_notice(due_at=DUE_AT + shift, now=now) is expected


# -- reminders -----------------------------------------------------------------------------------


def names(moments: tuple[Moment, ...]) -> list[str]:
    return [moment.name for moment in moments]


@pytest.mark.parametrize("kind", [Kind.SUMMARY, Kind.FINAL_SLIDES])
def test_summaries_and_final_slides_are_reminded_at_lecture_end_and_3_hours_before(kind):
    due_at = ENDS_AT + 24 * HOUR
    assert deadlines.reminder_moments(kind, due_at=due_at, lecture_ends_at=ENDS_AT) == (
        Moment("lecture_end", ENDS_AT),
        Moment("3_hours_before", due_at - 3 * HOUR),
    )


def test_without_a_lecture_end_the_last_call_remains():
    assert names(deadlines.reminder_moments(Kind.SUMMARY, due_at=DUE_AT)) == ["3_hours_before"]


def test_questions_are_reminded_3_hours_before_only():
    found = deadlines.reminder_moments(Kind.QUESTION, due_at=STARTS_AT, lecture_ends_at=ENDS_AT)
    assert found == (Moment("3_hours_before", STARTS_AT - 3 * HOUR),)


@pytest.mark.parametrize(
    "kind", [Kind.SLIDES, Kind.PROPOSAL, Kind.MIDTERM, Kind.FINAL, Kind.REPORT, Kind.CODE]
)
def test_all_else_is_reminded_72_24_and_3_hours_before(kind):
    found = deadlines.reminder_moments(kind, due_at=DUE_AT, lecture_ends_at=ENDS_AT)
    assert names(found) == ["72_hours_before", "24_hours_before", "3_hours_before"]
    assert [DUE_AT - moment.at for moment in found] == [72 * HOUR, 24 * HOUR, 3 * HOUR]


def test_a_course_can_set_its_own_hours():
    found = deadlines.reminder_moments(Kind.QUESTION, due_at=DUE_AT, hours_before=[1, 12, 1])
    assert names(found) == ["12_hours_before", "1_hours_before"]


def test_a_moment_at_or_after_the_due_instant_does_not_exist():
    at_due = deadlines.reminder_moments(
        Kind.SUMMARY, due_at=DUE_AT, lecture_ends_at=DUE_AT, hours_before=[0]
    )
    assert at_due == ()
    just_before = deadlines.reminder_moments(
        Kind.SUMMARY, due_at=DUE_AT, lecture_ends_at=DUE_AT - MICROSECOND, hours_before=[]
    )
    assert names(just_before) == ["lecture_end"]


def test_two_moments_at_one_instant_are_one():
    found = deadlines.reminder_moments(
        Kind.SUMMARY, due_at=DUE_AT, lecture_ends_at=DUE_AT - 3 * HOUR
    )
    assert names(found) == ["3_hours_before"]


@pytest.mark.parametrize(
    ("before_due", "expected"),
    [
        (72 * HOUR + MICROSECOND, None),
        (72 * HOUR, "72_hours_before"),
        (24 * HOUR + MICROSECOND, "72_hours_before"),
        (24 * HOUR, "24_hours_before"),
        (3 * HOUR, "3_hours_before"),
        (MICROSECOND, "3_hours_before"),
        (timedelta(0), None),
        (-MICROSECOND, None),
    ],
)
def test_a_missed_reminder_is_sent_until_the_next_and_never_after_the_due_instant(
    before_due, expected
):
    moments = deadlines.reminder_moments(Kind.PROPOSAL, due_at=DUE_AT)
    found = deadlines.current_moment(moments, now=DUE_AT - before_due, due_at=DUE_AT)
    assert (found and found.name) == expected


# -- naive instants ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda: deadlines.as_utc(NAIVE),
        lambda: deadlines.days_after(NAIVE, days=0, zone=CHICAGO),
        lambda: deadlines.days_before(NAIVE, days=1, zone=CHICAGO),
        lambda: deadlines.after(NAIVE, offset=HOUR),
        lambda: deadlines.before(NAIVE, offset=HOUR),
        lambda: deadlines.due_at(Kind.QUESTION, lecture_starts_at=NAIVE),
        lambda: deadlines.due_at(Kind.SLIDES, lecture_starts_at=NAIVE),
        lambda: deadlines.due_at(Kind.SUMMARY, lecture_ends_at=NAIVE),
        lambda: deadlines.due_at(Kind.CODE, milestone_at=NAIVE),
        lambda: deadlines.effective_due_at(due_at=NAIVE, extension_due_at=None),
        lambda: deadlines.effective_due_at(due_at=DUE_AT, extension_due_at=NAIVE),
        lambda: deadlines.proposal_round_due_at(decided_at=NAIVE, zone=CHICAGO),
        lambda: deadlines.is_on_time(received_at=NAIVE, due_at=DUE_AT),
        lambda: deadlines.is_on_time(received_at=DUE_AT, due_at=NAIVE),
        lambda: deadlines.counted([FakeVersion(1, NAIVE)], due_at=DUE_AT),
        lambda: deadlines.is_short_notice(due_at=DUE_AT, now=NAIVE),
        lambda: deadlines.reminder_moments(Kind.CODE, due_at=NAIVE),
        lambda: deadlines.reminder_moments(Kind.SUMMARY, due_at=DUE_AT, lecture_ends_at=NAIVE),
        lambda: deadlines.current_moment([], now=NAIVE, due_at=DUE_AT),
        lambda: deadlines.current_moment([Moment("x", NAIVE)], now=STARTS_AT, due_at=DUE_AT),
    ],
)
def test_an_instant_without_a_zone_is_refused(call):
    with pytest.raises(ValueError, match="needs a time zone"):
        call()
