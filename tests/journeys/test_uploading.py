"""Handing in on a phone, whatever its network does: the official client of tus in a real browser."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect

from courseapp.kernel import clock
from submissions.deadlines import Kind
from submissions.models import Deliverable, Door, SubmissionVersion, Upload, UploadOutcome
from tests.doors import digest
from tests.factories import (
    assign,
    deliverable,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
)

pytestmark = pytest.mark.django_db(transaction=True)
PHONE: Any = {"width": 390, "height": 844}
# One piece of 4 MiB and a bit more.
DECK = b"PK\x03\x04" + bytes(range(256)) * 4096 * 5
IS_IN = "Version 1 is in and counts."
WAITING = "Waiting for the connection; nothing is lost, it goes on by itself."


@pytest.fixture
def slides() -> Deliverable:
    """Make a course in which a student's group owes slides in a week."""
    course = make_course(slug="net")
    student = enroll(course, name="Mara Lindqvist")
    lecture = make_lecture(course, starts_at=clock.now() + timedelta(days=7))
    assign(lecture, make_group(course, [student], name="Group 7"))
    derive(course)
    return deliverable(course, Kind.SLIDES)


@pytest.fixture
def phone(slides: Deliverable, browser: Browser, live_server: Any) -> Iterator[Page]:
    """Open the page of handing in on the student's phone."""
    client = Client()
    student = slides.course.enrollments.get(name="Mara Lindqvist")
    assert student.user is not None
    client.force_login(student.user, backend=product_settings.AUTHENTICATION_BACKENDS[0])
    name = product_settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, has_touch=True)
    expect.set_options(timeout=20_000)
    cookie: Any = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"/c/net/hand-in/{slides.pk}/")
    yield page
    context.close()


def deck(folder: Path, content: bytes = DECK, name: str = "talk.pptx") -> Path:
    """Save slides where a person finds them."""
    path = folder / name
    path.write_bytes(content)
    return path


def hand_in(page: Page, path: Path) -> None:
    """Choose a file and hand it in: two taps."""
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Hand in version 1").tap()


def test_slides_are_in_after_two_taps_with_their_receipt_on_the_page(
    phone: Page, tmp_path: Path
) -> None:
    hand_in(phone, deck(tmp_path))

    expect(phone.get_by_text(IS_IN)).to_have_count(2)
    (version,) = SubmissionVersion.objects.all()
    assert (version.sha256, version.door) == (digest(DECK), Door.UPLOAD)
    expect(phone.get_by_text(version.receipt_code)).to_be_visible()
    expect(phone.get_by_role("button", name="Hand in version 2")).to_be_visible()


def test_a_lost_connection_loses_nothing_and_it_goes_on_by_itself(
    phone: Page, tmp_path: Path
) -> None:
    pieces: list[str] = []

    def cut_the_second(route: Route) -> None:
        pieces.append(route.request.method)
        if len(pieces) == 2:
            phone.context.set_offline(offline=True)
            route.abort("internetdisconnected")
            return
        route.continue_()

    phone.route("**/uploads/**", cut_the_second)
    hand_in(phone, deck(tmp_path))

    expect(phone.get_by_text(WAITING)).to_be_visible()
    before = Upload.objects.get().offset
    assert 0 < before < len(DECK)
    assert not SubmissionVersion.objects.exists()
    phone.context.set_offline(offline=False)
    expect(phone.get_by_text(IS_IN)).to_have_count(2)

    assert "HEAD" in pieces[2:]
    assert [version.sha256 for version in SubmissionVersion.objects.all()] == [digest(DECK)]
    assert Upload.objects.get().outcome == UploadOutcome.HANDED_IN


def test_after_a_reload_the_same_file_goes_on_where_it_was(phone: Page, tmp_path: Path) -> None:
    path = deck(tmp_path)
    phone.route("**/uploads/*/", lambda route: route.abort())
    hand_in(phone, path)
    expect(phone.get_by_text(WAITING)).to_be_visible()
    before = Upload.objects.get()
    phone.unroute("**/uploads/*/")
    phone.on("dialog", lambda dialog: dialog.accept())
    phone.reload()
    expect(phone.get_by_text("is not all here yet")).to_be_visible()
    hand_in(phone, path)

    expect(phone.get_by_text(IS_IN)).to_have_count(2)
    upload = Upload.objects.get()
    assert (upload.code, upload.outcome) == (before.code, UploadOutcome.HANDED_IN)
    assert before.offset > 0
    assert SubmissionVersion.objects.get().sha256 == digest(DECK)


def test_paused_and_stopped_as_one_likes(phone: Page, tmp_path: Path) -> None:
    phone.route("**/uploads/*/", lambda route: route.abort())
    hand_in(phone, deck(tmp_path))
    expect(phone.get_by_text(WAITING)).to_be_visible()
    phone.get_by_role("button", name="Pause").tap()
    expect(phone.get_by_text("Paused.")).to_be_visible()
    phone.unroute("**/uploads/*/")
    with phone.expect_response("**/uploads/*/"):
        phone.get_by_role("button", name="Stop").tap()

    expect(phone.get_by_role("button", name="Hand in version 1")).to_be_visible()
    assert Upload.objects.get().outcome == UploadOutcome.ABANDONED
    assert not SubmissionVersion.objects.exists()


def test_stopped_while_the_file_is_being_read_nothing_begins(
    phone: Page, slides: Deliverable, tmp_path: Path
) -> None:
    slides.course.allows_pledge = True
    slides.course.save()
    phone.reload()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    phone.route("**/noble-hashes/**", hold)
    hand_in(phone, deck(tmp_path, name="wrong.pptx"))
    expect(phone.get_by_text("Reading the file")).to_be_visible()
    expect(phone.get_by_role("button", name="Pause")).to_be_hidden()
    while not held:
        phone.wait_for_timeout(20)
    phone.get_by_role("button", name="Stop").tap()
    for route in held:
        route.continue_()
    phone.unroute("**/noble-hashes/**", hold)
    hand_in(phone, deck(tmp_path, name="right.pptx"))

    expect(phone.get_by_text(IS_IN)).to_have_count(2)
    assert [upload.file_name for upload in Upload.objects.all()] == ["right.pptx"]


def test_a_wrong_file_is_refused_in_the_page_with_the_servers_words(
    phone: Page, tmp_path: Path
) -> None:
    wrong = {
        "talk.pdf": (
            b"%PDF-1.7",
            'Hand in a .pptx or .ppt file; the name "talk.pdf" ends otherwise.',
        ),
        "talk.pptx": (b"%PDF-1.7", "The name ends in .pptx, but what is inside is something else"),
        "none.pptx": (b"", "The file is empty; choose it again, or save it anew first."),
    }
    for name, (content, sentence) in wrong.items():
        phone.locator("input[type=file]").set_input_files(deck(tmp_path, content, name))
        expect(phone.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
        phone.get_by_role("button", name="Hand in version 1").tap()
    assert not Upload.objects.exists()


def test_who_is_signed_out_on_the_way_signs_in_elsewhere_and_goes_on(
    phone: Page, slides: Deliverable, tmp_path: Path
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    phone.route("**/uploads/*/", hold)
    hand_in(phone, deck(tmp_path))
    expect(phone.get_by_text("On its way", exact=True)).to_be_visible()
    expect(phone.locator("[data-amount]")).to_contain_text("5.0 MB")
    while not held:
        phone.wait_for_timeout(20)
    cookies = phone.context.cookies()
    phone.context.clear_cookies(name=product_settings.SESSION_COOKIE_NAME)
    held.pop().abort()
    phone.unroute("**/uploads/*/")
    expect(phone.get_by_text("You are signed out by now.")).to_be_visible()
    phone.context.add_cookies(cookies)  # type: ignore[arg-type]
    phone.get_by_role("button", name="Go on").tap()

    expect(phone.get_by_text(IS_IN)).to_have_count(2)
    assert SubmissionVersion.objects.get().sha256 == digest(DECK)


def test_a_file_is_never_handed_in_for_who_signed_in_in_the_same_browser(
    phone: Page, slides: Deliverable, tmp_path: Path
) -> None:
    held: list[Route] = []
    phone.route("**/uploads/*/", lambda route: held.append(route))  # noqa: PLW0108 - no builtin is taken
    hand_in(phone, deck(tmp_path))
    while not held:
        phone.wait_for_timeout(20)
    own = phone.context.cookies()
    client = Client()
    other = enroll(slides.course, name="Zoe").user
    assert other is not None
    client.force_login(other, backend=product_settings.AUTHENTICATION_BACKENDS[0])
    name = product_settings.SESSION_COOKIE_NAME
    theirs: Any = [
        {**cookie, "value": client.cookies[name].value} if cookie["name"] == name else cookie
        for cookie in own
    ]
    phone.context.add_cookies(theirs)
    held.pop().abort()
    phone.unroute("**/uploads/*/")
    expect(phone.locator("[data-state]")).to_contain_text("Somebody else is signed in here now")
    phone.get_by_role("button", name="Go on").tap()
    expect(phone.locator("[data-state]")).to_contain_text("Sign in as yourself, then go on")
    assert not SubmissionVersion.objects.exists()

    phone.context.add_cookies(own)  # type: ignore[arg-type]
    phone.get_by_role("button", name="Go on").tap()
    expect(phone.get_by_text(IS_IN)).to_have_count(2)
    assert SubmissionVersion.objects.get().sha256 == digest(DECK)


def test_a_pledged_file_says_so_before_it_begins(
    phone: Page, slides: Deliverable, tmp_path: Path
) -> None:
    slides.course.allows_pledge = True
    slides.course.save()
    phone.reload()
    expect(phone.get_by_text("the same file may finish until").first).to_be_visible()
    hand_in(phone, deck(tmp_path))

    expect(phone.get_by_text(IS_IN)).to_have_count(2)
    assert Upload.objects.get().pledged_sha256 == digest(DECK)
