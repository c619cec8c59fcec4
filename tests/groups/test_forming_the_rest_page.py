"""The page that shows how those who remain would be placed, and places them on a click."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courseapp.kernel import clock
from groups.models import InterestsLine, Membership
from tests.factories import enroll, make_group
from tests.groups.scenes import AFTER, DEADLINE, NOW, Forming, seats

pytestmark = pytest.mark.django_db


def page_of(scene: Forming) -> tuple[Client, str]:
    client = Client()
    assert scene.instructor.user is not None
    client.force_login(scene.instructor.user)
    return client, reverse("form-rest", args=[scene.course.slug])


def test_the_page_shows_who_would_be_where_and_places_them_on_a_click():
    scene = Forming(size=4)
    group = make_group(scene.course, [scene.students[0]], name="Us & them")
    InterestsLine.objects.create(enrollment=scene.students[1], text="<caching>")
    client, url = page_of(scene)

    with clock.standing_at(AFTER):
        page = client.get(url)
        text = page.content.decode()
        done = client.post(url, {"shown": page.context["division"].token}, follow=True)

    assert "3 students without a group" in text
    assert f"Members: {scene.students[0]}</p>" in text
    assert f'{scene.students[1]} <span class="soft">(&lt;caching&gt;)</span>' in text
    assert "4 students in these groups get a mail" in text
    assert "Everyone is in a group" in done.content.decode()
    assert len(seats(group)) in {2, 3}


def test_the_page_asks_before_the_deadline_whether_it_is_meant():
    scene = Forming()
    client, url = page_of(scene)

    with clock.standing_at(NOW):
        page = client.get(url)
        refused = client.post(url, {"shown": page.context["division"].token}, follow=True)

    assert "Students form groups until" in page.content.decode()
    assert 'name="is_early"' in page.content.decode()
    assert "Wait, or say that you place everyone now." in refused.content.decode()
    assert not Membership.objects.exists()


def test_the_page_marks_waivers_and_says_why():
    scene = Forming(size=1)
    client, url = page_of(scene)

    with clock.standing_at(AFTER):
        text = client.get(url).content.decode()

    assert '<span class="st warn">waiver</span>' in text
    assert "1 member instead of 2 to 3" in text
    assert "1 waiver for a size is recorded in your name" in text


@pytest.mark.parametrize(("at", "is_told"), [(DEADLINE, False), (AFTER, True)])
def test_the_staffs_home_tells_after_the_deadline_who_is_without_a_group(
    at: datetime, is_told: bool
) -> None:
    scene = Forming(size=2)
    client, url = page_of(scene)

    with clock.standing_at(at):
        text = client.get(reverse("home", args=[scene.course.slug])).content.decode()

    assert ("2 students without a group" in text) is is_told
    assert (url in text) is is_told


@pytest.mark.parametrize("group_count", [1, 3])
def test_the_pages_queries_do_not_grow_with_groups_and_people(
    group_count: int, django_assert_num_queries: Any
) -> None:
    scene = Forming(size=group_count)
    for _ in range(group_count):
        make_group(scene.course, [enroll(scene.course) for _ in range(2)])
    client, url = page_of(scene)

    with clock.standing_at(AFTER), django_assert_num_queries(8):
        client.get(url)
