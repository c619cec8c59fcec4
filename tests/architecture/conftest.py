"""The world of the matrix: made once for all cells, each of which takes its own changes back."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.test.utils import override_settings

from tests.architecture.world import World, make_world
from tests.emptying import empty_tables
from tests.invariants import assert_invariants_hold


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    """Give the world, committed; its rows are emptied again as the owner."""
    folder = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock():
        with override_settings(FILES_ROOT=folder):
            made = make_world(files=folder)
        # A cell that writes nothing is not asked again.
        assert_invariants_hold()
        yield made
        empty_tables()
    shutil.rmtree(folder)
