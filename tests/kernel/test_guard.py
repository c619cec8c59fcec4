"""The door of every view: when it was, who asks, what for, and whether they may."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import path
from typing_extensions import override

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import clock
from courseapp.kernel.decisions import Allowed, Decision, Denied, Refused
from courseapp.kernel.guard import GuardedRequest, guard, open_request, public
from courseapp.urls import urlpatterns as our_urls
from tests.factories import enroll, make_course, make_user

NOW = datetime(2025, 2, 10, 18, 30, tzinfo=UTC)
NOT_OPEN = "The cupboard is <locked>; ask the staff."


def cupboard(actor: Actor, *, now: datetime, number: int) -> str | None:
    """Load what a cupboard holds; there are three, and only members see them."""
    return f"books {number}" if actor.is_member and number <= 3 else None


def open_cupboard(actor: Actor, target: Any, *, now: datetime) -> Decision:
    """Let the staff open the third cupboard, and everyone the others."""
    if target == "books 3" and not actor.is_staff:
        return Denied("locked", NOT_OPEN)
    return Allowed()


@guard(load=cupboard, policy=open_cupboard)
def look(request: GuardedRequest, books: str) -> HttpResponse:
    """Show who looked, when, and at what."""
    return HttpResponse(f"{request.actor.role} {request.now:%H:%M} {books}")


@guard(load=cupboard, policy=open_cupboard)
def take(request: GuardedRequest, books: str) -> HttpResponse:
    """Find under the lock that someone was quicker."""
    raise Refused(Denied("taken", f"The {books} are taken."))


@public("Anyone may ask who they are.")
def greet(request: GuardedRequest) -> HttpResponse:
    """Say who asks."""
    answer = HttpResponse(request.actor.role)
    if "keep" in request.GET:
        answer["Cache-Control"] = "max-age=60"
    return answer


class Urls:
    """The product's URLs, which the frame of a page links to, and a few doors."""

    urlpatterns = [
        *our_urls,
        path("greet/", greet),
        path("<slug:course>/greet/", greet),
        path("<slug:course>/look/<int:number>/", look),
        path("<slug:course>/take/<int:number>/", take),
    ]


@pytest.fixture
def _doors(settings: Any, db: None) -> None:
    settings.ROOT_URLCONF = Urls


@pytest.fixture
def student(_doors: None) -> Enrollment:
    """Give a student of a course with cupboards."""
    return enroll(make_course())


def browser(person: Enrollment) -> Client:
    """Return a member's browser."""
    client = Client()
    assert person.user is not None
    client.force_login(person.user)
    return client


def address(person: Enrollment, verb: str, number: int) -> str:
    """Return where a cupboard of the person's course is."""
    return f"/{person.course.slug}/{verb}/{number}/"


def test_a_view_learns_who_asks_when_and_for_what(student: Enrollment) -> None:
    with clock.standing_at(NOW):
        answer = browser(student).get(address(student, "look", 1))
    assert answer.content == b"student 18:30 books 1"


def test_what_is_not_loaded_is_not_found(student: Enrollment) -> None:
    assert browser(student).get(address(student, "look", 3)).status_code == 403
    assert browser(student).get(address(student, "look", 4)).status_code == 404


def test_what_another_may_see_is_not_found_either(student: Enrollment) -> None:
    stranger = enroll(make_course())
    assert browser(student).get(address(student, "look", 1)).status_code == 200
    assert browser(stranger).get(address(student, "look", 1)).status_code == 404


def test_what_may_be_seen_and_not_done_is_refused_with_the_sentence(student: Enrollment) -> None:
    answer = browser(student).get(address(student, "look", 3))
    assert answer.status_code == 403
    assert next(template.name for template in answer.templates) == "refused.html"
    assert "The cupboard is &lt;locked&gt;; ask the staff." in answer.content.decode()


def test_what_was_refused_under_the_lock_conflicts_and_says_why(student: Enrollment) -> None:
    answer = browser(student).get(address(student, "take", 2))
    assert answer.status_code == 409
    assert "The books 2 are taken." in answer.content.decode()


def test_a_visitor_of_a_guarded_view_is_asked_to_sign_in(student: Enrollment) -> None:
    url = address(student, "look", 1)
    answer = Client().get(url)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/accounts/login/?next={url}",
    )


def test_a_public_view_lets_visitors_through(student: Enrollment) -> None:
    url = f"/{student.course.slug}/greet/"
    assert Client().get(url).content == b"visitor"
    assert browser(student).get(url).content == b"student"


def test_a_public_view_says_why_it_is_public():
    with pytest.raises(AssertionError, match="says why"):
        public("")


@pytest.mark.usefixtures("_doors")
def test_what_a_signed_in_person_read_is_kept_in_no_cache():
    client = Client()
    assert not client.get("/greet/").has_header("Cache-Control")
    client.force_login(make_user("someone@example.edu"))
    assert "no-store" in client.get("/greet/").headers["Cache-Control"]
    assert client.get("/greet/?keep").headers["Cache-Control"] == "max-age=60"


class Upload(BytesIO):
    """A body that comes in, and notes by the database's clock when its last byte did."""

    ended_at: datetime | None = None

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        if chunk and self.tell() == len(self.getbuffer()):
            self.ended_at = clock.now()
        return chunk


def arriving(method: str, body: Upload, content_type: str) -> Any:
    """Return a request of which nothing has been read yet."""
    request = WSGIRequest(
        {
            "REQUEST_METHOD": method,
            "CONTENT_TYPE": content_type,
            "CONTENT_LENGTH": str(len(body.getbuffer())),
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "wsgi.input": body,
        }
    )
    request.user = AnonymousUser()
    return request


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (encode_multipart(BOUNDARY, {"file": BytesIO(b"x" * 200_000)}), MULTIPART_CONTENT),
        (urlencode({"q1": "x" * 10_000}).encode(), "application/x-www-form-urlencoded"),
    ],
    ids=["a file", "a text"],
)
def test_the_clock_is_read_when_the_last_byte_is_in(content: bytes, content_type: str) -> None:
    body = Upload(content)
    request = arriving("POST", body, content_type)
    begun_at = clock.now()

    open_request(request, course_slug=None)
    request.close()

    assert body.ended_at is not None
    assert begun_at < body.ended_at < request.now < clock.now()


@pytest.mark.django_db
def test_the_body_of_a_request_that_hands_nothing_in_is_left_alone():
    body = Upload(b"x" * 10_000)
    request = arriving("GET", body, "text/plain")
    open_request(request, course_slug=None)
    assert body.tell() == 0
