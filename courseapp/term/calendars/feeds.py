"""The feeds: what a calendar program reads behind a link."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from courseapp.course.actors import Actor
from courseapp.course.models import Course, CourseState
from courseapp.term.calendars.dues import due_entries
from courseapp.term.calendars.links import holder_of
from courseapp.term.calendars.meetings import lecture_entries, milestone_entries, timetable_for
from courseapp.term.formats.ics import Entry, write_calendar
from schedule.models import MilestoneKind

# What these milestones ask for stands among the reader's dues.
DUE_MILESTONES = frozenset(MilestoneKind) - {MilestoneKind.FORM_GROUPS}


@dataclass(frozen=True)
class Feed:
    """A calendar's bytes; `changed_at` is the newest change of what it shows."""

    file_name: str
    content: bytes
    changed_at: datetime
    is_personal: bool

    @property
    def etag(self) -> str:
        """Return the name of exactly these bytes, as HTTP has it."""
        return f'"{sha256(self.content).hexdigest()}"'


def feed_of_course(actor: Actor, *, now: datetime) -> Feed | None:
    """Return the public feed of a course; a draft has none, whoever asks."""
    if actor.course is None or actor.course.state == CourseState.DRAFT:
        return None
    return public_feed(course=actor.course)


def public_feed(*, course: Course) -> Feed:
    """Return what every visitor may read: the schedule and the milestones, without students."""
    timetable = timetable_for(Actor(user_id=None, course=course), course=course)
    entries = [*lecture_entries(timetable, leads_inside=False), *milestone_entries(timetable)]
    return _feed(course, entries, name=f"{course.code}, {course.term}")


def feed_of_person(actor: Actor, *, now: datetime, secret: str) -> Feed | None:
    """Return the feed of whoever's secret this is; None where it was revoked or never made.

    Who asks does not matter: the secret is the permission.
    """
    reader = holder_of(secret)
    if reader is None or reader.course is None:
        return None
    course = reader.course
    timetable = timetable_for(reader, course=course)
    owes = reader.is_staff or reader.is_student
    entries = [
        *lecture_entries(timetable, leads_inside=True),
        *milestone_entries(timetable, without=DUE_MILESTONES if owes else ()),
        *due_entries(reader, course=course, now=now),
    ]
    # Links wander: a feed names nobody, not even whose it is.
    return _feed(course, entries, name=f"{course.code}, {course.term}, mine", is_personal=True)


def _feed(course: Course, entries: list[Entry], *, name: str, is_personal: bool = False) -> Feed:
    return Feed(
        file_name=f"{course.slug}.ics",
        content=write_calendar(
            name=name, description=course.title, zone=course.timezone, entries=entries
        ),
        changed_at=max([entry.changed_at for entry in entries], default=course.begins_at),
        is_personal=is_personal,
    )
