"""The secret link to a person's calendar: made, made anew, and revoked by that person.

Only the secret's digest is kept: the link is shown once and mailed once, and nobody who reads the
database can follow it.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction

from courseapp.course import policies
from courseapp.course.actors import Actor, actor_of
from courseapp.course.models import Course, CourseState, Enrollment, EnrollmentState
from courseapp.course.selectors import course_of_member
from courseapp.kernel import mail
from courseapp.kernel.decisions import Denied, Refused, require
from courseapp.term.calendars import emails
from courseapp.term.models import CalendarSecret


@dataclass(frozen=True)
class CalendarPage:
    """What a member sees about the calendars; `made_at` is None where they have no link."""

    course: Course
    has_public_feed: bool
    made_at: datetime | None


def calendar_page(actor: Actor, *, now: datetime) -> CalendarPage | None:
    """Return the page about the calendars, for those who are in the course."""
    course = course_of_member(actor, now=now)
    if course is None:
        return None
    standing = CalendarSecret.objects.standing().filter(enrollment=actor.enrollment)
    return CalendarPage(
        course=course,
        has_public_feed=course.state != CourseState.DRAFT,
        made_at=standing.values_list("made_at", flat=True).first(),
    )


def holder_of(secret: str) -> Actor | None:
    """Return the member whose standing link carries the secret."""
    standing = CalendarSecret.objects.standing().filter(
        digest=_digest(secret), enrollment__state=EnrollmentState.ACTIVE
    )
    found = standing.select_related("enrollment__course").first()
    return None if found is None else actor_of(found.enrollment)


@transaction.atomic
def make_link(*, actor: Actor, now: datetime) -> str:
    """Give the person a new secret and mail it to them; the one before no longer opens anything."""
    person = _locked(actor, now=now)
    close_link_of(person, now=now)
    secret = token_urlsafe(32)
    CalendarSecret.objects.create(enrollment=person, digest=_digest(secret), made_at=now)
    if person.course.mails:
        mail.queue([emails.calendar_link(person=person, secret=secret)], now=now)
    return secret


@transaction.atomic
def revoke_link(*, actor: Actor, now: datetime) -> None:
    """Let the person's link open nothing any more."""
    close_link_of(_locked(actor, now=now), now=now)


def _locked(actor: Actor, *, now: datetime) -> Enrollment:
    require(policies.read_course(actor, actor.course, now=now))
    assert actor.enrollment is not None
    active = Enrollment.objects.active().select_for_update(of=("self",)).select_related("course")
    person = active.filter(pk=actor.enrollment.pk).first()
    if person is None:
        raise Refused(Denied("not_a_member", "You are no longer in this course."))
    return person


def close_link_of(person: Enrollment, *, now: datetime) -> None:
    """Let a person's link open nothing any more, whoever holds it."""
    CalendarSecret.objects.standing().filter(enrollment=person).update(revoked_at=now)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
