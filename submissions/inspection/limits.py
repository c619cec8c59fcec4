"""What one look into one file may take."""

import resource
import signal
from typing import Final

# In bytes, of what the process takes by itself; with the libraries, which it shares, it stays below
# 300 MB (failures.md, test 32).
MEMORY: Final = 200 * 1024**2
PROCESSOR_SECONDS: Final = 20
# Of a machine that is busy: the web server goes before the worker there.
SECONDS: Final = 30.0
# In bytes, of what the look may answer.
LARGEST_ANSWER: Final = 64 * 1024


def confine() -> None:
    """Confine this process: memory, time, and no file is ever written, whatever a library tries."""
    for limit, most in (
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(limit, (most, most))
    # Ends the process also where nobody watches it any more.
    signal.alarm(int(SECONDS) + 2)
