"""One clock, the database's, which only tests and the demo may hold."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from courseapp.kernel import clock

THEN = datetime(2025, 2, 12, 18, 30, tzinfo=UTC)
ASKED_OF_SETTINGS = (
    "import django; django.setup();"
    "from django.conf import settings; print(settings.CLOCK_MAY_BE_SHIFTED)"
)


def database_instant() -> datetime:
    """Return what the database's clock shows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (instant,) = cursor.fetchone() or (None,)
    assert isinstance(instant, datetime)
    return instant


@pytest.mark.django_db
def test_now_is_what_the_database_shows():
    before = database_instant()
    assert before < clock.now() < database_instant()


@pytest.mark.django_db
def test_now_is_in_utc():
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.django_db
def test_the_clock_runs_on_inside_a_transaction():
    assert connection.in_atomic_block
    assert clock.now() < clock.now()


def test_a_held_clock_asks_no_database():
    with clock.standing_at(THEN):
        assert [clock.now(), clock.now()] == [THEN, THEN]


def test_a_clock_that_is_held_twice_comes_back_to_the_first_instant():
    with clock.standing_at(THEN):
        with clock.standing_at(THEN + timedelta(hours=1)):
            assert clock.now() == THEN + timedelta(hours=1)
        assert clock.now() == THEN


@pytest.mark.django_db
def test_the_clock_runs_again_after_a_failure():
    with pytest.raises(LookupError), clock.standing_at(THEN):
        raise LookupError
    assert clock.now() > THEN + timedelta(days=1)


@pytest.mark.django_db
def test_a_production_server_refuses_to_hold_its_clock(settings: Any) -> None:
    settings.CLOCK_MAY_BE_SHIFTED = False
    with pytest.raises(ImproperlyConfigured, match="cannot be shifted"), clock.standing_at(THEN):
        pass
    assert clock.now() > THEN + timedelta(days=1)


@pytest.mark.parametrize(
    ("embedded", "may"), [({}, "False"), ({"COURSEAPP_EMBEDDED_DATABASE": "1"}, "True")]
)
def test_a_server_with_a_database_of_its_own_address_is_production(
    embedded: dict[str, str], may: str
) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name != "COURSEAPP_EMBEDDED_DATABASE"
    }
    production = {"DJANGO_SETTINGS_MODULE": "courseapp.settings", "SECRET_KEY": "only for this"}
    done = subprocess.run(
        [sys.executable, "-c", ASKED_OF_SETTINGS],
        env=environment | production | embedded,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == may
