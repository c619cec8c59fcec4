"""An instructor places everyone who remains, in a browser without scripts, and reads the page in both themes."""

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as product_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, expect

from courseapp.course.models import Course, Enrollment
from courseapp.kernel import clock
from groups.models import InterestsLine, Membership
from tests.factories import enroll, make_course, make_group

pytestmark = pytest.mark.django_db(transaction=True)

LINES = {
    "Ada Quist": "KV caching, serving",
    "Bo Ferreira": "serving",
    "Chi Nakamura": "energy; scheduling",
    "Dov Amsel": "Serving",
    "Eli Brandt": "",
    "Fay Ostrom": "kernels, serving",
    "Gil Haddad": "KV caching",
}


def the_day_after(deadline_passed: bool) -> Course:
    """Return a course with one full group, one small one, and seven students without any."""
    course = make_course(slug="rest")
    delta = timedelta(days=1 if not deadline_passed else -1)
    course.groups_form_until = clock.now() + delta
    course.save()
    make_group(course, [enroll(course) for _ in range(5)], name="Group 1")
    small = make_group(course, [enroll(course, name="Zoe Lund")], name="Group 2")
    small.interests = "KV caching"
    small.save()
    for name, line in LINES.items():
        InterestsLine.objects.create(enrollment=enroll(course, name=name), text=line)
    return course


def signed_in(
    browser: Browser, live_server: Any, person: Enrollment, **options: Any
) -> BrowserContext:
    """Return a browser in which the person is signed in."""
    client = Client()
    assert person.user is not None
    client.force_login(person.user, backend=product_settings.AUTHENTICATION_BACKENDS[0])
    name = product_settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, **options)
    context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )
    return context


def test_an_instructor_comes_from_home_reads_and_places_everyone(
    browser: Browser, live_server: Any
) -> None:
    course = the_day_after(deadline_passed=True)
    instructor = enroll(course, "instructor")
    context = signed_in(browser, live_server, instructor, java_script_enabled=False)
    page = context.new_page()

    page.goto("/c/rest/home/")
    page.get_by_role("link", name="See how they would be placed").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("7 students without a group")
    expect(page.get_by_text("Group 2").first).to_be_visible()
    page.get_by_role("button", name="Place 7 students").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Everyone is in a group")
    sizes = [
        Membership.objects.current().filter(group=group).count() for group in course.groups.all()
    ]
    assert sorted(sizes) == [4, 4, 5]
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_small_phone(
    browser: Browser, live_server: Any, theme: Any
) -> None:
    course = the_day_after(deadline_passed=False)
    context = signed_in(browser, live_server, enroll(course, "instructor"), color_scheme=theme)
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})

    page.goto("/c/rest/groups/rest/")

    found = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["target"]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()
