"""What the tests of the calendars share: a course with two groups, and a program that reads feeds."""

from datetime import timedelta
from typing import Any

from django.test import Client
from icalendar import Calendar

from courseapp.course.models import Enrollment
from courseapp.term.calendars.feeds import feed_of_person
from courseapp.term.calendars.links import make_link
from tests.factories import LECTURE_AT, actor

NOW = LECTURE_AT - timedelta(days=2)


def events_of(content: bytes) -> dict[str, Any]:
    """A calendar's events by their titles, as a program reads them."""
    calendar = Calendar.from_ical(content)
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


def client_of(person: Enrollment) -> Client:
    client = Client()
    assert person.user is not None
    client.force_login(person.user)
    return client


def own_feed(person: Enrollment) -> bytes:
    secret = make_link(actor=actor(person), now=NOW)
    feed = feed_of_person(actor(person), now=NOW, secret=secret)
    assert feed is not None
    return feed.content
