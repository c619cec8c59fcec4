"""What came in, in a real browser: the page follows by itself, an archive is packed and fetched."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from courseapp.course.models import Role
from submissions.deadlines import Kind
from submissions.services import archiving
from tests.doors import PPTX, ask, hand_in_file
from tests.factories import LECTURE_AT, enroll
from tests.journeys.conftest import StoryClock
from tests.submissions.scenes import Scene, a_lecture

pytestmark = pytest.mark.django_db(transaction=True)
# Two hours before the slides are due.
NOW = LECTURE_AT - timedelta(hours=26)
# What a browser does when its reader comes back to the page.
COME_BACK = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def scene(story_clock: StoryClock) -> Scene:
    """A lecture whose slides and questions are due soon."""
    story_clock.stands_at(NOW)
    return a_lecture()


@pytest.fixture
def ta(browser: Browser, live_server: Any, scene: Scene) -> Iterator[Page]:
    """A TA at a browser in which nothing may go wrong."""
    client = Client()
    user = enroll(scene.course, Role.TA).user
    assert user is not None
    client.force_login(user, backend=product_settings.AUTHENTICATION_BACKENDS[0])
    name = product_settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, accept_downloads=True)
    context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )
    page, faults = context.new_page(), []
    page.set_default_timeout(8000)
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert faults == []


def is_usable(page: Page) -> None:
    """Check that nothing keeps a reader out, and nothing is wider than a small phone."""
    found = Axe().run(page).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['target']}" for one in found] == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def test_the_page_follows_what_comes_in_without_a_reload(
    ta: Page, scene: Scene, story_clock: StoryClock
) -> None:
    question = scene.due(Kind.QUESTION)
    ta.goto(f"/c/{scene.course.slug}/lectures/{scene.lecture.pk}/")
    ta.get_by_role("link", name="What came in").click()
    is_usable(ta)
    ta.get_by_role("link", name="Question for").click()
    main = ta.locator("main")
    expect(main).to_contain_text("0 of 1 student in time")
    is_usable(ta)
    ta.evaluate("window.isTheSamePage = true")

    ask(scene.listener, question, at=NOW)
    ta.evaluate(COME_BACK)
    expect(main).to_contain_text("1 of 1 student in time")
    expect(main).to_contain_text("Version 1")
    expect(main).to_contain_text("Updated 10:30 AM")

    # A link that has the focus keeps it; what a reader types is not taken away.
    ta.get_by_role("link", name=f"Version 1 of {scene.listener.name}").focus()
    ta.get_by_label("Name").evaluate("field => field.value = 'Per'")
    story_clock.stands_at(NOW + timedelta(minutes=1))
    ask(scene.listener, question, "Another question, which takes its place.", at=NOW)
    ta.evaluate(COME_BACK)
    expect(main).to_contain_text("Version 2")
    expect(main).to_contain_text("Updated 10:31 AM")
    expect(ta.get_by_role("link", name=f"Version 2 of {scene.listener.name}")).to_be_focused()
    expect(ta.get_by_label("Name")).to_have_value("Per")
    assert ta.evaluate("window.isTheSamePage")


def test_an_archive_is_packed_watched_and_fetched(ta: Page, scene: Scene, tmp_path: Any) -> None:
    hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), at=NOW)
    ask(scene.listener, scene.due(Kind.QUESTION), at=NOW)
    ta.goto(f"/c/{scene.course.slug}/came-in/?lecture={scene.lecture.pk}")
    ta.get_by_role("button", name="Pack an archive").click()
    main = ta.locator("main")
    expect(main).to_contain_text("The archive is about to be packed")
    is_usable(ta)
    ta.reload()
    expect(main).to_contain_text("0 of 2 packed")

    archiving.sweep(now=NOW)
    expect(main).to_contain_text("The archive is ready")
    is_usable(ta)
    with ta.expect_download() as waiting:
        ta.get_by_role("link", name="Fetch the file").click()
    path = tmp_path / "archive.zip"
    waiting.value.save_as(path)
    with ZipFile(path) as found:
        assert found.testzip() is None
        slides = next(name for name in found.namelist() if name.endswith(".pptx"))
        assert slides.startswith("02-12 ")
        assert slides.endswith(f"/slides/{scene.presenting.name} presenter v1.pptx")
        assert found.read(slides) == PPTX
        assert "manifest.csv" in found.namelist()
