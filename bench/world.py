"""What a run stands on: throw-away services that are as durable as in production, databases, servers."""

import contextlib
import json
import socket
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]
from support import configuration, postgres, processes, program, scratch, services
from support.environment import CHECKOUT, PYTHON
from support.services import Embedded
from support.speech import timed
from support.state import State, held, open_state

from bench import web
from bench.asking import Case, case_of
from bench.plan import Size

FIRST_PORT = 9110
FLOOR_DATABASE = "floor"

Served: TypeAlias = contextlib.AbstractContextManager[web.Server]


# Each of five web servers has a connection in each of its threads.
CONNECTIONS: Final = ("max_connections=300",)


@dataclass(frozen=True)
class World:
    """The services of one run and what its processes are told."""

    state: State
    environment: Mapping[str, str]
    database: psutil.Process

    def environment_of(
        self, database: str, *, port: int, role: str = postgres.APPLICATION
    ) -> dict[str, str]:
        """Return the environment of a process that uses one of the databases."""
        folder = quote(str(self.state.database_sockets), safe="")
        is_floor = database == FLOOR_DATABASE
        return {
            **self.environment,
            "DATABASE_URL": f"postgresql://{role}@{folder}/{database}",
            "DATABASE_OWNER_URL": f"postgresql://{postgres.OWNER}@{folder}/{database}",
            "PORT": str(port),
            "BASE_URL": f"http://127.0.0.1:{port}",
            "DJANGO_SETTINGS_MODULE": f"bench.{'floor' if is_floor else 'product'}.settings",
            "PYTHONPATH": str(CHECKOUT),
        }

    def serving(self, database: str, *, port: int, command: list[str] | None = None) -> Served:
        """Run the web server of production, or another one, on one of the databases."""
        role = postgres.OWNER if database == FLOOR_DATABASE else postgres.APPLICATION
        environment = self.environment_of(database, port=port, role=role)
        log = self.state.logs / f"web-{port}.log"
        command = command or program.web_command(f"127.0.0.1:{port}", application_of(database))
        return web.serving(command, port=port, environment=environment, log=log)


def application_of(database: str) -> str:
    """Return the WSGI application that serves a database."""
    name = "bench.floor" if database == FLOOR_DATABASE else "courseapp"
    return f"{name}.wsgi:application"


@contextlib.contextmanager
def world() -> Iterator[World]:
    """Run Postgres and the broker, both flushing to disk, for the length of a block."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(scratch.scratch_folder())
        state = open_state(folder / "state", holds_database=True)
        settings = {**configuration.without_the_products_own(), "COURSEAPP_DEMO": "0"}
        environment = services.product_environment(state, settings)
        stack.enter_context(held(state))
        everything = Embedded(database=True, broker=True)
        stack.enter_context(services.running(state, everything, settings=CONNECTIONS))
        # A later run can tell by the mark what a killed one left behind.
        marked = {**environment, **processes.marks(state, "bench")}
        yield World(state, marked, _master(state))


def _master(state: State) -> psutil.Process:
    number = int((state.database / "postmaster.pid").read_text().split("\n", 1)[0])
    return psutil.Process(number)


def prepare_schema(world: World) -> None:
    """Migrate the database that all others are copied from, and collect the static files."""
    environment = world.environment_of(postgres.DATABASE, port=FIRST_PORT)
    run_python(["manage.py", "migrate", "--no-input", "-v", "0"], environment)
    run_python(["manage.py", "collectstatic", "--no-input", "-v", "0"], environment)


def make_floor(world: World, *, port: int, sizes: tuple[int, ...]) -> dict[str, Case]:
    """Make the floor's database; return its cases by name."""
    _create(world, FLOOR_DATABASE, template="template1")
    environment = world.environment_of(FLOOR_DATABASE, port=port, role=postgres.OWNER)
    return _cases(["-m", "bench.floor", *map(str, sizes)], environment)


def make_database(world: World, size: Size) -> None:
    """Make a database of a size; the courses beside the measured one are added to a copy."""
    alone = Size(size.students, 1)
    with timed(f"database of {size.words} (students / courses)"):
        if _exists(world, alone.database):
            _create(world, size.database, template=alone.database)
        else:
            _create(world, size.database, template=postgres.DATABASE)
            _fill(world, size, "measured", size.students)
        if size.courses > 1:
            _fill(world, size, "others", size.courses - 1)


def visit(world: World, size: Size, *, port: int) -> dict[str, Case]:
    """Sign people in and return the product's cases in one database by name."""
    environment = world.environment_of(size.database, port=port)
    with timed(f"statements counted at {size.words}"):
        return _cases(["-m", "bench.product"], environment)


def free_port(after: int) -> int:
    """Return the next port that nobody listens on."""
    for port in range(after + 1, after + 200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise SystemExit(f"There is no free port above {after}.")


def version_count(world: World, size: Size) -> int:
    """Return how many versions were ever handed in."""
    return int(_admin(world, size.database, "SELECT count(*) FROM submissions_submissionversion"))


def run_python(arguments: list[str], environment: Mapping[str, str]) -> str:
    """Run Python in the checkout and return what it printed."""
    done = subprocess.run(  # noqa: S603 - our own command
        [str(PYTHON), *arguments],
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} failed.")
    return done.stdout


def _cases(arguments: list[str], environment: Mapping[str, str]) -> dict[str, Case]:
    stored = json.loads(run_python(arguments, environment))
    return {case.name: case for case in map(case_of, stored)}


def _fill(world: World, size: Size, which: str, count: int) -> None:
    environment = world.environment_of(size.database, port=FIRST_PORT, role=postgres.ADMIN)
    run_python(["-m", "bench.product.filling", which, str(count)], environment)


def _exists(world: World, name: str) -> bool:
    return bool(
        _admin(world, "template1", f"SELECT 1 FROM pg_database WHERE datname = '{name}'")  # noqa: S608
    )


def _create(world: World, name: str, *, template: str) -> None:
    _admin(world, "template1", f"CREATE DATABASE {name} OWNER {postgres.OWNER} TEMPLATE {template}")


def _admin(world: World, database: str, statement: str) -> str:
    return postgres.query(world.state, database, f"{statement};").strip()
