"""`bin/manage`: a command of manage.py with the services of the state, running ones or its own."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

from support import configuration, postgres, processes, services
from support.speech import say
from support.state import State, held, open_state

TELL_AFTER_S = 2
KILLED_BY = 128


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    settings = configuration.read_settings()
    embedded = services.embedded_by(settings)
    state = open_state(configuration.state_folder(settings), holds_database=embedded.database)
    if not (embedded.database or embedded.broker):
        return _become(services.product_environment(state, settings), arguments)
    begun = time.monotonic()
    has_told = False
    while True:
        if (told := services.announced(state)) and processes.started_for(
            state, processes.SUPERVISOR
        ):
            return _become(services.product_environment(state, {**told, **settings}), arguments)
        with held(state) as is_ours:
            if is_ours:
                return _run_with_own_services(state, settings, arguments)
        if not has_told and time.monotonic() > begun + TELL_AFTER_S:
            say(f"Waiting for another command that is at work on {state.path} …")
            has_told = True
        time.sleep(0.1)


def _become(environment: Mapping[str, str], arguments: Sequence[str]) -> int:
    command = services.manage_command(*arguments)
    os.execve(command[0], command, environment)


def _run_with_own_services(state: State, settings: dict[str, str], arguments: Sequence[str]) -> int:
    embedded = services.embedded_by(settings)
    environment = services.product_environment(state, settings)
    processes.end_leftovers(state)
    with services.running(state, embedded):
        is_new = embedded.database and not postgres.is_migrated(state)
        if is_new and arguments[:1] != ["migrate"]:
            services.migrate(environment)
        return _run(services.manage_command(*arguments), environment)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the command in the foreground; requests to end are the command's to answer."""
    child = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGINT, lambda *_: None)
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda number, _: child.send_signal(number))
    code = child.wait()
    return code if code >= 0 else KILLED_BY - code
