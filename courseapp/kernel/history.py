"""Which tables are history, and the database rights that keep them so (architecture.md §3).

The application's role may never delete, except from the tables listed here; of an append-only table
it may update nothing but the named columns. `grant` is run by `manage.py migrate`, as the owner.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.apps import apps
from django.db import connection, models

# Tables whose rows are working state of a library, not records of the course.
DELETABLE_TABLES = frozenset(
    {
        "account_emailaddress",
        "account_emailconfirmation",
        "accounts_user_groups",
        "accounts_user_user_permissions",
        "django_session",
    }
)
M = TypeVar("M", bound=type[models.Model])


@dataclass(frozen=True)
class History:
    """The columns of an append-only table that may still be set later (a column grant)."""

    updatable: tuple[str, ...] = ()


_append_only: dict[type[models.Model], History] = {}


def append_only(*, updatable: Iterable[str] = ()) -> Callable[[M], M]:
    """Mark a model as history: rows are added, never changed or deleted."""

    def register(model: M) -> M:
        _append_only[model] = History(updatable=tuple(updatable))
        return model

    return register


def history_of(model: type[models.Model]) -> History | None:
    """Return how far a model is history; None where its rows may be updated freely."""
    if model.__module__.startswith("pghistory") or hasattr(model, "pgh_tracked_model"):
        return History()
    return _append_only.get(model)


def tables() -> dict[str, History | None]:
    """Return every table of the product with its history rule."""
    return {
        model._meta.db_table: history_of(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def grant(role: str) -> None:
    """Give the application's role its rights on every table, and no more.

    Where one role is both owner and application, its rights are left alone: it could not even check
    its own keys without them. Then history is kept by the triggers and by our code only.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [role])
        row = cursor.fetchone()
        if row is not None and row[0]:
            return
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quote(role)}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}")
        # Read by commands that compare the code with the database.
        cursor.execute(f"GRANT SELECT ON django_migrations TO {quote(role)}")
        for table, history in tables().items():
            for statement in _rights(table, history):
                cursor.execute(statement.format(table=quote(table), role=quote(role)))


def _rights(table: str, history: History | None) -> list[str]:
    statements = ["REVOKE ALL ON {table} FROM {role}", "GRANT SELECT, INSERT ON {table} TO {role}"]
    if history is None:
        statements.append("GRANT UPDATE ON {table} TO {role}")
    elif history.updatable:
        columns = ", ".join(history.updatable)
        statements.append(f"GRANT UPDATE ({columns}) ON {{table}} TO {{role}}")
    if table in DELETABLE_TABLES:
        statements.append("GRANT DELETE ON {table} TO {role}")
    return statements


def open_audit_context() -> None:
    """Let pghistory's context function write for the application's role, which cannot update there.

    Without it every tracked write fails once UPDATE on the context table is revoked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('_pgh_attach_context') IS NOT NULL")
        row = cursor.fetchone()
        if row is None or not row[0]:
            return
        cursor.execute(
            "ALTER FUNCTION _pgh_attach_context() "
            "SECURITY DEFINER SET search_path = public, pg_temp"
        )
