"""Who remains: students without a group, and the groups that stand, with what all of them care about."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import chain
from json import dumps

from django.db.models import Prefetch, Q, QuerySet

from courseapp.course.models import Course, Enrollment, EnrollmentState
from groups.models import Group, Membership
from groups.planning import Newcomer, Problem, StandingGroup, interest_words, written_interests
from groups.selectors.belonging import groups_at_work, groups_of
from groups.selectors.board import interests_of


@dataclass(frozen=True)
class SeatedGroup:
    """A standing group with its memberships that are not over, by seat, and the sizes waived for it.

    One that is at work, as it plays a part or has handed something in, stays a group of its own.
    """

    group: Group
    memberships: list[Membership]
    waived_sizes: frozenset[int]
    is_at_work: bool = False

    @property
    def members(self) -> list[Enrollment]:
        """Return the present members who are active."""
        present = [one.enrollment for one in self.memberships if one.ends_at is None]
        return [person for person in present if person.state == EnrollmentState.ACTIVE]

    @property
    def is_open(self) -> bool:
        """Say whether the group may change: not while someone is about to leave it."""
        return all(one.ends_at is None for one in self.memberships)

    @property
    def lines(self) -> list[str]:
        """Return what the group and each of its members wrote of their interests."""
        return [self.group.interests, *(interests_of(member) for member in self.members)]


@dataclass(frozen=True)
class Remaining:
    """All that decides how the rest is formed."""

    course: Course
    newcomers: list[Enrollment]
    seated: list[SeatedGroup]

    @property
    def problem(self) -> Problem:
        """Return the question to the planner."""
        return Problem(
            newcomers=tuple(
                Newcomer(one.pk, one.name, interest_words(interests_of(one)))
                for one in self.newcomers
            ),
            groups=tuple(
                StandingGroup(
                    id=one.group.pk,
                    name=one.group.name,
                    size=len(one.members),
                    words=frozenset().union(*map(interest_words, one.lines)),
                    is_open=one.is_open,
                    may_merge=not one.is_at_work,
                )
                for one in self.seated
            ),
            size_min=self.course.group_size_min,
            size_max=self.course.group_size_max,
            spelling=self._spelling,
        )

    @property
    def _spelling(self) -> dict[str, str]:
        """Return each interest as one of them wrote it."""
        lines = [line for one in self.seated for line in one.lines]
        lines += [interests_of(one) for one in self.newcomers]
        # The first who wrote it counts.
        return dict(chain.from_iterable(written_interests(line).items() for line in lines[::-1]))

    @property
    def fingerprint(self) -> str:
        """Return a token by which a later change of any of this shows."""
        seen = [
            [self.course.group_size_min, self.course.group_size_max],
            [[one.pk, one.name, interests_of(one)] for one in self.newcomers],
            [
                [
                    [one.group.pk, one.group.name, one.is_open, sorted(one.waived_sizes)],
                    one.is_at_work,
                    [one.lines, [member.pk for member in one.members]],
                ]
                for one in self.seated
            ],
        ]
        return sha256(dumps(seen).encode()).hexdigest()


def remaining_of(course: Course, *, now: datetime) -> Remaining:
    """Return who remains in a course, in five queries."""
    return Remaining(
        course=course,
        newcomers=list(_without_group(course, now=now).select_related("interests_line")),
        seated=_seated(course, now=now),
    )


def without_group_count(course: Course, *, now: datetime) -> int:
    """Return how many students have no group."""
    return _without_group(course, now=now).count()


def _without_group(course: Course, *, now: datetime) -> QuerySet[Enrollment]:
    seated = Membership.objects.filter(_lasts_beyond(now)).values("enrollment")
    students = Enrollment.objects.active().students().filter(course=course)
    return students.exclude(pk__in=seated).order_by("pk")


def _seated(course: Course, *, now: datetime) -> list[SeatedGroup]:
    lasting = Membership.objects.filter(_lasts_beyond(now)).order_by("seat")
    lasting = lasting.select_related("enrollment__interests_line")
    seats = Prefetch("memberships", lasting, to_attr="lasting")
    at_work = groups_at_work(course)
    groups = groups_of(course).order_by("pk").prefetch_related(seats, "size_waivers")
    return [
        SeatedGroup(
            group=group,
            memberships=getattr(group, "lasting"),  # noqa: B009 - set by the prefetch
            waived_sizes=frozenset(waiver.size for waiver in group.size_waivers.all()),
            is_at_work=group.pk in at_work,
        )
        for group in groups
    ]


def _lasts_beyond(now: datetime) -> Q:
    return Q(ends_at__isnull=True) | Q(ends_at__gt=now)
