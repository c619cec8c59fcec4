"""The question to the planner of roles, as the course stands (domain.md §7)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from courseapp.course.models import Course, CourseState
from groups.models import Group
from groups.selectors import groups_of
from schedule.models import Lecture, Preference, RoleAssignment
from schedule.planning import Cell, PlannedLecture, Problem, Role
from schedule.selectors import student_lectures_of


@dataclass(frozen=True)
class RolePlanning:
    """The groups and student lectures of a course by id, and what the planner is asked about them."""

    groups: dict[int, Group]
    lectures: dict[int, Lecture]
    problem: Problem


def role_planning(course: Course, *, now: datetime) -> RolePlanning:
    """Return what is to be planned: who plays what in lectures that have begun is a fact.

    They take no more, except where a draft names nobody yet: its roles were never planned.
    """
    groups = {group.pk: group for group in groups_of(course)}
    found = Lecture.objects.filter(pk__in=student_lectures_of(course)).order_by("position")
    lectures = {lecture.pk: lecture for lecture in found}
    begun = {lecture.pk for lecture in found if has_begun(lecture, now=now)}
    played = RoleAssignment.objects.current().filter(lecture__in=begun, group__in=groups)
    fixed = frozenset(Cell(one.lecture_id, Role(one.role), one.group_id) for one in played)
    if course.state == CourseState.DRAFT:
        begun &= {cell.lecture for cell in fixed}
    ranks: dict[int, dict[int, int]] = defaultdict(dict)
    for wish in Preference.objects.current().filter(group__in=groups):
        ranks[wish.group_id][wish.lecture_id] = wish.rank
    problem = Problem(
        groups=tuple(groups),
        lectures=tuple(
            PlannedLecture(lecture.pk, lecture.starts_on, is_closed=lecture.pk in begun)
            for lecture in found
        ),
        ranks=dict(ranks),
        fixed=fixed,
        group_names={group.pk: group.name for group in groups.values()},
        lecture_names={lecture.pk: f"“{lecture.title}”" for lecture in found},
    )
    return RolePlanning(groups=groups, lectures=lectures, problem=problem)


def has_begun(lecture: Lecture, *, now: datetime) -> bool:
    """Say whether a lecture is past planning; without a time, it is when its day is over."""
    if lecture.starts_at is not None:
        return lecture.starts_at <= now
    return lecture.starts_on < now.astimezone(ZoneInfo(lecture.timezone)).date()
