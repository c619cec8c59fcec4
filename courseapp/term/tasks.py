"""Jobs about a course as a whole."""

import logging

from celery import shared_task

from courseapp.kernel import clock
from courseapp.term import invariants, ruling
from courseapp.term.swapping import services as swapping

log = logging.getLogger(__name__)


@shared_task(name="term.check_invariants")
def check_invariants(**_: object) -> None:
    """Ask the data whether all holds that must, and say loudly in the log where it does not."""
    with invariants.one_moment():
        broken = invariants.broken_invariants(now=clock.now())
    for found in broken:
        log.error("Invariant %s is broken in %s rows: %s", found.code, found.count, found.sentence)


@shared_task(name="term.settle_rules")
def settle_rules(**_: object) -> None:
    """Let the changes of rules whose day has come hold."""
    ruling.settle_all(now=clock.now())


@shared_task(name="term.settle_swaps")
def settle_swaps(**_: object) -> None:
    """End the offers of swaps that can no more be carried out."""
    swapping.settle_swaps(now=clock.now())
