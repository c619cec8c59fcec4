"""Waking a job after a commit, once for however many rows wait for it.

A hint is no promise: the job's sweep finds the rows where it was lost. While one is on its way a
further one would tell the worker nothing; publishing it costs more than the rest of a short request.
"""

import logging

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

# How long a hint that no worker took holds back others.
PENDING_SECONDS = 5


def wake_after_commit(task_name: str) -> None:
    """Send a job its hint once the transaction has committed, unless one is on its way already.

    By its name: tasks stand above what wakes them.
    """

    def wake() -> None:
        _wake(task_name)

    transaction.on_commit(wake, robust=True)


def begin(task_name: str) -> None:
    """Note that the job begins: what is committed from now on needs a hint of its own."""
    try:
        cache.delete(_key(task_name))
    except RedisError as error:
        log.warning("The cache did not answer: %s", error)


def _wake(task_name: str) -> None:
    try:
        is_first = cache.add(_key(task_name), 1, PENDING_SECONDS)
    except RedisError as error:
        log.warning("The cache did not answer: %s", error)
        is_first = True
    if is_first:
        current_app.send_task(task_name)


def _key(task_name: str) -> str:
    return f"hint/{task_name}"
