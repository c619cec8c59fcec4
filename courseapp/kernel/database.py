"""The database's two roles: the owner migrates and purges, the application cannot change history."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


@contextmanager
def as_owner() -> Iterator[None]:
    """Use the owner's connection inside the block (`DATABASE_OWNER_URL`)."""
    owner = settings.OWNER_DATABASE
    if owner is None:
        yield
        return
    application = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update({key: owner[key] for key in ("USER", "PASSWORD")})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(application)


def take_turn(name: str) -> None:
    """Let transactions that take a turn by this name go on one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
