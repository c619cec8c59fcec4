"""Four students form a group on their phones, from founding it to the day on which only staff change it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from courseapp.course.models import Course, Enrollment
from courseapp.kernel import mail
from groups.models import Group, Membership
from tests.factories import enroll, make_course
from tests.groups.scenes import DEADLINE, NOW
from tests.journeys.conftest import Postbox, StoryClock

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("Mia Ferrant", "Jonas Keel", "Ada Quist", "Noor Baring", "Ben Tarrow")
STEP = timedelta(minutes=1)


class Phone:
    """A student with a phone, signed in."""

    def __init__(self, browser: Browser, url: str, person: Enrollment) -> None:
        self.person, self.faults = person, list[str]()
        self.root = f"/c/{person.course.slug}"
        self.context = context = browser.new_context(
            base_url=url, viewport={"width": 390, "height": 844}
        )
        name = product_settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": _session(person), "url": url}])
        self.page: Page = context.new_page()
        self.page.set_default_timeout(8000)
        self.page.on("console", self._note)

    def _note(self, message: Any) -> None:
        if message.type == "error":
            self.faults.append(message.text)

    def opens(self, page: str) -> Page:
        """Go to a page of the course, which fits the phone."""
        answer = self.page.goto(f"{self.root}/{page}/")
        assert answer is not None
        assert answer.status == 200, page
        over = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{page} is {over} px too wide"
        return self.page

    def presses(self, words: str) -> None:
        """Press a button by its whole name, as a screen reader says it."""
        self.page.get_by_role("button", name=words, exact=True).click()

    def is_told(self, words: str) -> None:
        """See what the last action did."""
        expect(self.page.locator(".messages")).to_contain_text(words)


def _session(person: Enrollment) -> str:
    client = Client()
    assert person.user is not None
    client.force_login(person.user, backend=product_settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies[product_settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def course() -> Course:
    """A course in which groups form for three more days."""
    course = make_course(slug="forming")
    course.groups_form_until = DEADLINE
    course.save()
    enroll(course, "instructor", name="Ines Haugen")
    return course


@pytest.fixture
def phones(browser: Browser, live_server: Any, course: Course) -> Iterator[list[Phone]]:
    """Five students; at the end, none of their phones has complained."""
    people = [enroll(course, name=name) for name in NAMES]
    held = [Phone(browser, live_server.url, person) for person in people]
    yield held
    for phone in held:
        phone.context.close()
    assert [phone.faults for phone in held] == [[]] * len(held)


def test_a_group_forms(
    phones: list[Phone], course: Course, postbox: Postbox, story_clock: StoryClock
) -> None:
    mia, jonas, ada, noor, ben = phones
    story_clock.stands_at(NOW)
    mia_founds_a_group_and_invites_jonas(mia, jonas)
    jonas_finds_the_invitation_in_his_mail_and_accepts(jonas, postbox)
    ada_comes_by_the_link(mia, ada)
    story_clock.stands_at(NOW + STEP)
    noor_asks_and_is_let_in(noor, jonas)
    assert members() == ["Mia Ferrant", "Jonas Keel", "Ada Quist", "Noor Baring"]
    story_clock.stands_at(NOW + 2 * STEP)
    ada_leaves_and_the_others_are_told(ada, postbox, [mia, jonas, noor])
    story_clock.stands_at(DEADLINE + STEP)
    after_the_deadline_only_staff_change_groups(mia, ben)
    assert members() == ["Mia Ferrant", "Jonas Keel", "Noor Baring"]


def members() -> list[str]:
    current = Membership.objects.current().filter(group=Group.objects.get())
    return list(current.order_by("starts_at", "seat").values_list("enrollment__name", flat=True))


def mia_founds_a_group_and_invites_jonas(mia: Phone, jonas: Phone) -> None:
    """From the page of who is in no group; then by the address that she has in her book."""
    page = mia.opens("group")
    expect(page.locator("h1")).to_have_text("You are in no group yet")
    page.get_by_label("Name").fill("Cache and carry")
    page.get_by_label("Interests", exact=False).first.fill("Caches, and what they leak")
    mia.presses("Found a group")
    mia.is_told("Your group is there.")
    expect(page.locator("h1")).to_have_text("Cache and carry")
    page.get_by_label("Student id or mail address").fill(jonas.person.email.upper())
    mia.presses("Invite")
    mia.is_told("The invitation is on its way.")
    expect(page.locator("main")).to_contain_text("Jonas Keel")


def jonas_finds_the_invitation_in_his_mail_and_accepts(jonas: Phone, postbox: Postbox) -> None:
    """The mail leads to the page on which he answers."""
    mail.sweep()
    text = postbox.newest_to(jonas.person.email)
    assert "Mia Ferrant invites you to join Cache and carry" in text
    found = re.search(r"/c/forming/(\w+)/$", text, re.MULTILINE)
    assert found is not None
    page = jonas.opens(found[1])
    expect(page.locator("main")).to_contain_text("Mia Ferrant invites you")
    jonas.presses("Accept the invitation of Cache and carry")
    jonas.is_told("You are in Cache and carry.")


def ada_comes_by_the_link(mia: Phone, ada: Phone) -> None:
    """Mia copies it off her page."""
    page = mia.opens("group")
    mia.presses("Make a link")
    link = page.get_by_label("Whoever of the course opens it can join").input_value()
    ada.page.goto(link)
    expect(ada.page.locator("h1")).to_have_text("Cache and carry")
    ada.presses("Join Cache and carry")
    ada.is_told("You are in Cache and carry.")


def noor_asks_and_is_let_in(noor: Phone, jonas: Phone) -> None:
    """From the board, with a line; any member answers."""
    page = noor.opens("groups")
    page.get_by_text("Ask to join").click()
    page.get_by_label("A line to the group").fill("I have measured caches before.")
    noor.presses("Ask Cache and carry")
    noor.is_told("You asked Cache and carry.")
    answers = jonas.opens("group")
    expect(answers.locator("main")).to_contain_text("I have measured caches before.")
    jonas.presses("Accept Noor Baring")
    jonas.is_told("Noor Baring is in Cache and carry.")


def ada_leaves_and_the_others_are_told(ada: Phone, postbox: Postbox, others: list[Phone]) -> None:
    """Her seat is free at once."""
    ada.opens("group")
    ada.presses("Leave Cache and carry")
    ada.is_told("You left the group.")
    mail.sweep()
    told = postbox.recipients("Ada Quist left Cache and carry")
    assert told == sorted(phone.person.email for phone in others)


def after_the_deadline_only_staff_change_groups(mia: Phone, ben: Phone) -> None:
    """The pages say so, and who it is; asking is still possible."""
    page = mia.opens("group")
    expect(page.locator(".title")).to_contain_text(
        "Only staff change memberships now: Ines Haugen."
    )
    expect(page.get_by_role("button", name="Leave Cache and carry")).to_have_count(0)
    board = ben.opens("groups")
    board.get_by_text("Ask to join").click()
    ben.presses("Ask Cache and carry")
    ben.is_told("You asked Cache and carry.")
    mia.opens("group")
    expect(page.locator("main")).to_contain_text("Ben Tarrow")
    expect(page.get_by_role("button", name="Accept Ben Tarrow")).to_have_count(0)
