"""`bin/up` with everything as it should be: the way in, a second start, two side by side, the end."""

import socket
import subprocess

import psutil  # type: ignore[import-untyped]
import pytest

from tests.bin.running import MakeSite, Site, free_port, still_alive


def test_the_address_is_printed_when_a_page_answers(running_site: Site) -> None:
    assert f"http://127.0.0.1:{running_site.port}/" in running_site.printed
    assert running_site.status() == 200


@pytest.mark.parametrize(("name", "length"), [("secret_key", 50), ("receipt_key", 44)])
def test_a_key_is_made_once_and_private(running_site: Site, name: str, length: int) -> None:
    key = running_site.state / name
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text()) >= length


def test_no_service_listens_on_a_port(running_site: Site) -> None:
    listening = [
        connection.laddr.port
        for process in running_site.processes()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert set(listening) == {running_site.port}


def test_a_second_start_on_the_same_state_is_refused(running_site: Site) -> None:
    second = Site(running_site.state, free_port())
    code, printed = second.end_by_itself()
    assert code == 1
    assert f"Another command is at work on {running_site.state}" in printed
    assert running_site.status() == 200


def test_manage_uses_the_running_services_and_prints_nothing_else(running_site: Site) -> None:
    done = running_site.manage("shell", "--no-imports", "-c", "print(1)")
    assert (done.stdout, done.stderr, done.returncode) == ("1\n", "", 0)


def test_two_states_run_side_by_side_and_ctrl_c_ends_one(
    running_site: Site, make_migrated_site: MakeSite
) -> None:
    other = make_migrated_site()
    other.start()
    assert other.status() == 200
    everything = other.processes()
    assert other.stop() == 0
    assert still_alive(everything) == []
    assert running_site.status() == 200


def test_a_taken_port_is_named(make_site: MakeSite) -> None:
    site = make_site()
    with socket.create_server(("127.0.0.1", site.port)):
        code, printed = site.end_by_itself()
    assert code == 1
    assert f"Port {site.port} of 127.0.0.1 cannot be used" in printed


def test_a_bad_port_is_named(make_site: MakeSite) -> None:
    site = make_site()
    done = subprocess.run(
        ["bin/up"],
        env=site.environment | {"PORT": "eighty"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "PORT is 'eighty'; write a number from 1 to 65535.\n"
