"""Bodies that come slowly leave threads for pages, and each has its time."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from courseapp.kernel import patience
from courseapp.kernel.guard import GuardedRequest, public

LARGE = b"x" * (patience.SMALL + 1)


@public("This page of a test takes whatever comes.")
def take(request: GuardedRequest) -> HttpResponse:
    """Say how many places of the lane are taken while a body is read."""
    return HttpResponse(str(patience._lane.senders.total()))


class Urls:
    """A page that takes bodies."""

    urlpatterns = [path("take/", take)]


@pytest.fixture
def browser(request: pytest.FixtureRequest, db: None) -> Client:
    request.getfixturevalue("settings").ROOT_URLCONF = Urls
    return Client()


@pytest.fixture
def _full_lane() -> Iterator[None]:
    others = [f"other {number}" for number in range(patience.LANE_SIZE)]
    assert all(patience._lane.enter(other) for other in others)
    yield
    for other in others:
        patience._lane.leave(other)


class Match:
    """What the address led to: a page for scripts."""

    def func(self) -> None:
        """Stand for a view."""

    func.answers_scripts = True  # type: ignore[attr-defined]


def post(browser: Client, body: bytes) -> Any:
    return browser.post("/take/", body, content_type="application/octet-stream")


def test_a_file_takes_a_place_and_leaves_it_again(browser: Client) -> None:
    assert post(browser, LARGE).content == b"1"
    assert not patience._lane.senders


def test_one_sender_leaves_room_for_others(browser: Client) -> None:
    browser.cookies[settings.SESSION_COOKIE_NAME] = "mine"
    places = [patience._lane.enter("mine") for _ in range(patience.EACH_SENDER)]
    assert all(places)
    assert post(browser, LARGE).status_code == 503
    assert post(Client(), LARGE).status_code == 200
    for _ in places:
        patience._lane.leave("mine")
    assert post(browser, LARGE).status_code == 200
    assert not patience._lane.senders


@pytest.mark.usefixtures("_full_lane")
def test_who_is_turned_away_is_not_read_any_further() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        request: Any = RequestFactory().post("/c/x/uploads/", LARGE, content_type="text/plain")
        request.META["gunicorn.socket"] = ours
        middleware = patience.PatienceMiddleware(lambda asked: HttpResponse())
        request.user, request.resolver_match = AnonymousUser(), Match()
        answer = middleware.process_view(request, take, (), {})
        assert answer is not None
        assert answer.status_code == 503
        ours.setblocking(False)
        assert ours.recv(9) == b""


@pytest.mark.usefixtures("_full_lane")
def test_where_the_lane_is_full_a_file_waits_and_all_else_goes_on(browser: Client) -> None:
    refused = post(browser, LARGE)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "3")
    assert "Nothing is lost: try again in a few seconds." in refused.content.decode()
    assert post(browser, LARGE[1:]).status_code == 200
    assert browser.get("/take/").status_code == 200


def watched(length: int, connection: socket.socket) -> Any:
    """Return a request on a connection, and what the watch over it is."""
    request: Any = RequestFactory().post("/take/", b"x" * 10, content_type="text/plain")
    request.META |= {"CONTENT_LENGTH": str(length), "gunicorn.socket": connection}
    middleware = patience.PatienceMiddleware(lambda asked: HttpResponse())
    assert middleware.process_view(request, take, (), {}) is None
    return request, middleware


def test_a_silent_sender_is_not_waited_for_and_a_slow_one_is_hung_up_on() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        request, middleware = watched(10, ours)
        assert ours.gettimeout() == patience.SILENCE_S
        (cancel,) = request.patience
        timer = cancel.__self__
        assert timer.interval == pytest.approx(patience.LEAST_S, rel=0.01)
        theirs.sendall(b"some")
        timer.function(*timer.args)
        # What has come is still there, then nothing more; an answer can be sent.
        assert (ours.recv(9), ours.recv(9)) == (b"some", b"")
        ours.sendall(b"204")
        assert theirs.recv(9) == b"204"
        middleware(request)
        timer.join()
        assert timer.finished.is_set()


def test_a_file_has_time_by_its_length() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        request, middleware = watched(patience.LEAST_BYTES_A_SECOND * 100, ours)
        assert request.patience[0].__self__.interval == patience.LEAST_S + 100
        middleware(request)
    assert not patience._lane.senders


def test_a_connection_that_is_gone_is_no_trouble() -> None:
    ours, theirs = socket.socketpair()
    ours.close()
    theirs.close()
    patience._hang_up(ours)
