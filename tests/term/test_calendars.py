"""The course in calendar programs: what they take, what they are told, and what never."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from courseapp.course.models import Course, CourseState, Enrollment, Role
from courseapp.kernel.models import OutboxMail
from courseapp.term.calendars.feeds import feed_of_person, public_feed
from courseapp.term.calendars.links import make_link, revoke_link
from courseapp.term.formats.ics import Entry, write_calendar
from courseapp.term.models import CalendarSecret
from grading.services.awarding import Wish as AwardWish
from grading.services.awarding import award
from schedule.models import GroupRole, Lecture, LectureKind, Milestone, MilestoneKind
from submissions.deadlines import Kind
from submissions.models import Deliverable, Extension
from tests.factories import (
    LECTURE_AT,
    START,
    actor,
    assign,
    deliverable,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_milestone,
    part,
    plan,
)

NOW = LECTURE_AT - timedelta(days=2)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


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


@pytest.fixture
def course(db: None) -> Iterator[Course]:
    """A course whose groups may be of one."""
    made = make_course()
    made.group_size_min = 1
    made.save()
    yield made
    derive(made)


# ---------------------------------------------------------------- the form

A_TEXT = st.text(max_size=200)


def entry(**changes: Any) -> Entry:
    return Entry(
        **{
            "uid": "lecture-1@example.org",
            "title": "Attention",
            "begins": LECTURE_AT,
            "ends": LECTURE_AT + timedelta(minutes=75),
            "changed_at": LONG_AGO,
            "revision": 0,
            **changes,
        }
    )


def calendar_of(*entries: Entry, name: str = "CS 598") -> bytes:
    return write_calendar(name=name, description="", zone="America/Chicago", entries=list(entries))


@settings(max_examples=60, deadline=None)
@given(title=A_TEXT, description=A_TEXT, name=A_TEXT)
def test_any_text_comes_through_in_lines_that_every_program_takes(title, description, name):
    content = calendar_of(entry(title=title, description=description), name=name)

    assert content.endswith(b"\r\n")
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(set(line) & {0x0A, 0x0D, 0x00} for line in lines)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    said = title.replace("\r\n", "\n").replace("\r", "\n").replace("\x7f", "")
    assert str(event["SUMMARY"]) == "".join(char for char in said if char >= " " or char in "\n\t")


def test_a_program_is_told_the_name_and_how_often_to_look():
    content = calendar_of(entry(), name="CS 598, Spring")
    calendar = Calendar.from_ical(content)

    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert b"\r\nNAME:CS 598\\, Spring\r\nX-WR-CALNAME:CS 598\\, Spring\r\n" in content
    assert calendar["X-WR-TIMEZONE"] == "America/Chicago"
    assert calendar["X-PUBLISHED-TTL"] == "PT1H"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in content


def test_days_end_with_the_day_after_and_moments_have_no_end():
    days = entry(begins=date(2025, 3, 17), ends=date(2025, 3, 21))
    moment = entry(uid="due-1", ends=None)
    content = calendar_of(days, moment)

    assert b"DTSTART;VALUE=DATE:20250317\r\nDTEND;VALUE=DATE:20250322\r\n" in content
    assert content.count(b"DTEND") == 1
    assert b"DTSTART:20250212T183000Z\r\n" in content


# ---------------------------------------------------------------- the course's feed


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


# ---------------------------------------------------------------- a person's feed


@pytest.fixture
def term(course: Course) -> dict[str, Enrollment]:
    """Two groups, one of which presents, and a lecture that all others ask about."""
    people = {name: enroll(course, name=name.title()) for name in ("mara", "otto")}
    people["ta"] = enroll(course, Role.TA)
    people["observer"] = enroll(course, Role.OBSERVER)
    lecture = make_lecture(course, topic="Attention", required_count=2)
    assign(lecture, make_group(course, [people["mara"]], name="North"))
    assign(lecture, make_group(course, [people["otto"]], name="South"), GroupRole.REVIEWERS)
    people["asker"] = enroll(course)
    make_milestone(course, due_at=datetime(2025, 2, 27, 5, 59, 59, tzinfo=UTC))
    make_milestone(course, MilestoneKind.FORM_GROUPS, due_at=START)
    derive(course)
    return people


def test_a_student_reads_the_own_part_and_the_own_dues(course, term):
    found = events_of(own_feed(term["mara"]))

    assert set(found) == {
        "CS 598: Attention (you present)",
        "CS 598: groups formed",
        "CS 598: Slides for Attention due",
        "CS 598: Final slides for Attention due",
        "CS 598: Project proposal due",
    }
    slides = found["CS 598: Slides for Attention due"]
    assert slides["DTSTART"].dt == LECTURE_AT - timedelta(hours=24)
    assert slides["DESCRIPTION"] == "Nothing handed in yet."
    place = deliverable(course, Kind.SLIDES)
    assert slides["URL"].endswith(f"/c/{course.slug}/hand-in/{place.pk}/")


def test_the_questions_of_a_lecture_are_one_entry(term):
    found = events_of(own_feed(term["asker"]))

    assert "CS 598: 2 questions for Attention due" in found
    assert found["CS 598: 2 questions for Attention due"]["DTSTART"].dt == LECTURE_AT


def test_a_student_reads_nothing_of_other_groups_and_no_draft_grade(course, term):
    plan(course)
    talk = part(course, "Paper presentation & discussion", "talk")
    wish = AwardWish(
        part=talk,
        points=Decimal(73),
        deliverable=deliverable(course, Kind.SLIDES),
        group=term["mara"].memberships.get().group,
        comment="A draft comment.",
    )
    award(actor=actor(term["ta"]), wish=wish, now=NOW)

    content = own_feed(term["mara"]).decode()

    assert not [word for word in ("South", "Otto", "73", "A draft") if word in content]


def test_staff_read_who_plays_which_part_and_what_the_course_expects(term):
    found = events_of(own_feed(term["ta"]))

    assert {title for title in found if title.endswith("due")} == {
        "CS 598: Slides for Attention due",
        "CS 598: Final slides for Attention due",
        "CS 598: Summary for Attention due",
        "CS 598: Project proposal due",
    }
    said = found["CS 598: Attention"]["DESCRIPTION"]
    assert "Presents: North" in said
    assert "Reviews: South" in said


def test_an_observer_reads_the_schedule_without_groups(term):
    content = own_feed(term["observer"])

    assert set(events_of(content)) == {
        "CS 598: Attention",
        "CS 598: groups formed",
        "CS 598: project proposal",
    }
    assert b"North" not in content


def test_an_extension_moves_the_entry_of_its_owner_only(course, term):
    later = LECTURE_AT + timedelta(days=3)
    place = Deliverable.objects.filter(course=course, kind=Kind.QUESTION.value)[0]
    before = own_feed(term["otto"])
    Extension.objects.create(
        deliverable=place,
        enrollment=term["asker"],
        due_at=later,
        reason="Ill.",
        granted_by=enroll(course, Role.INSTRUCTOR),
        granted_at=NOW,
    )

    found = events_of(own_feed(term["asker"]))

    assert found["CS 598: Question for Attention due"]["DTSTART"].dt in {later, LECTURE_AT}
    starts = [event["DTSTART"].dt for title, event in found.items() if "uestion" in title]
    assert starts == [LECTURE_AT] or later in starts
    assert own_feed(term["otto"]) == before


def test_a_dropped_person_reads_nothing_more(term):
    person = term["mara"]
    secret = make_link(actor=actor(person), now=NOW)
    asker = actor(term["otto"])
    assert feed_of_person(asker, now=NOW, secret=secret) is not None
    person.state, person.dropped_at = "dropped", NOW
    person.save()

    assert feed_of_person(asker, now=NOW, secret=secret) is None


# ---------------------------------------------------------------- the link


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


# ---------------------------------------------------------------- over HTTP


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
