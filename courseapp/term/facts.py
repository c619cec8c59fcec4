"""The counts by which an import can be checked."""

from collections import Counter
from typing import Any

from django.db.models import Count

from courseapp.course.models import Course, Enrollment
from grading.models import Component
from groups.models import Membership
from groups.selectors import groups_of
from schedule.models import GroupRole, Lecture, LectureKind, Reading, RoleAssignment
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.owed import owed_count


def course_facts(*, course: Course) -> dict[str, Any]:
    """Return the course in numbers; `owed` counts (owner, deliverable) pairs at their due instants."""
    return {
        "students": Enrollment.objects.filter(course=course).active().students().count(),
        "groups": groups_of(course).count(),
        "group_sizes": _group_sizes(course),
        "lectures": _counts(Lecture.objects.filter(course=course), "kind", LectureKind.values),
        "readings": _readings(course),
        "role_assignments": _counts(
            RoleAssignment.objects.current().filter(lecture__course=course),
            "role",
            GroupRole.values,
            keeps_zeros=True,
        ),
        "deliverables": _counts(
            Deliverable.objects.filter(course=course, withdrawn_at__isnull=True),
            "kind",
            [kind.value for kind in Kind],
            keeps_zeros=True,
        ),
        "owed": owed_count(course),
        "components": {
            component.name: _plain_number(component.weight)
            for component in Component.objects.filter(course=course)
        },
    }


def _counts(
    rows: Any, column: str, order: list[str], *, keeps_zeros: bool = False
) -> dict[str, int]:
    found = dict(rows.order_by().values_list(column).annotate(Count("pk")))
    return {name: found.get(name, 0) for name in order if keeps_zeros or name in found}


def _group_sizes(course: Course) -> dict[str, int]:
    current = Membership.objects.current().filter(group__in=groups_of(course))
    sizes = Counter(
        current.order_by().values_list("group").annotate(n=Count("pk")).values_list("n", flat=True)
    )
    return {str(size): sizes[size] for size in sorted(sizes)}


def _readings(course: Course) -> dict[str, int]:
    required = Reading.objects.filter(lecture__course=course).values_list("is_required", flat=True)
    counts = Counter(required)
    return {"required": counts[True], "optional": counts[False]}


def _plain_number(weight: Any) -> int | float:
    return int(weight) if weight == int(weight) else float(weight)
