"""The question to the planner of roles, as the course stands (domain.md §7)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from courseapp.course.models import Course, CourseState, RuleName
from courseapp.course.selectors import rule_book
from groups.models import Group
from groups.selectors import groups_of
from schedule.models import CellRule, Lecture, PlannedCell, Preference, RoleAssignment
from schedule.planning import MINIMUM_DISTANCE, Cell, PlannedLecture, Problem, Role
from schedule.selectors import student_lectures_of
from schedule.selectors.role_names import role_names


@dataclass(frozen=True)
class RolePlanning:
    """A course's groups and student lectures by id, what the planner is asked, and what stands.

    `settled` are the rules about cells that staff set; `standing` is the plan that is published,
    with the parts of groups that are gone.
    """

    groups: dict[int, Group]
    lectures: dict[int, Lecture]
    problem: Problem
    settled: tuple[PlannedCell, ...] = ()
    standing: frozenset[Cell] = frozenset()


def role_planning(course: Course, *, now: datetime) -> RolePlanning:
    """Return what is to be planned: who plays what in lectures that have begun is a fact.

    They take no more, except where a draft names nobody yet: its roles were never planned. A rule
    about a cell of such a lecture has lost its object and is left out.
    """
    groups = {group.pk: group for group in groups_of(course)}
    found = Lecture.objects.filter(pk__in=student_lectures_of(course)).order_by("position")
    lectures = {lecture.pk: lecture for lecture in found}
    begun = {lecture.pk for lecture in found if has_begun(lecture, now=now)}
    played = RoleAssignment.objects.current().filter(lecture__in=lectures)
    standing = frozenset(Cell(one.lecture_id, Role(one.role), one.group_id) for one in played)
    facts = frozenset(one for one in standing if one.lecture in begun and one.group in groups)
    if course.state == CourseState.DRAFT:
        begun &= {cell.lecture for cell in facts}
    settled = tuple(PlannedCell.objects.current().filter(lecture__in=lectures, group__in=groups))
    applying = [one for one in settled if one.lecture_id not in begun]
    problem = Problem(
        groups=tuple(groups),
        lectures=tuple(
            PlannedLecture(lecture.pk, lecture.starts_on, is_closed=lecture.pk in begun)
            for lecture in found
        ),
        ranks=_ranks(groups),
        fixed=facts | _cells(applying, CellRule.FIXED),
        forbidden=_cells(applying, CellRule.FORBIDDEN),
        blackouts=frozenset(
            (one.group_id, one.lecture_id) for one in applying if one.rule == CellRule.BLACKOUT
        ),
        minimum_distance=_minimum_distance(course, now=now),
        group_names={group.pk: group.name for group in groups.values()},
        role_names=role_names(course),
        lecture_names={lecture.pk: f"“{lecture.title}”" for lecture in found},
    )
    return RolePlanning(groups, lectures, problem, settled, standing)


def has_begun(lecture: Lecture, *, now: datetime) -> bool:
    """Say whether a lecture is past planning; without a time, it is when its day is over."""
    if lecture.starts_at is not None:
        return lecture.starts_at <= now
    return lecture.starts_on < now.astimezone(ZoneInfo(lecture.timezone)).date()


def digest_of(problem: Problem) -> str:
    """Return a digest of what the planner is asked: a bound that was proved holds for that alone."""
    parts = [
        sorted(problem.groups),
        sorted((one.id, str(one.held_on), one.is_closed) for one in problem.lectures),
        sorted((group, *rank) for group, ranks in problem.ranks.items() for rank in ranks.items()),
        *[
            sorted((cell.lecture, cell.role.value, cell.group) for cell in cells)
            for cells in (problem.fixed, problem.forbidden)
        ],
        sorted(problem.blackouts),
        problem.minimum_distance.days,
    ]
    return sha256(repr(parts).encode()).hexdigest()


def _ranks(groups: Iterable[int]) -> dict[int, dict[int, int]]:
    ranks: dict[int, dict[int, int]] = defaultdict(dict)
    for wish in Preference.objects.current().filter(group__in=groups):
        ranks[wish.group_id][wish.lecture_id] = wish.rank
    return dict(ranks)


def _cells(settled: Iterable[PlannedCell], rule: CellRule) -> frozenset[Cell]:
    return frozenset(
        Cell(one.lecture_id, Role(one.role), one.group_id) for one in settled if one.rule == rule
    )


def _minimum_distance(course: Course, *, now: datetime) -> timedelta:
    """Return how far apart a group's duties lie: the course's rule as it holds today."""
    today = now.astimezone(ZoneInfo(course.timezone)).date()
    default = MINIMUM_DISTANCE.days
    days = rule_book(course).value(RuleName.DUTY_DISTANCE_DAYS, on=today, default=default)
    return timedelta(days=days)
