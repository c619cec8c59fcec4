"""Due instants that have passed, and what had come in by then: what staff are told (domain.md §11)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from courseapp.course.models import Course, Enrollment
from schedule.models import Lecture
from submissions.selectors.owed import Duty, duties

# What was typed is cut into versions just after the instant; pledged bytes may follow for longer.
SETTLES: Final = timedelta(minutes=5)
SETTLES_WITH_PLEDGES: Final = timedelta(minutes=35)
# An instant that nobody was told of for so long is old news.
TOLD_WITHIN: Final = timedelta(hours=24)
NAMES_SHOWN: Final = 40

_ENDED = """
SELECT d.lecture_id, m.due_at, array_agg(d.id ORDER BY d.id)
FROM submissions_deliverable d
CROSS JOIN LATERAL (
  SELECT d.due_at
  UNION SELECT x.due_at FROM submissions_extension x WHERE x.deliverable_id = d.id
  UNION SELECT p.due_at FROM schedule_slotplacement p JOIN groups_group g ON g.id = p.group_id
    WHERE p.kind = d.kind AND g.course_id = d.course_id AND p.withdrawn_at IS NULL) m
WHERE d.course_id = %(course)s AND d.withdrawn_at IS NULL
  AND m.due_at > GREATEST(%(after)s, %(published_at)s) AND m.due_at <= %(by)s
GROUP BY 1, 2 ORDER BY 2, 1
"""


@dataclass(frozen=True)
class Ended:
    """What fell due at one instant for one lecture; without one, project work."""

    lecture_id: int | None
    due_at: datetime
    deliverable_ids: tuple[int, ...]


@dataclass(frozen=True)
class Outcome:
    """One deliverable at its due instant: how many had it, and who had not.

    `has_until` are those for whom an extension goes on, each with its end.
    """

    duty: Duty
    owed_count: int
    in_count: int
    late: tuple[str, ...]
    missing: tuple[str, ...]
    has_until: tuple[tuple[str, datetime], ...]

    @property
    def missing_shown(self) -> tuple[str, ...]:
        """Return the names that a mail prints; the page has them all."""
        return self.missing[:NAMES_SHOWN]

    @property
    def missing_more(self) -> int:
        """Return how many a mail does not name."""
        return max(0, len(self.missing) - NAMES_SHOWN)


@dataclass(frozen=True)
class Report:
    """All that fell due at one instant for one lecture."""

    course: Course
    ended: Ended
    lecture: Lecture | None
    outcomes: tuple[Outcome, ...]

    @property
    def owed_count(self) -> int:
        """Return how many hand-ins were owed."""
        return sum(outcome.owed_count for outcome in self.outcomes)

    @property
    def in_count(self) -> int:
        """Return how many of them were in."""
        return sum(outcome.in_count for outcome in self.outcomes)


def ended_lately(course: Course, *, now: datetime) -> list[Ended]:
    """Return the due instants that have just passed and settled, those of extensions and slots too.

    One that was past when the course was published is none (domain.md §1).
    """
    settles = SETTLES_WITH_PLEDGES if course.allows_pledge else SETTLES
    parameters: dict[str, Any] = {
        "course": course.pk,
        "after": now - TOLD_WITHIN,
        "by": now - settles,
        "published_at": course.published_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENDED, parameters)
        return [Ended(row[0], row[1], tuple(row[2])) for row in cursor.fetchall()]


def report_of(course: Course, ended: Ended, *, now: datetime) -> Report:
    """Return who handed in and who did not; without outcomes where nobody owed anything then."""
    owed = duties(course=course, now=now, deliverables=list(ended.deliverable_ids))
    names = _names(owed)
    by_deliverable: dict[int, list[Duty]] = defaultdict(list)
    for duty in owed:
        if ended.due_at in (duty.base_due_at, duty.due_at):
            by_deliverable[duty.deliverable_id].append(duty)
    outcomes = (_outcome(found, ended, names) for found in by_deliverable.values())
    return Report(
        course=course,
        ended=ended,
        lecture=None if ended.lecture_id is None else Lecture.objects.get(pk=ended.lecture_id),
        outcomes=tuple(outcome for outcome in outcomes if outcome.owed_count),
    )


def _outcome(found: list[Duty], ended: Ended, names: dict[int, str]) -> Outcome:
    over = [duty for duty in found if duty.due_at == ended.due_at]
    return Outcome(
        duty=found[0],
        owed_count=len(over),
        in_count=sum(duty.is_in for duty in over),
        late=_sorted(_name(duty, names) for duty in over if duty.is_only_late),
        missing=_sorted(_name(duty, names) for duty in over if duty.latest_number is None),
        has_until=tuple(
            (_name(duty, names), duty.due_at)
            for duty in found
            if duty.due_at > ended.due_at and not duty.is_in
        ),
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=str.casefold))


def _name(duty: Duty, names: dict[int, str]) -> str:
    return duty.group_name or names.get(duty.enrollment_id or 0, "")


def _names(owed: list[Duty]) -> dict[int, str]:
    ids = {duty.enrollment_id for duty in owed if duty.enrollment_id is not None}
    people = Enrollment.objects.filter(pk__in=ids)
    return dict(people.values_list("pk", "name"))
