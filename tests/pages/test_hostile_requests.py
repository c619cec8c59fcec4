"""No request, however odd, is an error of ours: never a 500, and nothing is written."""

from typing import Any

import pytest
from django.test import Client

from courseapp.kernel import clock
from submissions.models import SubmissionVersion
from tests.doors import PPTX, TEXT, a_file, browser
from tests.factories import LECTURE_AT, START
from tests.pages.scenes import Seminar

pytestmark = pytest.mark.django_db
HUGE = "9" * 30
ENDLESS = "9" * 5000


def addresses(seminar: Seminar) -> Any:
    """Addresses with ids that are not there, pages that cannot be, and broken encodings."""
    root = f"/c/{seminar.course.slug}"
    by_id = ("lectures", "hand-in", "versions", "grading", "proposals")
    return [
        *(f"{root}/{name}/{number}/" for name in by_id for number in ("0", HUGE, ENDLESS, "-1")),
        *(f"{root}/versions/{number}/file/" for number in ("0", HUGE)),
        f"{root}/outbox/?page={HUGE}",
        f"{root}/outbox/?page=%00",
        f"{root}/grading/?page=-1",
        f"{seminar.path('lecture')}?x=%ff%fe",
        f"{root}%00/",
        f"{root}/%ff/",
        "/c//",
        "/c/%00/home/",
        f"/c/{'x' * 3000}/",
        "/receipts/0/",
        f"/receipts/{'x' * 3000}/",
        "/receipts/%00/",
        "/accounts/login/?next=//evil.example",
        "/accounts/login/?next=%00%ff",
        "/accounts/signup/",
        "/accounts/password/reset/key/x-y/",
        f"/accounts/confirm-email/{'x' * 500}/",
        "/admin/%00/",
        "/admin/grading/grade/%00/change/",
        f"/admin/grading/grade/{HUGE}/change/",
        "/admin/autocomplete/?term=%00&app_label=x&model_name=y&field_name=z",
        "/admin/course/enrollment/?q=%00",
        "/admin/course/enrollment/?role__exact=%00&course__id__exact=x",
        "/static/%00",
        "/static/../courseapp/settings.py",
        "/../../etc/passwd",
        "/c/.env",
    ]


@pytest.mark.parametrize("who", ["listener", "ta", "visitor"])
def test_no_address_is_an_error_of_ours(who):
    seminar = Seminar()
    client = browser(None if who == "visitor" else getattr(seminar, who))
    for address in addresses(seminar):
        for method in (client.get, client.head, client.post, client.put, client.delete):
            assert method(address).status_code < 500, (method.__name__, address[:80])
    assert not SubmissionVersion.objects.exists()


def forms(seminar: Seminar) -> Any:
    """Forms that no page of ours sends, each to where its like is taken."""
    question = f"q{seminar.questions()[0].pk}"
    lecture, hand_in = seminar.path("lecture"), seminar.path("hand-in")
    bodies: dict[str, list[Any]] = {
        lecture: [
            {},
            {question: "\x00" * 30},
            {question: "\ud7ff\uffff\u202e" * 10},
            {question: "x" * 300_000},
            {question: [TEXT, "short"]},
            {"q0": TEXT, "qx": TEXT, f"q{HUGE}": TEXT},
        ],
        hand_in: [
            {},
            {"file": "no file"},
            {"file": a_file(PPTX, "x" * 5000 + ".pptx"), "key": "not a key"},
            {"file": a_file(PPTX, "../../etc/\x00passwd.pptx"), "key": "\x00" * 32},
            {"file": a_file(PPTX, '"; drop\r\nSet-Cookie: x=1; .pptx'), "key": "z" * 32},
        ],
        f"/c/{seminar.course.slug}/publish/": [{}, {"x": "\x00"}],
        f"/c/{seminar.course.slug}/project/agree/": [{}],
        f"/c/{seminar.course.slug}/proposals/{seminar.groups[0].pk}/decide/": [
            {"verdict": "\x00", "days": HUGE, "version": HUGE, "comment": "x" * 30_000},
            {"verdict": "approved", "days": "1e3", "version": "-1"},
        ],
        "/accounts/login/": [
            {"login": "\x00", "password": "\x00"},
            {"login": "x" * 5000 + "@example.edu", "password": "x" * 5000},
        ],
        "/accounts/login/code/": [{"email": "\x00@example.edu"}, {"email": "x" * 5000}],
        "/admin/grading/grade/add/": [{}, {"part": HUGE, "points": "\x00"}],
    }
    return [(path, body) for path, found in bodies.items() for body in found]


@pytest.mark.parametrize("who", ["listener", "presenter", "ta", "instructor", "visitor"])
def test_no_form_is_an_error_of_ours(who):
    seminar = Seminar()
    client = browser(None if who == "visitor" else getattr(seminar, who))
    with clock.standing_at(START):
        for path, body in forms(seminar):
            status = client.post(path, body).status_code
            assert status < 500, (path, str(body)[:80])


BODIES = {
    "not UTF-8": ("application/x-www-form-urlencoded", b"q1=\xff\xfe&%ff=%00"),
    "half a multipart": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form"),
    "no boundary": ("multipart/form-data", b"x"),
    "another charset": ("application/x-www-form-urlencoded; charset=utf-16", b"q1=a"),
    "an unknown charset": ("application/x-www-form-urlencoded; charset=nonsense", b"q1=a"),
    "JSON": ("application/json", b'{"q1": '),
    "a thousand fields": ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 5000)),
    "nothing at all": ("", b""),
}


@pytest.mark.parametrize("body", BODIES)
def test_no_body_is_an_error_of_ours(body):
    content_type, content = BODIES[body]
    seminar = Seminar()
    for person, page in ((seminar.listener, "lecture"), (seminar.presenter, "hand-in")):
        client = browser(person)
        for path in (seminar.path(page), "/accounts/login/", "/accounts/login/code/"):
            answer = client.generic("POST", path, content, content_type=content_type)
            assert answer.status_code < 500, path
    assert not SubmissionVersion.objects.exists()


def test_headers_that_lie_are_no_errors_of_ours():
    seminar = Seminar()
    client = browser(seminar.listener)
    odd: list[dict[str, Any]] = [
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": "\x00"},
        {"HTTP_X_FORWARDED_FOR": "\x00, 1"},
        {"HTTP_COOKIE": "sessionid=\x00; csrftoken=x"},
        {"HTTP_ACCEPT_LANGUAGE": "x" * 5000},
        {"CONTENT_LENGTH": "-5"},
        {"HTTP_RANGE": "bytes=9-1"},
        {"HTTP_IF_MODIFIED_SINCE": "yesterday"},
    ]
    for headers in odd:
        assert client.get(seminar.path("home"), **headers).status_code < 500, headers


# -- what a form needs ---------------------------------------------------------------------------


def posts(seminar: Seminar) -> Any:
    """Every form of ours, with its actor and a body of good will."""
    root = f"/c/{seminar.course.slug}"
    return [
        (seminar.listener, seminar.path("lecture"), {f"q{seminar.questions()[0].pk}": TEXT}),
        (seminar.presenter, seminar.path("hand-in"), {"file": a_file()}),
        (seminar.presenter, f"{root}/project/agree/", {}),
        (seminar.instructor, f"{root}/publish/", {}),
        (seminar.instructor, f"{root}/grading/1/release/", {}),
        (seminar.instructor, f"{root}/proposals/1/decide/", {"verdict": "approved"}),
        (None, "/accounts/login/", {"login": "a@example.edu", "password": "x"}),
        (None, "/accounts/login/code/", {"email": "a@example.edu"}),
        (seminar.ta, "/admin/grading/grade/add/", {}),
    ]


def test_a_form_without_its_token_is_refused_and_writes_nothing():
    seminar = Seminar()
    for person, path, body in posts(seminar):
        client = browser(person, checks_csrf=True)
        assert client.post(path, body).status_code == 403, path
    assert not SubmissionVersion.objects.exists()


def test_a_form_with_its_token_is_taken():
    seminar = Seminar()
    client = browser(seminar.listener, checks_csrf=True)
    with clock.standing_at(START):
        client.get(seminar.path("lecture"))
        token = client.cookies[next(name for name in client.cookies if "csrf" in name)].value
        body = {f"q{seminar.questions()[0].pk}": TEXT, "csrfmiddlewaretoken": token}
        assert client.post(seminar.path("lecture"), body).status_code == 302
    assert SubmissionVersion.objects.count() == 1


def test_what_only_reads_takes_no_other_method():
    seminar = Seminar()
    for page in ("course", "home", "grades", "project"):
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(browser(seminar.presenter), method)(seminar.path(page))
            assert answer.status_code == 405, (method, page)


def test_what_only_writes_is_not_read():
    seminar = Seminar()
    for person, path, _ in posts(seminar)[2:6]:
        assert browser(person).get(path).status_code == 405, path


def test_a_visitor_is_sent_to_the_sign_in_and_back():
    seminar = Seminar()
    for page in ("home", "lecture", "hand-in", "grades", "grading", "outbox"):
        path = seminar.path(page)
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


def test_pages_of_a_person_are_kept_by_no_cache():
    seminar = Seminar()
    with clock.standing_at(LECTURE_AT):
        for page in ("home", "grades", "course"):
            answer = browser(seminar.presenter).get(seminar.path(page))
            assert "no-store" in answer["Cache-Control"], page
