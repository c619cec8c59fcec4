"""Hints: one on its way is enough, and none is held back once its job has begun."""

from collections.abc import Iterator

import pytest
from celery.signals import after_task_publish
from django.db import transaction

from courseapp.kernel import hints
from courseapp.kernel.mail import SWEEP

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The names of the jobs that the broker was told of."""
    names: list[str] = []

    def note(sender: str, **_: object) -> None:
        names.append(sender)

    after_task_publish.connect(note, weak=False)
    yield names
    after_task_publish.disconnect(note)


def wake() -> None:
    with transaction.atomic():
        hints.wake_after_commit(SWEEP)


def test_many_commits_send_one_hint(sent):
    for _ in range(3):
        wake()

    assert sent == [SWEEP]


def test_what_is_committed_after_the_job_began_gets_a_hint_of_its_own(sent):
    wake()
    hints.begin(SWEEP)
    wake()

    assert sent == [SWEEP] * 2


def test_what_is_rolled_back_wakes_nobody(sent):
    with transaction.atomic():
        hints.wake_after_commit(SWEEP)
        transaction.set_rollback(True)

    assert sent == []
