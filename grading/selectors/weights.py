"""What a course's grade is made of."""

from django.db.models import Prefetch

from courseapp.course.models import Course
from grading.models import Component, Part


def components_of(course: Course) -> list[Component]:
    """Return the components with their parts, in order."""
    parts = Prefetch("parts", Part.objects.order_by("position"))
    return list(Component.objects.filter(course=course).prefetch_related(parts))
