"""A course whose students form groups, and the ways in as services."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from courseapp.course.models import Course, Enrollment, EnrollmentState
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from groups.models import Group, Invitation, JoinLink, JoinRequest, Membership
from groups.services import asking, joining, showing
from tests.factories import START, actor, enroll, make_course

NOW = START + timedelta(days=7)
DEADLINE = NOW + timedelta(days=3)
AFTER = DEADLINE + timedelta(microseconds=1)


@dataclass
class Forming:
    """A course of groups of at most three, with students of no group."""

    size: int = 6
    course: Course = field(default_factory=make_course)

    def __post_init__(self) -> None:
        self.course.group_size_min, self.course.group_size_max = 2, 3
        self.course.groups_form_until = DEADLINE
        self.course.save()
        self.students = [enroll(self.course) for _ in range(self.size)]
        self.instructor = enroll(self.course, "instructor", name="Ines Haugen")
        self.ta = enroll(self.course, "ta")
        self.observer = enroll(self.course, "observer")

    def full_group(self) -> Group:
        """Return a new group of three further students."""
        first, *others = (enroll(self.course) for _ in range(3))
        group = found(first)
        for other in others:
            join(other, link_of(first))
        return group

    def drop(self, person: Enrollment) -> None:
        """Let a person leave the course."""
        person.state, person.dropped_at = EnrollmentState.DROPPED, NOW
        person.save()


def found(person: Enrollment, name: str = "", *, at: datetime = NOW, interests: str = "") -> Group:
    """Found a group."""
    return joining.found(actor=actor(person), name=name, interests=interests, now=at).group


def leave(person: Enrollment, *, at: datetime = NOW) -> Membership:
    """Leave the present group."""
    return joining.leave(actor=actor(person), now=at)


def invite(member: Enrollment, who: Enrollment | str, *, at: datetime = NOW) -> Invitation:
    """Invite a person, picked or named."""
    picked = who if isinstance(who, str) else who.pk
    return asking.invite(actor=actor(member), who=picked, now=at)


def accept(person: Enrollment, invitation: Invitation, *, at: datetime = NOW) -> Membership:
    """Accept an invitation."""
    return joining.accept_invitation(actor=actor(person), invitation_id=invitation.pk, now=at)


def link_of(member: Enrollment, *, at: datetime = NOW) -> JoinLink:
    """Make a new link."""
    return showing.renew_link(actor=actor(member), now=at)


def join(person: Enrollment, link: JoinLink, *, at: datetime = NOW) -> Membership:
    """Join by a link."""
    return joining.join_by_link(actor=actor(person), link_id=link.pk, now=at)


def ask(person: Enrollment, group: Group, *, at: datetime = NOW, message: str = "") -> JoinRequest:
    """Ask to be let in."""
    return asking.ask(actor=actor(person), group_id=group.pk, message=message, now=at)


def let_in(member: Enrollment, request: JoinRequest, *, at: datetime = NOW) -> Membership:
    """Accept a request."""
    return joining.accept_request(actor=actor(member), request_id=request.pk, now=at)


def refusal(act: Callable[..., Any], *args: Any, **options: Any) -> str:
    """Return the code of the refusal that a call must end with, having changed nothing."""
    before = rows()
    with pytest.raises(Refused) as caught:
        act(*args, **options)
    assert caught.value.denied.sentence.endswith(".")
    assert rows() == before
    return caught.value.denied.code


def rows() -> list[Any]:
    """Return all that forming groups writes."""
    tables = (Group, Membership, Invitation, JoinRequest, JoinLink, OutboxMail)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def seats(group: Group) -> dict[int, Enrollment]:
    """Return who sits where at present."""
    current = Membership.objects.current().filter(group=group).select_related("enrollment")
    return {one.seat: one.enrollment for one in current}


def mails() -> list[tuple[str, str]]:
    """Return kind and recipient of each mail, in order."""
    sent = OutboxMail.objects.order_by("pk")
    return [(mail.kind.removeprefix("groups/"), mail.recipient) for mail in sent]
