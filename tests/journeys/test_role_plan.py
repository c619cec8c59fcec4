"""The plan of roles in a real browser: ranked, solved, stopped, edited, mended, published, read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from courseapp.course.models import Enrollment
from courseapp.kernel import mail
from schedule.models import PlanDraft, PlanSolve, Preference, SolveState
from schedule.planning import Cell, Role, broken_rules, exchanges
from schedule.services.solving import sweep
from tests.journeys.conftest import Postbox, StoryClock
from tests.schedule.plan_scenes import BEFORE
from tests.schedule.test_slots import TalkScene

pytestmark = pytest.mark.django_db(transaction=True)
ONE_GROUP_IS_TOLD = 2


class Seat:
    """Someone signed in at a browser of their own."""

    def __init__(self, browser: Browser, server: Any, scene: TalkScene, who: Enrollment) -> None:
        self.root = f"/c/{scene.course.slug}/"
        self.contexts: list[BrowserContext] = []
        self.browser, self.server, self.who = browser, server, who
        self.faults: list[str] = []
        self.page = self.new_page()

    def new_page(self, **options: Any) -> Page:
        """Open a page in a browser that is signed in."""
        context = self.browser.new_context(base_url=self.server.url, **options)
        client = Client()
        assert self.who.user is not None
        client.force_login(self.who.user, backend=product_settings.AUTHENTICATION_BACKENDS[0])
        name = product_settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": self.server.url}])
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on(
            "console", lambda said: self.faults.append(said.text) if said.type == "error" else None
        )
        return page

    def open(self, path: str) -> Page:
        """Go to a page of the course, which anyone can use."""
        self.page.goto(f"{self.root}{path}")
        self.is_usable()
        return self.page

    def is_usable(self) -> None:
        """Check the open page: nothing that keeps a reader out, nothing wider than a phone."""
        found = Axe().run(self.page).response["violations"]
        self.faults += [
            f"{self.page.url}: {one['id']} {one['nodes'][0]['target']}" for one in found
        ]
        self.page.set_viewport_size({"width": 320, "height": 640})
        over = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        self.faults += [f"{self.page.url}: {over} px wider than a small phone"] if over > 0 else []
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def says(self, words: str) -> None:
        """Wait until the page says something."""
        expect(self.page.locator("main")).to_contain_text(words)

    def leave(self) -> None:
        """Close the browser."""
        for context in self.contexts:
            context.close()


@pytest.fixture
def now(story_clock: StoryClock) -> datetime:
    """The second day of the term."""
    return story_clock.stands_at(BEFORE)


@pytest.fixture
def scene(now: datetime) -> TalkScene:
    return TalkScene(size=6)


@pytest.fixture
def instructor(browser: Browser, live_server: Any, scene: TalkScene) -> Iterator[Seat]:
    seat = Seat(browser, live_server, scene, scene.instructor)
    yield seat
    seat.leave()
    assert seat.faults == []


@pytest.fixture
def student(browser: Browser, live_server: Any, scene: TalkScene) -> Iterator[Seat]:
    seat = Seat(browser, live_server, scene, scene.members[1][0])
    yield seat
    seat.leave()
    assert seat.faults == []


def test_from_wishes_to_a_plan_that_its_groups_read(
    instructor: Seat, student: Seat, scene: TalkScene, postbox: Postbox, now: datetime
) -> None:
    scene.rank(0, 0, 2)
    scene.rank(2, 2)
    a_group_ranks_by_keys(student, scene)
    instructor.open("plan/")
    instructor.says("No plan yet")
    the_first_search_is_stopped(instructor)
    the_second_one_finds_a_plan(instructor, now)
    an_edit_breaks_a_rule_and_is_undone(instructor, scene)
    a_group_is_away_and_an_exchange_mends_the_plan(instructor, scene)
    everything_is_told_before_it_is_published(instructor, scene)
    mail.sweep()
    assert "You got your second; your first was wanted by two groups." in postbox.newest_to(
        scene.members[1][0].email
    )
    student.open("ranking/")
    student.says("You got your second; your first was wanted by two groups.")
    a_change_is_told_to_its_groups_only(instructor, scene, postbox)


def a_group_ranks_by_keys(student: Seat, scene: TalkScene) -> None:
    page = student.open("ranking/")
    second = page.get_by_role("button", name="Move Topic of week 2: arrow up and down")
    second.focus()
    page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="Move Topic of week 1: arrow up and down").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-ranking-said]")).to_have_text("Topic of week 1 is now 1")
    page.get_by_role("button", name="Save the ranking").click()
    student.says("2 ranked")
    ranked = Preference.objects.current().filter(group=scene.groups[1]).order_by("rank")
    assert [wish.lecture for wish in ranked] == scene.lectures[:2]


def the_first_search_is_stopped(instructor: Seat) -> None:
    page = instructor.page
    page.get_by_role("button", name="Solve").click()
    instructor.says("The planner is about to start")
    instructor.is_usable()
    PlanSolve.objects.update(state=SolveState.RUNNING, told_at=BEFORE, seconds=1.5, cost=7, bound=3)
    # The page tells it by itself, and goes on telling it when it is opened anew.
    instructor.says("57.1 %")
    page.reload()
    instructor.says("The planner is searching")
    page.get_by_role("button", name="Stop with the best so far").click()
    instructor.says("Stopping with the best plan so far")
    PlanSolve.objects.update(
        state=SolveState.FAILED, ended_at=BEFORE, failure="Neither a plan nor a proof was found."
    )
    instructor.says("Neither a plan nor a proof was found.")


def the_second_one_finds_a_plan(instructor: Seat, now: datetime) -> None:
    page = instructor.page
    page.get_by_role("link", name="Back to the plan").click()
    page.get_by_role("button", name="Solve").click()
    instructor.says("The planner is about to start")
    sweep(now=now)
    instructor.says("It is draft 1.")
    page.get_by_role("link", name="Look at draft 1").click()
    instructor.says("Every rule holds")
    instructor.is_usable()


def an_edit_breaks_a_rule_and_is_undone(instructor: Seat, scene: TalkScene) -> None:
    page = instructor.page
    cell = next(cell for cell in sorted(scene.sheet().cells) if cell.role == Role.AUTHORS)
    page.locator(f"td a[href$='/cells/{cell.group}/{cell.lecture}/']").click()
    instructor.is_usable()
    page.get_by_label("No part").check()
    page.get_by_role("button", name="Make the next draft").click()
    instructor.says("One broken rule before you can publish")
    instructor.says("nobody plays the authors")
    page.get_by_role("button", name="Undo: back to draft 1").click()
    instructor.says("Every rule holds")


def a_group_is_away_and_an_exchange_mends_the_plan(instructor: Seat, scene: TalkScene) -> None:
    page = instructor.page
    cell = next(cell for cell in sorted(scene.sheet().cells) if _can_be_mended(scene, cell))
    page.locator(f"td a[href$='/cells/{cell.group}/{cell.lecture}/']").click()
    page.get_by_label("Rule", exact=True).select_option("blackout:")
    page.get_by_label("Why").fill("They are at a conference.")
    page.get_by_role("button", name="Settle it").click()
    instructor.says("One broken rule before you can publish")
    instructor.says("They are at a conference.")
    instructor.is_usable()
    page.locator(".mend button").first.click()
    instructor.says("Every rule holds")


def _can_be_mended(scene: TalkScene, cell: Cell) -> bool:
    """Say whether an exchange would free a group of a part without harm."""
    found = scene.sheet()
    away = frozenset({(cell.group, cell.lecture)})
    problem = replace(found.planning.problem, blackouts=away)
    (broken,) = broken_rules(problem, found.cells)
    return bool(exchanges(problem, found.cells, broken))


def everything_is_told_before_it_is_published(instructor: Seat, scene: TalkScene) -> None:
    page = instructor.page
    page.get_by_role("link", name="Compare with the published plan").click()
    instructor.says("6 groups play something else")
    instructor.is_usable()
    instructor.open("plan/")
    page.get_by_role("link", name="Publish …").click()
    instructor.says("Publishing tells 12 people in 6 groups")
    instructor.says(scene.members[1][0].name)
    instructor.is_usable()
    assert scene.standing() == set()
    page.get_by_role("button", name="Publish and tell them").click()
    instructor.says("Published: 18 roles assigned, 0 withdrawn, 12 people told.")


def a_change_is_told_to_its_groups_only(
    instructor: Seat, scene: TalkScene, postbox: Postbox
) -> None:
    page = instructor.page
    cell = next(cell for cell in sorted(scene.sheet().cells) if cell.role == Role.AUTHORS)
    number = PlanDraft.objects.count()
    instructor.open(f"plan/drafts/{number}/cells/{cell.group}/{cell.lecture}/")
    page.get_by_label("No part").check()
    page.get_by_role("button", name="Make the next draft").click()
    page.get_by_role("link", name="Keep and publish …").click()
    page.get_by_label("nobody plays the authors").fill("A guest plays them.")
    instructor.is_usable()
    page.get_by_role("button", name="Publish and tell them").click()
    instructor.says(f"1 withdrawn, {ONE_GROUP_IS_TOLD} people told.")
    instructor.says("Kept: A guest plays them.")
    before = len(postbox.mails)
    mail.sweep()
    index = next(i for i, group in enumerate(scene.groups) if group.pk == cell.group)
    told = {recipient for recipient, _ in postbox.mails[before:]}
    assert told == {member.email for member in scene.members[index]}


def test_without_scripts_a_plan_is_solved_edited_and_published(
    instructor: Seat, scene: TalkScene, now: datetime
) -> None:
    page = instructor.new_page(java_script_enabled=False)
    page.goto(f"{instructor.root}plan/")
    page.get_by_role("button", name="Solve").click()
    sweep(now=now)
    page.get_by_role("link", name="Look again how far it is").click()
    page.get_by_role("link", name="Look at draft 1").click()
    page.locator("td a").first.click()
    page.get_by_label("No part").check()
    page.get_by_role("button", name="Make the next draft").click()
    expect(page.locator("main")).to_contain_text("Draft 2:")
    page.goto(f"{instructor.root}ranking/{scene.groups[0].pk}/")
    page.get_by_label("Rank of Topic of week 3, Feb 26").fill("1")
    page.get_by_role("button", name="Save the ranking").click()
    expect(page.locator("main")).to_contain_text("1 ranked")


def test_slots_are_ticked_ranked_placed_and_published(
    instructor: Seat, student: Seat, scene: TalkScene
) -> None:
    page = instructor.open("slots/midterm/")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_label("Minutes for each slot").fill("25")
    page.get_by_role("button", name="Open these slots").click()
    instructor.says("6 groups have no slot yet")
    ranking = student.open("slots/midterm/ranking/")
    ranking.locator("ol input").nth(2).fill("1")
    ranking.get_by_role("button", name="Save the ranking").click()
    student.says("1 ranked")
    page.get_by_role("button", name="Place the groups").click()
    instructor.says("6 groups to be told a new slot")
    instructor.is_usable()
    page.get_by_role("link", name="Publish …").click()
    instructor.says("Publishing tells 12 people in 6 groups")
    instructor.is_usable()
    page.get_by_role("button", name="Publish and tell them").click()
    instructor.says("Every group has its slot, as published")
    student.open("slots/midterm/ranking/")
    student.says("You got your first.")
