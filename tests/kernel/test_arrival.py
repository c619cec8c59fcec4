"""How long a request had been here: as the kernel tells it, never more than the truth."""

import socket
import struct
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from typing_extensions import override

from courseapp.kernel import arrival
from courseapp.kernel.arrival import LAST_DATA_AT, LONGEST, NONE, TCP_INFO_LENGTH, TICK, waited

MILLISECOND = timedelta(milliseconds=1)


class Telling(socket.socket):
    """A connection whose last data came so many milliseconds ago."""

    told = b""

    @override
    def getsockopt(self, *_: object) -> bytes:  # type: ignore[override]
        return self.told


def request_over(connection: socket.socket) -> WSGIRequest:
    request = RequestFactory().post("/")
    request.META["gunicorn.socket"] = connection
    return request


def credit(told: bytes) -> timedelta:
    with Telling() as connection:
        connection.told = told
        return waited(request_over(connection))


def of_kernel(milliseconds: int) -> bytes:
    told = bytearray(b"\xff" * TCP_INFO_LENGTH)
    struct.pack_into("=I", told, LAST_DATA_AT, milliseconds)
    return bytes(told)


@pytest.mark.parametrize(
    ("milliseconds", "credited"),
    [
        (0, NONE),
        (10, NONE),
        (11, MILLISECOND),
        (9_500, timedelta(seconds=9.49)),
        (300_010, LONGEST),
        (300_011, NONE),
        (2**32 - 1, NONE),
    ],
)
def test_a_tick_is_left_off_and_what_nobody_believes_is_nothing(milliseconds, credited):
    assert credit(of_kernel(milliseconds)) == credited


def test_a_kernel_that_tells_less_tells_nothing():
    assert credit(of_kernel(500)[:-1]) == NONE


def test_without_a_connection_or_on_one_of_the_file_system_nothing_is_credited():
    assert waited(RequestFactory().post("/")) == NONE
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert waited(request_over(ours)) == NONE


@pytest.fixture
def connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection over TCP: the client's end, and ours."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        ours, _ = server.accept()
        with ours:
            yield client, ours


def test_the_kernel_of_this_machine_counts_from_the_last_byte(connection, monkeypatch):
    client, ours = connection
    monkeypatch.setattr(arrival, "TICK", NONE)
    request = request_over(ours)
    for piece in (b"first", b"last"):
        sent_at = time.monotonic()
        client.sendall(piece)
        ours.recv(len(piece))
        # Until the kernel has counted some of its ticks: each time from the newest byte.
        while (found := waited(request)) < 3 * TICK:
            assert found <= timedelta(seconds=time.monotonic() - sent_at) + TICK
