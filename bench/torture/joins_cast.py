"""Run inside the product: makes a course for each round, and prints who may do what where."""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse

from bench.signing_in import session_of
from courseapp.accounts.models import User
from courseapp.course.models import Course, CourseState, Enrollment, Role
from courseapp.kernel import clock
from groups.models import Group, Invitation, JoinLink, JoinRequest, Membership

STUDENTS: Final = 72
GROUPS: Final = 10
LARGEST: Final = 5
# Of a group's seats, how many are free when a round begins: the last ones.
FREE: Final = (1, 2)
# How many groups have invited each student without one, and how many they have asked.
APPROACHES: Final = 3


def main(rounds: int, seed: int) -> None:
    """Print the cast as JSON."""
    now = clock.now()
    users = [_user(number) for number in range(STUDENTS)]
    randomness = random.Random(seed)  # noqa: S311 - a storm that can be repeated
    cast = {
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "sessions": [session_of(user) for user in users],
        "rounds": [_round(number, users, randomness, now=now) for number in range(rounds)],
    }
    sys.stdout.write(json.dumps(cast))


def _user(number: int) -> User:
    email = f"joins{number:02}@students.example"
    user = User.objects.create_user(email, name=f"Student {number:02}")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@dataclass(frozen=True)
class _Scene:
    """A course in which groups have seats left: who is in which, who is in none, who stands where."""

    course: Course
    groups: list[tuple[Group, list[Enrollment]]]
    free: list[Enrollment]
    at: dict[int, int]
    randomness: random.Random
    now: datetime

    def pairs(self) -> Iterator[tuple[Enrollment, Group, Enrollment]]:
        """Yield students without a group, each with a few groups and a member of theirs."""
        for student in self.free:
            for group, members in self.randomness.sample(self.groups, APPROACHES):
                yield student, group, members[0]


def _round(
    number: int, users: list[User], randomness: random.Random, *, now: datetime
) -> dict[str, Any]:
    """Make a course with groups that have one or two seats left, and more students than seats."""
    course = _course(number, now=now)
    students = _students(course, users, now=now)
    at = {student.pk: student.position for student in students}
    shuffled = randomness.sample(students, len(students))
    groups = _groups(course, shuffled, randomness, now=now)
    seated_count = sum(len(members) for _, members in groups)
    scene = _Scene(course, groups, shuffled[seated_count:], at, randomness, now)
    return {
        "free": [at[student.pk] for student in scene.free],
        "enrollments": [student.pk for student in students],
        "seats": LARGEST * len(groups) - seated_count,
        "found": reverse("found-group", args=[course.slug]),
        "leave": reverse("leave-group", args=[course.slug]),
        "members": [[at[one.pk] for one in members] for _, members in groups],
        "links": [_link(scene, group, members[0]) for group, members in groups],
        "invitations": _invitations(scene),
        "requests": _requests(scene),
    }


def _course(number: int, *, now: datetime) -> Course:
    return Course.objects.create(
        slug=f"joins-{number}",
        code="CS 598",
        title="Round of last seats",
        term="Storm",
        timezone="America/Chicago",
        begins_at=now,
        state=CourseState.PUBLISHED,
        published_at=now,
        group_size_max=LARGEST,
    )


def _students(course: Course, users: list[User], *, now: datetime) -> list[Enrollment]:
    return Enrollment.objects.bulk_create(
        Enrollment(
            course=course,
            user=user,
            role=Role.STUDENT,
            email=user.email,
            name=user.name,
            student_id=f"j{position:03}",
            position=position,
            enrolled_at=now,
        )
        for position, user in enumerate(users)
    )


def _groups(
    course: Course, students: list[Enrollment], randomness: random.Random, *, now: datetime
) -> list[tuple[Group, list[Enrollment]]]:
    groups = Group.objects.bulk_create(
        Group(course=course, name=f"G{position}", position=position, formed_at=now)
        for position in range(1, GROUPS + 1)
    )
    waiting, formed = iter(students), []
    for group in groups:
        size = LARGEST - randomness.choice(FREE)
        formed.append((group, [next(waiting) for _ in range(size)]))
    Membership.objects.bulk_create(
        Membership(group=group, enrollment=member, seat=seat, starts_at=now)
        for group, members in formed
        for seat, member in enumerate(members, start=1)
    )
    return formed


def _link(scene: _Scene, group: Group, member: Enrollment) -> str:
    link = JoinLink.objects.create(group=group, made_by=member, made_at=scene.now)
    return reverse("join", args=[scene.course.slug, link.pk, link.secret])


def _invitations(scene: _Scene) -> list[dict[str, Any]]:
    made = Invitation.objects.bulk_create(
        Invitation(group=group, enrollment=student, invited_by=member, made_at=scene.now)
        for student, group, member in scene.pairs()
    )
    return [
        {
            "person": scene.at[one.enrollment_id],
            "accept": reverse("accept-invitation", args=[scene.course.slug, one.pk]),
            "decline": reverse("decline-invitation", args=[scene.course.slug, one.pk]),
        }
        for one in made
    ]


def _requests(scene: _Scene) -> list[dict[str, Any]]:
    seated = {group.pk: [scene.at[one.pk] for one in members] for group, members in scene.groups}
    made = JoinRequest.objects.bulk_create(
        JoinRequest(group=group, enrollment=student, made_at=scene.now)
        for student, group, _ in scene.pairs()
    )
    return [
        {
            "person": scene.at[one.enrollment_id],
            "members": seated[one.group_id],
            "accept": reverse("accept-request", args=[scene.course.slug, one.pk]),
            "withdraw": reverse("withdraw-request", args=[scene.course.slug, one.pk]),
        }
        for one in made
    ]
