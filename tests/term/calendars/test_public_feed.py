"""The course's calendar for everyone: what it has, and what it never tells."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings as product_settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from courseapp.course.models import CourseState, Role
from courseapp.term.calendars.feeds import public_feed
from schedule.models import Lecture, LectureKind, Milestone, MilestoneKind
from tests.factories import (
    LECTURE_AT,
    assign,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_milestone,
)
from tests.term.calendars.scenes import NOW, client_of, events_of

pytestmark = pytest.mark.django_db


def test_the_public_feed_has_the_schedule_and_the_milestones(course):
    lecture = make_lecture(course, topic="Attention", optional_count=1)
    make_milestone(course, due_at=datetime(2025, 2, 27, 5, 59, 59, tzinfo=UTC))
    lecture.room = "Siebel 0216"
    lecture.save()

    found = events_of(public_feed(course=course).content)

    assert set(found) == {"CS 598: Attention", "CS 598: project proposal"}
    event = found["CS 598: Attention"]
    assert event["UID"] == f"lecture-{lecture.pk}@127.0.0.1"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (lecture.starts_at, lecture.ends_at)
    assert (event["LOCATION"], event["STATUS"], event["TRANSP"]) == (
        "Siebel 0216",
        "CONFIRMED",
        "OPAQUE",
    )
    first, second = [reading.title for reading in lecture.readings.all()]
    assert f"Required: {first} https://example.org/" in event["DESCRIPTION"]
    assert f"Optional: {second}" in event["DESCRIPTION"]
    assert event["URL"] == f"{product_settings.BASE_URL}/c/{course.slug}/"


def test_a_row_without_times_is_a_day_and_one_of_several_days_spans_them(course):
    make_lecture(course, topic="Poster day", starts_at=None)
    pause = make_lecture(course, topic="Spring break", starts_at=None, kind=LectureKind.NO_CLASS)
    Lecture.objects.filter(pk=pause.pk).update(
        starts_on=date(2025, 3, 17), ends_on=date(2025, 3, 21)
    )

    found = events_of(public_feed(course=course).content)

    day, days = found["CS 598: Poster day"], found["CS 598: No class: Spring break"]
    assert (day["DTSTART"].dt, day["DTEND"].dt) == (date(2025, 2, 12), date(2025, 2, 13))
    assert (days["DTSTART"].dt, days["DTEND"].dt) == (date(2025, 3, 17), date(2025, 3, 22))
    assert days["TRANSP"] == "TRANSPARENT"


def test_a_meeting_that_was_called_off_is_cancelled_under_its_own_name(course):
    lecture = make_lecture(course, topic="Attention")
    before = events_of(public_feed(course=course).content)["CS 598: Attention"]
    lecture.withdrawn_at, lecture.position = NOW, 1_000_000
    lecture.save()

    after = events_of(public_feed(course=course).content)["CS 598: Attention"]

    assert after["STATUS"] == "CANCELLED"
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_what_was_called_off_before_anyone_could_read_it_is_not_told():
    course = make_course(published_at=NOW)
    lecture = make_lecture(course)
    lecture.withdrawn_at = NOW - timedelta(days=1)
    lecture.save()

    assert events_of(public_feed(course=course).content) == {}


def test_every_change_makes_a_later_revision_under_the_same_name(course):
    lecture, group = make_lecture(course, topic="Attention"), make_group(course)
    seen = []

    def note() -> None:
        event = events_of(public_feed(course=course).content)["CS 598: Attention"]
        seen.append((str(event["UID"]), event["SEQUENCE"]))

    note()
    lecture.starts_at = LECTURE_AT + timedelta(hours=1)
    lecture.ends_at = LECTURE_AT + timedelta(hours=2)
    lecture.save()
    note()
    reading = lecture.readings.get()
    reading.sections = "Sec 1-3"
    reading.save()
    note()
    assign(lecture, group)
    note()

    assert [uid for uid, _ in seen] == [f"lecture-{lecture.pk}@127.0.0.1"] * 4
    revisions = [revision for _, revision in seen]
    assert revisions == sorted(set(revisions))


def test_a_bare_deadline_row_gives_way_to_the_milestone_of_its_day(course):
    make_lecture(course, topic="Report due", starts_at=None, kind=LectureKind.DEADLINE)
    milestone = make_milestone(
        course, MilestoneKind.REPORT, due_at=datetime(2025, 2, 12, 23, tzinfo=UTC)
    )
    Milestone.objects.filter(pk=milestone.pk).update(at_time="17:00")

    (event,) = events_of(public_feed(course=course).content).values()

    assert event["DTSTART"].dt == datetime(2025, 2, 12, 23, tzinfo=UTC)


def test_the_public_feed_names_no_student_and_no_group_to_anyone(course):
    student = enroll(course, name="Mara Lindqvist")
    group = make_group(course, [student], name="Group of bait")
    lecture = make_lecture(course)
    assign(lecture, group)
    lecture.other_presenters.create(kind="student", name="Baiting Student", enrollment=student)
    lecture.other_presenters.create(kind="guest", name="A Guest", role="reviewers")
    client = client_of(enroll(course, Role.INSTRUCTOR))

    for reader in (Client(), client):
        content = reader.get(reverse("course-feed", args=[course.slug])).content.decode()
        assert "A Guest" in content
        assert not [name for name in ("Mara", "bait", "Baiting") if name in content]


def test_a_draft_has_no_public_feed_even_for_its_members():
    course = make_course(state=CourseState.DRAFT)
    client = client_of(enroll(course, Role.INSTRUCTOR))

    assert client.get(reverse("course-feed", args=[course.slug])).status_code == 404


def test_the_command_prints_the_public_feed(course):
    make_lecture(course)
    out = StringIO(newline="")

    call_command("export_schedule", course.slug, "--format=ics", stdout=out)

    assert out.getvalue().encode() == public_feed(course=course).content
