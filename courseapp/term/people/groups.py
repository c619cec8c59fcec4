"""All groups as staff see them: who is in them, which are outside the sizes, what they still have to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Prefetch, Q, QuerySet

from courseapp.course.actors import Actor
from courseapp.course.models import Course, Enrollment
from courseapp.kernel.decisions import Decision
from courseapp.term.people.roster import May, may_change
from groups.models import Group, Membership, SizeWaiver
from groups.policies import read_rest
from groups.selectors import groups_of
from groups.selectors.sizes import covers, is_within_sizes
from schedule.models import RoleAssignment

PAGE_LENGTH = 40
LISTED_WITHOUT_GROUP = 60


@dataclass(frozen=True)
class GroupLine:
    """A group with its members by seat; `waiver` is what covers a size outside the course's."""

    group: Group
    members: list[Enrollment]
    is_outside: bool
    waiver: SizeWaiver | None
    part_count: int

    @property
    def size_word(self) -> str:
        """Return how many are in the group."""
        count = len(self.members)
        return f"{count} member{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class GroupsPage:
    """A page of the groups, and the students who are in none."""

    course: Course
    page: Page[Group]
    lines: list[GroupLine]
    outside_count: int
    free: list[Enrollment]
    free_count: int
    may: May
    may_form_rest: Decision


def all_groups(actor: Actor, course: Course, *, now: datetime, page: str | None) -> GroupsPage:
    """Return a page of the groups; as many questions for three as for three thousand."""
    waivers = SizeWaiver.objects.order_by("-pk")
    current = Membership.objects.current().select_related("enrollment").order_by("seat")
    found = groups_of(course).prefetch_related(
        Prefetch("memberships", current, to_attr="present"),
        Prefetch("size_waivers", waivers, to_attr="waivers"),
    )
    shown: Page[Any] = Paginator(found, PAGE_LENGTH).get_page(page)
    parts = _part_counts(course, [group.pk for group in shown], now=now)
    free = _students_without_group(course)
    return GroupsPage(
        course=course,
        page=shown,
        lines=[_line(course, group, parts.get(group.pk, 0)) for group in shown],
        outside_count=_outside(course).count(),
        free=list(free[:LISTED_WITHOUT_GROUP]),
        free_count=free.count(),
        may=may_change(actor),
        may_form_rest=read_rest(actor, course, now=now),
    )


def _outside(course: Course) -> QuerySet[Group]:
    """Return the groups that are smaller or larger than the course asks for."""
    size = Count("memberships", filter=Q(memberships__ends_at__isnull=True))
    outside = Q(size__lt=course.group_size_min) | Q(size__gt=course.group_size_max)
    return groups_of(course).annotate(size=size).filter(outside)


def _line(course: Course, group: Group, part_count: int) -> GroupLine:
    present: list[Membership] = getattr(group, "present")  # noqa: B009 - set by the prefetch
    waivers: list[SizeWaiver] = getattr(group, "waivers")  # noqa: B009 - set by the prefetch
    size = len(present)
    return GroupLine(
        group=group,
        members=[one.enrollment for one in present],
        is_outside=not is_within_sizes(course, size),
        waiver=next((one for one in waivers if covers(course, one.size, size)), None),
        part_count=part_count,
    )


def _part_counts(course: Course, group_ids: list[int], *, now: datetime) -> dict[int, int]:
    """Return how many lectures that have not begun each group plays a part in."""
    today = now.astimezone(ZoneInfo(course.timezone)).date()
    ahead = Q(lecture__starts_at__gt=now) | Q(
        lecture__starts_at__isnull=True, lecture__starts_on__gte=today
    )
    held = RoleAssignment.objects.current().filter(group__in=group_ids)
    counted = held.filter(ahead, lecture__withdrawn_at__isnull=True).values(owner=F("group"))
    return dict(counted.annotate(count=Count("pk")).values_list("owner", "count"))


def _students_without_group(course: Course) -> QuerySet[Enrollment]:
    seated = Membership.objects.current().filter(group__course=course).values("enrollment")
    students = Enrollment.objects.active().students().filter(course=course)
    return students.exclude(pk__in=seated).order_by("name", "pk")
