"""Five minutes before class, on a phone: questions that save themselves, whatever the network does."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Route,
    expect,
)

from courseapp.course.models import Enrollment
from groups.models import Membership
from schedule.models import GroupRole, Lecture
from submissions.deadlines import Kind, LatePolicy
from submissions.models import Deliverable, SubmissionVersion, TextDraft
from submissions.services import cutting
from tests.factories import (
    LECTURE_AT,
    START,
    assign,
    deliverable,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
)
from tests.journeys.conftest import StoryClock
from tests.kernel.test_prose import ATTACKS

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = "How does the scheduler tell a slow link from a slow GPU?"
SECOND = "What does the fabric cost when $k$ jobs share it?"
CLASS_IN_FIVE_MINUTES = LECTURE_AT - timedelta(minutes=5)


class Phone:
    """Someone's phone, with the lecture's page open."""

    def __init__(self, browser: Browser, live_server: Any, person: Enrollment) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 390, "height": 844}, base_url=live_server.url
        )
        client = Client()
        assert person.user is not None
        client.force_login(person.user, backend=product_settings.AUTHENTICATION_BACKENDS[0])
        name = product_settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        self.context.add_cookies([cookie])  # type: ignore[list-item]  # a cookie's form
        self.faults: list[str] = []
        self.page = self.tab()

    def tab(self) -> Page:
        """Open a tab that waits not too long."""
        page = self.context.new_page()
        page.set_default_timeout(8000)
        page.on("console", self._note)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        is_expected = any(
            word in message.text
            for word in ("ERR_INTERNET", "ERR_FAILED", "409", "401", "403", "422")
        )
        if message.type == "error" and not is_expected:
            self.faults.append(message.text)


@pytest.fixture
def lecture(story_clock: StoryClock) -> Lecture:
    """A lecture with two required readings, five minutes before it starts."""
    story_clock.stands_at(CLASS_IN_FIVE_MINUTES)
    course = make_course()
    found = make_lecture(course, required_count=2, topic="Schedulers")
    assign(found, make_group(course, [enroll(course)]))
    derive(course)
    return found


@pytest.fixture
def phone(browser: Browser, live_server: Any, lecture: Lecture) -> Iterator[Phone]:
    """A student's phone; at the end it has complained about nothing."""
    found = Phone(browser, live_server, enroll(lecture.course, name="Mara"))
    found.page.goto(path_of(lecture))
    yield found
    assert found.faults == []
    found.context.close()


def path_of(lecture: Lecture) -> str:
    return f"/c/{lecture.course.slug}/lectures/{lecture.pk}/"


def said(page: Page, words: str) -> Locator:
    """Return what a field says of its text, as it is read; it is spoken elsewhere."""
    return page.locator("[data-said]", has_text=words)


def kept_texts() -> list[str]:
    return list(
        TextDraft.objects.order_by("submission__deliverable").values_list("text", flat=True)
    )


def test_two_questions_are_asked_in_a_few_strokes(phone: Phone) -> None:
    began = time.monotonic()
    boxes = phone.page.locator("textarea")
    boxes.nth(0).fill(FIRST)
    boxes.nth(1).fill("What does it")
    expect(said(phone.page, "Write 8 more characters")).to_be_visible()
    boxes.nth(1).fill(SECOND)
    expect(said(phone.page, "It counts; a version is made when you stop.")).to_have_count(2)
    print(f"two questions in {time.monotonic() - began:.1f} s")  # noqa: T201 - for who looks

    assert kept_texts() == [FIRST, SECOND]
    cutting.sweep(now=LECTURE_AT)
    phone.page.reload()
    expect(phone.page.get_by_text("Saved, version 1")).to_have_count(2)
    assert [version.received_at for version in SubmissionVersion.objects.all()] == [
        CLASS_IN_FIVE_MINUTES
    ] * 2


def test_a_preview_shows_the_formula_set(phone: Phone) -> None:
    box = phone.page.locator("textarea").nth(1)
    box.fill(SECOND)
    phone.page.locator("summary", has_text="Preview").nth(1).click()
    expect(phone.page.locator(".preview .katex").first).to_be_visible()


def test_nothing_is_lost_where_the_connection_is(phone: Phone, lecture: Lecture) -> None:
    phone.context.set_offline(True)
    phone.page.locator("textarea").nth(0).fill(FIRST)
    expect(said(phone.page, "No connection. Your text is kept")).to_be_visible()
    assert kept_texts() == []

    # The page is left for another, comes back, and still has what the server never saw.
    phone.page.goto("about:blank")
    phone.context.set_offline(False)
    phone.page.goto(path_of(lecture))
    expect(phone.page.locator("textarea").nth(0)).to_have_value(FIRST)
    expect(said(phone.page, "It counts; a version is made when you stop.")).to_be_visible()
    assert kept_texts() == [FIRST]
    phone.page.wait_for_function(
        "Object.keys(localStorage).every((key) => !key.startsWith('kept-text'))"
    )


def test_the_text_is_sent_by_itself_once_the_connection_is_back(phone: Phone) -> None:
    phone.context.set_offline(True)
    phone.page.locator("textarea").nth(0).fill(FIRST)
    expect(said(phone.page, "No connection. Your text is kept")).to_be_visible()
    phone.context.set_offline(False)
    expect(said(phone.page, "It counts; a version is made when you stop.")).to_be_visible()
    assert kept_texts() == [FIRST]


def test_what_a_save_refused_is_still_there_on_the_next_visit(
    phone: Phone, lecture: Lecture, story_clock: StoryClock
) -> None:
    Deliverable.objects.update(late_policy=LatePolicy.CLOSED.value)
    story_clock.stands_at(LECTURE_AT + timedelta(minutes=1))
    box = phone.page.locator("textarea").nth(0)
    box.fill(FIRST)
    phone.page.get_by_role("button", name="Save the questions").click()
    expect(phone.page.get_by_text("An instructor can open it for you.")).to_be_visible()
    expect(box).to_have_value(FIRST)

    phone.page.goto("about:blank")
    phone.page.goto(path_of(lecture))
    expect(box).to_have_value(FIRST)
    expect(said(phone.page, "Your text is kept in this browser")).to_be_visible()
    assert kept_texts() == []


def test_two_tabs_that_write_show_both_texts_and_let_choose(phone: Phone, lecture: Lecture) -> None:
    other = phone.tab()
    other.goto(path_of(lecture))
    phone.page.locator("textarea").nth(0).fill(FIRST)
    expect(said(phone.page, "It counts; a version is made when you stop.")).to_be_visible()
    other.locator("textarea").nth(0).fill(SECOND)
    expect(other.get_by_text("Written in two places.")).to_be_visible()
    expect(other.locator(".kept")).to_have_text(FIRST)
    expect(other.locator("textarea").nth(0)).to_have_value(SECOND)
    assert kept_texts() == [FIRST]

    other.get_by_role("button", name="Put both together").click()
    expect(said(other, "It counts; a version is made when you stop.")).to_be_visible()
    assert kept_texts() == [f"{FIRST}\n\n{SECOND}"]


@pytest.mark.parametrize("goes_on", ["types on", "leaves"])
def test_nobody_conflicts_with_their_own_text_of_which_no_answer_came(
    phone: Phone, goes_on: str
) -> None:
    heard: list[int] = []

    def arrives_unanswered(route: Route) -> None:
        heard.append(route.fetch().status)
        if goes_on == "types on":
            route.abort()

    phone.page.route("**/draft/", arrives_unanswered, times=1)
    box = phone.page.locator("textarea").nth(0)
    box.fill(FIRST)
    words = "No connection" if goes_on == "types on" else "Saving"
    expect(said(phone.page, words)).to_be_visible()
    while not heard:
        phone.page.wait_for_timeout(50)
    box.fill(f"{FIRST} And why?")
    if goes_on == "leaves":
        phone.page.evaluate("dispatchEvent(new Event('pagehide'))")
    expect(said(phone.page, "It counts; a version is made when you stop.")).to_be_visible()
    assert heard == [200]
    assert phone.page.get_by_text("Written in two places.").count() == 0
    assert kept_texts() == [f"{FIRST} And why?"]


def test_who_listens_hears_of_trouble_and_its_end_and_not_of_every_pause(phone: Phone) -> None:
    phone.page.evaluate(
        """() => {
          globalThis.heard = [];
          const note = (changes) => changes.forEach((one) => heard.push(one.target.textContent));
          for (const place of document.querySelectorAll(".field [role=status]"))
            new MutationObserver(note).observe(place, { childList: true, subtree: true });
        }"""
    )
    box = phone.page.locator("textarea").nth(0)
    for text in (FIRST, SECOND):
        box.fill(text)
        expect(said(phone.page, "It counts; a version is made when you stop.")).to_be_visible()
    phone.context.set_offline(True)
    box.fill(f"{SECOND} And why?")
    expect(said(phone.page, "No connection. Your text is kept")).to_be_visible()
    phone.context.set_offline(False)
    expect(said(phone.page, "It counts; a version is made when you stop.")).to_be_visible()
    heard = phone.page.evaluate("heard")
    assert not any("Saving" in words for words in heard)
    trouble, its_end = heard[-2:]
    assert trouble.startswith("No connection")
    assert "It counts" in its_end


def test_who_was_signed_out_loses_nothing_and_comes_back(phone: Phone) -> None:
    cookies = phone.context.cookies()
    phone.context.clear_cookies()
    phone.page.locator("textarea").nth(0).fill(FIRST)
    link = phone.page.get_by_role("link", name="Sign in again in a new tab")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("target", "_blank")

    # Signed in anew, with another token against forged requests.
    phone.context.add_cookies([c for c in cookies if "csrf" not in c["name"]])  # type: ignore[misc]
    expect(said(phone.page, "It counts; a version is made when you stop.")).to_be_visible(
        timeout=10_000
    )
    assert kept_texts() == [FIRST]


def test_what_one_types_is_never_saved_as_anothers_who_signed_in_in_the_same_browser(
    phone: Phone, browser: Browser, live_server: Any, lecture: Lecture
) -> None:
    other = Phone(browser, live_server, enroll(lecture.course, name="Zoe"))
    own = phone.context.cookies()
    phone.context.clear_cookies()
    phone.context.add_cookies(other.context.cookies())  # type: ignore[arg-type]
    phone.page.locator("textarea").nth(0).fill(FIRST)
    expect(said(phone.page, "Somebody else is signed in here now")).to_be_visible()
    assert kept_texts() == []

    phone.context.clear_cookies()
    phone.context.add_cookies([c for c in own if "csrf" not in c["name"]])  # type: ignore[misc]
    expect(said(phone.page, "It counts")).to_be_visible(timeout=15_000)
    assert TextDraft.objects.filter(submission__enrollment__name="Mara").count() == 1
    other.context.close()


def test_saving_makes_versions_and_signing_out_leaves_no_text_behind(phone: Phone) -> None:
    phone.page.locator("textarea").nth(0).fill(FIRST)
    phone.page.get_by_role("button", name="Save the questions").click()
    expect(phone.page.get_by_text("Question saved.")).to_be_visible()
    expect(phone.page.get_by_text("Saved, version 1")).to_be_visible()

    phone.context.set_offline(True)
    phone.page.locator("textarea").nth(1).fill(SECOND)
    expect(said(phone.page, "No connection. Your text is kept")).to_be_visible()
    phone.page.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")
    phone.page.get_by_role("button", name="Sign out").click()
    assert (
        phone.page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('kept-text'))")
        == []
    )


def test_a_group_writes_its_summary_together(
    browser: Browser, live_server: Any, lecture: Lecture
) -> None:
    first, second = enroll(lecture.course, name="Ada"), enroll(lecture.course, name="Bo")
    group = make_group(lecture.course, [first])
    Membership.objects.create(group=group, enrollment=second, seat=2, starts_at=START)
    assign(lecture, group, GroupRole.AUTHORS)
    place = deliverable(lecture.course, Kind.SUMMARY)
    ada, bo = (Phone(browser, live_server, person) for person in (first, second))
    for phone in (ada, bo):
        phone.page.goto(_editor(place))
    box = ada.page.locator("textarea")
    expect(box).to_have_value(
        "\n\n\n".join(f"## {one}" for one in lecture.course.summary_sections) + "\n"
    )
    text = "## The hypothesis\n\n" + "Batching pays while the cache holds. " * 8
    box.fill(text)
    expect(said(ada.page, "It counts; a version is made when you stop.")).to_be_visible()
    expect(ada.page.locator("[data-count]")).to_have_text("50 words, about 0.1 pages")

    bo.page.locator("textarea").fill("## The hypothesis\n\nMine.")
    expect(bo.page.get_by_text("Written in two places.")).to_be_visible()
    bo.page.get_by_role("button", name="Take the other").click()
    expect(bo.page.locator("textarea")).to_have_value(text)
    bo.page.get_by_role("button", name="Save as a version").click()
    expect(bo.page.get_by_text("Version 1 is in and counts.").first).to_be_visible()
    assert SubmissionVersion.objects.get().text == text.strip()
    assert ada.faults == bo.faults == []
    ada.context.close()
    bo.context.close()


def _editor(place: Deliverable) -> str:
    return f"/c/{place.course.slug}/hand-in/{place.pk}/write/"


def test_nothing_that_people_write_runs(phone: Phone) -> None:
    box = phone.page.locator("textarea").nth(0)
    # A value that is a function would be called.
    phone.page.evaluate("void (globalThis.alert = () => { globalThis.ran = true; })")
    phone.page.locator("summary", has_text="Preview").nth(0).click()
    box.fill("\n\n".join(attack for attack in ATTACKS if "\x00" not in attack)[:1990])
    expect(phone.page.locator(".preview .prose p").first).to_be_visible()
    expect(phone.page.locator(".preview [data-set]").first).to_be_attached()
    assert phone.page.evaluate("globalThis.ran") is None
    assert phone.page.locator(".preview :is(script, img, iframe, form, object, base)").count() == 0
    assert phone.page.locator(".preview a[href^='javascript' i]").count() == 0
