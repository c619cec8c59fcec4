"""Page, mail, calendar and database name one instant, in zones whose clocks do odd things."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from courseapp.course.models import Course, Enrollment
from courseapp.kernel import clock as kernel_clock
from courseapp.kernel import mail
from courseapp.kernel.models import OutboxMail
from courseapp.term.calendars.feeds import feed_of_person
from courseapp.term.calendars.links import make_link
from schedule.models import GroupRole
from submissions.deadlines import Kind, local_instant, milestone_instant
from submissions.models import Deliverable
from submissions.services.reminders import remind
from tests.doors import PDF, TEXT, browser, post_file, post_questions
from tests.factories import (
    START,
    actor,
    assign,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_milestone,
)
from tests.submissions.zones import DAY, Behaviour, clock_of, instant

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LASTS = 75 * 60
YEARS = (2026, 2027)
# Where clocks do not change, a lecture stands here: at 10:10:10 UTC, with seconds of its own.
SOMEWHEN = 1_772_446_210
BEGINNINGS = {
    "Question": Kind.QUESTION,
    "Slides for": Kind.SLIDES,
    "Final slides for": Kind.FINAL_SLIDES,
    "Summary for": Kind.SUMMARY,
    "Project proposal": Kind.PROPOSAL,
}
# Where, and whether the lecture is at a time that is skipped or at one that is shown twice.
PLACES = (
    ("America/Chicago", "skipped"),
    ("America/Chicago", "twice"),
    ("America/Santiago", "twice"),  # at midnight: the last hour of a day comes again
    ("Africa/Cairo", "skipped"),  # at midnight too: a day begins at one
    ("Africa/Casablanca", "twice"),  # before Ramadan
    ("Europe/Dublin", "skipped"),  # winter is the exception there
    ("Antarctica/Troll", "twice"),  # by two hours
    ("Australia/Lord_Howe", "skipped"),  # by half an hour
    ("Pacific/Chatham", "twice"),  # three quarters of an hour off the full one
    ("Asia/Kolkata", "plain"),  # half an hour off
    ("Asia/Kathmandu", "plain"),  # three quarters of an hour off
    ("Pacific/Kiritimati", "plain"),  # 14 hours ahead
    ("UTC", "plain"),
)
SHOWN = re.compile(
    r"(?P<day>[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2}), "
    r"(?P<time>\d{1,2}:\d\d(?::\d\d)? [AP]M) (?P<zone>[A-Z]{2,5}|[+-]\d{2,4})"
)
LINE = re.compile(r"^- (.+)\n  due (.+)$", re.MULTILINE)
MARKED = re.compile(r'<time datetime="([^"]+)">([^<]+)</time>')


def wall_of(zone: Behaviour, which: str) -> int:
    """Return a local time that is skipped, one that is shown twice, or any."""
    for change in zone.changes():
        is_forth = change.after > change.before
        if instant(change.at).year in YEARS and is_forth is (which == "skipped"):
            return change.at + (change.before if is_forth else change.after) + 610
    assert which == "plain"
    return SOMEWHEN + zone.stretches[0].ahead


def read(words: str, zone: Behaviour) -> datetime:
    """Return the one instant that words can name to whoever lives there, in these two years."""
    shown = SHOWN.fullmatch(words)
    assert shown is not None, words
    has_seconds = shown["time"].count(":") == 2
    form = "%a %b %d, %I:%M:%S %p %Y" if has_seconds else "%a %b %d, %I:%M %p %Y"
    meant = set()
    for year in YEARS:
        said = datetime.strptime(f"{shown['day']}, {shown['time']} {year}", form).replace(
            tzinfo=UTC
        )
        for ahead in {stretch.ahead for stretch in zone.stretches}:
            found = said - timedelta(seconds=ahead)
            local = found.astimezone(zone.zone)
            is_shown = local.replace(tzinfo=UTC) == said and local.tzname() == shown["zone"]
            if is_shown and f"{said:%a}" == shown["day"][:3]:
                meant.add(found)
    assert len(meant) == 1, f"{words} may be {meant}"
    assert has_seconds is (min(meant).second != 0), words
    return min(meant)


def kind_of(title: str) -> Kind:
    """Return what a line of a mail or an entry of a calendar is about."""
    return next(kind for said, kind in BEGINNINGS.items() if title.startswith(said))


@dataclass
class Scene:
    """A lecture near a clock change, who presents it, who writes on it and who listens."""

    zone: Behaviour
    course: Course
    presenter: Enrollment
    author: Enrollment
    listener: Enrollment

    def deliverable(self, kind: Kind) -> Deliverable:
        return Deliverable.objects.get(course=self.course, kind=kind.value)

    def owner(self, kind: Kind) -> Enrollment:
        owners = {Kind.QUESTION: self.listener, Kind.SUMMARY: self.author}
        return owners.get(kind, self.presenter)


def a_lecture_at(wall: int, zone: Behaviour) -> Scene:
    """Make a course in which a lecture begins and ends, and a proposal is due, by local time."""
    course = make_course()
    course.timezone = zone.names[0]
    course.save()
    presenter, author, listener = (enroll(course) for _ in range(3))
    begins, ends = (instant(second).replace(tzinfo=None) for second in (wall, wall + LASTS))
    lecture = make_lecture(
        course, starts_at=local_instant(day=begins.date(), at=begins.time(), zone=zone.zone)
    )
    lecture.starts_on = begins.date()
    lecture.ends_at = local_instant(day=ends.date(), at=ends.time(), zone=zone.zone)
    lecture.save()
    assign(lecture, make_group(course, [presenter]))
    assign(lecture, make_group(course, [author]), GroupRole.AUTHORS)
    make_milestone(course, due_at=milestone_instant(day=begins.date(), at=None, zone=zone.zone))
    derive(course)
    return Scene(zone, course, presenter, author, listener)


def expected(wall: int, zone: Behaviour) -> dict[Kind, datetime]:
    """Return when everything is due, by the oracle."""
    begins, ends = zone.last_showing(wall), zone.last_showing(wall + LASTS)
    return {
        Kind.QUESTION: instant(begins),
        Kind.SLIDES: instant(begins - DAY),
        Kind.FINAL_SLIDES: instant(ends + DAY),
        Kind.SUMMARY: instant(ends + DAY),
        Kind.PROPOSAL: instant(zone.last_showing(wall // DAY * DAY + DAY - 1)),
    }


def in_database(scene: Scene) -> dict[Kind, datetime]:
    rows = Deliverable.objects.filter(course=scene.course).values_list("kind", "due_at")
    return {Kind(kind): due_at for kind, due_at in rows if due_at is not None}


def on_pages(scene: Scene, dues: dict[Kind, datetime]) -> dict[Kind, set[datetime]]:
    """Return what the page of each deliverable says, to machines and to people."""
    return {kind: set(_on_page(scene, kind, due_at)) for kind, due_at in dues.items()}


def _on_page(scene: Scene, kind: Kind, due_at: datetime) -> Iterator[datetime]:
    due = scene.deliverable(kind)
    is_question = kind is Kind.QUESTION
    page = f"lectures/{due.lecture_id}" if is_question else f"hand-in/{due.pk}"
    with kernel_clock.standing_at(due_at - 3 * HOUR):
        answer = browser(scene.owner(kind)).get(f"/c/{scene.course.slug}/{page}/")
    marked = MARKED.search(answer.content.decode().partition("<h1")[2])
    assert marked is not None
    yield datetime.fromisoformat(marked[1])
    yield read(marked[2], scene.zone)


def in_calendars(scene: Scene) -> dict[Kind, datetime]:
    """Return what the own calendar of each owner says."""
    found = {}
    for person in (scene.presenter, scene.author, scene.listener):
        secret = make_link(actor=actor(person), now=START)
        feed = feed_of_person(actor(person), now=START, secret=secret)
        assert feed is not None
        calendar: Any = Calendar.from_ical(feed.content)
        for event in calendar.walk("VEVENT"):
            title = str(event["SUMMARY"]).removeprefix("CS 598: ")
            if title.endswith("due"):
                assert event["DTSTART"].to_ical().endswith(b"Z")
                found[kind_of(title)] = event["DTSTART"].dt
    return found


def in_reminders(scene: Scene, dues: dict[Kind, datetime]) -> dict[Kind, set[datetime]]:
    """Return what is mailed three hours before each is due, line by line and in the subjects."""
    for due_at in sorted(dues.values()):
        with kernel_clock.standing_at(due_at - 3 * HOUR):
            remind(now=due_at - 3 * HOUR)
            mail.sweep()
    found: dict[Kind, set[datetime]] = defaultdict(set)
    for letter in OutboxMail.objects.filter(kind="submissions/reminder"):
        lines = LINE.findall(letter.text)
        said = [(kind_of(what), read(words, scene.zone)) for what, words in lines]
        (named,) = SHOWN.finditer(letter.subject)
        assert read(named[0], scene.zone) == said[0][1]
        for kind, due_at in said:
            found[kind].add(due_at)
    return found


def on_receipts(scene: Scene, dues: dict[Kind, datetime]) -> dict[Kind, set[datetime]]:
    """Hand in at the due instant, and return when the receipt says that it was due and received."""
    found = {}
    for kind, due_at in dues.items():
        due, person = scene.deliverable(kind), scene.owner(kind)
        if kind is Kind.QUESTION:
            post_questions(person, {due: TEXT}, at=due_at)
        elif kind in {Kind.SUMMARY, Kind.PROPOSAL}:
            post_file(person, due, PDF, name="work.pdf", at=due_at)
        else:
            post_file(person, due, at=due_at)
        letter = OutboxMail.objects.filter(kind="submissions/receipt").latest("pk")
        assert "Verdict   on time" in letter.text
        found[kind] = {read(shown[0], scene.zone) for shown in SHOWN.finditer(letter.text)}
    return found


@pytest.mark.parametrize(("name", "which"), PLACES)
def test_page_mail_calendar_and_database_name_one_instant(name, which):
    zone = clock_of(name)
    wall = wall_of(zone, which)
    scene, dues = a_lecture_at(wall, zone), expected(wall, zone)
    one_each = {kind: {due_at} for kind, due_at in dues.items()}

    assert in_database(scene) == dues
    assert on_pages(scene, dues) == one_each
    assert in_calendars(scene) == dues
    assert in_reminders(scene, dues) == one_each
    assert on_receipts(scene, dues) == one_each
