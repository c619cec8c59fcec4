"""The course's public page: texts, people, milestones, schedule, and how it is graded."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, Enrollment
from courseapp.course.selectors import course_visible_to, staff_of
from grading.models import Component
from grading.selectors.weights import components_of
from groups.selectors import group_of
from schedule.models import Lecture, Milestone
from schedule.selectors import Part, lectures_of, milestones_of, next_class, parts_of


@dataclass(frozen=True)
class Meeting:
    """One row of the schedule as the page prints it."""

    lecture: Lecture
    roles: list[Part]
    is_next: bool
    is_off: bool


@dataclass(frozen=True)
class Module:
    """Rows under one heading."""

    name: str
    meetings: list[Meeting]


@dataclass(frozen=True)
class CoursePage:
    """All that the page shows; `may_publish` is the policy's answer."""

    course: Course
    staff: list[Enrollment]
    milestones: list[Milestone]
    modules: list[Module]
    next_class: Lecture | None
    components: list[Component]
    reading_count: int
    may_publish: bool


def course_page(actor: Actor, *, now: datetime) -> CoursePage | None:
    """Return the page of a course that the actor may see; groups are named to members only."""
    course = course_visible_to(actor, now=now)
    if course is None:
        return None
    lectures = list(lectures_of(course))
    coming = next_class(lectures, now=now)
    group = group_of(actor)
    meetings = [
        Meeting(
            lecture=lecture,
            roles=parts_of(
                lecture,
                names_groups=actor.may(Permission.READ_NAMES),
                own_group_id=group.pk if group else None,
            ),
            is_next=lecture is coming,
            is_off=lecture.kind in ("no_class", "deadline"),
        )
        for lecture in lectures
    ]
    return CoursePage(
        course=course,
        staff=staff_of(course),
        milestones=milestones_of(course),
        modules=[
            Module(name=name, meetings=list(found))
            for name, found in groupby(meetings, key=lambda meeting: meeting.lecture.module)
        ],
        next_class=coming,
        components=components_of(course),
        reading_count=sum(len(lecture.readings.all()) for lecture in lectures),
        may_publish=course.state == "draft" and actor.may(Permission.CHANGE_SETTINGS),
    )
