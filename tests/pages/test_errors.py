"""When something breaks."""

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from courseapp.pages.errors import server_error


@pytest.mark.parametrize(
    ("error", "status", "retry", "words"),
    [
        (OperationalError("gone"), 503, "5", "Back in a moment"),
        (ZeroDivisionError(), 500, None, "Something went wrong on our side"),
    ],
)
def test_a_lost_database_is_503_with_a_hint_when_to_retry_and_a_defect_is_500(
    error: Exception, status: int, retry: str | None, words: str
) -> None:
    try:
        raise error
    except (OperationalError, ZeroDivisionError):
        answer = server_error(RequestFactory().get("/"))

    assert (answer.status_code, answer.get("Retry-After")) == (status, retry)
    assert words in answer.content.decode()
