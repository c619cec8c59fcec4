"""Which sizes a course asks of its groups, and which departures are recorded (domain.md §6)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from courseapp.course.models import Course
from groups.models import SizeWaiver


def is_within_sizes(course: Course, size: int) -> bool:
    """Say whether a group may have a size without a waiver."""
    return course.group_size_min <= size <= course.group_size_max


def covers(course: Course, waived: int, size: int) -> bool:
    """Say whether a waiver of one size covers another: one as far outside on the same side, or less far."""
    if size > course.group_size_max:
        return waived >= size
    return size < course.group_size_min and waived <= size


def needs_waiver(course: Course, size: int, waived: Collection[int]) -> bool:
    """Say whether a size is outside the course's, and no waiver of these covers it."""
    is_covered = any(covers(course, one, size) for one in waived)
    return not is_within_sizes(course, size) and not is_covered


def waived_sizes(group_ids: Iterable[int]) -> Mapping[int, set[int]]:
    """Return the sizes that were waived for each of some groups."""
    found: dict[int, set[int]] = defaultdict(set)
    waivers = SizeWaiver.objects.filter(group__in=set(group_ids))
    for group_id, size in waivers.values_list("group", "size"):
        found[group_id].add(size)
    return found
