"""What a course calls its roles."""

from courseapp.course.models import Course
from schedule.planning import RoleNames


def role_names(course: Course | None) -> RoleNames:
    """Return the names of a course's roles; no query."""
    return RoleNames({} if course is None else dict(course.role_names))
