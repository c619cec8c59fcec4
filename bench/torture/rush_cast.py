"""Run inside the product: makes courses in which everything is due at one instant, and prints who owes what."""

import json
import sys
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.urls import NoReverseMatch, reverse

from bench.signing_in import session_of
from courseapp.accounts.models import User
from courseapp.course.models import Course, CourseState, Enrollment, Role
from courseapp.kernel import clock
from groups.models import Group, Membership
from schedule.models import (
    Lecture,
    LectureKind,
    Milestone,
    MilestoneKind,
    OtherPresenter,
    Paper,
    Reading,
)
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.services.deriving import derive_deliverables

COURSE_OF: Final = 100
GROUP_OF: Final = 4
# Until the instant is set, everything is due at some time that is far away.
FAR: Final = timedelta(days=30)


def main(people: int, lead_s: float) -> None:
    """Print the cast as JSON; everything is due `lead_s` seconds after it was made."""
    now = clock.now()
    firsts = range(0, people, COURSE_OF)
    courses = [_course(first, min(COURSE_OF, people - first), now=now) for first in firsts]
    sessions: dict[int | None, str] = {
        user.pk: session_of(user) for user in User.objects.filter(email__startswith="rush")
    }
    due_at = clock.now() + timedelta(seconds=lead_s)
    for course in courses:
        _due(course, due_at)
    cast = {
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "has_uploads": _upload_path(courses[0], 1) is not None,
        "due_at": due_at.isoformat(),
        "people": [person for course in courses for person in _people(course, sessions)],
    }
    sys.stdout.write(json.dumps(cast))


def _course(first: int, count: int, *, now: datetime) -> Course:
    """Make a course with a lecture on one paper and a proposal, and groups of four."""
    course = Course.objects.create(
        slug=f"rush-{first}",
        code="CS 598",
        title="Everybody at the last minute",
        term="Storm",
        timezone="America/Chicago",
        begins_at=now,
        state=CourseState.PUBLISHED,
        published_at=now,
    )
    students = _students(course, range(first, first + count), now=now)
    for place in range(0, count, GROUP_OF):
        group = Group.objects.create(
            course=course, name=f"G{place // GROUP_OF + 1}", position=place, formed_at=now
        )
        Membership.objects.bulk_create(
            Membership(group=group, enrollment=member, seat=seat, starts_at=now)
            for seat, member in enumerate(students[place : place + GROUP_OF], start=1)
        )
    _schedule(course, now + FAR)
    return course


def _students(course: Course, numbers: range, *, now: datetime) -> list[Enrollment]:
    users = User.objects.bulk_create(
        User(
            email=f"rush{number:04}@students.example",
            name=f"Student {number:04}",
            password=make_password(None),
        )
        for number in numbers
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    return Enrollment.objects.bulk_create(
        Enrollment(
            course=course,
            user=user,
            role=Role.STUDENT,
            email=user.email,
            name=user.name,
            student_id=f"r{number:04}",
            position=number,
            enrolled_at=now,
        )
        for number, user in zip(numbers, users, strict=True)
    )


def _schedule(course: Course, at: datetime) -> None:
    lecture = Lecture.objects.create(
        course=course,
        position=1,
        kind=LectureKind.LECTURE,
        topic="Caches",
        timezone=course.timezone,
        starts_on=at.date(),
        starts_at=at,
        ends_at=at + timedelta(minutes=75),
    )
    OtherPresenter.objects.create(lecture=lecture, kind="staff", name="Ines Haugen")
    paper = Paper.objects.create(course=course, title="A paper", url="https://example.org/paper")
    Reading.objects.create(lecture=lecture, paper=paper, position=1, is_required=True)
    Milestone.objects.create(
        course=course,
        position=1,
        kind=MilestoneKind.PROPOSAL,
        title="Project proposal",
        timezone=course.timezone,
        on_date=at.date(),
        due_at=at,
    )


def _due(course: Course, due_at: datetime) -> None:
    course.lectures.update(starts_at=due_at, ends_at=due_at + timedelta(minutes=75))
    Milestone.objects.filter(course=course).update(due_at=due_at)
    derive_deliverables(course=course, now=clock.now())


def _people(course: Course, sessions: dict[int | None, str]) -> list[dict[str, Any]]:
    due = {Kind(one.kind): one for one in Deliverable.objects.filter(course=course)}
    question, proposal = due[Kind.QUESTION], due[Kind.PROPOSAL]
    return [
        {
            "session": sessions[student.user_id],
            "question": {
                "deliverable": question.pk,
                "enrollment": student.pk,
                "group": None,
                "path": reverse("lecture", args=[course.slug, question.lecture_id]),
            },
            "file": {
                "deliverable": proposal.pk,
                "enrollment": None,
                "group": student.memberships.get().group_id,
                "path": reverse("hand-in", args=[course.slug, proposal.pk]),
                "uploads": _upload_path(course, proposal.pk),
            },
        }
        for student in course.enrollments.order_by("position")
    ]


def _upload_path(course: Course, deliverable_id: int) -> str | None:
    """Return where an upload begins."""
    try:
        return reverse("begin-upload", args=[course.slug, deliverable_id])
    except NoReverseMatch:
        return None
