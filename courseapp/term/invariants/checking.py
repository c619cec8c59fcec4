"""Asking the data whether every invariant holds."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache

from django.db import connection, transaction

from courseapp.term.invariants.arriving import ARRIVING
from courseapp.term.invariants.belonging import belonging
from courseapp.term.invariants.forming import FORMING
from courseapp.term.invariants.giving_out import GIVING_OUT
from courseapp.term.invariants.hand_ins import HAND_INS
from courseapp.term.invariants.invariant import Broken, Invariant
from courseapp.term.invariants.letters import LETTERS
from courseapp.term.invariants.marks import MARKS
from courseapp.term.invariants.meetings import MEETINGS
from courseapp.term.invariants.people import PEOPLE
from courseapp.term.invariants.records import defences, records
from courseapp.term.invariants.taking import TAKING

SHOWN_ROWS = 20


@cache
def invariants_of_rows() -> tuple[Invariant, ...]:
    """Return what holds of the rows, after every committed change."""
    of_work = (*HAND_INS, *ARRIVING, *TAKING, *GIVING_OUT, *LETTERS, *MARKS)
    return (*belonging(), *PEOPLE, *FORMING, *MEETINGS, *of_work, *records())


def all_invariants() -> tuple[Invariant, ...]:
    """Return every invariant of the database."""
    return (*invariants_of_rows(), *defences())


@contextmanager
def one_moment() -> Iterator[None]:
    """See the data as they are at one moment for the length of a block; a transaction that runs goes on."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def broken_invariants(*, now: datetime, asked: Iterable[Invariant] | None = None) -> list[Broken]:
    """Return those that do not hold, of all or of some, each with the first rows that break it."""
    asked = all_invariants() if asked is None else asked
    found = (_broken(invariant, now=now) for invariant in asked)
    return [broken for broken in found if broken is not None]


def _broken(invariant: Invariant, *, now: datetime) -> Broken | None:
    statement = f"""SELECT found, count(*) OVER () FROM ({invariant.query}) q (found)
        ORDER BY length(found), found LIMIT {SHOWN_ROWS}"""  # noqa: S608 - our own invariants
    with connection.cursor() as cursor:
        cursor.execute(statement, {"now": now})
        rows = cursor.fetchall()
    if not rows:
        return None
    return Broken(
        code=invariant.code,
        sentence=invariant.sentence,
        count=rows[0][1],
        rows=tuple(found for found, _ in rows),
    )


@cache
def question_of_all() -> str:
    """Return one query that names the invariants of rows that do not hold, at the least cost."""
    return " UNION ALL ".join(
        f"SELECT '{invariant.code}' WHERE EXISTS ({invariant.query})"
        for invariant in invariants_of_rows()
    )
