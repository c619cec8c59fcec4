"""How long the product must be down before a due instant so that more time is proposed (domain.md §3)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.deadlines import (
    LONGEST_OUTAGE,
    SHORTEST_OUTAGE,
    Silence,
    made_up_due_at,
    silence_between,
    time_lost,
)

DUE = datetime(2025, 2, 12, 18, 30, tzinfo=UTC)
HALF_AN_HOUR_BEFORE = DUE - timedelta(minutes=30)
TICK = timedelta(microseconds=1)
NONE = timedelta(0)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def down(before_due: timedelta, length: timedelta) -> Silence:
    """An outage that begins so long before the due instant."""
    return Silence(DUE - before_due, DUE - before_due + length)


def proposed(*silences: Silence, now: datetime = HALF_AN_HOUR_BEFORE) -> datetime | None:
    return made_up_due_at(due_at=DUE, silences=silences, now=now)


@pytest.mark.parametrize(
    ("silence", "is_proposed"),
    [
        (down(minutes(60), minutes(10)), True),
        (down(minutes(60), minutes(10) - TICK), False),
        (down(minutes(60), minutes(10) + TICK), True),
        # over the due instant: only what lies before it was lost
        (down(minutes(10), minutes(90)), True),
        (down(minutes(10) - TICK, minutes(90)), False),
        # over the beginning of the three hours
        (down(minutes(185), minutes(15)), True),
        (down(minutes(185), minutes(15) - TICK), False),
        (down(minutes(200), minutes(20)), False),
        # after the due instant nothing was lost
        (down(NONE, minutes(60)), False),
        (down(minutes(600), minutes(900)), True),
    ],
)
def test_ten_minutes_of_the_last_three_hours_are_enough(silence, is_proposed):
    assert (proposed(silence) is not None) == is_proposed


def test_several_outages_add_up():
    first, second = down(minutes(150), minutes(6)), down(minutes(40), minutes(4))
    assert proposed(first) is None
    assert proposed(second) is None
    assert proposed(first, second) is not None
    assert time_lost(due_at=DUE, silences=[first, second]) == minutes(10)


@pytest.mark.parametrize(
    ("silence", "now", "expected"),
    [
        # as long again as it was down, to the next quarter
        (down(minutes(170), minutes(75)), DUE - minutes(90), DUE + minutes(75)),
        (down(minutes(170), minutes(75) + TICK), DUE - minutes(90), DUE + minutes(90)),
        # at least an hour after it ended, and from now
        (down(minutes(15), minutes(15)), DUE, DUE + minutes(60)),
        (down(minutes(15), minutes(16)), DUE + minutes(1), DUE + minutes(75)),
        (down(minutes(60), minutes(10)), DUE + minutes(300), DUE + minutes(360)),
        (down(minutes(600), minutes(480)), DUE - minutes(120), DUE + minutes(480)),
    ],
)
def test_the_proposal_gives_back_what_was_lost(silence, now, expected):
    assert proposed(silence, now=now) == expected


def test_an_outage_elsewhere_gives_nothing_on_top():
    alone = proposed(down(minutes(60), minutes(12)))
    assert proposed(down(minutes(60), minutes(12)), down(minutes(600), minutes(240))) == alone


@given(
    st.integers(0, 400),
    st.integers(1, 900),
    st.integers(-100, 2000),
)
def test_a_proposal_is_always_later_than_what_it_makes_up_for(before, length, since):
    silence = down(minutes(before), minutes(length))
    now = max(DUE + minutes(since), silence.ended_at)
    found = proposed(silence, now=now)
    if found is None:
        assert time_lost(due_at=DUE, silences=[silence]) < minutes(10)
    else:
        assert found >= DUE + silence.length
        assert found >= now + minutes(60)
        assert found.minute % 15 == 0
        assert found - max(DUE + silence.length, now + minutes(60)) < minutes(15)


@pytest.mark.parametrize(
    ("silence", "is_one"),
    [
        (SHORTEST_OUTAGE - TICK, False),
        (SHORTEST_OUTAGE, True),
        (LONGEST_OUTAGE, True),
        (LONGEST_OUTAGE + TICK, False),
        (-minutes(5), False),
    ],
)
def test_a_silence_is_an_outage_from_two_minutes_to_a_week(silence, is_one):
    found = silence_between(seen_at=DUE, now=DUE + silence)
    assert found == (Silence(DUE, DUE + silence) if is_one else None)
