"""`bin/torture kill [--kills N] [--hand-ins N] [--seed S]`."""

import argparse
import sys
from collections.abc import Sequence

from support import scratch
from support.signals import StopRequested, stop_on_request
from support.speech import say, timed

from bench.torture import storm
from bench.torture.plan import Size

STOPPED = 130


def main(arguments: Sequence[str]) -> int:
    """Let the storm loose; 0 where nothing was lost and nothing is there twice."""
    parser = argparse.ArgumentParser(prog="bin/torture", description=__doc__)
    parser.add_argument("name", choices=("kill",), help="kill -9 of everything during hand-ins")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--hand-ins", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    stop_on_request()
    size = Size(wanted.kills, wanted.hand_ins, wanted.seed)
    try:
        with timed("together"), scratch.scratch_folder() as folder:
            figures = storm.kill(size, folder)
    except StopRequested:
        say("Stopped; nothing can be said.")
        return STOPPED
    sys.stdout.write("\n".join((*figures.lines(), "")))
    return int(not figures.is_clean)
