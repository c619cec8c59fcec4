"""`bin/backup` beside a running product, and `bin/restore` into a state in which nothing is yet."""

import hashlib
import json
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]
import pytest

from tests.bin.running import CHECKOUT, MakeSite, Site

# Sessions and the migrations' own hours are no part of what a course is.
NOT_COMPARED = frozenset({"django_session", "django_migrations", "kernel_outboxmail"})
# Either site goes on with its work while it is looked at.
WORKED_ON = frozenset({"pulse", "reminder", "textdraft", "versioncheck"})


def run(
    site: Site, command: str, *arguments: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of `bin/` on a site's state."""
    return subprocess.run(
        [CHECKOUT / "bin" / command, *arguments],
        env=site.environment | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def rows_of(site: Site) -> dict[str, tuple[int, str]]:
    """Return how many rows each table has, and a digest of them all; the site runs."""
    with closing(psycopg2.connect(site.address("DATABASE_OWNER_URL"))) as database:
        cursor = database.cursor()
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {name for (name,) in cursor.fetchall()} - NOT_COMPARED
        tables -= {f"submissions_{name}" for name in WORKED_ON}
        rows = {}
        for table in sorted(tables):
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
                f" FROM {table} t"
            )
            rows[table] = cursor.fetchone()
        return rows


def files_of(site: Site) -> dict[str, str]:
    """Return the SHA-256 of every kept file."""
    folder = site.state / "files"
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
    }


@pytest.fixture(scope="module")
def backup(running_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a running product with the sample course in it."""
    loaded = run(running_site, "manage", "load_demo", COURSEAPP_DEMO="1")
    assert loaded.returncode == 0, loaded.stderr
    target = tmp_path_factory.mktemp("backup") / "whole"
    done = run(running_site, "backup", str(target))
    assert (done.returncode, done.stdout) == (0, "")
    assert f"{target}: the database and" in done.stderr
    return target


def test_what_is_restored_is_what_was_there(
    running_site: Site, backup: Path, make_site: MakeSite
) -> None:
    before = files_of(running_site)
    assert len(before) > 10
    other = make_site()
    done = run(other, "restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert "invariants asked, 0 broken" in done.stdout
    assert files_of(other) == before
    key = other.state / "receipt_key"
    assert key.read_text() == (running_site.state / "receipt_key").read_text()
    assert key.stat().st_mode & 0o777 == 0o600
    other.start()
    assert rows_of(other) == rows_of(running_site)
    report = json.loads(other.manage("check_invariants", "--files", "--json").stdout)
    assert report["broken"] == []
    assert report["files"] == {"named": len(before), "unnamed": 0}
    with (
        closing(psycopg2.connect(other.address("DATABASE_URL"))) as database,
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
    ):
        database.cursor().execute("DELETE FROM submissions_submissionversion")


def test_where_files_lie_in_a_bucket_the_backup_says_that_it_holds_the_database_alone(
    running_site: Site, backup: Path, tmp_path: Path, make_site: MakeSite
) -> None:
    bucket = {"FILES_STORE": "s3", "S3_BUCKET": "course-files"}
    done = run(running_site, "backup", str(tmp_path / "database"), **bucket)
    assert done.returncode == 0, done.stderr
    assert "the database and 0 files" in done.stderr
    assert "stay in the bucket course-files" in done.stderr
    refused = run(make_site(), "restore", str(backup), **bucket)
    assert (refused.returncode, "restore with FILES_STORE=local" in refused.stderr) == (1, True)


def test_a_backup_never_takes_the_place_of_another(running_site: Site, backup: Path) -> None:
    before = backup.read_bytes()
    done = run(running_site, "backup", str(backup))
    assert (done.returncode, backup.read_bytes()) == (1, before)
    assert "is there already" in done.stderr
    assert list(backup.parent.iterdir()) == [backup]


def test_a_file_that_was_changed_in_the_store_stops_the_backup(
    running_site: Site, backup: Path
) -> None:
    path = next(found for found in (running_site.state / "files").rglob("*") if found.is_file())
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"!")
    try:
        done = run(running_site, "backup", str(backup.parent / "other"))
    finally:
        path.write_bytes(content)
    assert done.returncode == 1
    assert f"{path} is not what was handed in" in done.stderr
    assert list(backup.parent.iterdir()) == [backup]


def test_nothing_is_touched_where_the_file_is_bad(
    backup: Path, make_site: MakeSite, tmp_path: Path
) -> None:
    whole = backup.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    bad = {"cut": whole[:-9], "flipped": bytes(flipped), "other": b"This is a letter."}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        site = make_site()
        done = run(site, "restore", str(tmp_path / name))
        assert done.returncode == 1
        assert "cannot be restored. " in done.stderr
        assert not site.state.exists()


def test_a_state_that_is_in_use_or_not_empty_is_refused(
    running_site: Site, backup: Path, make_migrated_site: MakeSite
) -> None:
    assert "end it first" in run(running_site, "restore", str(backup)).stderr
    with_tables = make_migrated_site()
    assert with_tables.manage("check_invariants").returncode == 0
    done = run(with_tables, "restore", str(backup))
    assert (done.returncode, "tables" in done.stderr) == (1, True)
    assert files_of(with_tables) == {}


def test_an_empty_database_makes_no_backup(make_site: MakeSite, tmp_path: Path) -> None:
    done = run(make_site(), "backup", str(tmp_path / "nothing"))
    assert (done.returncode, list(tmp_path.iterdir())) == (1, [])
    assert "there is nothing to back up" in done.stderr
