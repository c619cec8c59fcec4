"""kill -9 of any part of a running product, and waiting until it is itself again."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil  # type: ignore[import-untyped]
from support import processes
from support.speech import say
from support.state import State

from tests.bin.running import Site

PATIENCE_S = 180
LOOK_EVERY_S = 0.1

# What is killed, and how often.
SHARES = {
    "web": 3,
    "web worker": 4,
    "worker": 3,
    "worker child": 2,
    "beat": 2,
    "broker": 3,
    "database": 4,
    "database backend": 3,
    "supervisor": 2,
    "everything": 1,
}


@dataclass
class Killer:
    """Kills parts of one site, chosen by a seed, and counts."""

    site: Site
    state: State
    seed: int
    counts: dict[str, int] = field(default_factory=dict)
    away_s: list[float] = field(default_factory=list)
    ends_by_itself: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._randomness = random.Random(self.seed)  # noqa: S311 - a storm that can be repeated

    def pause(self, longest: float) -> float:
        """Return a random length."""
        return self._randomness.uniform(0, longest)

    def kill_one(self) -> None:
        """Kill something that is there, and return when the site answers again."""
        name, victims = self._choose()
        begun = time.monotonic()
        if name == "everything":
            self.site.kill(victims)
            self.site.start()
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.kill()
        self.counts[name] = self.counts.get(name, 0) + 1
        self.wait_until_well()
        self.away_s.append(time.monotonic() - begun)

    def wait_until_well(self) -> None:
        """Return when pages answer; a `bin/up` that gave up is noted and started again."""
        deadline = time.monotonic() + PATIENCE_S
        while self.site.status() != 200:
            process = self.site.process
            if process is not None and process.poll() is not None:
                self.ends_by_itself.append(self.site.printed[-2000:])
                say(f"bin/up ended by itself:\n{self.site.printed[-2000:]}")
                self.site.start()
            if time.monotonic() > deadline:
                raise SystemExit(f"The site does not come back:\n{self.site.printed[-2000:]}")
            time.sleep(LOOK_EVERY_S)

    def _choose(self) -> tuple[str, list[psutil.Process]]:
        names = list(SHARES)
        while True:
            name = self._randomness.choices(names, list(SHARES.values()))[0]
            found = self._find(name)
            if name == "everything" and found:
                return name, found
            if found:
                return name, [self._randomness.choice(found)]
            # It is just being started again.
            time.sleep(LOOK_EVERY_S)

    def _find(self, name: str) -> list[psutil.Process]:
        find: dict[str, Callable[[], list[psutil.Process]]] = {
            "web": lambda: _tops(processes.started_for(self.state, "web")),
            "web worker": lambda: _children(processes.started_for(self.state, "web")),
            "worker": lambda: _tops(processes.started_for(self.state, "worker")),
            "worker child": lambda: _children(processes.started_for(self.state, "worker")),
            "beat": lambda: processes.started_for(self.state, "beat"),
            "broker": lambda: processes.working_in(self.state.broker),
            "database": lambda: _tops(processes.working_in(self.state.database)),
            "database backend": lambda: _children(processes.working_in(self.state.database)),
            "supervisor": lambda: processes.started_for(self.state, processes.SUPERVISOR),
            "everything": self._everything,
        }
        with suppress(psutil.NoSuchProcess):
            return find[name]()
        return []

    def _everything(self) -> list[psutil.Process]:
        return [*self.site.processes(), *processes.working_in(self.state.database)]


def _tops(found: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in found if process.parent() not in found]


def _children(found: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in found if process.parent() in found]
