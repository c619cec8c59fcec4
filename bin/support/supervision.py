"""Supervisord and its programs: started in order, started again with back-off, stopped in reverse."""

import contextlib
import os
import re
import secrets
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport  # type: ignore[import-untyped]

from support import processes
from support.environment import CHECKOUT, PYTHON
from support.services import Embedded
from support.state import State

START_PATIENCE_S = 30
STOP_PATIENCE_S = 150
# Delays between tries grow by a second each; this many means that nobody ever gives up.
TRIES = 1_000_000
LOOK_EVERY_S = 0.5
USER = "bin-up"
DEATH = re.compile(r"exited: (?P<program>\w+) \((?P<cause>.*); not expected\)")


@dataclass(frozen=True)
class Program:
    """How one program starts and stops."""

    name: str
    priority: int
    stop_signal: str
    stop_patience_s: int
    counts_as_started_after_s: int
    starts_by_itself: bool


# SIGINT ends sessions that are still open; SIGTERM would wait for them.
POSTGRES = Program("postgres", 1, "INT", 60, 2, starts_by_itself=True)
BROKER = Program("broker", 2, "TERM", 20, 1, starts_by_itself=True)
APPLICATION = (
    Program("web", 10, "TERM", 20, 5, starts_by_itself=False),
    Program("worker", 10, "TERM", 30, 5, starts_by_itself=False),
    Program("beat", 10, "TERM", 10, 5, starts_by_itself=False),
)


@dataclass(frozen=True)
class Supervisor:
    """A running supervisord."""

    process: subprocess.Popen[bytes]
    socket: Path
    log: Path
    password: str

    def start(self, program: str) -> None:
        """Have one program of the application started and return at once."""
        with self._door() as door:
            door.supervisor.startProcess(f"application:{program}", False)  # noqa: FBT003

    def wait_until_it_listens(self) -> None:
        """Return when supervisord takes orders."""
        deadline = time.monotonic() + START_PATIENCE_S
        while self.process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError, Fault), self._door() as door:
                door.supervisor.getState()
                return
            time.sleep(0.05)
        raise SystemExit("supervisord does not start.")

    def deaths(self) -> Iterator[str]:
        """Yield what is worth telling while supervisord lives: which program died of what."""
        with self.log.open() as lines:
            while self.process.poll() is None:
                for line in lines:
                    if found := DEATH.search(line):
                        yield f"{found['program']} ended by itself ({found['cause']}); starting it again."
                time.sleep(LOOK_EVERY_S)

    def _door(self) -> ServerProxy:
        transport = SupervisorTransport(USER, self.password, f"unix://{self.socket}")
        return ServerProxy("http://localhost", transport=transport)


@contextlib.contextmanager
def supervised(
    state: State, embedded: Embedded, environment: Mapping[str, str]
) -> Iterator[Supervisor]:
    """Run supervisord for the length of a block; the services start with it, the application when told."""
    file = state.run / "supervisord.conf"
    socket = state.run / "supervisor.sock"
    socket.unlink(missing_ok=True)
    log = state.logs / "supervisord.log"
    log.unlink(missing_ok=True)
    password = secrets.token_urlsafe()
    file.write_text(configuration_of(state, embedded, password))
    process = subprocess.Popen(
        [str(PYTHON), "-m", "supervisor.supervisord", "--nodaemon", "--configuration", str(file)],
        env={**environment, **processes.marks(state, processes.SUPERVISOR)},
        stdin=subprocess.DEVNULL,
        stdout=2,
        # The terminal's Ctrl-C reaches the command alone, which then stops all in order.
        start_new_session=True,
    )
    supervisor = Supervisor(process, socket, log, password)
    try:
        supervisor.wait_until_it_listens()
        yield supervisor
    finally:
        process.terminate()
        try:
            process.wait(timeout=STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def configuration_of(state: State, embedded: Embedded, password: str) -> str:
    """Return supervisord's configuration."""
    services = [
        program
        for program, is_ours in ((POSTGRES, embedded.database), (BROKER, embedded.broker))
        if is_ours
    ]
    names = ",".join(program.name for program in APPLICATION)
    sections = [
        _section(
            "supervisord",
            nodaemon="true",
            silent="true",
            logfile=state.logs / "supervisord.log",
            pidfile=state.run / "supervisord.pid",
            # Programs that died are told of, those that started are not.
            loglevel="warn",
            **({"user": "root"} if os.geteuid() == 0 else {}),
        ),
        _section(
            "unix_http_server",
            file=state.run / "supervisor.sock",
            chmod="0700",
            username=USER,
            password=password,
        ),
        _section(
            "rpcinterface:supervisor",
            **{"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
        # One group, so that its programs stop side by side before the services do.
        _section("group:application", programs=names, priority=APPLICATION[0].priority),
        *(_program_section(program, state) for program in (*services, *APPLICATION)),
    ]
    return "\n".join(sections)


def _program_section(program: Program, state: State) -> str:
    return _section(
        f"program:{program.name}",
        command=f"{shlex.quote(str(PYTHON))} -m support.program {program.name}",
        directory=CHECKOUT / "bin",
        environment=f'{processes.PROGRAM_MARK}="{program.name}"',
        priority=program.priority,
        autostart=str(program.starts_by_itself).lower(),
        autorestart="true",
        startsecs=program.counts_as_started_after_s,
        startretries=TRIES,
        stopsignal=program.stop_signal,
        stopwaitsecs=program.stop_patience_s,
        killasgroup="true",
        redirect_stderr="true",
        stdout_logfile=state.logs / f"{program.name}.log",
        stdout_logfile_maxbytes="10MB",
        stdout_logfile_backups=3,
    )


def _section(name: str, **options: str | int | Path) -> str:
    # supervisord reads % as the start of one of its own variables.
    lines = (f"{option}={str(value).replace('%', '%%')}" for option, value in options.items())
    return "\n".join((f"[{name}]", *lines, ""))
