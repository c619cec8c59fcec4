"""Statements that each connection plans once (docs/adr/0020).

Postgres plans what it is sent each time anew, which for what a hand-in asks takes longer than the
asking. What is prepared is planned once a connection, for any values: what is not asked for must not
be there as a value then, so each set of values that are absent is a statement of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

# What is prepared on a connection of the driver; gone with it.
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
_PLACE = re.compile(r"%\((\w+)\)s( IS NULL)?")


class Prepared:
    """One statement with named parameters, written as the driver has them ("%(course)s").

    `types` are Postgres', `name` is what its log calls it. Where a value is None, "%(course)s IS NULL"
    is true when it is planned, and false where there is one: what that decides costs nothing.
    """

    def __init__(self, name: str, sql: str, **types: str) -> None:
        self._name = name
        self._sql = sql
        self._types = types
        self._statement = cache(self._written)

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Return all rows for these values, one for each parameter."""
        present = tuple(name for name in self._types if values[name] is not None)
        bound = [values[name] for name in present]
        return fetch(self._statement(present), bound, plain_values=values)

    def _written(self, present: tuple[str, ...]) -> "Statement":
        places = {name: f"${number}" for number, name in enumerate(present, start=1)}

        def place(found: re.Match[str]) -> str:
            name, is_null = found[1], found[2] or ""
            if name not in places:
                return f"NULL::{self._types[name]}{is_null}"
            return "false" if is_null else places[name]

        return Statement(
            name=self._name,
            plain=self._sql,
            text=_PLACE.sub(place, self._sql).replace("%%", "%"),
            types=tuple(self._types[name] for name in present),
        )


@dataclass(frozen=True)
class Statement:
    """A statement as the driver has it (`plain`), and with its places numbered ($1) and of these types.

    Without types Postgres takes those of what the values are compared with.
    """

    name: str
    plain: str
    text: str
    types: tuple[str, ...] = ()


def fetch(
    statement: Statement, values: Sequence[Any], *, plain_values: Any
) -> list[tuple[Any, ...]]:
    """Return all rows; `plain_values` are the values as the plain statement takes them."""
    with connection.cursor() as cursor:
        if settings.DATABASE_KEEPS_PLANS:
            _execute(cursor, statement, values)
        else:
            cursor.execute(statement.plain, plain_values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _execute(cursor: CursorWrapper, statement: Statement, values: Sequence[Any]) -> None:
    """Run a statement, planned first where this connection has not yet."""
    name = _name_of(statement)
    _prepare(cursor, name, statement)
    places = ", ".join(["%s"] * len(values))
    cursor.execute(f"EXECUTE {name}({places})" if places else f"EXECUTE {name}", values)


def numbered(sql: str) -> str:
    """Return a statement as the driver has it ("%s") with numbered places."""
    numbers = count(1)
    return re.sub(r"%%|%s", lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql)


@cache
def _name_of(statement: Statement) -> str:
    told_apart = sha256(repr((statement.text, statement.types)).encode()).hexdigest()
    return f'"{statement.name}_{told_apart[:12]}"'


def _prepare(cursor: CursorWrapper, name: str, statement: Statement) -> None:
    connected = cursor.db.connection
    prepared = _prepared.setdefault(connected, set())
    if name in prepared:
        return
    types = f"({', '.join(statement.types)})" if statement.types else ""
    with cursor.db.wrap_database_errors, connected.cursor() as plain:
        plain.execute(f"PREPARE {name}{types} AS {statement.text}")
    prepared.add(name)
