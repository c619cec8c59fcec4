"""What a course's grade is made of."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from courseapp.course.models import Course
from grading.models import Part


@dataclass(frozen=True)
class ComponentPlan:
    """A component with its parts, in order."""

    name: str
    weight: Decimal
    parts: list[Part]


def components_of(course: Course) -> list[ComponentPlan]:
    """Return the components with their parts, in one query."""
    parts = Part.objects.filter(component__course=course).select_related("component")
    ordered = parts.order_by("component__position", "position")
    return [
        ComponentPlan(name=component.name, weight=component.weight, parts=list(found))
        for component, found in groupby(ordered, key=lambda part: part.component)
    ]
