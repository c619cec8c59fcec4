"""A term to plan in tests: groups with members, weekly lectures, someone who plans."""

from datetime import datetime, timedelta

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, CourseState, Enrollment, Role
from courseapp.kernel import clock
from groups.models import Group
from schedule.models import Lecture, PlanDraft, RoleAssignment
from schedule.planning import Cell
from schedule.planning import Role as Part
from schedule.selectors.drafts import Sheet, sheet
from schedule.services.ranking import rank_lectures
from schedule.services.solving import ask_solve, sweep
from tests.factories import (
    LECTURE_AT,
    START,
    actor,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
)

BEFORE = START + timedelta(days=1)
LATER = BEFORE + timedelta(hours=1)


class PlanScene:
    """Some groups of two students, and as many lectures, one a week."""

    def __init__(self, *, size: int = 4, state: str = CourseState.PUBLISHED) -> None:
        self.course: Course = make_course(state=state)
        self.instructor: Enrollment = enroll(self.course, Role.INSTRUCTOR, name="Ines Haugen")
        self.ta: Enrollment = enroll(self.course, Role.TA)
        self.groups: list[Group] = []
        self.members: list[list[Enrollment]] = []
        for number in range(1, size + 1):
            members = [enroll(self.course), enroll(self.course)]
            self.members.append(members)
            self.groups.append(make_group(self.course, members, name=f"Group {number}"))
        self.lectures: list[Lecture] = [
            make_lecture(
                self.course,
                starts_at=LECTURE_AT + timedelta(weeks=week),
                topic=f"Topic of week {week + 1}",
            )
            for week in range(size)
        ]
        derive(self.course)

    @property
    def planner(self) -> Actor:
        """Return the instructor as an actor."""
        return actor(self.instructor)

    def rank(self, group: int, *weeks: int) -> None:
        """Let a group rank the lectures of some weeks, both counted from 0."""
        rank_lectures(
            actor=self.planner,
            group_id=self.groups[group].pk,
            lecture_ids=[self.lectures[week].pk for week in weeks],
            now=START,
        )

    def solve(self, *, now: datetime = BEFORE) -> PlanDraft:
        """Let the planner search, and return the draft that comes of it."""
        ask_solve(actor=self.planner, time_limit=60, now=now)
        with clock.standing_at(now):
            sweep(now=now)
        return PlanDraft.objects.filter(course=self.course).order_by("-number")[0]

    def sheet(self, *, now: datetime = BEFORE, number: int | None = None) -> Sheet:
        """Return a draft as the course stands."""
        found = sheet(self.course, now=now, number=number)
        assert found is not None
        return found

    def cell(self, group: int, week: int, part: Part = Part.PRESENTER) -> Cell:
        """Return a cell by group and week, both counted from 0."""
        return Cell(self.lectures[week].pk, part, self.groups[group].pk)

    def standing(self) -> set[tuple[int, str, int]]:
        """Return who plays what as published."""
        current = RoleAssignment.objects.current().filter(lecture__course=self.course)
        return set(current.values_list("lecture", "role", "group"))

    def grant(self, *permissions: Permission) -> Actor:
        """Return the TA with permissions that an instructor gave them."""
        self.ta.extra_permissions = [one.value for one in permissions]
        self.ta.save(update_fields=["extra_permissions"])
        return actor(self.ta)
