"""Grades as staff see them, and the one predicate of what students see (domain.md §10)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course
from courseapp.course.selectors import staff_actors
from courseapp.kernel.lookup import Lookup
from grading.models import Grade, Part, Release
from grading.selectors.plan import PlannedPart
from groups.models import Membership
from submissions.deadlines import Kind
from submissions.selectors.owed import Duty
from submissions.selectors.tallies import Tally, tallies


def parts_of(course: Course) -> QuerySet[Part]:
    """Return the course's parts in the order of the components, each with whether it is released."""
    standing = Release.objects.filter(part=OuterRef("pk"), taken_back_at__isnull=True)
    parts = Part.objects.filter(component__course=course).select_related("component")
    return parts.annotate(is_released=Exists(standing)).order_by("component__position", "position")


def grades_visible_to(actor: Actor) -> QuerySet[Grade]:
    """Return the awards that the actor may see: staff all, a student their own, once released.

    The one predicate for page, export, mail and admin. A student's own are those to them and those
    to groups in which they were credited; the caller narrows to these by the duties.
    """
    if actor.may(Permission.READ_ALL_WORK):
        return Grade.objects.filter(part__component__course=actor.course)
    if actor.course is None or actor.enrollment is None:
        return Grade.objects.none()
    return _released_to(course=actor.course.pk, enrollment=actor.enrollment.pk)


def _released_to(*, course: int, enrollment: int) -> QuerySet[Grade]:
    standing = Release.objects.filter(taken_back_at__isnull=True)
    memberships = Membership.objects.filter(enrollment=enrollment)
    own = Q(enrollment=enrollment) | Q(group__in=memberships.values("group"))
    in_course = Grade.objects.filter(part__component__course=course)
    return in_course.filter(own, part__in=standing.values("part"))


def awards_visible_to(actor: Actor) -> list[Grade]:
    """Return these awards by age, each with who gave it."""
    if actor.is_student and actor.course is not None and actor.enrollment is not None:
        return _OWN.all(course=actor.course.pk, enrollment=actor.enrollment.pk)
    return list(_by_age(grades_visible_to(actor)))


def _by_age(grades: QuerySet[Grade]) -> QuerySet[Grade]:
    return grades.select_related("awarded_by").order_by("pk")


def _own(*, course: int, enrollment: int) -> QuerySet[Grade]:
    return _by_age(_released_to(course=course, enrollment=enrollment))


_OWN = Lookup(_own, course=-1, enrollment=-2)


def grades_in_admin(user_id: int | None) -> QuerySet[Grade]:
    """Return the awards of all courses whose staff the person is."""
    courses = [actor.course for actor in staff_actors(user_id)]
    return Grade.objects.filter(part__component__course__in=courses)


@dataclass(frozen=True)
class GradingPart:
    """One part as the grading list shows it: counts of duties."""

    part: Part
    owed_count: int
    in_count: int
    graded_count: int
    is_released: bool


def grading_parts(actor: Actor, *, now: datetime) -> list[GradingPart] | None:
    """Return every part with how much of it is in and graded; for staff."""
    if actor.course is None or not actor.is_staff:
        return None
    return counted_parts(actor, tallies(course=actor.course, now=now))


def counted_parts(actor: Actor, counts: list[Tally]) -> list[GradingPart]:
    """Return every part of the actor's course with its counts."""
    assert actor.course is not None
    graded = Counter(
        part_id
        for part_id, *_owner in grades_visible_to(actor)
        .values_list("part", "deliverable", "enrollment", "group")
        .distinct()
    )
    return [_counted(part, counts, graded[part.pk]) for part in parts_of(actor.course)]


def _counted(part: Any, counts: list[Tally], graded_count: int) -> GradingPart:
    own = [tally for tally in counts if feeds(tally, part)]
    return GradingPart(
        part=part,
        owed_count=sum(tally.owed_count for tally in own),
        in_count=sum(tally.in_count for tally in own),
        graded_count=graded_count,
        is_released=part.is_released,
    )


def feeds(duty: Duty | Tally, part: Part | PlannedPart) -> bool:
    """Say whether a duty feeds a part: by its kind and, for summaries, by the group's role."""
    if not part.deliverable_kind or duty.kind != Kind(part.deliverable_kind):
        return False
    return not part.role or duty.role == part.role


def part_visible_to(actor: Actor, *, now: datetime, part_id: int) -> Part | None:
    """Return a part of the actor's course, for staff."""
    if actor.course is None or not actor.is_staff:
        return None
    return parts_of(actor.course).filter(pk=part_id).first()
