"""The record of changes: begun with each row, equal to it, and out of the application's reach."""

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings

from courseapp.kernel import history
from courseapp.term.invariants.invariant import Invariant


def records() -> Iterator[Invariant]:
    """Yield what holds of every table whose changes are recorded."""
    begun = " UNION ALL ".join(_without_record(event) for event in _recorded())
    yield Invariant("record_begun", "Every row of a recorded table has its record.", begun)
    current = " UNION ALL ".join(_unlike_its_record(event) for event in _recorded())
    yield Invariant(
        "record_is_current",
        "The newest record of a row says what the row says: nothing changed past the record.",
        current,
    )


def defences() -> Iterator[Invariant]:
    """Yield what holds of the database itself: its triggers work, and the application's role is held."""
    wanted = ", ".join(
        f"('{model._meta.db_table}', '{trigger.get_pgid(model)}')"
        for model, trigger in pgtrigger.registered()
    )
    yield Invariant(
        "trigger_works",
        "Every trigger of the code is in the database and switched on.",
        f"""SELECT w.at || ': ' || w.name FROM (VALUES {wanted}) w (at, name) WHERE NOT EXISTS (
          SELECT FROM pg_trigger t WHERE t.tgrelid = to_regclass(w.at) AND t.tgname = w.name
            AND t.tgenabled IN ('O', 'A'))""",  # noqa: S608 - names of our models
    )
    yield _rights()


def _rights() -> Invariant:
    tables = ", ".join(
        f"('{table}', {rule is None}, {table in history.DELETABLE_TABLES})"
        for table, rule in history.tables().items()
    )
    role = settings.APPLICATION_DATABASE_ROLE
    return Invariant(
        "application_cannot_change_history",
        "The application's role can neither change nor delete what is history.",
        # Where there is one role only, it owns the tables, and nothing can be held back from it.
        f"""SELECT t.name FROM (VALUES {tables}) t (name, may_update, may_delete)
        JOIN pg_class c ON c.oid = to_regclass(t.name)
        JOIN pg_roles r ON r.rolname = '{role}' AND r.oid <> c.relowner
        WHERE has_table_privilege(r.oid, c.oid, 'TRUNCATE')
          OR NOT t.may_update AND has_table_privilege(r.oid, c.oid, 'UPDATE')
          OR NOT t.may_delete AND has_table_privilege(r.oid, c.oid, 'DELETE')""",  # noqa: S608 - names of our models
    )


def _recorded() -> list[Any]:
    """Return the models whose rows are records of another table's."""
    return [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def _without_record(event: Any) -> str:
    table, own = event.pgh_tracked_model._meta.db_table, event._meta.db_table
    return (
        f"SELECT '{table} ' || t.id FROM {table} t"  # noqa: S608 - names of our models
        f" WHERE NOT EXISTS (SELECT FROM {own} e WHERE e.pgh_obj_id = t.id)"
    )


def _unlike_its_record(event: Any) -> str:
    table, own = event.pgh_tracked_model._meta.db_table, event._meta.db_table
    recorded = [field.column for field in event._meta.fields if not field.name.startswith("pgh_")]
    now, then = (", ".join(f'{alias}."{column}"' for column in recorded) for alias in "te")
    return (
        f"SELECT '{table} ' || t.id FROM {table} t"  # noqa: S608 - names of our models
        f" JOIN LATERAL (SELECT * FROM {own} e WHERE e.pgh_obj_id = t.id"
        f" ORDER BY e.pgh_id DESC LIMIT 1) e ON true WHERE ({now}) IS DISTINCT FROM ({then})"
    )
