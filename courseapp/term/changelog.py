"""What readers of the schedule are told of its changes."""

from courseapp.course.models import Course
from courseapp.term.models import Act


def newest_changes(course: Course, *, count: int) -> list[Act]:
    """Return the newest changes of the schedule since readers see it, one query; none in a draft."""
    if course.published_at is None:
        return []
    told = Act.objects.filter(course=course, acted_at__gte=course.published_at)
    return list(told.exclude(public_sentence="").order_by("-pk")[:count])
