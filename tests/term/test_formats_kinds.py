"""kinds.csv: what is wrong with how a kind is to be taken is told at its cell."""

import pytest

from tests.term.folders import SPRING, only_error


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("slidez,,,,", ("kind", "unknown_name")),
        (",closed,,,", ("kind", "empty")),
        ("slides,never,,,", ("late_policy", "unknown_name")),
        ("slides,,.pptx .doc,,", ("accepted", "unknown_name")),
        ("report,,,-1,", ("pages_min", "bad_number")),
        ("slides,,,,0", ("pages_max", "bad_number")),
        ("report,,,,501", ("pages_max", "too_many_pages")),
        ("report,,,9,8", ("pages_max", "pages_crossed")),
        # At most the usual number of a summary, 3, is less.
        ("summary,,,4,", ("pages_max", "pages_crossed")),
        ("question,,.pdf,,", ("accepted", "text_only")),
        ("question,,,,2", ("pages_max", "text_only")),
        ("code,,,,\nCode,closed,,,", ("kind", "duplicate_kind")),
    ],
)
def test_how_a_kind_is_taken_must_make_sense(row, place):
    content = f"kind,late_policy,accepted,pages_min,pages_max\n{row}\n".encode()
    problem = only_error({**SPRING, "kinds.csv": content})
    assert (problem.file, problem.column, problem.code) == ("kinds.csv", *place)
