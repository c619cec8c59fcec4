"""The two services a state embeds where no address of one is given: Postgres and the broker."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from support import broker, configuration, postgres, processes
from support.environment import CHECKOUT, PYTHON
from support.state import State, receipt_key, secret_key
from support.users import Identity

EMBEDDED_MARK = "COURSEAPP_EMBEDDED_DATABASE"


@dataclass(frozen=True)
class Embedded:
    """Which services are ours to run."""

    database: bool
    broker: bool


def embedded_by(settings: Mapping[str, str]) -> Embedded:
    """Say which services have no address in the settings."""
    return Embedded(database="DATABASE_URL" not in settings, broker="REDIS_URL" not in settings)


def product_environment(state: State, settings: dict[str, str]) -> dict[str, str]:
    """Return the environment that every process of the product gets."""
    embedded = embedded_by(settings)
    return {
        **settings,
        **(postgres.addresses(state) if embedded.database else {}),
        **(broker.addresses(state) if embedded.broker else {}),
        EMBEDDED_MARK: "1" if embedded.database else "0",
        "COURSEAPP_STATE": str(state.path),
        "SECRET_KEY": settings.get("SECRET_KEY") or secret_key(state),
        "RECEIPT_KEY": settings.get("RECEIPT_KEY") or receipt_key(state),
        "PORT": str(configuration.port(settings)),
        "BIND": configuration.bind(settings),
        "BASE_URL": configuration.base_url(settings),
    }


@contextlib.contextmanager
def running(
    state: State, embedded: Embedded, *, durable: bool = True, settings: tuple[str, ...] = ()
) -> Iterator[None]:
    """Run the services as direct children for the length of a block; `settings` are Postgres'."""
    with contextlib.ExitStack() as stack:
        if embedded.broker:
            broker.write_configuration(state, durable=durable)
            stack.enter_context(_child(state, "broker", broker.command(state), signal.SIGTERM))
        if embedded.database:
            postgres.make_data_folder(state)
            processes.forget_dead_master(state)
            options = postgres.DURABLE if durable else postgres.THROW_AWAY
            command = postgres.command(state, (*options, *settings))
            # SIGINT ends sessions that are still open; SIGTERM would wait for them.
            stack.enter_context(
                _child(state, "postgres", command, signal.SIGINT, postgres.identity(state.user))
            )
        wait_until_ready(state, embedded)
        yield


def wait_until_ready(state: State, embedded: Embedded) -> None:
    """Return when both services answer and the database has its roles."""
    if embedded.broker:
        broker.wait_until_ready(state)
    if embedded.database:
        postgres.wait_until_ready(state)
        postgres.make_roles_and_database(state)


def announce(state: State, environment: Mapping[str, str]) -> None:
    """Write down how the running services are reached."""
    told = {name: environment[name] for name in ("PORT", "BIND", "BASE_URL")}
    fresh = state.announcement.with_suffix(".new")
    fresh.write_text(json.dumps(told))
    fresh.replace(state.announcement)


def announced(state: State) -> dict[str, str] | None:
    """Return what the running services were started with, or None while they are not ready."""
    try:
        told: dict[str, str] = json.loads(state.announcement.read_text())
    except FileNotFoundError:
        return None
    return told


def manage_command(*arguments: str) -> list[str]:
    """Return the command line of one command of manage.py."""
    return [str(PYTHON), str(CHECKOUT / "manage.py"), *arguments]


def migrate(environment: Mapping[str, str]) -> None:
    """Bring the database to the shape the code expects; what is printed goes to standard error."""
    with processes.begun(
        manage_command("migrate", "--no-input", "-v", "0"), environment
    ) as migration:
        if migration.wait() != 0:
            raise SystemExit("The database could not be migrated.")


@contextlib.contextmanager
def _child(
    state: State,
    name: str,
    command: Sequence[str],
    stop_signal: signal.Signals,
    identity: Identity | None = None,
) -> Iterator[None]:
    log: Path = state.logs / f"{name}.log"
    with log.open("a") as output:
        # A session of its own: the terminal's Ctrl-C must not reach a service before its users.
        child = subprocess.Popen(
            command,
            env=postgres.plain_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **(identity or Identity(cwd=os.sep)),
        )
    try:
        yield
    finally:
        child.send_signal(stop_signal)
        try:
            child.wait(timeout=60)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
