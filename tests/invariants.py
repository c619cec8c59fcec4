"""After every test that uses the database: do all invariants of the data hold?

One prepared statement asks all of them at once; planned once a connection, it takes a few
milliseconds. What it names is then asked again for its rows.
"""

from collections.abc import Collection
from typing import Any
from weakref import WeakSet

from django.db import connection

from courseapp.kernel import clock
from courseapp.term.invariants import broken_invariants, question_of_all

MARK = "breaks_invariants"
_prepared: WeakSet[Any] = WeakSet()


def assert_invariants_hold(*, excused: Collection[str] = ()) -> None:
    """Fail with the sentences and rows of what does not hold, apart from the excused codes."""
    if not _broken_codes() - set(excused):
        return
    broken = [found for found in broken_invariants(now=clock.now()) if found.code not in excused]
    sentences = [f"{found.code}: {found.sentence} {', '.join(found.rows)}" for found in broken]
    raise AssertionError("\n".join(["The test left data that cannot be:", *sentences]))


def nothing_was_written() -> bool:
    """Say whether the transaction around a test changed no row: Postgres numbers only those that write."""
    if not connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NULL")
        (is_unnumbered,) = cursor.fetchone()
    return bool(is_unnumbered)


def _broken_codes() -> set[str]:
    with connection.cursor() as cursor:
        if connection.connection not in _prepared:
            # Without a parameter the plan is made once, not five times.
            question = question_of_all().replace("%(now)s", "clock_timestamp()")
            cursor.execute(f"PREPARE invariants AS {question}")
            _prepared.add(connection.connection)
        cursor.execute("EXECUTE invariants")
        return {code for (code,) in cursor.fetchall()}
