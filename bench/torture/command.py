"""`bin/torture kill`, `joins`, `rush`, `cuts`, `hostile`: storms on a product of its own (docs/torture.md)."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from support import scratch
from support.signals import StopRequested, stop_on_request
from support.speech import say, timed

from bench.torture import cuts, hostile_storm, joins, rush, storm
from bench.torture.cuts_plan import CutsSize
from bench.torture.joins_plan import JoinsSize
from bench.torture.plan import Size
from bench.torture.reckoning import Figures
from bench.torture.rush_plan import RushSize

STOPPED = 130


def main(arguments: Sequence[str]) -> int:
    """Let the storm loose; 0 where nothing was lost, doubled or is otherwise wrong."""
    wanted = _parser().parse_args(arguments)
    stop_on_request()
    try:
        with timed("together"), scratch.scratch_folder() as folder:
            figures = _figures(wanted, folder)
    except StopRequested:
        say("Stopped; nothing can be said.")
        return STOPPED
    sys.stdout.write("\n".join((*figures.lines(), "")))
    return int(not figures.is_clean)


def _figures(wanted: argparse.Namespace, folder: Path) -> Figures:
    if wanted.name == "joins":
        return joins.join(JoinsSize(wanted.requests, wanted.rounds, wanted.seed), folder)
    if wanted.name == "rush":
        return rush.rush(RushSize(wanted.hand_ins, wanted.seed, wanted.window), folder)
    if wanted.name == "cuts":
        return cuts.cut(CutsSize(wanted.uploads, wanted.cuts, wanted.slow, wanted.seed), folder)
    if wanted.name == "hostile":
        return hostile_storm.hostile(folder)
    return storm.kill(Size(wanted.kills, wanted.hand_ins, wanted.seed), folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/torture", description=__doc__)
    names = parser.add_subparsers(dest="name", required=True)
    kill = names.add_parser("kill", help="kill -9 of everything during hand-ins")
    kill.add_argument("--kills", type=int, default=100)
    kill.add_argument("--hand-ins", type=int, default=2000)
    last_seats = names.add_parser("joins", help="all want the last seats at one moment")
    last_seats.add_argument("--requests", type=int, default=500)
    last_seats.add_argument("--rounds", type=int, default=50)
    last_minute = names.add_parser("rush", help="all hand in in the last minute")
    last_minute.add_argument("--hand-ins", type=int, default=2000)
    last_minute.add_argument("--window", type=float, default=60, help="seconds before it is due")
    breaks = names.add_parser("cuts", help="uploads over connections that break")
    breaks.add_argument("--uploads", type=int, default=100)
    breaks.add_argument("--cuts", type=int, default=10, help="breaks in each upload")
    breaks.add_argument("--slow", type=int, default=0, help="senders of a byte a second beside")
    names.add_parser("hostile", help="every hostile file handed in, and its verdict")
    for each in (kill, last_seats, last_minute, breaks):
        each.add_argument("--seed", type=int, default=1)
    return parser
