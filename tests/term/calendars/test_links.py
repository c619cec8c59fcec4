"""The secret link, and how programs ask for a feed."""

import pytest
from django.conf import settings as product_settings
from django.test import Client
from django.urls import reverse

from courseapp.course.models import CourseState
from courseapp.kernel.models import OutboxMail
from courseapp.term.calendars.feeds import feed_of_person
from courseapp.term.calendars.links import make_link, revoke_link
from courseapp.term.models import CalendarSecret
from tests.factories import (
    actor,
    assign,
    derive,
    enroll,
    make_course,
    make_lecture,
)
from tests.term.calendars.scenes import NOW, client_of

pytestmark = pytest.mark.django_db


def test_a_new_link_ends_the_old_and_a_revoked_one_opens_nothing(term):
    person = actor(term["mara"])
    first = make_link(actor=person, now=NOW)
    second = make_link(actor=person, now=NOW)

    assert feed_of_person(person, now=NOW, secret=first) is None
    assert feed_of_person(person, now=NOW, secret=second) is not None
    revoke_link(actor=person, now=NOW)
    assert feed_of_person(person, now=NOW, secret=second) is None
    assert CalendarSecret.objects.count() == 2


def test_the_secret_is_mailed_to_its_owner_and_kept_nowhere(term):
    secret = make_link(actor=actor(term["mara"]), now=NOW)

    mail = OutboxMail.objects.get(kind="term/calendar_link")
    assert (mail.recipient, mail.is_secret) == (term["mara"].email, True)
    assert f"{product_settings.BASE_URL}/calendars/{secret}.ics" in mail.text
    assert CalendarSecret.objects.get().digest != secret
    assert not CalendarSecret.objects.filter(digest__contains=secret).exists()


def test_a_draft_mails_no_link():
    person = enroll(make_course(state=CourseState.DRAFT))

    make_link(actor=actor(person), now=NOW)

    assert OutboxMail.objects.count() == 0


def test_the_page_shows_the_link_once(term):
    client = client_of(term["mara"])
    slug = term["mara"].course.slug

    made = client.post(reverse("make-calendar-link", args=[slug]))
    address = made.context["own_address"]

    assert made["Cache-Control"] == "no-store"
    assert address in made.content.decode()
    assert Client().get(address.removeprefix(product_settings.BASE_URL)).status_code == 200
    later = client.get(reverse("calendar", args=[slug])).content.decode()
    assert "/calendars/" not in later
    assert "You have a link" in later


def test_a_program_that_has_this_already_gets_304_and_after_a_change_the_new(course):
    lecture = make_lecture(course)
    url = reverse("course-feed", args=[course.slug])
    first = Client().get(url)

    again = Client().get(url, headers={"if-none-match": first["ETag"]})
    lecture.topic = "Another"
    lecture.save()
    changed = Client().get(url, headers={"if-none-match": first["ETag"]})

    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Last-Modified"]
    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@pytest.mark.parametrize("item_count", [1, 3])
def test_feeds_ask_the_database_the_same_number_of_times(
    course, term, item_count, django_assert_num_queries
):
    for _ in range(item_count):
        lecture = make_lecture(course, required_count=item_count)
        assign(lecture, term["mara"].memberships.get().group)
    derive(course)
    secret = make_link(actor=actor(term["mara"]), now=NOW)
    with django_assert_num_queries(7):
        Client().get(reverse("course-feed", args=[course.slug]))
    with django_assert_num_queries(12):
        Client().get(reverse("person-feed", args=[secret]))
