"""An instructor changes people and groups in a browser: finds them, looks, does it, and undoes it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from courseapp.course.models import Enrollment, EnrollmentState
from courseapp.kernel.models import OutboxMail
from groups.models import Group
from tests.factories import enroll
from tests.journeys.conftest import StoryClock
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def term() -> Term:
    made = make_term()
    person = made.members(made.groups[0])[0]
    person.name = "Mara Lind"
    person.save()
    return made


@pytest.fixture
def page(browser: Browser, live_server: Any, term: Term, story_clock: StoryClock) -> Iterator[Page]:
    """The instructor's browser, a week before the first lecture."""
    story_clock.stands_at(NOW)
    client = Client()
    assert term.instructor.user is not None
    backend = product_settings.AUTHENTICATION_BACKENDS[0]
    client.force_login(term.instructor.user, backend=backend)
    name = product_settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url)
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    context.add_cookies([cookie])  # type: ignore[list-item]
    yield context.new_page()
    context.close()


def look(page: Page) -> None:
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("nothing is changed yet")).to_be_visible()


def do(page: Page) -> None:
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()


def undo(page: Page) -> None:
    page.locator("li", has_text="told").first.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Undone: ")


def test_a_student_is_found_dropped_and_back_days_later(
    page: Page, term: Term, story_clock: StoryClock
) -> None:
    person = Enrollment.objects.get(name="Mara Lind")
    page.goto(f"/c/{term.course.slug}/home/")
    page.get_by_role("link", name="People").click()
    page.get_by_label("Name, student id, address or group").fill("mara")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("1 found")).to_be_visible()
    page.get_by_role("link", name="Drop Mara Lind").click()
    page.get_by_label("Reason").fill("Changed the programme.")
    look(page)
    expect(page.get_by_text("A waiver is recorded.")).to_be_visible()
    do(page)
    person.refresh_from_db()
    assert person.state == EnrollmentState.DROPPED
    assert "Changed the programme." in OutboxMail.objects.get(recipient=person.email).text

    story_clock.stands_at(NOW + timedelta(days=3))
    undo(page)
    person.refresh_from_db()
    assert person.state == EnrollmentState.ACTIVE
    assert person in term.members(term.groups[0])
    assert OutboxMail.objects.filter(recipient=person.email).count() == 2


def test_a_student_comes_late_and_is_moved(page: Page, term: Term) -> None:
    page.goto(f"/c/{term.course.slug}/people/")
    page.get_by_role("link", name="Add a student").click()
    page.get_by_label("Name").fill("Noor Late")
    page.get_by_label("Mail address").fill("noor@example.edu")
    page.get_by_label("Group").select_option(label=term.groups[0].name)
    look(page)
    do(page)
    page.goto(f"/c/{term.course.slug}/people/groups/")
    page.get_by_role("link", name="Move Noor Late").click()
    expect(page.get_by_text(f"Now in {term.groups[0]}.")).to_be_visible()
    page.get_by_label("To").select_option(label=term.groups[1].name)
    look(page)
    do(page)
    person = Enrollment.objects.get(name="Noor Late")
    assert person in term.members(term.groups[1])
    undo(page)
    assert person in term.members(term.groups[0])


def test_a_group_is_dissolved_with_each_part_handed_on(page: Page, term: Term) -> None:
    group, taker = term.groups[:2]
    page.goto(f"/c/{term.course.slug}/people/groups/")
    page.get_by_role("link", name=f"Dissolve {group}", exact=True).click()
    page.get_by_label("Mara Lind goes to").select_option(label=taker.name)
    page.get_by_label("Presenter of Mixtures").select_option(label=taker.name)
    look(page)
    expect(page.get_by_text(f"Presenter of Mixtures, Wed Feb 12 goes to {taker}.")).to_be_visible()
    expect(page.get_by_text("Against the rules of the plan").first).to_be_visible()
    expect(page.get_by_text("Reviewers of Caches, Wed Feb 19 is left open.")).to_be_visible()
    page.get_by_role("button", name="Change it").click()
    page.get_by_label("Reviewers of Caches").select_option(label=term.groups[2].name)
    look(page)
    do(page)
    assert Group.objects.get(pk=group.pk).dissolved_at == NOW
    page.goto(f"/c/{term.course.slug}/people/groups/")
    expect(page.get_by_role("heading", name="2 groups, 3 students without one")).to_be_visible()
    page.goto(f"/c/{term.course.slug}/changes/")
    undo(page)
    assert Group.objects.get(pk=group.pk).dissolved_at is None
    assert len(term.members(group)) == 4


def test_groups_are_merged_split_founded_and_renamed(page: Page, term: Term) -> None:
    first, second, third = term.groups
    free = [enroll(term.course, name=name) for name in ("Ada Free", "Bo Free")]
    groups = f"/c/{term.course.slug}/people/groups/"
    page.goto(groups)
    page.get_by_role("link", name=f"Merge {first} into another").click()
    page.get_by_label("Its members join").select_option(label=second.name)
    page.get_by_role("button", name="Show what would change").click()
    # Once it is known who joins whom, it is asked who takes what.
    expect(page.get_by_label("Presenter of Mixtures")).to_have_value(str(second.pk))
    look(page)
    do(page)
    assert len(term.members(second)) == 8

    page.goto(groups)
    page.get_by_role("link", name=f"Split {second}", exact=True).click()
    page.get_by_label("Mara Lind").check()
    page.get_by_label("Name of the new group").fill("The Others")
    look(page)
    do(page)
    others = Group.objects.get(name="The Others")
    assert [person.name for person in term.members(others)] == ["Mara Lind"]

    page.goto(groups)
    page.get_by_role("link", name="Found a group").click()
    for person in free:
        page.get_by_label(person.name).check()
    look(page)
    do(page)
    assert term.members(Group.objects.get(name="Group 1")) == free

    page.goto(groups)
    page.get_by_role("link", name=f"Rename {third}", exact=True).click()
    page.get_by_label("New name").fill("Third Time Lucky")
    look(page)
    do(page)
    undo(page)
    third.refresh_from_db()
    assert third.name == term.groups[2].name
