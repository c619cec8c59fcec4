"""What a check found shows by itself on the page that waits for it."""

from typing import Any

import pytest
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import Browser, expect

from bench.torture.hostile.deck_writing import deck
from courseapp.kernel import clock
from submissions.deadlines import Kind
from submissions.services import checking
from tests.doors import hand_in_file
from tests.submissions.scenes import a_lecture

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_lines_come_without_a_click_or_a_reload(browser: Browser, live_server: Any) -> None:
    scene = a_lecture()
    content = deck(12, more={"ppt/vbaProject.bin": b"x"})
    version = hand_in_file(
        scene.presenters[0], scene.due(Kind.SLIDES), content, at=clock.now()
    ).version
    client = Client()
    student = scene.presenters[1].user
    assert student is not None
    client.force_login(student, backend=product_settings.AUTHENTICATION_BACKENDS[0])
    name = product_settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url)
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"/c/{scene.course.slug}/versions/{version.pk}/")
    expect(page.get_by_text("Being checked")).to_be_visible()
    page.evaluate("window.stayed = true")

    checking.sweep()

    expect(page.get_by_text("12 slides.")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("save it as .pptx without macros")).to_be_visible()
    expect(page.get_by_text("Being checked")).to_have_count(0)
    assert page.evaluate("window.stayed") is True
    context.close()
