"""Reads of courses and the people in them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from courseapp.course.actors import Actor, actor_of
from courseapp.course.models import (
    STAFF_ROLES,
    Course,
    CourseState,
    Enrollment,
    Role,
    RuleChange,
    RuleName,
)


def course_visible_to(actor: Actor, *, now: datetime) -> Course | None:
    """Return the course asked about; a draft shows only to its members."""
    return actor.course


def course_of_member(actor: Actor, *, now: datetime) -> Course | None:
    """Return the course asked about, for those who are in it."""
    return actor.course if actor.is_member else None


def own_enrollments(user_id: int | None) -> list[Enrollment]:
    """Return the person's courses, the newest first."""
    if user_id is None:
        return []
    own = Enrollment.objects.active().filter(user_id=user_id)
    return list(own.select_related("course").order_by("-course__begins_at"))


def published_courses() -> list[Course]:
    """Return what a visitor may open, the newest first."""
    return list(Course.objects.exclude(state=CourseState.DRAFT).order_by("-begins_at"))


def staff_of(course: Course) -> list[Enrollment]:
    """Return the course's instructors and TAs in the order of the roster."""
    staff = Enrollment.objects.active().staff().filter(course=course)
    return sorted(staff, key=lambda person: (person.role != Role.INSTRUCTOR, person.position))


def staff_actors(user_id: int | None) -> list[Actor]:
    """Return the person as seen by each course whose staff they are."""
    if user_id is None:
        return []
    own = Enrollment.objects.active().filter(user_id=user_id, role__in=STAFF_ROLES)
    return [actor_of(enrollment) for enrollment in own.select_related("course")]


def is_staff_somewhere(user_id: int | None) -> bool:
    """Say whether the person is staff of any course."""
    if user_id is None:
        return False
    return Enrollment.objects.active().filter(user_id=user_id, role__in=STAFF_ROLES).exists()


def course_named(slug: str) -> Course | None:
    """Return a course by its slug, for commands and jobs of the server itself."""
    return Course.objects.filter(slug=slug).first()


def any_course_exists() -> bool:
    """Say whether this server holds a course."""
    return Course.objects.exists()


def staff_member_of(actor: Actor, *, now: datetime, enrollment_id: int) -> Enrollment | None:
    """Return a member of the staff of the actor's course, for those who are in it."""
    course = course_of_member(actor, now=now)
    if course is None:
        return None
    return Enrollment.objects.active().staff().filter(course=course, pk=enrollment_id).first()


@dataclass(frozen=True)
class RuleBook:
    """The changes of a course's rules that stand, in the order in which they were made."""

    changes: tuple[RuleChange, ...]

    def value(self, name: RuleName, *, on: date, default: Any) -> Any:
        """Return the rule that holds on a day: of the changes that do, the latest made."""
        found = [one for one in self.changes if one.name == name and one.holds_from <= on]
        return found[-1].value if found else default


def rule_book(course: Course) -> RuleBook:
    """Return the course's rules as they were changed; one query."""
    changes = RuleChange.objects.filter(course=course, withdrawn_at__isnull=True)
    return RuleBook(tuple(changes.order_by("pk")))
