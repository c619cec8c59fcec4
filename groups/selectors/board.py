"""The board "Find a group", and what a group and a student without one see of themselves."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, Enrollment
from groups.models import (
    OPEN,
    Group,
    InterestsLine,
    Invitation,
    JoinLink,
    JoinRequest,
    Membership,
)
from groups.selectors.belonging import groups_of
from groups.selectors.standing import Standing, deciders_of, own_standing


@dataclass(frozen=True)
class MetGroup:
    """A group as the reader meets it; `invitation` and `request` are what is open between the two."""

    group: Group
    members: list[Enrollment]
    free_count: int
    invitation: Invitation | None
    request: JoinRequest | None


@dataclass(frozen=True)
class Seeker:
    """A student without a group."""

    person: Enrollment
    interests: str
    is_reader: bool
    is_invited: bool


@dataclass(frozen=True)
class AskedRequest:
    """An open request, as those who answer it see it; `present` is a group that the person has by now."""

    request: JoinRequest
    interests: str
    present: Group | None
    free_count: int


@dataclass(frozen=True)
class Board:
    """Who is still looking, and which groups have seats."""

    standing: Standing
    groups: list[MetGroup]
    seekers: list[Seeker]
    deciders: list[Enrollment]
    requests: list[AskedRequest]


def board_of(actor: Actor, *, now: datetime) -> Board | None:
    """Return the board of the actor's course; None for who is not in it."""
    standing = own_standing(actor, now=now)
    if standing is None or actor.course is None:
        return None
    invited = {one.group_id: one for one in _invitations_to(standing.person)}
    asked = {one.group_id: one for one in _requests_by(standing.person)}
    met = [
        _met(group, invitation=invited.get(group.pk), request=asked.get(group.pk))
        for group in _with_members(groups_of(actor.course).select_related("course"))
    ]
    return Board(
        standing=standing,
        groups=[one for one in met if one.free_count],
        seekers=_seekers(standing),
        deciders=deciders_of(actor.course),
        requests=_asked_of_staff(actor, actor.course),
    )


def _met(
    group: Group, *, invitation: Invitation | None = None, request: JoinRequest | None = None
) -> MetGroup:
    """Return a group that came with its members as one meets it from outside."""
    members = _members_of(group)
    free_count = max(0, group.course.group_size_max - len(members))
    return MetGroup(group, members, free_count, invitation=invitation, request=request)


def _with_members(groups: QuerySet[Group]) -> QuerySet[Group]:
    """Return the groups with their present members at hand, in one query more."""
    current = Membership.objects.current().select_related("enrollment").order_by("seat")
    return groups.prefetch_related(Prefetch("memberships", current, to_attr="present"))


def _members_of(group: Group) -> list[Enrollment]:
    """Return the present members of a group that came `_with_members`."""
    present: list[Membership] = getattr(group, "present")  # noqa: B009 - set by the prefetch
    return [membership.enrollment for membership in present]


def _seekers(standing: Standing) -> list[Seeker]:
    """Return the active students without a group, by name."""
    seated = Membership.objects.current().values("enrollment")
    students = Enrollment.objects.active().students().filter(course=standing.course)
    seeking = students.exclude(pk__in=seated).select_related("interests_line").order_by("name")
    invited = _invited_by(standing.present)
    return [
        Seeker(
            person=person,
            interests=interests_of(person),
            is_reader=person.pk == standing.person.pk,
            is_invited=person.pk in invited,
        )
        for person in seeking
    ]


def interests_of(person: Enrollment) -> str:
    """Return a person's line, empty where they wrote none."""
    line: InterestsLine | None = getattr(person, "interests_line", None)
    return "" if line is None else line.text


def _invited_by(group: Group | None) -> frozenset[int]:
    waiting = Invitation.objects.filter(OPEN, group=group)
    return frozenset(waiting.values_list("enrollment_id", flat=True))


def _asked_of_staff(actor: Actor, course: Course) -> list[AskedRequest]:
    if not actor.may(Permission.CHANGE_GROUPS):
        return []
    waiting = JoinRequest.objects.filter(group__course=course)
    return asked_requests(waiting)


def asked_requests(requests: QuerySet[JoinRequest]) -> list[AskedRequest]:
    """Return the open ones of some requests, the oldest first."""
    own = Membership.objects.current().select_related("group")
    found = (
        requests.filter(OPEN)
        .select_related("enrollment__interests_line")
        .prefetch_related(
            Prefetch("enrollment__memberships", own, to_attr="present"),
            Prefetch("group", _all_groups()),
        )
    )
    return [
        AskedRequest(
            request=request,
            interests=interests_of(request.enrollment),
            present=_present_of(request.enrollment),
            free_count=_met(request.group).free_count,
        )
        for request in found.order_by("pk")
    ]


def _present_of(person: Enrollment) -> Group | None:
    present: list[Membership] = getattr(person, "present")  # noqa: B009 - set by the prefetch
    return present[0].group if present else None


def _invitations_to(person: Enrollment) -> list[Invitation]:
    """Return the open invitations of a person, with each group's members."""
    waiting = Invitation.objects.filter(OPEN, enrollment=person).select_related("invited_by")
    return list(waiting.prefetch_related(Prefetch("group", _all_groups())).order_by("pk"))


def _requests_by(person: Enrollment) -> list[JoinRequest]:
    """Return the open requests of a person, with each group's members."""
    waiting = JoinRequest.objects.filter(OPEN, enrollment=person)
    return list(waiting.prefetch_related(Prefetch("group", _all_groups())).order_by("pk"))


def _all_groups() -> QuerySet[Group]:
    return _with_members(Group.objects.select_related("course"))


@dataclass(frozen=True)
class Within:
    """What members see of their group."""

    members: list[Membership]
    invitations: list[Invitation]
    requests: list[AskedRequest]
    link: JoinLink | None


def within(group: Group) -> Within:
    """Return who is in a group, whom it asked, who asks, and its link."""
    current = Membership.objects.current().filter(group=group).select_related("enrollment")
    invitations = Invitation.objects.filter(group=group, ended_at__isnull=True)
    return Within(
        members=list(current.order_by("seat")),
        invitations=list(invitations.select_related("enrollment", "invited_by")),
        requests=asked_requests(JoinRequest.objects.filter(group=group)),
        link=JoinLink.objects.filter(group=group, ended_at__isnull=True).first(),
    )


@dataclass(frozen=True)
class Without:
    """What a student without a group sees: who wants them, and whom they asked."""

    invitations: list[MetGroup]
    requests: list[MetGroup]
    interests: str


def without(person: Enrollment) -> Without:
    """Return what is open for a person, and their line."""
    line = InterestsLine.objects.filter(enrollment=person).first()
    return Without(
        invitations=[_met(one.group, invitation=one) for one in _invitations_to(person)],
        requests=[_met(one.group, request=one) for one in _requests_by(person)],
        interests="" if line is None else line.text,
    )
