"""Web servers and their workers, compared on a page and on a hand-in."""

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from support.environment import PYTHON
from support.program import web_command
from support.speech import say, timed

from bench import load, report, world
from bench.asking import Case
from bench.figures import Figure, Round, figure_of
from bench.measuring import Bench, Site
from bench.plan import Plan
from bench.world import FIRST_PORT, World

PAGES = ("student home", "hand in")
GRANIAN = "granian"


@dataclass(frozen=True)
class Candidate:
    """A web server as it is started; `needs` is what it takes from the package index."""

    name: str
    arguments: tuple[str, ...]
    needs: str = ""


CANDIDATES = (
    Candidate("gunicorn sync, 2 workers", ("--worker-class", "sync", "--workers", "2")),
    Candidate("gunicorn sync, 4 workers", ("--worker-class", "sync", "--workers", "4")),
    Candidate(
        "gunicorn gthread, 2 workers of 2 threads",
        ("--worker-class", "gthread", "--workers", "2", "--threads", "2"),
    ),
    Candidate(
        "gunicorn gthread, 2 workers of 4 threads",
        ("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
    ),
    Candidate("granian, 2 workers of 1 thread", ("--blocking-threads", "1"), needs=GRANIAN),
    Candidate("granian, 2 workers of 4 threads", ("--blocking-threads", "4"), needs=GRANIAN),
)


def compare(plan: Plan) -> str:
    """Measure each candidate on the smallest database, in turn, as often as planned."""
    size = plan.sizes[0]
    load.ensure_generator()
    with world.world() as place:
        world.prepare_schema(place)
        world.make_database(place, size)
        port = world.free_port(FIRST_PORT)
        cases = world.visit(place, size, port=port)
        rounds: dict[tuple[str, str], list[Round]] = {}
        for _ in range(plan.rounds):
            for candidate in CANDIDATES:
                command = _command(candidate, place, port=port)
                if command is None:
                    continue
                with place.serving(size.database, port=port, command=command) as server:
                    site = Site(server, cases)
                    bench = Bench(place, plan, site, {size: site})
                    with timed(candidate.name):
                        for page in PAGES:
                            samples = bench.samples(site, page)
                            rounds.setdefault((candidate.name, page), []).append(Round(samples, 1))
    return report.table([_figure(*key, found, cases) for key, found in rounds.items()])


def _figure(name: str, page: str, rounds: list[Round], cases: dict[str, Case]) -> Figure:
    case = cases[page]
    figure = figure_of(
        f"{page}: {name}",
        None,
        rounds,
        query_count=case.query_count,
        byte_count=case.byte_count,
    )
    return replace(figure, ratio=0)


def _command(candidate: Candidate, place: World, *, port: int) -> list[str] | None:
    if candidate.needs:
        folder = _installed(candidate.needs, place.state.path / candidate.needs)
        return None if folder is None else _granian(candidate, folder, port=port)
    ours = web_command(f"127.0.0.1:{port}")
    begin = ours.index("--worker-class")
    return [*ours[:begin], *candidate.arguments, *ours[ours.index("--preload") :]]


def _granian(candidate: Candidate, folder: Path, *, port: int) -> list[str]:
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); from granian.cli import entrypoint; entrypoint()"
    return [
        *(str(PYTHON), "-c", code, "courseapp.wsgi:application", "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--no-ws"),
        *candidate.arguments,
    ]


def _installed(package: str, folder: Path) -> Path | None:
    """Fetch a package that only the bench needs into a folder of this run."""
    if folder.exists():
        return folder
    options = ["--quiet", "--disable-pip-version-check", "--target", str(folder)]
    done = subprocess.run(  # noqa: S603 - our own command
        [str(PYTHON), "-m", "pip", "install", *options, package],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        say(f"{package} cannot be had from the package index here: left out.")
        return None
    return folder
