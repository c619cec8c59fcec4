"""Which part of a file a request asks for (RFC 9110 §14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.kernel.ranges import Unsatisfiable, asked_part


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=0-9", range(10)),
        ("bytes=0-10", range(10)),
        ("bytes=9-999999999999999999", range(9, 10)),
        ("bytes=4-", range(4, 10)),
        ("bytes=-1", range(9, 10)),
        ("bytes=-10", range(10)),
        ("bytes=-11", range(10)),
        (" bytes=2-3 ", range(2, 4)),
    ],
)
def test_one_part_is_given(header: str, part: range) -> None:
    assert asked_part(header, size=10) == part


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-11", "bytes=-0"])
def test_a_part_behind_the_end_cannot_be_given(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        asked_part(header, size=10)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=3-2",
        "bytes=0-1,3-4",
        "lines=0-1",
        "bytes=a-b",
        "bytes=\u0663-",
        "bytes=1-2-3",
        f"bytes={'9' * 19}-",
    ],
)
def test_what_is_no_single_part_is_answered_with_the_whole(header: str) -> None:
    assert asked_part(header, size=10) is None


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20))
def test_a_part_lies_inside_the_file(first: int, last: int, size: int) -> None:
    try:
        part = asked_part(f"bytes={first}-{last}", size=size)
    except Unsatisfiable:
        assert first >= size
        return
    if part is None:
        assert last < first
    else:
        assert (part.start, part.stop) == (first, min(last + 1, size))
