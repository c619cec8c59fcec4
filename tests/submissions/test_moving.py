"""How far due instants follow what they hang on (domain.md §3)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from submissions.deadlines import FREELY, MOVE_NOTICE, Choices, moved_due_at

NOW = datetime(2025, 3, 3, 12, 0, 30, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
hours = st.integers(min_value=-200, max_value=200)


def at(number: int) -> datetime:
    return NOW + timedelta(hours=number)


def moved(stamped: int, asked: int, *, is_ticked: bool, on_short_notice: bool = False) -> datetime:
    choices = Choices(is_careful=True, on_short_notice=on_short_notice)
    found = moved_due_at(at(stamped), at(asked), choices=choices, is_ticked=is_ticked, now=NOW)
    assert found is not None
    return found


@given(hours, hours)
def test_what_has_passed_stays_where_it_is_not_ticked(stamped: int, asked: int) -> None:
    found = moved(stamped, asked, is_ticked=False)
    if stamped <= 0:
        assert found == at(stamped)


@given(hours, hours, st.booleans())
def test_nothing_open_is_moved_nearer_than_a_day(stamped: int, asked: int, is_ticked: bool) -> None:
    found = moved(stamped, asked, is_ticked=is_ticked)
    if found > NOW and found < at(stamped):
        assert found >= NOW + MOVE_NOTICE
    if stamped > 0:
        assert found >= min(at(stamped), NOW + MOVE_NOTICE)


@given(hours, hours)
def test_what_leaves_a_day_follows_all_the_way(stamped: int, asked: int) -> None:
    found = moved(stamped, asked, is_ticked=True)
    if at(asked) > NOW + MOVE_NOTICE + A_MINUTE:
        assert found == at(asked)


@given(hours, hours)
def test_what_is_confirmed_or_free_follows_all_the_way(stamped: int, asked: int) -> None:
    assert moved(stamped, asked, is_ticked=True, on_short_notice=True) == at(asked)
    free = moved_due_at(at(stamped), at(asked), choices=FREELY, is_ticked=False, now=NOW)
    assert free == at(asked)
