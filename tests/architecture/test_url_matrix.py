"""Every URL answers every actor as domain.md §1 says, and whom it refuses it obeys in nothing."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from courseapp.course.services import fingerprint
from courseapp.kernel import clock
from courseapp.kernel.checks import routes
from courseapp.kernel.middleware import is_exempt
from groups.services.forming_the_rest import propose
from tests.architecture.matrix import ADMIN, EXEMPT, PAGES, Cell, cells, unknown, unlisted
from tests.architecture.world import (
    DRAFT_COMMENT,
    NOW,
    PPTX,
    QUESTION,
    Furnished,
    World,
    draft_form,
    meeting_form,
    rows_of_all_tables,
)
from tests.factories import actor
from tests.invariants import nothing_was_written

OUR_APPS = {"accounts", "course", "groups", "schedule", "submissions", "grading", "kernel"}
STAFF = ("ta", "instructor")
STUDENTS = ("elsewhere", "owner", "classmate")


@pytest.fixture(autouse=True)
def _standing_world(world: World, settings: Any, db: None) -> Iterator[None]:
    settings.FILES_ROOT = world.files
    with clock.standing_at(NOW):
        yield


@cache
def our_routes() -> dict[str, str]:
    """Return the routes of our own URLs by their names."""
    found = {}
    for route, pattern in routes(get_resolver()):
        if not is_exempt(route):
            assert pattern.name, f"/{route} has no name"
            found[pattern.name] = route
    return found


def admin_routes() -> set[str]:
    """Return the names of the admin's pages for our models."""
    return {"admin:index"} | {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
        for model in admin.site._registry
        for page in ("changelist", "add", "change", "history", "delete")
        if model._meta.app_label in OUR_APPS
    }


def client_of(world: World, who: str) -> Client:
    """Return the browser of an actor."""
    client = Client()
    if who in world.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[who]
    return client


def ask(client: Client, method: str, url: str, form: dict[str, Any]) -> HttpResponseBase:
    """Ask for a page, or send a form to it."""
    return client.get(url) if method == "GET" else client.post(url, form)


def form_for(route: str, course: Furnished) -> dict[str, Any]:
    """Return what a person of good will would send to a page."""
    seen = fingerprint(course.course, ("title", "description"))
    question = course.targets["question"]["deliverable_id"]
    graded = {
        "part": course.targets["draft_part"]["part_id"],
        "deliverable": course.targets["slides"]["deliverable_id"],
        "group": course.targets["decided"]["group_id"],
        "points": "80",
    }
    forms: dict[str, dict[str, Any]] = {
        "lecture": {f"q{question}": f"{QUESTION} And why?"},
        "edit-course": {"title": "Systems", "description": "New.", "seen": seen},
        "own-interests": {"text": "Schedulers"},
        "group-interests": {"text": "Schedulers"},
        "invite": {"who": course.people["elsewhere"].student_id},
        "text-draft": {"text": f"{QUESTION} And why?", "revision": "0"},
        "text-preview": {"text": "Why $x$?"},
        "write-summary": {"text": "Batching pays while the cache holds. " * 9, "revision": "0"},
        "hand-in": {"file": SimpleUploadedFile("new.pptx", PPTX + b"new"), "key": uuid4().hex},
        "decide": {"verdict": "approved", "version": "1", "days": "7"},
        "act": meeting_form(course),
        **course.standing_forms,
        "office-hours": {"office_hours": "Wed 2-3 PM"},
        "admin:grading_grade_add": graded,
        "admin:submissions_submission_add": {
            "deliverable": graded["deliverable"],
            "group": graded["group"],
            "file": SimpleUploadedFile("mailed.pptx", PPTX + b"mailed"),
            "reason": "It came by mail.",
        },
        "admin:course_course_add": {"slug": "new", "code": "X", "title": "X", "term": "X"},
    }
    if route.endswith("_delete"):
        return {"post": "yes"}
    if route == "publish-draft":
        return draft_form(course)
    if route == "form-rest":
        who = actor(course.people["instructor"])
        division = propose(actor=who, course=course.course, now=NOW)
        return {"shown": division.token, "is_early": "on"}
    return forms.get(route, {})


def url_of(route: str, target: Mapping[str, Any]) -> str:
    """Return the address of a route; some name no course."""
    is_of_a_course = "<slug:course>" in our_routes().get(route, "")
    return reverse(
        route,
        kwargs={name: at for name, at in target.items() if name != "course" or is_of_a_course},
    )


def test_every_url_of_ours_is_in_the_matrix():
    assert unlisted(our_routes(), PAGES) == set()
    assert unknown(our_routes(), PAGES) == set()


def test_every_admin_page_of_our_models_is_in_the_matrix():
    only_read = {"changelist", "history", "index"}
    asked = {name.removeprefix("POST ") for name in unlisted(admin_routes(), ADMIN)}
    assert {name.rpartition("_")[2].rpartition(":")[2] for name in asked} <= only_read
    assert unknown(admin_routes(), ADMIN) == set()


def test_urls_of_libraries_are_exempt_for_the_written_reasons_only():
    assert settings.GUARD_EXEMPT_PREFIXES == EXEMPT


@pytest.mark.parametrize("cell", cells(PAGES) + cells(ADMIN), ids=str)
def test_url(cell: Cell, world: World) -> None:
    client = client_of(world, cell.actor)
    url = url_of(cell.route, world.targets[cell.target])
    # A method that is not taken (405) never comes as far as a row.
    may_write = cell.method == "POST" and cell.says != "405"
    form = form_for(cell.route, world.main) if may_write else {}

    answer = ask(client, cell.method, url, form)

    assert answer.status_code == cell.status
    assert leads_to_sign_in(answer) == (cell.says == "in")
    assert told(answer, world) & unspeakable(cell.actor, world) == set()
    if may_write:
        assert no_row_changed(world) == cell.changes_nothing


def test_what_must_not_be_told_is_there_to_be_seen_by_staff(world: World) -> None:
    client = client_of(world, "ta")
    asked = [cell for cell in cells(PAGES) + cells(ADMIN) if cell.actor == "ta"]
    seen: set[str] = set()
    for cell in asked:
        if cell.method == "GET" and cell.says == "200":
            url = url_of(cell.route, world.targets[cell.target])
            seen |= told(ask(client, "GET", url, {}), world)
    assert seen == unspeakable("visitor", world)


def no_row_changed(world: World) -> bool:
    """Say whether all tables are as they were; where nothing was written they need not be read."""
    return nothing_was_written() or rows_of_all_tables() == world.rows


def unspeakable(who: str, world: World) -> set[str]:
    """Return what no page may tell an actor: drafts to students, names to those outside."""
    if who in STAFF:
        return set()
    if who in STUDENTS:
        return {DRAFT_COMMENT}
    people = [world.main.people[name] for name in (*STUDENTS, "dropped")]
    words = {word for person in people for word in (person.name, person.email, person.student_id)}
    return words | {DRAFT_COMMENT}


def told(answer: HttpResponseBase, world: World) -> set[str]:
    """Return which of the secrets stand in the answer."""
    body = body_of(answer)
    return {word for word in unspeakable("visitor", world) if word in body}


def body_of(answer: Any) -> str:
    """Return what the answer says; a file is read to its end, which closes it."""
    is_file = isinstance(answer, StreamingHttpResponse)
    content: bytes = b"".join(answer.streaming_content) if is_file else answer.content
    return content.decode(errors="replace")


def leads_to_sign_in(answer: HttpResponseBase) -> bool:
    """Say whether the answer sends the reader to a sign-in, ours or the admin's."""
    to = answer.headers.get("Location", "")
    return to.startswith((reverse("account_login"), reverse("admin:login")))


def test_who_is_signed_in_and_no_staff_is_refused_at_the_admins_door(world: World) -> None:
    client = client_of(world, "owner")
    door = ask(client, "GET", reverse("admin:index"), {}).headers["Location"]
    assert ask(client, "GET", door, {}).status_code == 403


IN_A_COURSE = [
    cell
    for cell in cells(PAGES)
    if "<int:" in our_routes().get(cell.route, "")
    and cell.actor in {"elsewhere", "owner", "classmate", "ta", "instructor"}
    and cell.says != "405"
]


@pytest.mark.parametrize("cell", IN_A_COURSE, ids=lambda cell: f"{cell}".partition(":")[0])
def test_the_id_of_another_course_is_not_found_in_ones_own(cell: Cell, world: World) -> None:
    client = client_of(world, cell.actor)
    there = world.other.targets[cell.target]
    own = {**there, "course": world.main.course.slug}
    form = form_for(cell.route, world.other) if cell.method == "POST" else {}

    answer = ask(client, cell.method, url_of(cell.route, own), form)

    assert answer.status_code == 404
    if cell.method == "POST":
        assert no_row_changed(world)
    # It is there, for who instructs the other course: only the address was swapped.
    found = ask(client_of(world, "outsider"), cell.method, url_of(cell.route, there), form)
    assert found.status_code != 404
    body_of(found)
