"""The instructor edits the schedule in a browser: looks at what it means, does it, and undoes it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from courseapp.term.acts.drafting import draft_of
from schedule.models import Lecture, LectureKind, Milestone
from tests.factories import LECTURE_AT, add_reading, derive, make_milestone
from tests.journeys.conftest import StoryClock
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def term(story_clock: StoryClock) -> Term:
    story_clock.stands_at(NOW)
    made = make_term()
    add_reading(made.lectures[0], position=2, is_required=False)
    add_reading(made.lectures[0], position=3, is_required=False)
    make_milestone(made.course, due_at=LECTURE_AT)
    derive(made.course)
    return made


def context_of(browser: Browser, live_server: Any, term: Term, **options: Any) -> BrowserContext:
    """Return a browser in which the instructor is signed in."""
    client = Client()
    assert term.instructor.user is not None
    backend = product_settings.AUTHENTICATION_BACKENDS[0]
    client.force_login(term.instructor.user, backend=backend)
    name = product_settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, **options)
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    context.add_cookies([cookie])  # type: ignore[list-item]
    return context


@pytest.fixture
def page(browser: Browser, live_server: Any, term: Term) -> Iterator[Page]:
    """The instructor's browser, a week before the first lecture; at the end it has not complained."""
    context = context_of(browser, live_server, term)
    found = context.new_page()
    complaints: list[str] = []
    found.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield found
    context.close()
    # A refused form answers 422, which the browser prints as an error of its own.
    assert [text for text in complaints if "422" not in text] == []


@pytest.fixture
def plain_phone(browser: Browser, live_server: Any, term: Term) -> Iterator[Page]:
    """The instructor's phone, without scripts."""
    options = {"viewport": PHONE, "java_script_enabled": False}
    context = context_of(browser, live_server, term, **options)
    yield context.new_page()
    context.close()


def open_row(page: Page, term: Term, title: str) -> Any:
    """Go to the schedule to be edited, and open what may be done to a row."""
    page.goto(f"/c/{term.course.slug}/")
    page.get_by_role("link", name="Edit the schedule").click()
    row = page.locator("article", has=page.get_by_role("heading", name=title, exact=True))
    row.locator("summary").click()
    return row


def look(page: Page, sentence: str) -> None:
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("nothing is changed yet")).to_be_visible()
    expect(page.get_by_role("heading", name=sentence)).to_be_visible()


def do(page: Page) -> None:
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()


def undo(page: Page) -> None:
    """Go back by the way that the toast offers."""
    page.get_by_role("status").get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Undone: ")


def topics() -> list[str]:
    return [found.title for found in Lecture.objects.all()]


def titles(lecture: Lecture) -> list[str]:
    return [found.title for found in lecture.readings.order_by("position")]


def test_a_meeting_is_moved_looked_at_and_brought_back(page: Page, term: Term) -> None:
    open_row(page, term, "Mixtures").get_by_role("link", name="Date, time, room, kind").click()
    expect(page.get_by_label("Begins")).to_have_value("12:30")
    page.get_by_label("Date").fill("2025-02-20")
    page.get_by_label("Reason").fill("A storm.")
    look(page, "Mixtures: Wed Feb 12, 12:30 PM is now Thu Feb 20, 12:30 PM.")
    expect(page.get_by_text("Slides for Mixtures", exact=True)).to_be_visible()
    do(page)
    assert topics() == ["Caches", "Mixtures", "Agents"]
    undo(page)
    assert topics() == ["Mixtures", "Caches", "Agents"]


def test_two_meetings_are_swapped(page: Page, term: Term) -> None:
    open_row(page, term, "Mixtures").get_by_role("link", name="Swap with another").click()
    page.get_by_label("trades places with").select_option(label="Wed Feb 26, 12:30 PM: Agents")
    look(page, "Mixtures and Agents are swapped")
    do(page)
    assert topics() == ["Agents", "Caches", "Mixtures"]
    undo(page)
    assert topics() == ["Mixtures", "Caches", "Agents"]


def test_a_cancelled_day_lets_the_rest_slide_once_its_end_is_settled(
    page: Page, term: Term
) -> None:
    open_row(page, term, "Caches").get_by_role("link", name="Cancel the day").click()
    page.get_by_label("Why there is no class").fill("A storm")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("Agents slides off the end of the term.")).to_be_visible()
    expect(page.get_by_label("Why there is no class")).to_have_value("A storm")
    page.get_by_label("New date for what slides off the end").fill("2025-03-05")
    page.get_by_label("There it begins").fill("12:30")
    page.get_by_label("There it ends").fill("13:45")
    look(page, "No class on Wed Feb 19, 12:30 PM")
    do(page)
    assert topics() == ["Mixtures", "A storm", "Caches", "Agents"]
    undo(page)
    assert topics() == ["Mixtures", "Caches", "Agents"]


def test_a_day_is_inserted_and_a_topic_dropped(page: Page, term: Term) -> None:
    page.goto(f"/c/{term.course.slug}/schedule/edit/")
    page.get_by_role("link", name="Insert a day").click()
    page.get_by_label("Date", exact=True).fill("2025-02-14")
    page.get_by_label("Topic").fill("A make-up class")
    look(page, "New in the schedule: A make-up class, Fri Feb 14, 12:30 PM.")
    do(page)
    assert topics() == ["Mixtures", "A make-up class", "Caches", "Agents"]
    open_row(page, term, "Caches").get_by_role("link", name="Drop it").click()
    page.get_by_label("The lectures after it move up by one place").check()
    look(page, "Caches (Wed Feb 19, 12:30 PM) is dropped.")
    do(page)
    assert topics() == ["Mixtures", "A make-up class", "Agents"]
    undo(page)
    assert topics() == ["Mixtures", "A make-up class", "Caches", "Agents"]


def test_what_a_row_says_is_edited(page: Page, term: Term) -> None:
    open_row(page, term, "Mixtures").get_by_role("link", name="Topic, module, note").click()
    page.get_by_label("Topic").fill("Experts")
    page.get_by_label("The audience owes a question").uncheck()
    look(page, "Mixtures is now called Experts. Experts asks for no questions now.")
    do(page)
    undo(page)
    assert topics() == ["Mixtures", "Caches", "Agents"]


def test_readings_are_added_corrected_and_removed(page: Page, term: Term) -> None:
    lecture = term.lectures[1]
    was = titles(lecture)
    open_row(page, term, "Caches").get_by_role("link", name="Add a reading").click()
    page.get_by_label("Title").fill("Mixtral")
    page.get_by_label("Link").fill("javascript:alert(1)")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("leads nowhere")).to_be_visible()
    page.get_by_label("Link").fill("https://example.org/mixtral")
    look(page, "New reading for Caches: Mixtral (required).")
    do(page)
    open_row(page, term, "Caches").get_by_role("link", name="Correct Mixtral").click()
    expect(page.get_by_label("Link")).to_have_value("https://example.org/mixtral")
    page.get_by_label("Required: the audience owes a question on it").uncheck()
    look(page, "Mixtral is now optional for Caches.")
    do(page)
    open_row(page, term, "Caches").get_by_role("link", name="Remove Mixtral").click()
    look(page, "Mixtral is not read for Caches any more.")
    do(page)
    assert titles(lecture) == was
    undo(page)
    assert titles(lecture) == [*was, "Mixtral"]


def test_a_reading_is_replaced_on_a_phone_without_scripts(plain_phone: Page, term: Term) -> None:
    page, lecture = plain_phone, term.lectures[0]
    was = titles(lecture)
    row = open_row(page, term, "Mixtures")
    row.get_by_role("link", name=f"Replace {was[0]}").click()
    page.get_by_label("Title").fill("Mixtral")
    look(page, f"For Mixtures, Mixtral replaces {was[0]}.")
    do(page)
    assert titles(lecture) == ["Mixtral", *was[1:]]
    undo(page)
    assert titles(lecture) == was


def test_readings_are_put_in_order_by_numbers_without_scripts(
    plain_phone: Page, term: Term
) -> None:
    page, lecture = plain_phone, term.lectures[0]
    was = titles(lecture)
    row = open_row(page, term, "Mixtures")
    row.get_by_label(f"Place of {was[2]}").fill("1")
    row.get_by_role("button", name="Show this order").click()
    expect(page.get_by_text("nothing is changed yet")).to_be_visible()
    do(page)
    assert titles(lecture) == [was[2], was[0], was[1]]
    undo(page)
    assert titles(lecture) == was


def test_readings_are_put_in_order_by_buttons_and_by_drag(page: Page, term: Term) -> None:
    lecture = term.lectures[0]
    was = titles(lecture)
    row = open_row(page, term, "Mixtures")
    row.get_by_role("button", name=f"Move down: {was[0]}").click()
    expect(row.get_by_role("button", name=f"Move down: {was[0]}")).to_be_focused()
    expect(row.locator("[data-reorder-said]")).to_have_text(f"{was[0]} is now number 2")
    items = row.locator(".order > li")
    items.nth(2).locator(".what").drag_to(items.nth(0).locator(".what"))
    row.get_by_role("button", name="Show this order").click()
    do(page)
    assert titles(lecture) == [was[2], was[1], was[0]]
    undo(page)
    assert titles(lecture) == was


def test_a_milestone_is_added_and_moved(page: Page, term: Term) -> None:
    page.goto(f"/c/{term.course.slug}/schedule/edit/")
    page.get_by_role("link", name="Add a milestone").click()
    page.get_by_label("Step").select_option(label="final report and code")
    page.get_by_label("Title").fill("Final report")
    page.get_by_label("Date").fill("2025-05-15")
    look(page, "New step: Final report, by Thu May 15, 11:59:59 PM CDT.")
    do(page)
    page.goto(f"/c/{term.course.slug}/schedule/edit/")
    page.get_by_role("link", name="Change Final report").click()
    page.get_by_label("Time").fill("18:00")
    look(page, "Final report: Thu May 15, 11:59:59 PM CDT is now Thu May 15, 6:00 PM CDT.")
    do(page)
    undo(page)
    assert Milestone.objects.get(kind="report").at_time is None


def test_a_draft_is_kept_looked_at_published_and_undone(page: Page, term: Term) -> None:
    open_row(page, term, "Mixtures").get_by_role("link", name="Swap with another").click()
    page.get_by_label("trades places with").select_option(label="Wed Feb 26, 12:30 PM: Agents")
    look(page, "Mixtures and Agents are swapped")
    page.get_by_role("button", name="Keep it in the draft").click()
    expect(page.get_by_role("heading", name="1 change waits to be published")).to_be_visible()
    open_row(page, term, "Caches").get_by_role("link", name="Topic, module, note").click()
    page.get_by_label("Topic").fill("Stores")
    look(page, "Caches is now called Stores.")
    page.get_by_role("button", name="Keep it in the draft").click()
    page.get_by_role("link", name="See the schedule with the draft").click()
    expect(page.get_by_role("heading", name="2 changes wait in the draft")).to_be_visible()
    expect(page.locator("article.marked")).to_have_count(3)
    assert topics() == ["Mixtures", "Caches", "Agents"]
    page.get_by_role("link", name="Look at the draft").click()
    page.get_by_label("Reason").fill("The guest could not come.")
    page.get_by_role("button", name="Publish and tell 12").click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    assert topics() == ["Agents", "Stores", "Mixtures"]
    undo(page)
    assert topics() == ["Mixtures", "Caches", "Agents"]
    page.goto(f"/c/{term.course.slug}/")
    expect(page.locator(".log > li")).to_have_count(2)


def test_a_draft_that_cannot_be_carried_out_says_so_until_it_is_taken_out(
    page: Page, term: Term
) -> None:
    open_row(page, term, "Caches").get_by_role("link", name="Topic, module, note").click()
    page.get_by_label("Topic").fill("Stores")
    look(page, "Caches is now called Stores.")
    page.get_by_role("button", name="Keep it in the draft").click()
    Lecture.objects.filter(topic="Caches").update(kind=LectureKind.LECTURE, withdrawn_at=NOW)
    derive(term.course)
    page.reload()
    expect(page.get_by_role("heading", name="The draft cannot be published")).to_be_visible()
    expect(page.get_by_text("cannot be carried out any more").first).to_be_visible()
    page.get_by_role("button", name="Take it out").click()
    expect(page.get_by_role("heading", name="The draft is empty")).to_be_visible()
    assert draft_of(term.course) == []
