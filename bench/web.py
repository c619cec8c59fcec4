"""Web servers under measurement, and the CPU time of whole trees of processes."""

import contextlib
import http.client
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from support.environment import CHECKOUT

START_PATIENCE_S = 60
QUIET_FOR_S = 0.05
QUIET_PATIENCE_S = 60


@dataclass(frozen=True)
class Server:
    """A running web server."""

    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Return the CPU time of the server and all its workers so far."""
        return tree_seconds(self.process)


def tree_seconds(root: psutil.Process) -> float:
    """Return the CPU time of a process, its children, and those that have ended."""
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


@contextlib.contextmanager
def serving(
    command: Sequence[str], *, port: int, environment: Mapping[str, str], log: Path
) -> Iterator[Server]:
    """Run a web server for the length of a block."""
    with log.open("a") as output:
        child = subprocess.Popen(  # noqa: S603 - our own command
            command,
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until_it_answers(child, port, log)
        yield Server(port, psutil.Process(child.pid))
    finally:
        child.terminate()
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_until_quiet(*processes: psutil.Process) -> None:
    """Return when what was asked and abandoned is done with: nobody uses the CPU any more."""
    deadline = time.monotonic() + QUIET_PATIENCE_S
    before = -1.0
    while time.monotonic() < deadline:
        now = sum(map(tree_seconds, processes))
        if now - before < QUIET_FOR_S / 4:
            return
        before = now
        time.sleep(QUIET_FOR_S)


def _wait_until_it_answers(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE_S
    while child.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/healthz/")
            connection.getresponse().read()
            connection.close()
            return
        time.sleep(0.05)
    raise SystemExit(f"{log.read_text()}The web server does not answer on port {port}.")
