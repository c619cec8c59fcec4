"""`bin/up`: everything that serves people, started in order and kept running until Ctrl-C."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import psutil  # type: ignore[import-untyped]

from support import (
    broker,
    configuration,
    debian,
    firstpage,
    postgres,
    processes,
    services,
    static_files,
)
from support.services import Embedded
from support.signals import StopRequested, stop_on_request
from support.speech import say
from support.state import State, held, open_state
from support.supervision import supervised

LONGEST_PAUSE_S = 30


def main(arguments: Sequence[str]) -> int:
    """Run until told to stop; returns 0 then."""
    if arguments:
        raise SystemExit("bin/up takes no arguments; .env.example lists what can be set.")
    stop_on_request()
    try:
        _run()
    except StopRequested as request:
        say(f"Stopped by {request}.")
    return 0


def _run() -> None:
    settings = configuration.read_settings()
    embedded = services.embedded_by(settings)
    state = open_state(configuration.state_folder(settings), holds_database=embedded.database)
    environment = services.product_environment(state, settings)
    # What people hand in and what they are mailed is nobody else's to read.
    os.umask(0o077)
    with held(state) as is_ours:
        if not is_ours:
            raise SystemExit(
                f"Another command is at work on {state.path}: end it, or set COURSEAPP_STATE and PORT."
            )
        try:
            _keep_serving(state, embedded, environment)
        finally:
            state.announcement.unlink(missing_ok=True)
            processes.end_leftovers(state)


def _keep_serving(state: State, embedded: Embedded, environment: Mapping[str, str]) -> None:
    pause = 1
    while True:
        processes.end_leftovers(state)
        _refuse_a_taken_port(environment["BIND"], int(environment["PORT"]))
        _serve(state, embedded, environment)
        say("The supervisor was ended from outside; starting everything again.")
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)


def _serve(state: State, embedded: Embedded, environment: Mapping[str, str]) -> None:
    """Start everything and return when the supervisor has gone."""
    marked = {**environment, **processes.marks(state, "preparation")}
    with contextlib.ExitStack() as stack:
        pango = stack.enter_context(ThreadPoolExecutor()).submit(debian.install_pango)
        wait_for_files = stack.enter_context(static_files.being_collected(state, marked))
        _make_services(state, embedded)
        supervisor = stack.enter_context(supervised(state, embedded, environment))
        services.wait_until_ready(state, embedded)
        services.announce(state, environment)
        services.migrate(marked)
        wait_for_files()
        pango.result()
        supervisor.start("web")
        _tell_the_way_in(state, marked)
        supervisor.start("worker")
        supervisor.start("beat")
        for death in supervisor.deaths():
            say(death)


def _make_services(state: State, embedded: Embedded) -> None:
    if embedded.broker:
        broker.write_configuration(state)
    if embedded.database:
        postgres.make_data_folder(state)
        processes.forget_dead_master(state)


def _tell_the_way_in(state: State, environment: Mapping[str, str]) -> None:
    """Print the address once a page answers, and who can sign in where sample data is wanted."""
    with contextlib.ExitStack() as stack:
        demo = None
        if environment[services.EMBEDDED_MARK] == "1" and environment.get("COURSEAPP_DEMO") != "0":
            command = services.manage_command("load_demo")
            demo = stack.enter_context(processes.begun(command, environment, subprocess.PIPE))
        if firstpage.answers(environment):
            seconds = time.time() - psutil.Process().create_time()
            _print(f"\n  {environment['BASE_URL']}/   (first page after {seconds:.1f} s)\n")
        else:
            say(f"No page answers yet; see {state.logs / 'web.log'}.")
        if demo:
            told, _ = demo.communicate()
            _print(told if demo.returncode == 0 else "The sample course could not be loaded.")
    _print(f"Logs are in {state.logs}. Ctrl-C stops everything.")


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _refuse_a_taken_port(bind: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind.strip("[]"), port))
        except OSError as error:
            raise SystemExit(
                f"Port {port} of {bind} cannot be used ({error.strerror}): set PORT to a free one."
            ) from error
