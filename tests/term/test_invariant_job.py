"""The hourly question whether the data is whole."""

from typing import Any

import pytest

from courseapp.term.tasks import check_invariants
from tests.factories import enroll, make_course

pytestmark = pytest.mark.django_db(transaction=True)


def test_whole_data_says_nothing(caplog: Any) -> None:
    enroll(make_course())
    check_invariants()

    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.breaks_invariants("enrollment_claimed_by_proved_address")
def test_broken_data_is_an_error_in_the_log(caplog: Any) -> None:
    someone = enroll(make_course())
    assert someone.user is not None
    someone.user.emailaddress_set.update(verified=False)  # type: ignore[attr-defined]  # allauth's
    check_invariants()

    assert any("enrollment_claimed_by_proved_address" in found.message for found in caplog.records)
