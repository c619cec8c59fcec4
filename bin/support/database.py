"""The database as its owner reaches it, given or embedded, with Postgres' own programs."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]
from psycopg2.extensions import make_dsn, parse_dsn  # type: ignore[import-untyped]

from support import postgres

# Before it, servers refuse what the newer pg_restore says first.
OLDEST_SERVER_TO_RESTORE = 17
VERSIONS = 10_000


@dataclass(frozen=True)
class KeptFile:
    """A file that a version names, as the database vouches for it."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Moment:
    """The database at one moment, which others can look at under the snapshot's name."""

    snapshot: str
    read_at: str
    server_version: int
    files: tuple[KeptFile, ...]


class Database:
    """One database, as its owner."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("DATABASE_OWNER_URL") or environment["DATABASE_URL"]

    @contextmanager
    def at_one_moment(self) -> Iterator[Moment]:
        """Hold one moment of the database for the length of a block."""
        with self._session() as session:
            session.set_session(isolation_level="REPEATABLE READ", readonly=True)
            cursor = session.cursor()
            cursor.execute("SELECT pg_export_snapshot(), now()::text")
            snapshot, read_at = cursor.fetchone()
            cursor.execute(
                "SELECT file_key, size, sha256 FROM submissions_submissionversion"
                " WHERE file_key <> '' ORDER BY file_key"
            )
            files = tuple(KeptFile(*row) for row in cursor.fetchall())
            yield Moment(snapshot, read_at, session.server_version, files)

    def dump(self, moment: Moment, target: Path) -> None:
        """Write the whole database as it is at a moment; raises SystemExit where that cannot be."""
        if moment.server_version // VERSIONS > _own_version():
            raise SystemExit(
                f"The server is PostgreSQL {moment.server_version // VERSIONS}; the pg_dump that comes"
                f" with the product knows none newer than {_own_version()}. Use the server's own."
            )
        options = ("--format=custom", f"--snapshot={moment.snapshot}", f"--file={target}")
        self._run("pg_dump", *options, failure="The database could not be written out.")

    def restore(self, dump: Path) -> None:
        """Bring a dump in, all or nothing; its owner becomes ours, rights are given by `migrate`."""
        options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
        failure = "The database could not be brought in, and is as empty as before."
        self._run("pg_restore", *options, "--no-comments", str(dump), failure=failure)

    def table_count(self) -> int:
        """Return how many tables there are."""
        return int(self._ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))

    def server_version(self) -> int:
        """Return the server's major version."""
        with self._session() as session:
            return int(session.server_version // VERSIONS)

    def doubt_waiting_mails(self) -> int:
        """Leave mails that waited to people: each may have gone out since. Return how many."""
        return int(
            self._ask(
                "WITH doubted AS (UPDATE kernel_outboxmail SET state = 'sending',"
                " claimed_at = clock_timestamp(), attempt_count = attempt_count + 1"
                " WHERE state = 'queued' RETURNING 1) SELECT count(*) FROM doubted"
            )
        )

    def _ask(self, question: str) -> str:
        with self._session() as session:
            cursor = session.cursor()
            cursor.execute(question)
            (answer,) = cursor.fetchone()
            session.commit()
            return str(answer)

    @contextmanager
    def _session(self) -> Iterator["psycopg2.connection"]:
        try:
            session = psycopg2.connect(self._address)
        except psycopg2.OperationalError as error:
            raise SystemExit(f"The database does not answer: {error}") from error
        try:
            yield session
        except psycopg2.Error as error:
            raise SystemExit(f"The database refused or went away: {error}") from error
        finally:
            session.close()

    def _run(self, name: str, *options: str, failure: str) -> None:
        parts = parse_dsn(self._address)
        # Whoever lists processes must not read it.
        secret = {"PGPASSWORD": parts.pop("password")} if "password" in parts else {}
        done = subprocess.run(
            [
                postgres.program(name, None),
                "--no-password",
                "--dbname",
                make_dsn(**parts),
                *options,
            ],
            env=postgres.plain_environment() | secret,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"{done.stderr}{failure}")


def _own_version() -> int:
    told = subprocess.run(
        [postgres.program("pg_dump", None), "--version"], capture_output=True, text=True, check=True
    )
    return int(told.stdout.split()[2].partition(".")[0])
