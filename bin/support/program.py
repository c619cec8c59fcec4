"""One supervised program: ends what its predecessor left behind, then becomes the program itself."""

import os
import signal
import sys
from pathlib import Path

from support import broker, configuration, postgres, processes, services
from support.environment import CHECKOUT, PYTHON
from support.state import State, open_state

WORKER_NICENESS = 10


def web_command(address: str, application: str = "courseapp.wsgi:application") -> list[str]:
    """Return the web server's command line; one load of the code serves all its processes."""
    heartbeat = "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"
    return [
        *(str(PYTHON), "-m", "gunicorn", application, "--bind", address),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "16", "--preload"),
        *("--worker-tmp-dir", heartbeat, "--graceful-timeout", "10", "--no-control-socket"),
        *("--max-requests", "10000", "--max-requests-jitter", "1000"),
    ]


def worker_command() -> list[str]:
    """Return the worker's command line; there is one, so that it need not look for others.

    Packing an archive, looking into files and searching a plan take long, and one of each goes on at a
    time: the fourth process is always free for mails, drafts and the pulse.
    """
    celery = (str(PYTHON), "-m", "celery", "-A", "courseapp", "worker")
    return [*celery, "-c", "4", "-l", "INFO", "--without-gossip", "--without-mingle"]


def beat_command(state: State) -> list[str]:
    """Return the command line of what starts the jobs that are due."""
    schedule = str(state.path / "beat-schedule")
    celery = (str(PYTHON), "-m", "celery", "-A", "courseapp", "beat")
    return [*celery, "-l", "INFO", "-s", schedule, "--pidfile", ""]


def main(name: str) -> None:
    """Become the named program."""
    state = open_state(
        configuration.state_folder(dict(os.environ)),
        holds_database=os.environ[services.EMBEDDED_MARK] == "1",
    )
    os.chdir(CHECKOUT)
    match name:
        case "postgres":
            _become_postgres(state)
        case "broker":
            processes.end(processes.working_in(state.broker), signal.SIGTERM, patience=10)
            _become_service(broker.command(state))
        case "web":
            address = f"{os.environ['BIND']}:{os.environ['PORT']}"
            _become_after_orphans(state, name, web_command(address))
        case "worker":
            # In the last minute before a deadline, pages and hand-ins come before mails and checks.
            os.nice(WORKER_NICENESS)
            _become_after_orphans(state, name, worker_command())
        case "beat":
            _become_after_orphans(state, name, beat_command(state))
        case _:
            raise SystemExit(f"There is no program {name}.")


def _become_after_orphans(state: State, name: str, command: list[str]) -> None:
    """Children of a killed predecessor still hold its port and its jobs."""
    processes.end(processes.started_for(state, name), signal.SIGTERM, patience=2)
    _become(command)


def _become_postgres(state: State) -> None:
    processes.end_database(state)
    processes.forget_dead_master(state)
    command = postgres.command(state)
    if state.user is not None:
        os.setgroups([])
        os.setgid(state.user.gid)
        os.setuid(state.user.uid)
    _become_service(command)


def _become_service(command: list[str]) -> None:
    os.chdir(os.sep)
    os.execve(command[0], command, postgres.plain_environment())


def _become(command: list[str]) -> None:
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1])
