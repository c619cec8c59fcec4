"""What a browser sends may be anything."""

import pytest

from courseapp.kernel.decisions import Refused
from courseapp.kernel.sent import reason_of, row_id


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12", 12),
        ("", None),
        (None, None),
        ("abc", None),
        ("-1", None),
        ("1" * 5000, None),
        ("²", None),
    ],
)
def test_only_what_can_be_an_id_is_one(text: object, found: int | None) -> None:
    assert row_id(text) == found


def test_a_reason_is_kept_without_outer_space():
    assert reason_of("  The room is flooded. ") == "The room is flooded."


@pytest.mark.parametrize(("text", "code"), [("x" * 501, "reason_too_long"), ("a\x00b", "not_text")])
def test_a_reason_that_cannot_be_kept_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        reason_of(text)
    assert refusal.value.denied.code == code
