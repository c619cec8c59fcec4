"""A person's calendar: the own part, the own dues, and nothing of others."""

from datetime import timedelta
from decimal import Decimal

import pytest

from courseapp.course.models import Role
from courseapp.term.calendars.feeds import feed_of_person
from courseapp.term.calendars.links import make_link
from grading.services.awarding import Wish as AwardWish
from grading.services.awarding import award
from submissions.deadlines import Kind
from submissions.models import Deliverable, Extension
from tests.factories import (
    LECTURE_AT,
    actor,
    deliverable,
    enroll,
    part,
    plan,
)
from tests.term.calendars.scenes import NOW, events_of, own_feed

pytestmark = pytest.mark.django_db


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

    # Identifiers and the secret in the addresses may well hold a 73.
    shown = " ".join(
        f"{event['SUMMARY']} {event.get('DESCRIPTION', '')}"
        for event in events_of(own_feed(term["mara"])).values()
    )
    assert "Attention" in shown
    assert not [word for word in ("South", "Otto", "73", "A draft") if word in shown]


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


def test_a_course_with_names_of_its_own_for_the_roles_says_those(course, term):
    course.role_names = {"presenter": "Speakers"}
    course.save()

    found = events_of(own_feed(term["mara"]))

    assert "CS 598: Attention (you play “Speakers”)" in found
