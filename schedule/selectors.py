"""Reads of the schedule."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course
from schedule.models import (
    GroupRole,
    Lecture,
    LectureKind,
    Milestone,
    OtherPresenter,
    Reading,
    RoleAssignment,
)

ROLE_WORDS = {
    GroupRole.PRESENTER: "Presents",
    GroupRole.AUTHORS: "Authors",
    GroupRole.REVIEWERS: "Reviews",
}


@dataclass(frozen=True)
class Part:
    """Who plays one role of a lecture, as pages print it."""

    role: str
    label: str
    names: str
    is_mine: bool


def lectures_of(course: Course) -> QuerySet[Lecture]:
    """Return the schedule's rows in order, with readings, roles and other presenters."""
    return Lecture.objects.filter(course=course).prefetch_related(
        Prefetch("readings", Reading.objects.select_related("paper").order_by("position")),
        Prefetch(
            "role_assignments",
            RoleAssignment.objects.current().select_related("group").order_by("position"),
        ),
        Prefetch("other_presenters", OtherPresenter.objects.order_by("position")),
    )


def lecture_visible_to(actor: Actor, *, now: datetime, lecture_id: int) -> Lecture | None:
    """Return one row of the actor's course, for those who are in it."""
    if actor.course is None or not actor.may(Permission.READ_COURSE):
        return None
    return lectures_of(actor.course).filter(pk=lecture_id).first()


def milestones_of(course: Course) -> list[Milestone]:
    """Return the course's milestones in order."""
    return list(Milestone.objects.filter(course=course))


def next_class(lectures: list[Lecture], *, now: datetime) -> Lecture | None:
    """Return the first meeting that has not ended yet."""
    meets = {LectureKind.LECTURE, LectureKind.MIDTERM, LectureKind.FINAL}
    coming = [
        lecture
        for lecture in lectures
        if lecture.ends_at is not None and lecture.ends_at > now and lecture.kind in meets
    ]
    return min(coming, key=lambda lecture: (lecture.starts_at, lecture.position), default=None)


def parts_of(lecture: Lecture, *, names_groups: bool, own_group_id: int | None) -> list[Part]:
    """Return who plays which part; without `names_groups` (visitors) only staff and guests show."""
    return [
        part
        for role, label in ROLE_WORDS.items()
        if (part := _part(lecture, role, label, own_group_id, names_groups=names_groups)).names
    ]


def _part(
    lecture: Lecture, role: GroupRole, label: str, own_group_id: int | None, *, names_groups: bool
) -> Part:
    assignments = [
        found for found in lecture.role_assignments.all() if found.role == role and names_groups
    ]
    others = [found.name for found in lecture.other_presenters.all() if found.role == role]
    return Part(
        role=role,
        label=label,
        names=", ".join([found.group.name for found in assignments] + others),
        is_mine=any(found.group_id == own_group_id for found in assignments),
    )


def is_student_lecture(lecture: Lecture) -> bool:
    """Say whether groups present it: a row of kind lecture without a presenter of record (§7)."""
    if lecture.kind != LectureKind.LECTURE:
        return False
    return not any(
        found.role == GroupRole.PRESENTER and found.kind != "student"
        for found in lecture.other_presenters.all()
    )
