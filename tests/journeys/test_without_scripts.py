"""Reading and handing in without JavaScript."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import Browser, expect

from courseapp.kernel import clock
from submissions.deadlines import Kind
from submissions.models import SubmissionVersion
from tests.factories import (
    assign,
    deliverable,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_staff_lecture,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_student_reads_asks_and_hands_in_without_scripts(
    browser: Browser, live_server: Any
) -> None:
    course = make_course(slug="plain")
    student = enroll(course)
    in_two_days = clock.now() + timedelta(days=2)
    lecture = make_staff_lecture(course, starts_at=in_two_days)
    assign(
        make_lecture(course, starts_at=in_two_days + timedelta(days=7)),
        make_group(course, [student]),
    )
    derive(course)
    slides = deliverable(course, Kind.SLIDES)
    client = Client()
    assert student.user is not None
    client.force_login(student.user, backend=product_settings.AUTHENTICATION_BACKENDS[0])
    name = product_settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )
    page = context.new_page()

    page.goto(f"/c/plain/lectures/{lecture.pk}/")
    page.locator("textarea").fill("Which assumption would break first at twice the size?")
    page.get_by_role("button", name="Save the question").click()
    expect(page.get_by_text("Saved, version 1")).to_be_visible()
    page.goto(f"/c/plain/hand-in/{slides.pk}/")
    page.locator("input[type=file]").set_input_files(
        {"name": "talk.pptx", "mimeType": "application/zip", "buffer": b"PK\x03\x04" + b"x" * 99}
    )
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Version 1 is in and counts.").first).to_be_visible()

    assert SubmissionVersion.objects.count() == 2
