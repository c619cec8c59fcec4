"""The state folder: everything that must survive, and where its parts lie."""

import base64
import fcntl
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.speech import say
from support.users import ServerUser, server_user

SYSTEM_FOLDER = Path("/var/lib/courseapp")
PRIVATE_FOLDERS = ("broker", "files", "log", "mail", "static")
SOCKET_NAME = ".s.PGSQL.5432"
# Linux allows 107 bytes, macOS 103.
LONGEST_SOCKET_PATH = 103


@dataclass(frozen=True)
class State:
    """One state folder; `home` holds the database, `run` the sockets and what may be lost."""

    path: Path
    home: Path
    run: Path
    user: ServerUser | None

    @property
    def database(self) -> Path:
        """Return Postgres' data folder."""
        return self.home / "postgres"

    @property
    def database_sockets(self) -> Path:
        """Return the folder of Postgres' socket; whoever can enter it is trusted."""
        return self.run / "postgres"

    @property
    def broker(self) -> Path:
        """Return the broker's data folder."""
        return self.path / "broker"

    @property
    def broker_socket(self) -> Path:
        """Return the broker's socket."""
        return self.run / "broker.sock"

    @property
    def receipt_key(self) -> Path:
        """Return the file of the key that signs receipts."""
        return self.path / "receipt_key"

    @property
    def logs(self) -> Path:
        """Return the folder of the log files."""
        return self.path / "log"

    @property
    def announcement(self) -> Path:
        """Return the file that says how to reach the running services."""
        return self.run / "services.json"


def open_state(path: Path, *, holds_database: bool) -> State:
    """Return the state in a folder, made where it is new; without a database it needs no other user."""
    path = path.resolve()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(path, os.W_OK | os.X_OK):
        raise SystemExit(
            f"{path} belongs to somebody else: set COURSEAPP_STATE to a folder of yours."
        )
    user = server_user(path / "postgres") if holds_database else None
    home = _home(path, user)
    run = home / "run"
    if len(os.fsencode(run / "postgres" / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
        # Not the system's temporary folder: on macOS that one is itself nearly too long.
        run = Path("/tmp") / f"courseapp-{os.geteuid()}-{_digest(home)}"
    _refuse_a_foreign(run)
    for name in PRIVATE_FOLDERS:
        (path / name).mkdir(mode=0o700, exist_ok=True)
    return State(path=path, home=home, run=run, user=user)


def secret_key(state: State) -> str:
    """Return the key that signs sessions; made once, readable by its owner alone."""
    return _kept(state.path / "secret_key", secrets.token_urlsafe(50))


def receipt_key(state: State) -> str:
    """Return the key that signs receipts, in base64; made once, and part of every backup."""
    fresh = base64.b64encode(secrets.token_bytes(32)).decode()
    return _kept(state.receipt_key, fresh)


def _kept(file: Path, value: str) -> str:
    """Return what stands in a file, or let the value stand there from now on."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as fresh:
        fresh.write(value)
    return file.read_text()


@contextmanager
def held(state: State) -> Iterator[bool]:
    """Hold the state while this process lives; yields False where another command has it."""
    with (state.path / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        _make_run_folder(state)
        try:
            yield True
        finally:
            if not state.run.is_relative_to(state.home):
                shutil.rmtree(state.run)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _home(path: Path, user: ServerUser | None) -> Path:
    """Return where the database lies: in the state folder, or where the user without privileges can go."""
    link = path / "postgres"
    if user is not None and link.is_symlink():
        return _linked_home(path, link.readlink())
    if user is None or link.is_dir():
        return path
    if user.reaches(path.parent):
        path.chmod(stat.S_IMODE(path.stat().st_mode) | stat.S_IXGRP | stat.S_IXOTH)
        return path
    home = _fresh_home(path)
    (home / "belongs-to").write_text(str(path))
    link.symlink_to(home / "postgres")
    return home


def _fresh_home(path: Path) -> Path:
    SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
    SYSTEM_FOLDER.chmod(0o755)
    home = SYSTEM_FOLDER / _digest(path)
    count = 1
    while home.exists():
        count += 1
        say(
            f"{home} keeps the database of an earlier state in {path}; delete it where it is not needed."
        )
        home = SYSTEM_FOLDER / f"{_digest(path)}-{count}"
    home.mkdir()
    home.chmod(0o711)
    return home


def _linked_home(path: Path, data: Path) -> Path:
    """Follow the link, unless the folder it stands in is a copy whose original is still there."""
    note = data.parent / "belongs-to"
    original = Path(note.read_text()) if note.exists() else path
    if original != path and (original / "postgres").is_symlink():
        raise SystemExit(
            f"{path} is a copy of {original} and shares its database. Remove {path / 'postgres'} to begin a new one."
        )
    data.parent.mkdir(parents=True, exist_ok=True)
    data.parent.chmod(0o711)
    note.write_text(str(path))
    return data.parent


def _refuse_a_foreign(run: Path) -> None:
    """Refuse a run folder that somebody else prepared: whoever owns it could listen in."""
    if not run.is_symlink() and not run.exists():
        return
    found = run.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise SystemExit(f"{run} is not a folder of yours: remove it, then start again.")


def _make_run_folder(state: State) -> None:
    state.run.mkdir(mode=0o700, exist_ok=True)
    _refuse_a_foreign(state.run)
    state.database_sockets.mkdir(mode=0o700, exist_ok=True)
    if state.user is not None:
        state.run.chmod(0o711)
        os.chown(state.database_sockets, state.user.uid, state.user.gid)
    # What an earlier holder announced is no longer true.
    state.announcement.unlink(missing_ok=True)
