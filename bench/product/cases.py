"""What each case asks for in one database, and how many statements one answer takes."""

import itertools
import sys
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from bench.asking import Case, Request
from bench.product.filling.people import measured_course
from bench.signing_in import session_of
from courseapp.course.models import Enrollment
from courseapp.kernel import clock
from grading.models import Part
from submissions.selectors.owed import duties

READERS = 40
WRITERS = 60
PLACES = 1500
# A statement that takes longer is not waited for.
PATIENCE_S = 20
QUESTION = "Would the second measurement hold on a larger machine, and why was it left out?+"


def cases() -> list[Case]:
    """Return every case with its statements counted."""
    found = [*_pages_of_students(), *_pages_of_staff(), _public_page(), _hand_in()]
    return [_counted(case) for case in found]


def _course_path() -> str:
    return f"/c/{measured_course().slug}/"


def _people(role: str) -> list[Enrollment]:
    people = measured_course().enrollments.filter(role=role)
    return list(people.select_related("user", "course").order_by("position"))


def _signed_in(person: Enrollment, path: str, body: str = "") -> Request:

    token = "b" * 32
    cookies = {
        settings.SESSION_COOKIE_NAME: session_of(person.user),
        settings.CSRF_COOKIE_NAME: token,
    }
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return Request(path=path, cookie=cookie, token=token, body=body)


def _pages_of_students() -> list[Case]:
    course = _course_path()
    coming = measured_course().lectures.filter(kind="lecture", position=13).get()
    paths = {
        "empty page": f"{course}empty/",
        "student home": f"{course}home/",
        "schedule": course,
        "lecture": f"{course}lectures/{coming.pk}/",
        "grades": f"{course}grades/",
    }
    # One session each, as a person has, whatever page they ask for.
    readers = [_signed_in(person, "/") for person in _people("student")[:READERS]]
    return [
        Case(name, tuple(replace(reader, path=path) for reader in readers))
        for name, path in paths.items()
    ]


def _pages_of_staff() -> list[Case]:
    course = _course_path()
    part = Part.objects.get(component__course__slug=course.split("/")[2], name="questions")
    staff = [_signed_in(person, "/") for person in _people("ta")]
    return [
        Case(name, tuple(replace(person, path=path) for person in staff))
        for name, path in {
            "grading list": f"{course}grading/",
            "grading queue": f"{course}grading/{part.pk}/",
        }.items()
    ]


def _public_page() -> Case:
    return Case("public page", (Request(path=_course_path()),))


def _hand_in() -> Case:
    """Return hand-ins of questions by people of whom no page is measured; each place comes up once."""
    writers = _people("student")[-WRITERS:][READERS - 92 :]
    by_person = [_open_places(person) for person in writers]
    in_turn = itertools.chain.from_iterable(itertools.zip_longest(*by_person))
    return Case("hand in", tuple(request for request in in_turn if request)[:PLACES])


def _open_places(person: Enrollment) -> list[Request]:
    now = clock.now()
    signed_in = _signed_in(person, "/")
    return [
        replace(
            signed_in,
            path=f"{_course_path()}lectures/{duty.lecture_id}/",
            body=f"q{duty.deliverable_id}={QUESTION}",
        )
        for duty in duties(course=person.course, now=now, person=person.pk, due_after=now)
        if duty.kind.value == "question"
    ]


def _counted(case: Case) -> Case:
    """Ask twice and count the second time, when what is loaded once per process is there."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = %s", [f"{PATIENCE_S}s"])
    try:
        _statements(case.requests[-1])
        statements, byte_count = _statements(case.requests[-2 % len(case.requests)])
    except OperationalError:
        connection.close()
        return replace(case, gives_up=True)
    if "--sql" in sys.argv:
        sys.stderr.write(f"\n== {case.name}\n" + "\n".join(f"  {text}" for text in statements))
    return replace(case, query_count=len(statements), byte_count=byte_count)


def _statements(request: Request) -> tuple[list[str], int]:
    statements: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.append(" ".join(str(sql).split())[:150])
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        answer = Client(headers=request.headers, SERVER_NAME="127.0.0.1").generic(
            request.method,
            request.path,
            f"{request.body}counted" if request.body else "",
            content_type="application/x-www-form-urlencoded",
        )
    wanted = HTTPStatus.FOUND if request.body else HTTPStatus.OK
    is_elsewhere = request.body and answer["Location"] != request.path
    if answer.status_code != wanted or is_elsewhere:
        raise SystemExit(f"{request.path} answered {answer.status_code}, not {wanted}.")
    return statements, len(answer.content)
