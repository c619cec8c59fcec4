"""The tables, emptied by their owner: what the application's role may not do."""

from typing import Any

from django.db import connection

from courseapp.kernel import history

APPLICATION_ROLE = "courseapp_app"
# What the migrations wrote: tests expect to find it, and making it anew takes long.
KEPT_TABLES = frozenset({"auth_permission", "django_content_type"})


def empty_tables(*_: Any) -> None:
    """Empty all tables; it stands in for Django's own way after a transactional test."""
    tables = ", ".join(sorted(set(history.tables()) - KEPT_TABLES))
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(f"TRUNCATE {tables}")
        cursor.execute(f"SET ROLE {APPLICATION_ROLE}")


def nothing_to_make(*_: Any) -> None:
    """Stand in for what Django makes after it has emptied the tables: it was kept."""
