"""How a person stands before a group: all that decides whether they may join it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, Enrollment, Role
from groups.models import Approach, Group, Invitation, JoinLink, JoinRequest, Membership

# A request may come to the lock after one that began later; it follows that one, by at most this.
OVERTAKEN = timedelta(minutes=1)


@dataclass(frozen=True)
class Standing:
    """A person before a group, or before none where one is to be founded.

    `present` is the group that the person is in, `bound_until` when an earlier membership of theirs
    ends that is not over yet. `taken` are the group's seats that someone holds. What happens now
    happens at `instant`, which is after all that happened to the person and the group before.
    """

    course: Course
    person: Enrollment
    present: Group | None
    bound_until: datetime | None
    group: Group | None
    member_ids: frozenset[int]
    taken: frozenset[int]
    instant: datetime

    @property
    def free_count(self) -> int:
        """Return how many seats are free."""
        return max(0, self.course.group_size_max - len(self.taken))

    @property
    def lowest_free_seat(self) -> int:
        """Return the first seat that nobody holds."""
        return min(set(range(1, len(self.taken) + 2)) - self.taken)


def standing_of(person: Enrollment, group: Group | None, *, now: datetime) -> Standing:
    """Return how a person stands before a group, in two queries."""
    return _standing(person, _memberships_of(person), group, now=now)


def _memberships_of(person: Enrollment) -> list[Membership]:
    return list(Membership.objects.filter(enrollment=person).select_related("group"))


def _standing(
    person: Enrollment, own: list[Membership], group: Group | None, *, now: datetime
) -> Standing:
    others = [] if group is None else list(Membership.objects.filter(group=group))
    instant = _instant_after([*own, *others], now=now)
    bounds = [one.ends_at for one in own if one.ends_at and one.ends_at > instant]
    return Standing(
        course=person.course,
        person=person,
        present=_present(own),
        bound_until=max(bounds, default=None),
        group=group,
        member_ids=frozenset(one.enrollment_id for one in others if one.ends_at is None),
        taken=frozenset(one.seat for one in others if one.ends_at is None or one.ends_at > instant),
        instant=instant,
    )


def _present(own: list[Membership]) -> Group | None:
    return next((membership.group for membership in own if membership.ends_at is None), None)


def _instant_after(memberships: list[Membership], *, now: datetime) -> datetime:
    """Return now, or the latest instant just ahead of it at which a membership began or ended."""
    known = [instant for one in memberships for instant in (one.starts_at, one.ends_at) if instant]
    return max([now, *(instant for instant in known if now < instant <= now + OVERTAKEN)])


def own_standing(actor: Actor, *, now: datetime) -> Standing | None:
    """Return how the actor stands before their present group; None for who is not in the course."""
    person = actor.enrollment
    if person is None:
        return None
    own = _memberships_of(person)
    return _standing(person, own, _present(own), now=now)


def standing_before(actor: Actor, *, now: datetime, group_id: int) -> Standing | None:
    """Return how the actor stands before a group of the course, for those who may read its name."""
    if actor.enrollment is None or not actor.may(Permission.READ_NAMES):
        return None
    group = Group.objects.filter(pk=group_id, course=actor.course).first()
    return None if group is None else standing_of(actor.enrollment, group, now=now)


@dataclass(frozen=True)
class Asking:
    """An invitation or a request, and how its person stands before its group.

    Where someone is about to invite or ask, `approach` is the latest of its kind between the two.
    """

    standing: Standing
    approach: Approach | None

    @property
    def number(self) -> int:
        """Return the id of the invitation or request."""
        assert self.approach is not None
        number: int = self.approach.pk
        return number

    @property
    def group(self) -> Group:
        """Return the group that is asked, or asks."""
        assert self.standing.group is not None
        return self.standing.group


Kind = TypeVar("Kind", Invitation, JoinRequest)


def invitation_visible_to(actor: Actor, *, now: datetime, invitation_id: int) -> Asking | None:
    """Return an invitation for the invited, the group's members and staff."""
    return _asking_visible_to(actor, Invitation, invitation_id, now=now)


def request_visible_to(actor: Actor, *, now: datetime, request_id: int) -> Asking | None:
    """Return a request for who asked, the group's members and staff."""
    return _asking_visible_to(actor, JoinRequest, request_id, now=now)


def _asking_visible_to(
    actor: Actor, kind: type[Kind], approach_id: int, *, now: datetime
) -> Asking | None:
    found = kind.objects.filter(pk=approach_id, group__course=actor.course)
    approach = found.select_related("group", "enrollment__course").first()
    if approach is None or actor.enrollment is None:
        return None
    standing = standing_of(approach.enrollment, approach.group, now=now)
    concerned = standing.member_ids | {approach.enrollment_id}
    if actor.enrollment.pk not in concerned and not actor.is_staff:
        return None
    return Asking(standing, approach)


def latest_approach(kind: type[Kind], standing: Standing) -> Kind | None:
    """Return the latest of a kind between a person and a group."""
    both = {"group": standing.group, "enrollment": standing.person}
    return kind.objects.filter(**both).order_by("-pk").first()


@dataclass(frozen=True)
class HeldLink:
    """A link that the actor holds, and how they stand before its group."""

    link: JoinLink
    standing: Standing
    members: tuple[Enrollment, ...] = ()


def link_held(actor: Actor, *, now: datetime, link_id: int, signature: str) -> HeldLink | None:
    """Return the link that belongs to a signature, also one that was ended, for people of the course."""
    links = JoinLink.objects.filter(pk=link_id, group__course=actor.course)
    link = links.select_related("group").first()
    if link is None or actor.enrollment is None or not link.opens_with(signature):
        return None
    current = Membership.objects.current().filter(group=link.group).select_related("enrollment")
    return HeldLink(
        link=link,
        standing=standing_of(actor.enrollment, link.group, now=now),
        members=tuple(one.enrollment for one in current.order_by("seat")),
    )


def person_of(course: Course, who: int | str) -> Enrollment | None:
    """Return a person of the course by number, or by student id or mail address as people type it."""
    people = Enrollment.objects.filter(course=course)
    if isinstance(who, int):
        return people.filter(pk=who).first()
    words = who.strip()
    by_id = people.exclude(student_id="").filter(student_id__iexact=words).first()
    return by_id or people.filter(email__iexact=words).first()


def deciders_of(course: Course) -> list[Enrollment]:
    """Return who changes memberships after the deadline: instructors, and TAs by their grant."""
    staff = Enrollment.objects.active().staff().filter(course=course)
    return [
        person
        for person in staff
        if person.role == Role.INSTRUCTOR or Permission.CHANGE_GROUPS in person.extra_permissions
    ]
