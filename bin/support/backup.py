"""`bin/backup FILE`: the database at one moment, and the files that it names, in one archive.

What was handed in is never changed or deleted, so the files that a moment names are still there
when their turn comes; nobody has to wait meanwhile.
"""

import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from support import archive, configuration, reaching, services
from support.database import Database, KeptFile
from support.durable import flush
from support.signals import StopRequested, stop_on_request
from support.speech import say
from support.state import State, open_state

STOPPED = 130


def main(arguments: Sequence[str]) -> int:
    """Make the backup; 0 where it is whole and on disk."""
    if len(arguments) != 1:
        raise SystemExit("Say where to: bin/backup FILE.")
    target = Path(arguments[0]).absolute()
    if target.exists():
        raise SystemExit(f"{target} is there already; a backup never takes the place of another.")
    stop_on_request()
    os.umask(0o077)
    settings = configuration.read_settings()
    embedded = services.embedded_by(settings)
    state = open_state(configuration.state_folder(settings), holds_database=embedded.database)
    try:
        with reaching.reached(state, settings) as environment:
            _back_up(target, state, environment)
    except StopRequested:
        say("Stopped; there is no backup.")
        return STOPPED
    return 0


def _back_up(target: Path, state: State, environment: Mapping[str, str]) -> None:
    begun = time.monotonic()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        half = Path(folder) / "half"
        count = _write(half, Path(folder) / archive.DATABASE, state, environment)
        flush(half)
        half.rename(target)
    flush(target.parent)
    seconds, size = time.monotonic() - begun, target.stat().st_size
    say(f"{target}: the database and {count} files, {size:,} bytes, {seconds:.1f} s")
    if not configuration.keeps_files_here(environment):
        say(
            f"The files themselves stay in the bucket {environment['S3_BUCKET']}, where nothing is ever"
            " overwritten: see to it that it is kept, too."
        )


def _write(half: Path, dump: Path, state: State, environment: Mapping[str, str]) -> int:
    database = Database(environment)
    if database.table_count() == 0:
        raise SystemExit("The database is empty: there is nothing to back up.")
    with database.at_one_moment() as moment:
        database.dump(moment, dump)
    with half.open("wb") as file, archive.writing(file) as writer:
        writer.add(dump, archive.DATABASE)
        if _is_ours(state.receipt_key, environment):
            writer.add(state.receipt_key, archive.RECEIPT_KEY)
        files = moment.files if configuration.keeps_files_here(environment) else ()
        for kept in files:
            _add_file(writer, state.path / "files" / kept.key, kept)
        writer.close(made_at=moment.read_at, server_version=moment.server_version)
    return len(files)


def _is_ours(key: Path, environment: Mapping[str, str]) -> bool:
    """Say whether receipts are signed by the key of the state folder, not by one that is set."""
    return key.is_file() and key.read_text().strip() == environment["RECEIPT_KEY"]


def _add_file(writer: archive.Writer, path: Path, kept: KeptFile) -> None:
    advice = "bin/manage check_invariants --files tells what else is wrong. There is no backup."
    try:
        added = writer.add(path, f"files/{kept.key}")
    except OSError as error:
        raise SystemExit(f"{path} cannot be read ({error.strerror}). {advice}") from error
    if (added.size, added.sha256) != (kept.size, kept.sha256):
        raise SystemExit(f"{path} is not what was handed in. {advice}")
