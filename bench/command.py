"""`bin/bench [--quick] [--json]`, `bin/bench servers [--quick]` and `bin/bench --goal 7`."""

import argparse
import json
import sys
from collections.abc import Sequence

from support.signals import StopRequested, stop_on_request
from support.speech import say, timed

from bench import handing_in, measuring, report, servers
from bench.goals import verdicts
from bench.plan import FULL, HANDING_IN, QUICK, Plan

STOPPED = 130


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 0 whatever the figures say."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("pages", "servers"), default="pages")
    parser.add_argument("--quick", action="store_true", help="small sizes, short loads")
    parser.add_argument("--json", action="store_true", help="figures for a program")
    parser.add_argument("--goal", type=int, choices=(6, 7), help="handing in only: goals 6 and 7")
    wanted = parser.parse_args(arguments)
    stop_on_request()
    try:
        with timed("together"):
            plan = QUICK if wanted.quick else FULL
            if wanted.goal:
                _print(handing_in.measure(HANDING_IN))
            elif wanted.what == "servers":
                _print(servers.compare(plan))
            else:
                _print(_pages(plan, as_json=wanted.json))
    except StopRequested:
        say("Stopped.")
        return STOPPED
    return 0


def _pages(plan: Plan, *, as_json: bool) -> str:
    with measuring.prepared(plan) as bench:
        by_case = bench.measure()
    figures = list(by_case.values())
    found = verdicts({(name, size): one for (name, size), one in by_case.items() if size}, plan)
    if as_json:
        data = report.as_data(figures, found, lost_count=bench.lost_count)
        return json.dumps(data | {"without_answer": bench.without_answer()}, indent=1)
    lost = f"acknowledged hand-ins that are not there: {bench.lost_count}"
    said = (report.table(figures), report.goals(found), *bench.without_answer())
    return "\n\n".join((report.machine(), *said, report.failures(figures), lost))


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
