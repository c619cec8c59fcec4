"""The weights of a course and the parts that its components are made of."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from courseapp.course.models import Course
from grading.models import Component, Part
from grading.rules import DEFAULT_PARTS, DEFAULT_WEIGHTS, PartPlan


@transaction.atomic
def plan_components(*, course: Course, weights: Mapping[str, Decimal] | None) -> list[Component]:
    """Give a course its components, by default those of domain.md §2, each with its default parts.

    The database refuses weights that do not add up to 100 when the transaction commits.
    """
    components = [
        Component(course=course, name=name, weight=weight, position=position)
        for position, (name, weight) in enumerate((weights or DEFAULT_WEIGHTS).items(), start=1)
    ]
    Component.objects.bulk_create(components)
    Part.objects.bulk_create(
        [
            _part(component, plan, position)
            for component in components
            for position, plan in enumerate(DEFAULT_PARTS[component.name], start=1)
        ]
    )
    return components


def _part(component: Component, plan: PartPlan, position: int) -> Part:
    return Part(
        component=component,
        name=plan.name,
        weight=plan.weight,
        position=position,
        deliverable_kind=plan.deliverable_kind,
        role=plan.role,
        scoring=plan.scoring,
        is_individual=plan.is_individual,
    )
