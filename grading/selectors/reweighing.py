"""What other weights would mean for the class (domain.md §10)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from courseapp.course.actors import actor_of
from courseapp.course.models import Course, Enrollment
from grading.models import Component, Part
from grading.selectors.standing import component_scores
from grading.weights import ComponentScore, PartScore, course_totals, shown

# A class larger than this is not reckoned anew for a preview.
RECKONED = 300


@dataclass(frozen=True)
class Weights:
    """The weights of components and parts, by their ids."""

    components: Mapping[int, Decimal]
    parts: Mapping[int, Decimal]


def weights_of(course: Course) -> Weights:
    """Return the weights that hold."""
    components = Component.objects.filter(course=course).values_list("pk", "weight")
    parts = Part.objects.filter(component__course=course).values_list("pk", "weight")
    return Weights(dict(components), dict(parts))


def changed_totals(course: Course, old: Weights, new: Weights, *, now: datetime) -> int | None:
    """Return how many students' totals, as they see them, differ; None where that is too many to ask."""
    students = Enrollment.objects.active().students().filter(course=course)
    found = list(students.select_related("course")[: RECKONED + 1])
    if len(found) > RECKONED:
        return None
    return sum(_differs(student, old, new, now=now) for student in found)


def _differs(student: Enrollment, old: Weights, new: Weights, *, now: datetime) -> bool:
    scores = component_scores(actor_of(student), now=now)
    return _totals(scores, old) != _totals(scores, new)


def _totals(
    scores: list[tuple[int, list[tuple[int, PartScore]]]], weights: Weights
) -> list[Decimal | None]:
    totals = course_totals(
        ComponentScore(
            weights.components[component],
            tuple(replace(score, weight=weights.parts[part]) for part, score in parts),
        )
        for component, parts in scores
    )
    both = (totals.so_far, totals.if_nothing_more)
    return [None if total is None else shown(total) for total in both]
