"""A real `bin/up` on a state and a port of its own, seen from outside as a person sees it."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import psutil  # type: ignore[import-untyped]

CHECKOUT = Path(__file__).resolve().parents[2]
# How each program is recognised among the supervisor's children.
SIGNS = {
    "web": "gunicorn",
    "worker": "worker",
    "beat": "beat",
    "broker": "valkey-server",
    "postgres": "postgres",
}
PATIENCE_S = 60
COLLECTED = "static-collected"


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(is_true: Callable[[], bool]) -> None:
    """Wait until something holds, and fail where it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.1)


def still_alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that run; a zombie is only waiting for its new parent to notice."""
    alive = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                alive.append(process)
    return alive


@dataclass
class Site:
    """One state folder and port, with what can be done to them."""

    state: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    # Whose static files a new site takes over: they are the same, and take many seconds to make.
    collected_by: ClassVar["Site | None"] = None
    _addresses: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Return an environment in which nothing of the tests' own services is left."""
        known = (
            line.partition("=")[0].lstrip("# ")
            for line in (CHECKOUT / ".env.example").read_text().splitlines()
        )
        dropped = {*known, "COURSEAPP_EMBEDDED_DATABASE", "DJANGO_SETTINGS_MODULE"}
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        own = {"COURSEAPP_STATE": str(self.state), "PORT": str(self.port), "COURSEAPP_DEMO": "0"}
        return kept | own

    @property
    def printed(self) -> str:
        """Return what the latest `bin/up` has printed so far."""
        return self._output.read_text()

    def begin(self) -> None:
        """Start `bin/up` and return at once."""
        self._take_static_files()
        # A file, not a pipe: what outlives a killed `bin/up` would keep a pipe open.
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [CHECKOUT / "bin" / "up"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_until_started(self, times: int = 1) -> None:
        """Return when everything was started, for the second time where the supervisor was lost."""
        assert self.process
        process = self.process
        eventually(lambda: self.printed.count("Ctrl-C") == times or process.poll() is not None)
        assert process.returncode is None, self.printed

    def start(self) -> None:
        """Start `bin/up` and return once everything was started."""
        self.begin()
        self.wait_until_started()

    def end_by_itself(self) -> tuple[int, str]:
        """Start `bin/up` where it must refuse; returns its exit code and what it said."""
        self.begin()
        assert self.process
        try:
            return self.process.wait(timeout=PATIENCE_S), self.printed
        except subprocess.TimeoutExpired:
            self.stop()
            raise

    def processes(self) -> list[psutil.Process]:
        """Return `bin/up` and everything below it."""
        assert self.process
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def program(self, name: str) -> psutil.Process | None:
        """Return the program of that name, once it is itself and no longer what starts it."""
        for process in self.supervisor().children():
            try:
                command = " ".join(process.cmdline())
            except psutil.NoSuchProcess:
                continue
            if SIGNS[name] in command and "support.program" not in command:
                return process
        return None

    def supervisor(self) -> psutil.Process:
        """Return the supervisor."""
        assert self.process
        (supervisor,) = psutil.Process(self.process.pid).children()
        return supervisor

    def status(self) -> int | None:
        """Return what the sign-in page answers, or None where nobody listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def kill(self, processes: list[psutil.Process]) -> None:
        """Kill without warning, the command itself among them."""
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        assert self.process
        self.process.wait(timeout=PATIENCE_S)

    def stop(self) -> int:
        """Press Ctrl-C; returns the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE_S)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `bin/manage`."""
        return subprocess.run(
            [CHECKOUT / "bin" / "manage", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def address(self, name: str) -> str:
        """Return an address as the product sees it, say DATABASE_OWNER_URL; it never changes."""
        if name not in self._addresses:
            code = f"import os; print(os.environ[{name!r}])"
            done = self.manage("shell", "--no-imports", "-c", code)
            self._addresses[name] = done.stdout.strip()
        return self._addresses[name]

    def _take_static_files(self) -> None:
        if self.collected_by is None or (self.state / COLLECTED).exists():
            return
        self.state.mkdir(mode=0o700, exist_ok=True)
        others = self.collected_by.state
        shutil.copytree(others / "static", self.state / "static", dirs_exist_ok=True)
        shutil.copy2(others / COLLECTED, self.state / COLLECTED)

    @property
    def _output(self) -> Path:
        return self.state.parent / f"up-{self.port}.log"


MakeSite = Callable[[], Site]
