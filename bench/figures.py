"""What was measured, and the middle of several rounds of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.load import Load
from bench.plan import Size

# The load at which CPU is compared.
COMPARED_AT = 16


@dataclass(frozen=True)
class Sample:
    """One case under one load: CPU milliseconds per request of the web server and of Postgres."""

    load: Load
    app_ms: float
    database_ms: float

    @property
    def cpu_ms(self) -> float:
        """Return both together."""
        return self.app_ms + self.database_ms


@dataclass(frozen=True)
class Round:
    """One case measured once: a sample by number of connections, and the floor around it."""

    samples: tuple[Sample, ...]
    floor_ms: float

    @property
    def compared(self) -> Sample:
        """Return the sample that the CPU is taken from; a slow page has only one."""
        return next(
            (found for found in self.samples if found.load.connections == COMPARED_AT),
            self.samples[0],
        )


@dataclass(frozen=True)
class Figure:
    """One case at one size, over all rounds. `size` is None on the floor."""

    name: str
    size: Size | None
    query_count: int
    byte_count: int
    app_ms: float
    database_ms: float
    ratio: float
    loads: tuple[Load, ...]

    @property
    def cpu_ms(self) -> float:
        """Return the CPU of one request, application and Postgres."""
        return self.app_ms + self.database_ms


def figure_of(
    name: str, size: Size | None, rounds: Sequence[Round], *, query_count: int, byte_count: int
) -> Figure:
    """Return the middle of what the rounds gave."""
    compared = [one.compared for one in rounds]
    return Figure(
        name=name,
        size=size,
        query_count=query_count,
        byte_count=byte_count,
        app_ms=median(sample.app_ms for sample in compared),
        database_ms=median(sample.database_ms for sample in compared),
        ratio=median(one.compared.cpu_ms / one.floor_ms for one in rounds),
        loads=tuple(
            _middle([one.samples[place].load for one in rounds])
            for place in range(min(len(one.samples) for one in rounds))
        ),
    )


def _middle(loads: Sequence[Load]) -> Load:
    return Load(
        connections=loads[0].connections,
        requests=sum(load.requests for load in loads),
        seconds=sum(load.seconds for load in loads),
        p50_ms=median(load.p50_ms for load in loads),
        p99_ms=median(load.p99_ms for load in loads),
        errors=sum(load.errors for load in loads),
    )
