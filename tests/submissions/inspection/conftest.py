"""Pools for the tests: one that gives a file its time, and one in a hurry."""

from collections.abc import Iterator

import pytest

from submissions.inspection import Pool


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """A pool as the product has it."""
    each = Pool()
    yield each
    each.close()


@pytest.fixture(scope="module")
def hasty_pool() -> Iterator[Pool]:
    """A pool that gives a file a second, for those that would take all the time there is."""
    each = Pool(seconds=1.0)
    yield each
    each.close()
