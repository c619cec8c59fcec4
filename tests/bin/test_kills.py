"""`bin/up` and kill -9: what dies is started again, what was left is ended, what was committed stays."""

from collections.abc import Callable
from contextlib import closing

import psutil  # type: ignore[import-untyped]
import psycopg2  # type: ignore[import-untyped]
import pytest

from tests.bin.running import SIGNS, MakeSite, Site, eventually, still_alive


def is_another(site: Site, name: str, killed: psutil.Process) -> bool:
    program = site.program(name)
    return program is not None and program != killed


@pytest.mark.parametrize("name", SIGNS)
def test_a_killed_program_is_started_again(running_site: Site, name: str) -> None:
    eventually(lambda: running_site.program(name) is not None)
    killed = running_site.program(name)
    assert killed
    killed.kill()
    eventually(lambda: is_another(running_site, name, killed))
    eventually(lambda: running_site.status() == 200)


def can_connect(site: Site) -> bool:
    try:
        psycopg2.connect(site.address("DATABASE_URL")).close()
    except psycopg2.OperationalError:
        return False
    return True


def test_the_application_has_no_more_rights_than_it_needs(running_site: Site) -> None:
    eventually(lambda: can_connect(running_site))
    with closing(psycopg2.connect(running_site.address("DATABASE_URL"))) as database:
        cursor = database.cursor()
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("courseapp_app", False)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE TABLE mine (number int)")


def write_down(site: Site, number: int) -> None:
    with closing(psycopg2.connect(site.address("DATABASE_OWNER_URL"))) as database:
        cursor = database.cursor()
        cursor.execute("CREATE TABLE IF NOT EXISTS written (number int)")
        cursor.execute("INSERT INTO written VALUES (%s)", (number,))
        database.commit()


def read_back(site: Site) -> list[int]:
    with closing(psycopg2.connect(site.address("DATABASE_OWNER_URL"))) as database:
        cursor = database.cursor()
        cursor.execute("SELECT number FROM written ORDER BY number")
        return [number for (number,) in cursor.fetchall()]


def test_committed_rows_survive_every_way_of_being_killed(make_migrated_site: MakeSite) -> None:
    site = make_migrated_site()
    site.start()
    ways: tuple[Callable[[], list[psutil.Process]], ...] = (
        site.processes,
        lambda: site.processes()[:1],
        lambda: [*site.processes()[:1], site.supervisor()],
        lambda: [*site.processes()[:1], site.supervisor(), site.program("postgres")],
    )
    for number, way in enumerate(ways):
        write_down(site, number)
        before = site.processes()
        site.kill(way())
        site.start()
        assert read_back(site) == list(range(number + 1))
        assert still_alive(before) == []
    assert site.stop() == 0


def test_a_killed_supervisor_is_replaced(running_site: Site) -> None:
    killed = running_site.supervisor()
    killed.kill()
    running_site.wait_until_started(times=2)
    assert running_site.supervisor() != killed
    assert running_site.status() == 200
