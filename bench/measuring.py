"""Floor and product in turn: load, CPU before and after, and whether what was acknowledged is there."""

import contextlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from support.speech import say, timed

from bench import load, web, world
from bench.asking import Case
from bench.figures import COMPARED_AT, Figure, Round, Sample, figure_of
from bench.floor.names import ENTRY, PAGE, table_name
from bench.plan import Plan, Size
from bench.web import Server
from bench.world import FIRST_PORT, FLOOR_DATABASE, World

# A page that takes more CPU is asked for a few times, one after the other.
SLOW_MS = 300
SLOW_TIMES = 3
# So that each process has its code and its templates before it is measured.
WARM_UP_TIMES = 6
TABLE_TIMES = 12


@dataclass(frozen=True)
class Site:
    """A web server with the cases that it answers."""

    server: Server
    cases: Mapping[str, Case]


@dataclass
class Bench:
    """One run: the floor, the product at each size, and what is found."""

    world: World
    plan: Plan
    floor: Site
    sites: Mapping[Size, Site]
    rounds: dict[tuple[str, Size | None], list[Round]] = field(default_factory=dict)
    lost_count: int = 0

    def measure(self) -> dict[tuple[str, Size | None], Figure]:
        """Go round as often as planned and return all figures."""
        for number in range(self.plan.rounds):
            with timed(f"round {number + 1} of {self.plan.rounds}"):
                self._measure_floor()
                for name in next(iter(self.sites.values())).cases:
                    self._measure_case(name)
        return {
            (name, size): figure_of(
                name,
                size,
                rounds,
                query_count=self._case(name, size).query_count,
                byte_count=self._case(name, size).byte_count,
            )
            for (name, size), rounds in self.rounds.items()
        }

    def without_answer(self) -> list[str]:
        """Return which pages took too long to be measured at all."""
        return [
            f"{case.name}, {size.words}: a statement took longer than anybody waits"
            for size, site in self.sites.items()
            for case in site.cases.values()
            if case.gives_up
        ]

    def _case(self, name: str, size: Size | None) -> Case:
        site = self.floor if size is None else self.sites[size]
        return site.cases[name]

    def _measure_floor(self) -> None:
        for name in (PAGE, ENTRY):
            reference = self._floor_ms(name)
            self._note(name, None, Round(self.samples(self.floor, name), reference))
        for size in self.plan.tables:
            name = table_name(size)
            self._one_by_one(self.floor, name, TABLE_TIMES)
            sample = self._one_by_one(self.floor, name, TABLE_TIMES)
            self._note(name, None, Round((sample,), self._floor_ms(PAGE)))

    def _measure_case(self, name: str) -> None:
        """Measure one case at every size, the floor before each; nobody always comes first."""
        sizes = [size for size, site in self.sites.items() if not site.cases[name].gives_up]
        random.shuffle(sizes)
        floors: list[float] = []
        found: dict[Size, tuple[Sample, ...]] = {}
        for size in sizes:
            site = self.sites[size]
            writes = site.cases[name].writes
            floors.append(self._floor_ms(ENTRY if writes else PAGE))
            before = world.version_count(self.world, size) if writes else 0
            found[size] = self.samples(site, name)
            if writes:
                self._count_lost(size, found[size], before=before)
        for size, samples in found.items():
            # The floor's middle: a single second of it is at the mercy of what else runs.
            self._note(name, size, Round(samples, median(floors)))
            say(f"    {name}, {size.words}: {samples[0].cpu_ms / median(floors):.2f} of the floor")

    def _count_lost(self, size: Size, samples: tuple[Sample, ...], *, before: int) -> None:
        answered = sum(sample.load.requests - sample.load.errors for sample in samples)
        kept = world.version_count(self.world, size) - before
        self.lost_count += max(0, answered - kept)

    def _note(self, name: str, size: Size | None, found: Round) -> None:
        self.rounds.setdefault((name, size), []).append(found)

    def _floor_ms(self, name: str) -> float:
        return self._sample(self.floor, name, COMPARED_AT, self.plan.floor_seconds).cpu_ms

    def samples(self, site: Site, name: str) -> tuple[Sample, ...]:
        """Return a sample at each number of connections; of a slow page one alone."""
        last = [self._one_by_one(site, name, 1) for _ in range(WARM_UP_TIMES)][-1]
        if last.cpu_ms > SLOW_MS:
            return (self._one_by_one(site, name, SLOW_TIMES),)
        return tuple(
            self._sample(site, name, connections, seconds)
            for connections, seconds in self.plan.seconds.items()
        )

    def _sample(self, site: Site, name: str, connections: int, seconds: float) -> Sample:
        before = self._cpu(site)
        found = load.fire(
            site.cases[name].requests,
            port=site.server.port,
            connections=connections,
            seconds=seconds,
            folder=self.world.state.run,
        )
        # Each connection leaves one request behind, which is answered all the same.
        return self._costs(site, found, before, served=found.requests + connections)

    def _one_by_one(self, site: Site, name: str, count: int) -> Sample:
        before = self._cpu(site)
        found = load.one_by_one(site.cases[name].requests, port=site.server.port, count=count)
        return self._costs(site, found, before, served=count)

    def _costs(
        self, site: Site, found: load.Load, before: tuple[float, float], *, served: int
    ) -> Sample:
        after = self._cpu(site)
        return Sample(
            load=found,
            app_ms=(after[0] - before[0]) * 1e3 / served,
            database_ms=(after[1] - before[1]) * 1e3 / served,
        )

    def _cpu(self, site: Site) -> tuple[float, float]:
        web.wait_until_quiet(site.server.process, self.world.database)
        return site.server.cpu_seconds(), web.tree_seconds(self.world.database)


@contextlib.contextmanager
def prepared(plan: Plan) -> Iterator[Bench]:
    """Make all databases and start a web server on each."""
    load.ensure_generator()
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(world.world())
        world.prepare_schema(place)
        port = world.free_port(FIRST_PORT)
        cases = world.make_floor(place, port=port, sizes=plan.tables)
        server = stack.enter_context(place.serving(FLOOR_DATABASE, port=port))
        floor = Site(server, cases)
        for size in plan.sizes:
            world.make_database(place, size)
        sites = {}
        for size in plan.sizes:
            port = world.free_port(port)
            found = world.visit(place, size, port=port)
            server = stack.enter_context(place.serving(size.database, port=port))
            sites[size] = Site(server, found)
        yield Bench(place, plan, floor, sites)
