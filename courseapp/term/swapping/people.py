"""Who confirms swaps."""

from django.db.models import Q

from courseapp.course.actors import Permission
from courseapp.course.models import Course, Enrollment, Role


def confirming(course: Course) -> list[Enrollment]:
    """Return the staff who change the plan: instructors, and TAs whom one let."""
    may = Q(role=Role.INSTRUCTOR) | Q(extra_permissions__contains=[Permission.CHANGE_PLAN.value])
    return list(Enrollment.objects.active().staff().filter(may, course=course))
