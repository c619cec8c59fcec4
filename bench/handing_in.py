"""What handing in costs: goals 6 and 7 alone, floor and product in turn, at the smallest size."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median

from support.speech import timed

from bench import measuring, report, world
from bench.asking import Case, Request
from bench.figures import COMPARED_AT, Sample
from bench.floor.names import ENTRY, PAGE
from bench.goals import HAND_IN_CPU, HAND_IN_QUERIES, Verdict
from bench.measuring import Bench, Site
from bench.plan import Plan

HAND_IN = "hand in"
RUSH = "form, hand in, receipt"
CROWD = 64
# At least 40 % of the floor's answers a second: at most so many times fewer.
FEWER = 2.5
TAIL = 4.0


@dataclass(frozen=True)
class Turn:
    """One round: each case by the number of its connections."""

    page: dict[int, Sample]
    entry: dict[int, Sample]
    hand_in: dict[int, Sample]
    rush: dict[int, Sample]


def measure(plan: Plan) -> str:
    """Measure and return the figures with the verdicts."""
    size = plan.sizes[0]
    with measuring.prepared(plan) as bench:
        site = bench.sites[size]
        cases = {**site.cases, RUSH: rush_of(site.cases[HAND_IN])}
        site = replace(site, cases=cases)
        before = world.version_count(bench.world, size)
        turns = [_turn(bench, site, number) for number in range(plan.rounds)]
        kept = world.version_count(bench.world, size) - before
    lines = [
        report.machine(),
        *(_line(name, [getattr(turn, key) for turn in turns]) for name, key in _ROWS),
        *(verdict.words for verdict in verdicts(turns, site.cases[HAND_IN].query_count)),
        f"versions made: {kept}",
    ]
    return "\n".join(lines)


_ROWS = (("F", "page"), ("Fp", "entry"), (HAND_IN, "hand_in"), (RUSH, "rush"))


def rush_of(hand_in: Case) -> Case:
    """Return the case of a rush: each opens the form, hands in, and reads the receipt."""
    return Case(RUSH, tuple(one for request in hand_in.requests for one in _three(request)))


def _three(request: Request) -> Iterator[Request]:
    page = Request(path=request.path, cookie=request.cookie)
    yield from (page, request, page)


def _turn(bench: Bench, site: Site, number: int) -> Turn:
    def of(where: Site, name: str) -> dict[int, Sample]:
        return {sample.load.connections: sample for sample in bench.samples(where, name)}

    with timed(f"round {number + 1}"):
        return Turn(
            page=of(bench.floor, PAGE),
            entry=of(bench.floor, ENTRY),
            hand_in=of(site, HAND_IN),
            rush=of(site, RUSH),
        )


def verdicts(turns: list[Turn], query_count: int) -> list[Verdict]:
    """Return the verdicts of both goals, each by the middle of the rounds."""
    cost = median(
        turn.hand_in[COMPARED_AT].cpu_ms / turn.entry[COMPARED_AT].cpu_ms for turn in turns
    )
    fewer = median(
        turn.page[CROWD].load.per_second / turn.rush[CROWD].load.per_second for turn in turns
    )
    tail = median(turn.rush[CROWD].load.p99_ms / turn.rush[CROWD].load.p50_ms for turn in turns)
    return [
        Verdict(6, HAND_IN, cost, HAND_IN_CPU, "Fp"),
        Verdict(6, HAND_IN, query_count, HAND_IN_QUERIES, "statements"),
        Verdict(7, f"{RUSH}, F's answers a second", fewer, FEWER, "times ours"),
        Verdict(7, f"{RUSH}, p99", tail, TAIL, "times p50"),
    ]


def _line(name: str, rounds: list[dict[int, Sample]]) -> str:
    """Say what one case cost, and how it went under each load."""
    cpu = [
        f"{median(one[COMPARED_AT].app_ms for one in rounds):.2f}",
        f"{median(one[COMPARED_AT].database_ms for one in rounds):.2f} ms",
    ]
    loads = [
        f"at {count}: {median(one[count].load.per_second for one in rounds):.0f} req/s,"
        f" p50 {median(one[count].load.p50_ms for one in rounds):.0f} ms,"
        f" p99 {median(one[count].load.p99_ms for one in rounds):.0f} ms,"
        f" {sum(one[count].load.errors for one in rounds)} errors"
        for count in rounds[0]
    ]
    return f"{name}: CPU {' + '.join(cpu)}; {'; '.join(loads)}"
