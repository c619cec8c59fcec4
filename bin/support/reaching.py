"""The services of a state for a command that needs them: those that run, or its own meanwhile."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from support import processes, services
from support.speech import say
from support.state import State, held

TELL_AFTER_S = 2


@contextmanager
def reached(state: State, settings: dict[str, str]) -> Iterator[dict[str, str]]:
    """Give the product's environment with its services up for the length of a block."""
    embedded = services.embedded_by(settings)
    if not (embedded.database or embedded.broker):
        yield services.product_environment(state, settings)
        return
    begun = time.monotonic()
    has_told = False
    while True:
        told = services.announced(state)
        if told and processes.started_for(state, processes.SUPERVISOR):
            yield services.product_environment(state, {**told, **settings})
            return
        with held(state) as is_ours:
            if is_ours:
                processes.end_leftovers(state)
                with services.running(state, embedded):
                    yield services.product_environment(state, settings)
                return
        if not has_told and time.monotonic() > begun + TELL_AFTER_S:
            say(f"Waiting for another command that is at work on {state.path} …")
            has_told = True
        time.sleep(0.1)
