"""A PDF read inside its page: drawn as it comes into sight, fetched in parts, and nothing in it runs."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Response, expect

from bench.torture.hostile.pdf_writing import pdf, stream
from courseapp.course.models import Enrollment
from submissions.deadlines import Kind
from submissions.models import SubmissionVersion
from tests.doors import hand_in_file
from tests.submissions.scenes import PROPOSAL_DUE, a_lecture

pytestmark = pytest.mark.django_db(transaction=True)
EARLY = PROPOSAL_DUE - timedelta(days=1)
PAGES = [[f"Page {number} of the plan"] for number in range(1, 10)]
SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\); app.launchURL\\('/accounts/logout/'\\))>>"
ACTING = pdf(
    PAGES,
    catalog=b"/OpenAction%b/AA<</WC%b>>/Names<</JavaScript<</Names[(a)%b]>>>>" % ((SCRIPT,) * 3),
    page=b"/AA<</O%b>>/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 600 800]/A%b>>]"
    % ((SCRIPT,) * 2),
)
# What cannot be packed stands between the first pages and the last.
LARGE = pdf(PAGES, more={1000: stream(os.urandom(4_000_000))})


class Reader:
    """Somebody with a browser, what it complained of, and which parts of the file it got."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        self.parts: list[tuple[int, int]] = []
        page.set_default_timeout(15_000)
        page.on("console", self._note)
        page.on("dialog", self._dismiss)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("response", self._count)

    def open(self, person: Enrollment) -> None:
        """Go to the page of the only version."""
        version = SubmissionVersion.objects.get()
        self.page.goto(f"/c/{person.course.slug}/versions/{version.pk}/")
        expect(self.page.get_by_text("Page 1 of the plan")).to_be_attached()

    def shown(self) -> int:
        """Return how many pages are drawn."""
        return self.page.locator(".pdf-page canvas").count()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(message.text)

    def _dismiss(self, dialog: Dialog) -> None:
        self.faults.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _count(self, answer: Response) -> None:
        if answer.url.endswith("/file/"):
            self.parts.append((answer.status, int(answer.headers["content-length"])))


@pytest.fixture
def author() -> Enrollment:
    """Somebody who owes a proposal."""
    return a_lecture().authors[0]


@pytest.fixture
def reader(browser: Browser, live_server: Any, author: Enrollment) -> Iterator[Reader]:
    """The author with a browser."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    client = Client()
    assert author.user is not None
    client.force_login(author.user, backend=product_settings.AUTHENTICATION_BACKENDS[0])
    name = product_settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    context.add_cookies([cookie])  # type: ignore[list-item]  # a cookie's form
    yield Reader(context.new_page())
    context.close()


def hand_in(author: Enrollment, content: bytes) -> None:
    """Hand the proposal in."""
    deliverable = author.course.deliverables.get(kind=Kind.PROPOSAL.value)
    hand_in_file(author, deliverable, content, name="plan.pdf", at=EARLY)


def test_a_pdf_is_read_with_keys_and_buttons_and_nothing_in_it_runs(
    author: Enrollment, reader: Reader
) -> None:
    hand_in(author, ACTING)
    reader.open(author)
    page = reader.page
    assert 1 <= reader.shown() < len(PAGES)
    number, zoom = page.get_by_label("Page", exact=True), page.get_by_label("Size")
    expect(number).to_have_value("1")

    pages = page.get_by_role("region", name="Pages of plan.pdf")
    pages.click(position={"x": 300, "y": 300})
    page.keyboard.press("ArrowRight")
    expect(number).to_have_value("2")
    page.keyboard.press("+")
    expect(zoom).to_have_text("125 %")
    page.get_by_role("button", name="Fit").click()
    expect(zoom).to_have_text("100 %")
    number.fill("9")
    number.press("Enter")
    expect(page.get_by_text("Page 9 of the plan")).to_be_attached()
    expect(page.get_by_text("Page 1 of the plan")).not_to_be_attached()

    assert page.url.endswith("/")
    assert reader.faults == []
    assert page.locator(".pdf a, .pdf iframe, .pdf input:not([data-number])").count() == 0


def test_only_the_parts_that_are_looked_at_are_fetched(author: Enrollment, reader: Reader) -> None:
    hand_in(author, LARGE)
    reader.open(author)
    parts = [size for status, size in reader.parts if status == 206]
    assert 0 < sum(parts) < len(LARGE) / 2
    assert reader.faults == []


def test_without_a_script_the_file_can_be_downloaded(
    browser: Browser, live_server: Any, author: Enrollment, reader: Reader
) -> None:
    hand_in(author, ACTING)
    state = reader.page.context.storage_state()
    path = f"/c/{author.course.slug}/versions/{SubmissionVersion.objects.get().pk}/"
    with browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=state
    ) as context:
        page = context.new_page()
        page.goto(path)
        with page.expect_download() as download:
            page.locator(".pdf").get_by_role("link", name="Download plan.pdf").click()
        assert download.value.path().read_bytes() == ACTING
