"""The order of the schedule's rows."""

from collections.abc import Collection

from courseapp.course.models import Course
from schedule.models import Lecture, Reading

# Withdrawn rows stand behind all others: a place is held by what stands.
BEHIND_ALL = 1_000_000


def withdrawn_position(pk: int) -> int:
    """Return the position of a withdrawn row, which no other can hold."""
    return BEHIND_ALL + pk


def settle_positions(*, course: Course, lecture_ids: Collection[int] = ()) -> None:
    """Put the given rows where their dates belong, and number all from 1.

    The others keep their order, also where that is not the order of their dates: files come so.
    """
    rows = list(Lecture.objects.select_for_update().filter(course=course).order_by("position"))
    moved = sorted(
        (row for row in rows if row.pk in lecture_ids),
        key=lambda row: (row.starts_on, row.starts_at is not None, row.starts_at, row.position),
    )
    ordered = [row for row in rows if row.pk not in lecture_ids]
    for row in moved:
        ordered.insert(_place(row, ordered), row)
    for position, row in enumerate(ordered, start=1):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])


def _place(row: Lecture, ordered: list[Lecture]) -> int:
    """Return the index behind the last row that is not later."""
    earlier = [index for index, other in enumerate(ordered) if not _is_later(other, row)]
    return earlier[-1] + 1 if earlier else 0


def _is_later(other: Lecture, row: Lecture) -> bool:
    if other.starts_on != row.starts_on or other.starts_at is None or row.starts_at is None:
        return other.starts_on > row.starts_on
    return other.starts_at > row.starts_at


def settle_readings(*, lecture: Lecture) -> None:
    """Number a lecture's readings from 1, in their order."""
    standing = Reading.objects.select_for_update().filter(lecture=lecture)
    readings = standing.order_by("position", "pk")
    for position, reading in enumerate(readings, start=1):
        if reading.position != position:
            reading.position = position
            reading.save(update_fields=["position"])
