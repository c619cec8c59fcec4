"""Bodies that come slowly leave threads for pages, and each keeps its pace."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from courseapp.kernel import lane, pace, patience
from courseapp.kernel.guard import SIGNED_OUT, GuardedRequest, public
from courseapp.kernel.whole import CutOff, WholeInput
from tests.factories import make_user

LARGE = b"x" * (patience.SMALL + 1)


@public("This page of a test takes whatever comes.")
def take(request: GuardedRequest) -> HttpResponse:
    """Say how many places of the lane are taken while a body is read."""
    return HttpResponse(str(patience._lane.senders.total()))


@public("This page of a test takes files.")
def take_files(request: GuardedRequest) -> HttpResponse:
    """Say that it was asked."""
    return HttpResponse("taken")


take_files.takes_files = True  # type: ignore[attr-defined]


class Urls:
    """Pages that take bodies."""

    urlpatterns = [path("take/", take), path("files/", take_files)]


@pytest.fixture
def browser(request: pytest.FixtureRequest, db: None) -> Client:
    request.getfixturevalue("settings").ROOT_URLCONF = Urls
    return signed_in()


def signed_in() -> Client:
    client = Client()
    client.force_login(make_user(f"{uuid4().hex}@students.example"))
    return client


def session_of(client: Client) -> str:
    return str(client.session["_auth_user_id"])


@pytest.fixture
def _full_lane(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(patience, "WAIT_S", 0)
    others = [f"other {number}" for number in range(lane.LANE_SIZE)]
    assert all(patience._lane.enter(other) for other in others)
    yield
    for other in others:
        patience._lane.leave(other)


class Match:
    """What the address led to: a page for scripts, or for people."""

    route = "take/"

    def __init__(self, *, for_scripts: bool) -> None:
        self.func = partial(take)
        self.func.answers_scripts = for_scripts  # type: ignore[attr-defined]


def post(browser: Client, body: bytes, **said: Any) -> Any:
    return browser.post("/take/", body, content_type="application/octet-stream", **said)


# -- the lane --------------------------------------------------------------------------------------


def test_a_file_takes_a_place_and_leaves_it_again(browser: Client) -> None:
    assert post(browser, LARGE).content == b"1"
    assert not patience._lane.senders


def test_a_place_is_free_again_once_the_body_is_read(line: Any) -> None:
    ours, theirs = line
    request = on_a_line(ours, len(LARGE), for_scripts=True)
    request.session = {"_auth_user_id": "one"}
    standing = middleware()
    assert standing.process_view(request, take, (), {}) is None
    assert patience._lane.senders == {"one": 1}
    with ThreadPoolExecutor(1) as pool:
        pool.submit(theirs.sendall, LARGE)
        request.META["wsgi.input"].read()
    assert not patience._lane.senders
    standing(request)
    assert not patience._lane.senders


def test_one_person_leaves_room_for_others(browser: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(patience, "WAIT_S", 0)
    person = session_of(browser)
    places = [patience._lane.enter(person) for _ in range(lane.EACH_SENDER)]
    assert all(places)
    assert post(browser, LARGE).status_code == 503
    assert post(signed_in(), LARGE).status_code == 200
    for _ in places:
        patience._lane.leave(person)
    assert post(browser, LARGE).status_code == 200
    assert not patience._lane.senders


@pytest.mark.parametrize("cookie", ["", "made-up"])
def test_a_visitor_has_no_place_in_it(cookie: str, browser: Client) -> None:
    visitor = Client()
    visitor.cookies[settings.SESSION_COOKIE_NAME] = cookie
    refused = post(visitor, LARGE)
    assert (refused.status_code, b"64 kB at most" in refused.content) == (413, True)
    assert post(visitor, LARGE[1:]).status_code == 200


@pytest.mark.parametrize("cookie", ["", "made-up"])
def test_who_is_signed_out_by_now_is_asked_to_sign_in(
    cookie: str, browser: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(take, "login_required", True)
    visitor = Client()
    visitor.cookies[settings.SESSION_COOKIE_NAME] = cookie
    refused = post(visitor, LARGE)
    assert (refused.status_code, b"Sign in again" in refused.content) == (401, True)


@pytest.mark.usefixtures("_full_lane")
def test_where_the_lane_is_full_a_file_waits_and_all_else_goes_on(browser: Client) -> None:
    refused = post(browser, LARGE)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "3")
    assert "Nothing is lost: try again in a few seconds." in refused.content.decode()
    assert post(browser, LARGE[1:]).status_code == 200
    assert browser.get("/take/").status_code == 200


def test_who_waits_gets_the_place_that_becomes_free() -> None:
    places = lane.Lane()
    for number in range(lane.LANE_SIZE):
        assert places.enter(f"other {number}")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(places.enter, "late", patience_s=60)
        assert not places.enter("hasty")
        places.leave("other 0")
        assert waiting.result()
    assert places.senders["late"] == 1


# -- what is too large -----------------------------------------------------------------------------


def test_only_a_page_that_takes_files_is_sent_much(browser: Client) -> None:
    largest = settings.FILE_SIZE_LIMIT + patience.MARGIN
    asked = {
        (address, length): browser.post(
            address, b"", content_type="text/plain", CONTENT_LENGTH=str(length)
        ).status_code
        for address in ("/take/", "/files/")
        for length in (patience.LARGEST_FORM, patience.LARGEST_FORM + 1, largest, largest + 1)
    }
    assert [code for (address, _), code in asked.items() if address == "/take/"] == [
        200,
        413,
        413,
        413,
    ]
    assert [code for (address, _), code in asked.items() if address == "/files/"] == [
        200,
        200,
        200,
        413,
    ]


def test_a_body_of_no_announced_length_is_turned_away(browser: Client) -> None:
    assert post(browser, b"", HTTP_TRANSFER_ENCODING="chunked").status_code == 411
    assert post(browser, b"", CONTENT_LENGTH="-5").status_code == 411


# -- connections -----------------------------------------------------------------------------------


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection: our end and the sender's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def on_a_line(ours: socket.socket, length: int, *, for_scripts: bool) -> Any:
    """Return a visitor's request with a body of this length, that comes over a connection."""
    source: Any = SimpleNamespace(read=ours.recv)
    request: Any = RequestFactory().post("/take/", b"", content_type="text/plain")
    request.META |= {
        "CONTENT_LENGTH": str(length),
        "gunicorn.socket": ours,
        "wsgi.input": WholeInput(source, length),
    }
    request.user, request.session = AnonymousUser(), {}
    request.resolver_match = Match(for_scripts=for_scripts)
    return request


def middleware() -> patience.PatienceMiddleware:
    return patience.PatienceMiddleware(lambda asked: HttpResponse())


def test_a_script_that_is_turned_away_is_not_read_any_further(line: Any) -> None:
    ours, theirs = line
    request = on_a_line(ours, len(LARGE), for_scripts=True)
    answer: Any = middleware().process_view(request, take, (), {})
    assert (answer.status_code, SIGNED_OUT.code in answer.content.decode()) == (401, True)
    assert request.META["wsgi.input"].came == 0
    ours.setblocking(False)
    assert ours.recv(9) == b""
    ours.sendall(b"401")
    assert theirs.recv(9) == b"401"


@pytest.mark.django_db
def test_a_browser_that_is_turned_away_is_read_so_that_it_shows_why(line: Any) -> None:
    ours, theirs = line
    request = on_a_line(ours, len(LARGE), for_scripts=False)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(theirs.sendall, LARGE)
        answer: Any = middleware().process_view(request, take, (), {})
    assert answer.status_code == 413
    assert request.META["wsgi.input"].left == 0


def test_who_sends_too_little_is_hung_up_on_and_what_came_is_kept(
    line: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(pace, "WINDOW_S", 0.05)
    ours, theirs = line
    request = on_a_line(ours, 9, for_scripts=False)
    assert middleware().process_view(request, take, (), {}) is None
    theirs.sendall(b"some")
    with pytest.raises(CutOff) as broken:
        request.META["wsgi.input"].read()
    assert broken.value.came == b"some"
    # An answer can still be sent.
    ours.sendall(b"204")
    assert theirs.recv(9) == b"204"
    middleware()(request)


def test_a_pace_is_judged_by_what_came_since_the_last_look(line: Any) -> None:
    ours, _ = line
    body = WholeInput(BytesIO(bytes(10**7)), 10**7)
    watch = pace.Watch(ours, body)
    assert ours.gettimeout() == pace.SILENCE_S
    watch.look()  # nobody reads: nobody is slow
    body.is_waiting = True
    body.came = pace.LEAST_BYTES
    watch.look()
    assert not is_hung_up(ours)
    body.came = 2 * pace.LEAST_BYTES - 1
    watch.look()
    assert is_hung_up(ours)
    watch.end()


@pytest.mark.parametrize("is_whole", [False, True])
def test_nobody_is_hung_up_on_after_the_end(is_whole: bool, line: Any) -> None:
    ours, _ = line
    body = WholeInput(BytesIO(b"some"), 4)
    watch = pace.Watch(ours, body)
    body.is_waiting = True
    if is_whole:
        body.came = 4
    else:
        watch.end()
    watch.look()
    watch.end()
    assert not is_hung_up(ours)


def is_hung_up(ours: socket.socket) -> bool:
    ours.setblocking(False)
    try:
        return ours.recv(1) == b""
    except BlockingIOError:
        return False


def test_a_connection_that_is_gone_is_no_trouble() -> None:
    ours, theirs = socket.socketpair()
    ours.close()
    theirs.close()
    pace.hang_up(ours)
