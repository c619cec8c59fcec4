"""Fragments: rendered once for all that show the same, anew for what shows something else."""

from typing import Any

import pytest
from django.core.cache import cache

from courseapp.kernel.fragments import fragment

TEMPLATE = "partials/empty.html"


def test_what_shows_the_same_is_rendered_once_and_what_differs_anew() -> None:
    first = fragment(TEMPLATE, {"lead": "One"}, shows=("one",))
    assert fragment(TEMPLATE, {"lead": "Two"}, shows=("one",)) == first
    assert "Two" in fragment(TEMPLATE, {"lead": "Two"}, shows=("two",))


def test_a_lost_cache_costs_the_rendering_and_no_more() -> None:
    fragment(TEMPLATE, {"lead": "One"}, shows=("one",))
    cache.clear()

    assert "Two" in fragment(TEMPLATE, {"lead": "Two"}, shows=("one",))


def test_a_cache_that_is_away_is_no_obstacle(settings: Any, tmp_path: Any) -> None:
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": f"unix://{tmp_path}/none.sock"}
    }
    assert "Two" in fragment(TEMPLATE, {"lead": "Two"}, shows=("one",))


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x>'])
def test_a_kept_fragment_is_escaped_as_when_it_was_rendered(words: str) -> None:
    for _ in range(2):
        assert words not in fragment(TEMPLATE, {"lead": words}, shows=(words,))
