"""An instructor changes roles, rules, weights, deadlines and the past in a browser; groups swap."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.models import OutboxMail
from grading.models import Component
from groups.models import Group
from schedule.models import Lecture, OtherPresenter, RoleAssignment
from submissions.models import Extension
from tests.factories import LECTURE_AT, plan
from tests.journeys.conftest import StoryClock
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db(transaction=True)
Opened = Callable[[Enrollment], Page]


@pytest.fixture
def term(story_clock: StoryClock) -> Term:
    story_clock.stands_at(NOW)
    return make_term()


@pytest.fixture
def opened(browser: Browser, live_server: Any) -> Iterator[Opened]:
    """Browsers, each signed in as somebody."""
    contexts = []

    def open_as(person: Enrollment) -> Page:
        client = Client()
        assert person.user is not None
        client.force_login(person.user, backend=product_settings.AUTHENTICATION_BACKENDS[0])
        name = product_settings.SESSION_COOKIE_NAME
        context = browser.new_context(base_url=live_server.url)
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
        contexts.append(context)
        return context.new_page()

    yield open_as
    for context in contexts:
        context.close()


@pytest.fixture
def page(opened: Opened, term: Term) -> Page:
    """The instructor's browser, on the home page."""
    made = opened(term.instructor)
    made.goto(f"/c/{term.course.slug}/home/")
    return made


def look(page: Page) -> None:
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("nothing is changed yet")).to_be_visible()


def do(page: Page) -> None:
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()


def undo(page: Page) -> None:
    page.locator("ol.changes > li").first.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Undone: ")


def presenting(lecture: Lecture) -> list[Group]:
    held = RoleAssignment.objects.current().filter(lecture=lecture, role="presenter")
    return [one.group for one in held.select_related("group")]


def test_two_duties_are_swapped_although_that_breaks_a_rule(page: Page, term: Term) -> None:
    page.get_by_role("link", name="Swap two duties").click()
    first, second = term.groups[:2]
    page.get_by_label("This duty").select_option(
        label=f"{first} presents in Mixtures (Wed Feb 12, 12:30 PM)"
    )
    page.get_by_label("For this one").select_option(
        label=f"{second} presents in Caches (Wed Feb 19, 12:30 PM)"
    )
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("Write down why, to keep it.")).to_be_visible()
    page.get_by_label("Reason").fill("Both asked for it.")
    look(page)
    expect(page.get_by_text("kept with your reason").first).to_be_visible()
    do(page)
    assert [presenting(lecture) for lecture in term.lectures[:2]] == [[second], [first]]
    undo(page)
    assert [presenting(lecture) for lecture in term.lectures[:2]] == [[first], [second]]


def test_a_guest_steps_in_and_out_again(page: Page, term: Term) -> None:
    page.goto(f"/c/{term.course.slug}/lectures/{term.lectures[0].pk}/")
    page.get_by_role("link", name="Who plays a part").click()
    page.get_by_label("Role").select_option(label="Presenters")
    page.get_by_label("A guest, by name").fill("Noor Vale")
    page.get_by_label("Reason").fill("Our visitor from Zurich.")
    look(page)
    expect(page.get_by_text("Slides for Mixtures", exact=True)).to_be_visible()
    do(page)
    expect(page.get_by_role("status")).to_contain_text("Mixtures: Noor Vale presents.")
    assert OtherPresenter.objects.get().name == "Noor Vale"
    undo(page)
    assert not OtherPresenter.objects.exists()
    assert presenting(term.lectures[0]) == [term.groups[0]]


def test_a_rule_changes_from_a_day_on(page: Page, term: Term) -> None:
    page.get_by_role("link", name="Change a rule").click()
    page.get_by_label("Rule", exact=True).select_option(
        label="Hours before a lecture at which the slides are due (now 24)"
    )
    page.get_by_label("From then on").fill("48")
    page.get_by_label("Holds from").fill("2025-02-19")
    page.get_by_label("Reason").fill("The class asked for it.")
    look(page)
    expect(page.get_by_text("Slides for Caches")).to_be_visible()
    expect(page.get_by_text("Slides for Mixtures")).not_to_be_visible()
    do(page)
    due = term.lectures[1].deliverables.get(kind="slides")
    assert due.due_at == LECTURE_AT + timedelta(days=5)
    undo(page)
    due.refresh_from_db()
    assert due.due_at == LECTURE_AT + timedelta(days=6)


def test_the_weights_change_and_must_be_whole(page: Page, term: Term) -> None:
    plan(term.course)
    page.reload()
    page.get_by_role("link", name="Change the weights of the grade").click()
    page.get_by_label("Participation", exact=True).fill("20")
    page.get_by_label("Reason").fill("As agreed in class.")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("The components add up to 105, not to 100.")).to_be_visible()
    page.get_by_label("Final report", exact=True).fill("30")
    look(page)
    do(page)
    assert Component.objects.get(name="Participation").weight == 20
    undo(page)
    assert Component.objects.get(name="Participation").weight == 15


def test_a_deadline_is_extended_after_it_has_passed(
    page: Page, term: Term, story_clock: StoryClock
) -> None:
    story_clock.stands_at(LECTURE_AT + timedelta(days=2))
    page.get_by_role("link", name="Extend a deadline").click()
    due = term.lectures[0].deliverables.get(kind="summary")
    page.get_by_label("What is due").select_option(str(due.pk))
    page.get_by_label("For a group").select_option(label=term.groups[1].name)
    page.get_by_label("Until").fill("2025-02-16")
    page.get_by_label("Reason").fill("Two members are ill.")
    look(page)
    expect(page.get_by_text("This course gives no extensions")).to_be_visible()
    do(page)
    assert str(Extension.objects.get().due_at) == "2025-02-17 05:59:59+00:00"
    page.goto(f"/c/{term.course.slug}/home/")
    expect(page.get_by_text("1 extension in a course that gives none")).to_be_visible()
    page.get_by_role("link", name="Who gave them, and why").click()
    undo(page)
    assert Extension.objects.latest("pk").due_at is None


def test_the_past_is_put_right_never_silently(
    page: Page, term: Term, story_clock: StoryClock
) -> None:
    story_clock.stands_at(LECTURE_AT + timedelta(days=2))
    page.goto(f"/c/{term.course.slug}/lectures/{term.lectures[0].pk}/")
    page.get_by_role("link", name="Who really played a part").click()
    page.get_by_label("Role").select_option(label="Presenters")
    page.get_by_label(term.groups[2].name).check()
    page.get_by_label("Reason").fill("They had changed places that morning.")
    look(page)
    expect(page.get_by_text("has handed in nothing").first).to_be_visible()
    do(page)
    assert presenting(term.lectures[0]) == [term.groups[2]]
    text = OutboxMail.objects.filter(kind="term/changed").latest("pk").text
    assert "They had changed places that morning." in text
    undo(page)
    assert presenting(term.lectures[0]) == [term.groups[0]]


def test_two_groups_agree_on_a_swap_and_the_instructor_confirms(
    opened: Opened, page: Page, term: Term
) -> None:
    first, second = term.groups[:2]
    giving, asked = opened(term.members(first)[0]), opened(term.members(second)[0])
    giving.goto(f"/c/{term.course.slug}/swaps/")
    giving.get_by_role("link", name="Swap it (Presenters in Mixtures)").click()
    giving.get_by_label(f"{second}, Presenters in Caches").check()
    giving.get_by_label("A word to the other group").fill("We are at a conference.")
    giving.get_by_role("button", name="Offer the swap").click()
    expect(giving.get_by_text(f"waits for {second}")).to_be_visible()

    asked.goto(f"/c/{term.course.slug}/swaps/")
    expect(asked.get_by_text("We are at a conference.")).to_be_visible()
    asked.get_by_role("button", name=f"Accept the swap that {first} offers").click()
    expect(asked.get_by_role("status")).to_contain_text("It waits for staff now")

    page.reload()
    page.get_by_role("link", name="1 swap", exact=True).click()
    page.get_by_label("Why the rule may be broken").fill("Both are fine with it.")
    page.get_by_role("button", name=f"Confirm the swap of {first} and {second}", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("swap:")
    assert [presenting(lecture) for lecture in term.lectures[:2]] == [[second], [first]]

    page.get_by_role("status").get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    assert [presenting(lecture) for lecture in term.lectures[:2]] == [[first], [second]]
    giving.reload()
    expect(giving.get_by_text("swapped, undone since")).to_be_visible()


def test_a_course_calls_its_roles_as_it_likes(opened: Opened, page: Page, term: Term) -> None:
    page.get_by_role("link", name="Change a rule").click()
    page.get_by_label("Rule", exact=True).select_option(value="reviewers_name")
    page.get_by_label("From then on").fill("red team")
    page.get_by_label("Reason").fill("That is what we call them.")
    look(page)
    do(page)
    assert Course.objects.get(pk=term.course.pk).role_names == {"reviewers": "red team"}
    student = opened(term.members(term.groups[0])[0])
    student.goto(f"/c/{term.course.slug}/lectures/{term.lectures[0].pk}/")
    expect(student.get_by_text("Red team")).to_be_visible()
