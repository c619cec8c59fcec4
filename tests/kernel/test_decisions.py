"""A refusal is data, and `require` is the only thing that raises it."""

import pytest

from courseapp.kernel.decisions import Allowed, Denied, Refused, require


def test_allowed_is_true_and_denied_is_false():
    assert Allowed()
    assert not Denied("past_due", "Slides closed.")


def test_answers_compare_by_what_they_say():
    assert Allowed() == Allowed()
    assert Denied("past_due", "Slides closed.") == Denied("past_due", "Slides closed.")
    assert Denied("past_due", "Slides closed.") != Denied("past_due", "Closed.")


def test_require_lets_the_allowed_pass():
    require(Allowed())


def test_require_raises_the_refusal_with_its_reason():
    denied = Denied("past_due", "Slides closed.")
    with pytest.raises(Refused, match="Slides closed\\.") as caught:
        require(denied)
    assert caught.value.denied is denied
