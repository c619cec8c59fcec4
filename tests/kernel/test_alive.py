"""Whether the web answers: any answer that is no failure counts, and silence does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from typing_extensions import override

from courseapp import environment
from courseapp.kernel import alive
from submissions.models import Pulse
from submissions.tasks import pulse


@contextmanager
def a_web(status: int) -> Iterator[tuple[str, list[str]]]:
    """Answer on some port with one status; yields the address and what was asked, with the scheme."""
    asked: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} {self.headers['X-Forwarded-Proto']}")
            self.send_response(status)
            self.end_headers()

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/healthz/", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "is_alive"), [(200, True), (301, True), (400, True), (499, True), (500, False)]
)
def test_a_refusal_is_an_answer_and_a_failure_is_none(status, is_alive):
    with a_web(status) as (url, asked):
        assert alive.answers(url) == is_alive
    assert asked == ["/healthz/ https"]


def test_where_nobody_listens_nothing_answers():
    with a_web(200) as (url, _):
        pass
    assert not alive.answers(url)


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "count"), [(200, 1), (503, 0)])
def test_a_pulse_is_noted_only_where_the_web_answers_too(settings, status, count):
    with a_web(status) as (settings.HEALTH_URL, _):
        pulse()
    assert Pulse.objects.count() == count


@pytest.mark.parametrize(
    ("bound", "url"),
    [
        ("", "http://127.0.0.1:8000/healthz/"),
        ("127.0.0.1", "http://127.0.0.1:8000/healthz/"),
        ("0.0.0.0", "http://127.0.0.1:8000/healthz/"),
        ("::", "http://[::1]:8000/healthz/"),
        ("10.0.0.7", "http://10.0.0.7:8000/healthz/"),
    ],
)
def test_the_web_is_asked_where_it_listens(monkeypatch, bound, url):
    monkeypatch.setenv("BIND", bound)
    assert environment.own_url(8000) == url
