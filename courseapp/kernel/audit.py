"""Who did it and why, beside every history row that the database's triggers write."""

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory


@contextmanager
def acting(*, user_id: int | None, reason: str = "", action: str = "") -> Iterator[None]:
    """Note the person, the action and the reason with every change made inside the block.

    `user_id` is None for what the product does by itself (a task, a command).
    """
    with pghistory.context(user=user_id, action=action, reason=reason):
        yield
