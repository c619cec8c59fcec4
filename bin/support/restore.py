"""`bin/restore FILE`: what `bin/backup` wrote, into a state in which nothing is yet.

The whole file is read and compared with its list before anything is touched.
"""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from support import archive, configuration, database, processes, services
from support.database import Database
from support.durable import flush, flush_below
from support.signals import StopRequested, stop_on_request
from support.speech import say, timed
from support.state import State, held, open_state

STOPPED = 130


def main(arguments: Sequence[str]) -> int:
    """Restore; 0 where everything is there and every invariant holds."""
    if len(arguments) != 1:
        raise SystemExit("Say from where: bin/restore FILE.")
    source = Path(arguments[0]).absolute()
    stop_on_request()
    os.umask(0o077)
    try:
        with source.open("rb") as file:
            with timed("checked every byte"):
                manifest = archive.verify(file)
            return _restore(file, manifest)
    except OSError as error:
        raise SystemExit(f"{error.filename or source}: {error.strerror}.") from error
    except archive.NoBackup as refusal:
        raise SystemExit(f"{source} cannot be restored. {refusal}") from refusal
    except StopRequested:
        say("Stopped before everything was there: remove the state, then start again.")
        return STOPPED


def _restore(file: IO[bytes], manifest: archive.Manifest) -> int:
    settings = configuration.read_settings()
    embedded = services.embedded_by(settings)
    state = open_state(configuration.state_folder(settings), holds_database=embedded.database)
    environment = services.product_environment(state, settings)
    _refuse_files_without_a_folder(manifest, environment)
    with held(state) as is_ours:
        if not is_ours:
            raise SystemExit(f"Another command is at work on {state.path}: end it first.")
        _refuse_files(state)
        processes.end_leftovers(state)
        with services.running(state, embedded):
            begun = time.monotonic()
            _bring_in(file, manifest, state, environment)
            say(
                f"{state.path} is as it was at {manifest.made_at}:"
                f" the database and {manifest.file_count} files, {time.monotonic() - begun:.1f} s"
            )
            command = services.manage_command("check_invariants", "--files")
            return subprocess.run(command, env=environment, check=False).returncode


def _bring_in(
    file: IO[bytes], manifest: archive.Manifest, state: State, environment: Mapping[str, str]
) -> None:
    target = Database(environment)
    _refuse_tables(target)
    _refuse_server(target, manifest)
    with _files_in_place(file, manifest, state) as dump:
        target.restore(dump)
    services.migrate(environment)
    if count := target.doubt_waiting_mails():
        say(
            f"{count} mails waited when the backup was made. They may have gone out since, so they are"
            " not sent again: the outbox shows them as in doubt."
        )


@contextlib.contextmanager
def _files_in_place(file: IO[bytes], manifest: archive.Manifest, state: State) -> Iterator[Path]:
    """Bring the files in, and take them out again where the database does not follow."""
    half, place = state.path / "restoring", state.path / "files"
    shutil.rmtree(half, ignore_errors=True)
    (half / "files").mkdir(parents=True)
    try:
        archive.unpack(file, manifest, lambda name: half / name)
        flush_below(half / "files")
        # Takes the place of the empty folder.
        (half / "files").rename(place)
        flush(state.path)
        yield half / archive.DATABASE
        if (key := half / archive.RECEIPT_KEY).exists():
            # What was signed before stays genuine.
            key.replace(state.receipt_key)
            flush(state.path)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700, exist_ok=True)
        raise
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _refuse_files(state: State) -> None:
    if any((state.path / "files").iterdir()):
        raise SystemExit(
            f"There are files in {state.path / 'files'}. A backup is restored where nothing is yet:"
            " set COURSEAPP_STATE to a new folder."
        )


def _refuse_files_without_a_folder(
    manifest: archive.Manifest, environment: Mapping[str, str]
) -> None:
    if manifest.file_count and not configuration.keeps_files_here(environment):
        raise SystemExit(
            "This backup holds files, and FILES_STORE names a bucket: restore with FILES_STORE=local."
        )


def _refuse_tables(target: Database) -> None:
    if count := target.table_count():
        raise SystemExit(
            f"The database has {count} tables. A backup is restored where nothing is yet: set"
            " COURSEAPP_STATE to a new folder, or DATABASE_URL to an empty database."
        )


def _refuse_server(target: Database, manifest: archive.Manifest) -> None:
    wanted = max(manifest.server_version // database.VERSIONS, database.OLDEST_SERVER_TO_RESTORE)
    if (found := target.server_version()) < wanted:
        raise SystemExit(
            f"The server is PostgreSQL {found}; this backup needs {wanted} or newer to be restored."
        )
