"""Reads of absences."""

from dataclasses import dataclass

from django.db.models import Count, Q

from courseapp.course.models import Course, Enrollment

OFTEN = 3


@dataclass(frozen=True)
class AbsentStudent:
    """A student who missed several lectures unexcused."""

    name: str
    absence_count: int


def often_absent(course: Course) -> list[AbsentStudent]:
    """Return who has missed three lectures or more unexcused, the most absent first."""
    standing = Q(absences__is_excused=False, absences__struck_at__isnull=True)
    students = Enrollment.objects.active().students().filter(course=course)
    counted = students.annotate(missed=Count("absences", filter=standing)).filter(missed__gte=OFTEN)
    names = counted.order_by("-missed", "name").values_list("name", "missed")
    return [AbsentStudent(name, missed) for name, missed in names]
