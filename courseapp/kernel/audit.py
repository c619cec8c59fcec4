"""Who did it and why, beside every history row that the database's triggers write."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

import pghistory
from django.db import connection

_is_acting: ContextVar[bool] = ContextVar("_is_acting", default=False)


@contextmanager
def acting(*, user_id: int | None, reason: str = "", action: str = "") -> Iterator[UUID | None]:
    """Note the person, the action and the reason with every change made inside the block.

    `user_id` is None for what the product does by itself (a task, a command). What is done inside
    another act is part of that act. Yields the id under which the history keeps what the act changed;
    None inside another act.
    """
    if _is_acting.get():
        yield None
        return
    token = _is_acting.set(True)
    try:
        with pghistory.context(user=user_id, action=action, reason=reason) as context:
            yield context.id
    finally:
        _is_acting.reset(token)
    _end_act()


def _end_act() -> None:
    """Keep what follows in this transaction from being put down to the act that has ended.

    The library leaves the act's id set until the transaction ends.
    """
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
