"""Processes of a state: found by a mark in their environment or by the folder they work in."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from support.speech import say
from support.state import State

# Children inherit both, so that whoever loses its parent is still recognised. The two services carry
# none: they are known by their working folder, and end by rules of their own.
STATE_MARK = "COURSEAPP_STARTED_FOR"
PROGRAM_MARK = "COURSEAPP_PROGRAM"
SUPERVISOR = "supervisor"


def marks(state: State, program: str) -> dict[str, str]:
    """Return the variables by which a later start recognises a process of this state."""
    return {STATE_MARK: str(state.path), PROGRAM_MARK: program}


def started_for(state: State, program: str | None = None) -> list[psutil.Process]:
    """Return the marked processes of a state, or of one of its programs."""

    def is_marked(process: psutil.Process) -> bool:
        environment: dict[str, str] = process.environ()
        if environment.get(STATE_MARK) != str(state.path):
            return False
        return program is None or environment.get(PROGRAM_MARK) == program

    return _living(is_marked)


def working_in(folder: Path) -> list[psutil.Process]:
    """Return the processes whose working folder this is: how Postgres and the broker are known."""
    place = str(folder.resolve())
    return _living(lambda process: str(process.cwd()) == place)


def belonging_below(folder: Path) -> list[psutil.Process]:
    """Return every process of any state inside a folder."""
    place = f"{folder.resolve()}/"

    def belongs(process: psutil.Process) -> bool:
        if f"{process.cwd()}/".startswith(place):
            return True
        environment: dict[str, str] = process.environ()
        return environment.get(STATE_MARK, "").startswith(place)

    return _living(belongs)


def end(processes: Iterable[psutil.Process], how: signal.Signals, patience: float) -> None:
    """Send a signal, wait, and kill what is still there."""
    processes = list(processes)
    for number in (how, signal.SIGKILL):
        for process in filter(_is_alive, processes):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        deadline = time.monotonic() + patience
        while any(map(_is_alive, processes)) and time.monotonic() < deadline:
            time.sleep(0.05)


def end_leftovers(state: State) -> None:
    """End what an earlier start left: first who would start others again, last who holds the data."""
    if supervisors := started_for(state, SUPERVISOR):
        say("An earlier start is still there without its command: ending it first.")
        end(supervisors, signal.SIGTERM, patience=60)
    end(started_for(state), signal.SIGTERM, patience=5)
    end(working_in(state.broker), signal.SIGTERM, patience=10)
    end_database(state)


def end_database(state: State) -> None:
    """End Postgres; backends whose postmaster is gone leave by themselves once asked."""
    found = working_in(state.database)
    masters = [process for process in found if _parent_of(process) not in found]
    if _has_master(state.database, masters):
        end(masters, signal.SIGINT, patience=60)
    end(working_in(state.database), signal.SIGTERM, patience=10)


def forget_dead_master(state: State) -> None:
    """Remove the lock files of a postmaster that is gone, a zombie, or a number used by somebody else."""
    if working_in(state.database):
        return
    (state.database / "postmaster.pid").unlink(missing_ok=True)
    for stale in state.database_sockets.glob(".s.PGSQL.*"):
        stale.unlink(missing_ok=True)


@contextlib.contextmanager
def begun(
    command: Sequence[str], environment: Mapping[str, str], output: int = 2
) -> Iterator[subprocess.Popen[str]]:
    """Run a command beside a block, out of reach of the terminal's Ctrl-C; it ends with the block."""
    child = subprocess.Popen(
        command,
        env=environment,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=output,
        text=True,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()


def _is_alive(process: psutil.Process) -> bool:
    """Count a zombie as gone: where its parent was killed too, nobody may collect it for a while."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _has_master(data: Path, masters: Sequence[psutil.Process]) -> bool:
    try:
        written = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return False
    return any(master.pid == written for master in masters)


def _parent_of(process: psutil.Process) -> psutil.Process | None:
    try:
        return process.parent()
    except psutil.NoSuchProcess:
        return None


def _living(is_wanted: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        # Processes of other people cannot be asked, and those that end meanwhile need not be.
        with contextlib.suppress(psutil.AccessDenied, psutil.NoSuchProcess, OSError):
            if is_wanted(process):
                found.append(process)
    return found
