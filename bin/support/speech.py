"""What the commands say themselves: always on standard error, so that standard output stays clean."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(sentence: str) -> None:
    """Tell the person at the terminal one sentence."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


@contextmanager
def timed(step: str) -> Iterator[None]:
    """Tell how many seconds a step took, once it has worked."""
    begun = time.monotonic()
    yield
    say(f"  {step}: {time.monotonic() - begun:.1f} s")
