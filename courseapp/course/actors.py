"""Who asks, in which course, with which permissions; loaded once per request."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from courseapp.course.models import Course, CourseState, Enrollment, Role
from courseapp.kernel import clock
from courseapp.kernel.lookup import Lookup

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class Permission(StrEnum):
    """What a role allows; alphabetical. An instructor can give a TA any of them singly."""

    AWARD_GRADES = "award_grades"
    CHANGE_GROUPS = "change_groups"
    CHANGE_PLAN = "change_plan"
    CHANGE_ROSTER = "change_roster"
    CHANGE_SCHEDULE = "change_schedule"
    CHANGE_SETTINGS = "change_settings"
    DECIDE_PROPOSALS = "decide_proposals"
    EXEMPT = "exempt"
    EXTEND = "extend"
    HAND_IN = "hand_in"
    READ_ALL_WORK = "read_all_work"
    READ_COURSE = "read_course"
    READ_NAMES = "read_names"
    RECORD_ATTENDANCE = "record_attendance"
    RELEASE_GRADES = "release_grades"
    REMIND = "remind"


OBSERVER_PERMISSIONS = frozenset({Permission.READ_COURSE})
STUDENT_PERMISSIONS = OBSERVER_PERMISSIONS | {Permission.HAND_IN, Permission.READ_NAMES}
TA_PERMISSIONS = OBSERVER_PERMISSIONS | {
    Permission.AWARD_GRADES,
    Permission.READ_ALL_WORK,
    Permission.READ_NAMES,
    Permission.RECORD_ATTENDANCE,
    Permission.REMIND,
}
INSTRUCTOR_PERMISSIONS = frozenset(Permission) - {Permission.HAND_IN}

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.OBSERVER: OBSERVER_PERMISSIONS,
    Role.STUDENT: STUDENT_PERMISSIONS,
    Role.TA: TA_PERMISSIONS,
    Role.INSTRUCTOR: INSTRUCTOR_PERMISSIONS,
}


@dataclass(frozen=True)
class Actor:
    """A person as seen by one course; a visitor has no enrollment and no permission.

    `course` is None on pages that belong to no course, or where the slug names none.
    """

    user_id: int | None
    course: Course | None = None
    enrollment: Enrollment | None = None
    permissions: frozenset[Permission] = field(default_factory=frozenset)

    def may(self, permission: Permission) -> bool:
        """Say whether the actor's role, or an instructor's grant, holds the permission."""
        return permission in self.permissions

    @property
    def is_member(self) -> bool:
        """Say whether the actor is active in the course."""
        return self.enrollment is not None

    @property
    def is_staff(self) -> bool:
        """Say whether the actor reads all of the course."""
        return self.may(Permission.READ_ALL_WORK)

    @property
    def is_student(self) -> bool:
        """Say whether the actor is a student of the course."""
        return self.enrollment is not None and self.enrollment.role == Role.STUDENT

    @property
    def role(self) -> str:
        """Return the role in the course; "visitor" without one."""
        return "visitor" if self.enrollment is None else self.enrollment.role

    @property
    def name(self) -> str:
        """Return the person's name in the course."""
        return "" if self.enrollment is None else self.enrollment.name


def load_actor(
    user: "AbstractBaseUser | AnonymousUser", slug: str | None
) -> tuple[Actor, datetime | None]:
    """Return who asks and the database's instant of asking, None where it was not read.

    One query for a member or a visitor, two for a signed-in outsider.
    """
    user_id = user.pk if user.is_authenticated else None
    if slug is None:
        return Actor(user_id=user_id), None
    enrollment = _active_enrollment(user_id, slug)
    if enrollment is not None:
        return actor_of(enrollment), enrollment.asked_at
    course: Any = _OPEN_COURSE.first(slug=slug)
    return Actor(user_id=user_id, course=course), None if course is None else course.asked_at


def _active_enrollment(user_id: int | None, slug: str) -> Any:
    return None if user_id is None else _ACTIVE_ENROLLMENT.first(user_id=user_id, slug=slug)


def _active_enrollments(*, user_id: int, slug: str) -> QuerySet[Enrollment]:
    found = Enrollment.objects.active().select_related("course")
    return found.annotate(asked_at=clock.DatabaseNow()).filter(course__slug=slug, user_id=user_id)


def _open_courses(*, slug: str) -> QuerySet[Course]:
    found = Course.objects.exclude(state=CourseState.DRAFT)
    return found.annotate(asked_at=clock.DatabaseNow()).filter(slug=slug)


# Asked before every page of a course.
_ACTIVE_ENROLLMENT = Lookup(_active_enrollments, user_id=-1, slug="a-slug")
_OPEN_COURSE = Lookup(_open_courses, slug="a-slug")


def actor_of(enrollment: Enrollment) -> Actor:
    """Return the actor that an active enrollment makes."""
    granted = {Permission(name) for name in enrollment.extra_permissions}
    return Actor(
        user_id=enrollment.user_id,
        course=enrollment.course,
        enrollment=enrollment,
        permissions=ROLE_PERMISSIONS[enrollment.role] | granted,
    )
