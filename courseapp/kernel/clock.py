"""The one clock: the database's. Only this module reads a clock (domain.md §3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models

_standing_at: list[datetime] = []


class DatabaseNow(models.Func):
    """The database's present instant inside a query; pass what it gave through `settled`."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


def now() -> datetime:
    """Return the database's present instant, in UTC, to the microsecond."""
    if _standing_at:
        return _standing_at[-1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    instant: datetime = row[0]
    return instant


def settled(read_in_query: datetime) -> datetime:
    """Return the product's present instant, given what `DatabaseNow` read."""
    return _standing_at[-1] if _standing_at else read_in_query


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Let the clock stand at one instant, for tests and the demo; production refuses."""
    if not settings.CLOCK_MAY_BE_SHIFTED:
        raise ImproperlyConfigured("This server's clock cannot be shifted.")
    _standing_at.append(instant)
    try:
        yield
    finally:
        _standing_at.pop()
