"""A course's schedule as the lint looks at it: everything read once, nothing written."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q

from courseapp.course.models import Course
from courseapp.course.selectors import RuleBook, rule_book
from courseapp.term.formats import Problem, Severity
from groups.models import Group
from schedule.models import Lecture, Milestone, OtherPresenter, RoleAssignment
from schedule.selectors import lectures_of, milestones_of, student_lectures_of


@dataclass(frozen=True)
class Snapshot:
    """The rows of one course; `sizes` counts the members of each group that stands."""

    course: Course
    rules: RuleBook
    lectures: tuple[Lecture, ...]
    student_lectures: frozenset[int]
    assignments: tuple[RoleAssignment, ...]
    others: tuple[OtherPresenter, ...]
    milestones: tuple[Milestone, ...]
    sizes: tuple[tuple[str, int], ...]


Findings = Iterator[Problem]


def snapshot_of(course: Course) -> Snapshot:
    """Read what the lint looks at."""
    assignments = RoleAssignment.objects.current().filter(lecture__course=course)
    standing = Group.objects.filter(course=course, dissolved_at__isnull=True)
    counted = standing.annotate(
        member_count=Count("memberships", filter=Q(memberships__ends_at__isnull=True))
    )
    return Snapshot(
        course=course,
        rules=rule_book(course),
        lectures=tuple(lectures_of(course)),
        student_lectures=frozenset(student_lectures_of(course)),
        assignments=tuple(
            assignments.select_related("lecture", "group").order_by("lecture__position", "position")
        ),
        others=tuple(
            OtherPresenter.objects.filter(lecture__course=course).select_related("lecture")
        ),
        milestones=tuple(milestones_of(course)),
        sizes=tuple(counted.order_by("position", "pk").values_list("name", "member_count")),
    )


def warning(
    code: str, message: str, *, row: int | None = None, column: str | None = None, found: str = ""
) -> Problem:
    """Return a finding; `row` is the position of a row of the schedule."""
    return Problem("schedule", row, column, found, message, Severity.WARNING, code)
