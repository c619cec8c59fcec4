"""Which departure from a course's sizes a waiver covers: one meaning for everyone who asks."""

import pytest

from courseapp.course.models import Course
from groups.selectors.sizes import covers, is_within_sizes, needs_waiver

COURSE = Course(group_size_min=4, group_size_max=5)


@pytest.mark.parametrize(
    ("waived", "covered"),
    [(2, {2, 3}), (3, {3}), (0, {0, 1, 2, 3}), (4, set()), (6, {6}), (8, {6, 7, 8})],
)
def test_a_waiver_covers_what_is_as_far_outside_on_its_side_or_less_far(
    waived: int, covered: set[int]
) -> None:
    assert {size for size in range(10) if covers(COURSE, waived, size)} == covered


def test_only_a_size_outside_that_nothing_covers_needs_a_waiver() -> None:
    assert [size for size in range(8) if is_within_sizes(COURSE, size)] == [4, 5]
    assert [size for size in range(8) if needs_waiver(COURSE, size, {3, 6})] == [0, 1, 2, 7]
