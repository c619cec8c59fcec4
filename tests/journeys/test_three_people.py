"""One week of the reference course in a real browser: a student, a TA and the instructor."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from courseapp.accounts.models import User
from courseapp.course.models import Course, Enrollment
from courseapp.course.services import open_course
from courseapp.kernel import mail
from courseapp.term.importing import import_course
from schedule.models import Lecture
from submissions.services import reminders
from tests.factories import PASSWORD
from tests.journeys.conftest import Postbox, StoryClock

DATA = Path(__file__).parent.parent / "data" / "cs598-s25"
# s034 is in G10, which presents Model Parallelism on Wed Feb 19 and listens on Fri Feb 21.
STUDENT = "s034@example.edu"
TA = "jimmys2@example.edu"
INSTRUCTOR = "fanlai@example.edu"
TUESDAY_MORNING = datetime(2025, 2, 18, 15, 0, tzinfo=UTC)
THREE_HOURS_BEFORE_THE_PROPOSAL = datetime(2025, 2, 27, 2, 59, 59, tzinfo=UTC)
PDF = b"%PDF-1.7\nA proposal of two pages.\n%%EOF"
PPTX = b"PK\x03\x04" + b"slides" * 20

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def course(story_clock: StoryClock) -> Course:
    """The reference course, published, on a Tuesday morning in February."""
    now = story_clock.stands_at(TUESDAY_MORNING)
    files = {path.name: path.read_bytes() for path in DATA.glob("*.csv")}
    course, _ = import_course(files=files, slug="cs598-s25", mail_domain="example.edu", now=now)
    open_course(course=course, now=course.begins_at)
    for address in (TA, INSTRUCTOR):
        user = User.objects.get(email=address)
        user.set_password(PASSWORD)
        user.save()
        user.emailaddress_set.update(verified=True)  # type: ignore[attr-defined]  # allauth's
    return course


class Person:
    """Someone at a browser of their own."""

    def __init__(self, browser: Browser, server: Any) -> None:
        self.url = server.url
        self.page: Page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
        self.page.set_default_timeout(8000)
        self.violations: list[str] = []
        self.page.on("console", self._note)

    def _note(self, message: Any) -> None:
        # A refused form answers 422, which the browser prints as an error of its own.
        if message.type == "error" and "422" not in message.text:
            self.violations.append(message.text)

    def open(self, path: str) -> None:
        """Go to a page of the course."""
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None
        assert answer.status == 200, path

    def sign_in_by_code(self, address: str, postbox: Postbox) -> None:
        """Ask for a code, read it in the mail, type it."""
        self.open("/accounts/login/")
        self.page.locator("input[name=email]").fill(address)
        self.page.get_by_role("button", name="Send me a sign-in code").click()
        self.page.wait_for_url("**/confirm/**")
        mail.sweep()
        found = re.search(
            r"^\s*([0-9A-Z]{3,4}-?[0-9A-Z]{3,4})\s*$", postbox.newest_to(address), re.MULTILINE
        )
        assert found is not None, postbox.newest_to(address)
        self.page.locator("input[name=code]").fill(found[1])
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url("**/home/")

    def sign_in_by_password(self, address: str) -> None:
        """Open the second way in and use it."""
        self.open("/accounts/login/")
        self.page.get_by_text("Sign in with a password").click()
        form = self.page.locator("form:has(input[name=password])")
        form.locator("input[name=login]").fill(address)
        form.locator("input[name=password]").fill(PASSWORD)
        form.locator("button[type=submit]").click()
        self.page.wait_for_url("**/home/")


@dataclass(frozen=True)
class Cast:
    """The three people of the story."""

    student: Person
    ta: Person
    instructor: Person


@pytest.fixture
def cast(browser: Browser, live_server: Any) -> Cast:
    """Three browsers; at the end, none of them has complained."""
    return Cast(*(Person(browser, live_server) for _ in range(3)))


def test_a_week_of_the_course(
    cast: Cast, course: Course, postbox: Postbox, story_clock: StoryClock
) -> None:
    cast.student.sign_in_by_code(STUDENT, postbox)
    assert Enrollment.objects.get(email=STUDENT).user is not None
    the_student_asks_two_questions(cast.student, course)
    the_student_hands_in_slides(cast.student, postbox)
    cast.ta.sign_in_by_password(TA)
    the_ta_grades_both_in_the_admin(cast.ta)
    the_student_sees_nothing_of_it_yet(cast.student)
    cast.instructor.sign_in_by_password(INSTRUCTOR)
    the_proposal_is_sent_back_and_then_approved(cast)
    the_grade_shows_from_its_release_on(cast)
    the_reminder_reaches_only_those_who_owe(postbox, story_clock)
    assert [person.violations for person in (cast.student, cast.ta, cast.instructor)] == [
        [],
        [],
        [],
    ]


def the_student_asks_two_questions(student: Person, course: Course) -> None:
    """Both for Friday; the one that is too short is kept in its box and mended."""
    friday = Lecture.objects.get(course=course, topic="Infra for Parallelism")
    student.open(f"/c/cs598-s25/lectures/{friday.pk}/")
    boxes = student.page.locator("textarea")
    expect(boxes).to_have_count(2)
    boxes.nth(0).fill("How does MegaScale tell a slow link from a slow GPU?")
    boxes.nth(1).fill("Too short")
    student.page.get_by_role("button", name="Save the questions").click()
    expect(student.page.get_by_text("Write 11 more characters")).to_be_visible()
    expect(boxes.nth(1)).to_have_value("Too short")
    boxes.nth(1).fill("What does RDMA over Ethernet cost when the fabric is shared?")
    student.page.get_by_role("button", name="Save the questions").click()
    expect(student.page.get_by_text("Saved, version 1")).to_have_count(2)


def the_student_hands_in_slides(student: Person, postbox: Postbox) -> None:
    """From home, for Wednesday; every member of the group gets the receipt."""
    student.open("/c/cs598-s25/home/")
    expect(student.page.locator("h1")).to_contain_text("Slides for Model Parallelism")
    student.page.get_by_role("link", name="Hand in", exact=True).click()
    student.page.locator("input[type=file]").set_input_files(
        {"name": "Model Parallelism.pptx", "mimeType": "application/zip", "buffer": PPTX}
    )
    student.page.get_by_role("button", name="Hand in").click()
    expect(student.page.get_by_text("Version 1 is in and counts.").first).to_be_visible()
    mail.sweep()
    assert len(postbox.recipients("Slides for Model Parallelism, version 1 received")) == 5


def the_ta_grades_both_in_the_admin(ta: Person) -> None:
    """From the grading list to the admin's form and back."""
    _grade(ta, part="Paper presentation & discussion: slides on time", owner="G10", points="91.5")
    _grade(ta, part="Participation: questions", owner="s034", points="37")


def the_student_sees_nothing_of_it_yet(student: Person) -> None:
    """Drafts are invisible."""
    student.open("/c/cs598-s25/grades/")
    assert "91.5" not in student.page.content()
    assert "37 of" not in student.page.content()


def the_proposal_is_sent_back_and_then_approved(cast: Cast) -> None:
    """Two rounds, then the student agrees."""
    _hand_in_proposal(cast.student, name="first.pdf", content=PDF)
    _decide(cast.instructor, verdict="Changes requested", comment="Say how you would measure it.")
    cast.student.open("/c/cs598-s25/project/")
    expect(cast.student.page.locator("h1")).to_have_text("Changes requested")
    expect(cast.student.page.get_by_text("Say how you would measure it.")).to_be_visible()
    _hand_in_proposal(cast.student, name="second.pdf", content=PDF + b"2")
    _decide(cast.instructor, verdict="Approved", comment="Go ahead.")
    cast.student.open("/c/cs598-s25/project/")
    cast.student.page.get_by_role("button", name="I agree to this proposal").click()
    expect(cast.student.page.get_by_text("agreed", exact=True)).to_have_count(1)


def the_grade_shows_from_its_release_on(cast: Cast) -> None:
    """Only the part that was released."""
    cast.instructor.open("/c/cs598-s25/grading/")
    cast.instructor.page.get_by_role("link", name="slides on time").click()
    cast.instructor.page.get_by_role("button", name="Release, and tell 5 students").click()
    cast.student.open("/c/cs598-s25/grades/")
    assert "91.5 of 100" in cast.student.page.locator("main").inner_text()
    assert "37 of" not in cast.student.page.locator("main").inner_text()


def the_reminder_reaches_only_those_who_owe(postbox: Postbox, story_clock: StoryClock) -> None:
    """Three hours before the proposal is due: the members of all other groups, once."""
    now = story_clock.stands_at(THREE_HOURS_BEFORE_THE_PROPOSAL)
    own_group = {"s034", "s038", "s036", "s057", "s064"}
    owing = [f"s{number:03}" for number in range(1, 91) if f"s{number:03}" not in own_group]
    for _ in range(2):
        reminders.remind(now=now)
        mail.sweep()
        assert postbox.recipients("- Project proposal") == [f"{who}@example.edu" for who in owing]


def _grade(person: Person, *, part: str, owner: str, points: str) -> None:
    person.open("/c/cs598-s25/grading/")
    person.page.get_by_role("link", name=part).click()
    row = person.page.locator("tr", has_text=owner).first
    row.get_by_role("link", name="Grade").click()
    person.page.locator("input[name=points]").fill(points)
    person.page.locator("input[name=_save]").click()
    expect(person.page.get_by_text("was added successfully")).to_be_visible()


def _hand_in_proposal(person: Person, *, name: str, content: bytes) -> None:
    person.open("/c/cs598-s25/project/")
    person.page.get_by_role("link", name="Hand in").click()
    person.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )
    person.page.get_by_role("button", name="Hand in").click()
    expect(person.page.locator("dl.receipt").get_by_text(name)).to_be_visible()


def _decide(person: Person, *, verdict: str, comment: str) -> None:
    person.open("/c/cs598-s25/proposals/")
    person.page.get_by_role("link", name="G10").click()
    person.page.get_by_label(verdict).check()
    person.page.get_by_label("Comment to the group").fill(comment)
    person.page.get_by_role("button", name="Decide and tell the group").click()
    expect(person.page.get_by_text("G10 has been told.")).to_be_visible()
