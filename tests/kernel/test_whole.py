"""What breaks off on its way is no hand-in: over a real connection, for every kind of form."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from itertools import product
from threading import Thread
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings
from django.db import connections
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from typing_extensions import override

from courseapp.course.models import Enrollment
from courseapp.kernel import clock, pace
from courseapp.kernel.whole import CutOff, WholeInput
from courseapp.wsgi import application
from submissions.deadlines import Kind
from submissions.models import SubmissionVersion, TextDraft
from tests import tus
from tests.doors import PPTX, browser
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture
from tests.tus import DECK

EARLY = SLIDES_DUE - timedelta(days=1)
TOKEN = "t" * 32
FORM = "application/x-www-form-urlencoded"
TEXT = "Why does the cache miss when the prompt is shared? And what of the rest? " * 3


class Handler(WSGIRequestHandler):
    """Shows its connection as the web server does."""

    @override
    def get_environ(self) -> Any:
        return super().get_environ() | {"gunicorn.socket": self.connection}

    @override
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@dataclass
class Line:
    """The client's end of a connection to the product; `at` is the instant at which it answers."""

    address: Any
    person: Enrollment

    def send(self, head: dict[str, str], path: str, body: bytes, then: Callable[..., Any]) -> bytes:
        """Send a head and some of a body, do something, and return all that is answered."""
        client = browser(self.person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        lines = {
            "Host": "testserver",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
            **head,
        }
        written = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        method = head.pop("method", "POST")
        with socket.create_connection(self.address) as connection:
            connection.sendall(f"{method} {path} HTTP/1.1\r\n{written}\r\n".encode() + body)
            then(connection)
            answer = b""
            while some := connection.recv(65536):
                answer += some
        return answer


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return a_lecture()


@pytest.fixture
def line(scene: Scene) -> Iterator[Line]:
    """Open the product, one request after the other."""
    with make_server("127.0.0.1", 0, application, handler_class=Handler) as server:

        def serve() -> None:
            with clock.standing_at(EARLY):
                server.serve_forever(poll_interval=0.02)
            connections.close_all()

        thread = Thread(target=serve)
        thread.start()
        yield Line(server.server_address, scene.listener)
        server.shutdown()
        thread.join()


def end(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)


def nothing(connection: socket.socket) -> None:
    """Wait until the server has had enough."""


def urlencoded(scene: Scene) -> tuple[str, str, bytes]:
    question = scene.due(Kind.QUESTION)
    return (
        f"/c/{scene.course.slug}/lectures/{scene.lecture.pk}/",
        FORM,
        urlencode({f"q{question.pk}": TEXT}).encode(),
    )


def multipart(scene: Scene) -> tuple[str, str, bytes]:
    path, _, _ = urlencoded(scene)
    said = {f"q{scene.due(Kind.QUESTION).pk}": TEXT}
    return path, MULTIPART_CONTENT, encode_multipart(BOUNDARY, said)


def draft(scene: Scene) -> tuple[str, str, bytes]:
    question = scene.due(Kind.QUESTION)
    said = urlencode({"revision": "0", "text": TEXT}).encode()
    return f"/c/{scene.course.slug}/hand-in/{question.pk}/draft/", FORM, said


def of_a_file(scene: Scene) -> tuple[str, str, bytes]:
    file = BytesIO(PPTX + bytes(50_000))
    file.name = "talk.pptx"
    path = f"/c/{scene.course.slug}/hand-in/{scene.due(Kind.SLIDES).pk}/"
    return path, MULTIPART_CONTENT, encode_multipart(BOUNDARY, {"file": file})


FORMS = {"draft": draft, "text": urlencoded, "text in parts": multipart, "file": of_a_file}


def post(line: Line, scene: Scene, form: str, *, missing: int, then: Callable[..., Any]) -> bytes:
    """Send a form to its address, but for its last bytes."""
    line.person = scene.presenters[0] if form == "file" else scene.listener
    path, content_type, body = FORMS[form](scene)
    head = {"Content-Type": content_type, "Content-Length": str(len(body))}
    return line.send(head, path, body[: len(body) - missing], then)


def test_a_form_that_breaks_off_stores_nothing(scene: Scene, line: Line, monkeypatch: Any) -> None:
    monkeypatch.setattr(pace, "WINDOW_S", 0.1)
    for form, then in product(FORMS, (end, nothing)):
        answer = post(line, scene, form, missing=40, then=then)
        assert answer.startswith(b"HTTP/1.0 400 "), (form, then, answer[:500])
        assert b"Send it once more." in answer
    assert not SubmissionVersion.objects.exists()
    assert not TextDraft.objects.exists()


def test_the_same_forms_are_taken_whole(scene: Scene, line: Line) -> None:
    for form in FORMS:
        answer = post(line, scene, form, missing=0, then=end)
        assert answer[9:12] in {b"302", b"200"}, answer[:500]
    assert SubmissionVersion.objects.count() == 2
    assert TextDraft.objects.count() == 1


def test_what_came_of_a_piece_is_kept_all_the_same(scene: Scene, line: Line) -> None:
    line.person = scene.presenters[0]
    address = tus.begun(line.person, scene.due(Kind.SLIDES), at=EARLY)
    head = {
        "method": "PATCH",
        "Content-Type": tus.BYTES,
        "Content-Length": str(len(DECK)),
        "Upload-Offset": "0",
        **tus.SPEAKS,
    }
    assert b"Upload-Offset: 700\r\n" in line.send(head, address, DECK[:700], end)
    assert tus.upload_at(address).offset == 700


@pytest.mark.parametrize(
    "read",
    [lambda body: body.read(), lambda body: body.read(7), b"".join],
    ids=["at once", "a piece", "by lines"],
)
def test_a_read_beyond_the_end_fails_and_tells_what_came(read: Any) -> None:
    with pytest.raises(CutOff) as caught:
        read(WholeInput(BytesIO(b"some"), 9))
    assert caught.value.came == b"some"
    assert read(WholeInput(BytesIO(b"some and more"), 4)) == b"some"
