"""The schedule's rows and the milestones as entries of a calendar."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Prefetch, Q

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.term.calendars.revisions import (
    Revision,
    revisions_of_lectures,
    revisions_of_milestones,
)
from courseapp.term.formats.ics import Entry
from groups.models import Membership
from schedule.models import (
    Lecture,
    LectureKind,
    Milestone,
    MilestoneKind,
    OtherPresenter,
    Reading,
    RoleAssignment,
)
from schedule.selectors import Part, milestones_of, parts_by_lecture
from schedule.selectors.role_names import role_names

# A day with nothing to go to does not take the reader's time.
QUIET_KINDS = frozenset({LectureKind.NO_CLASS, LectureKind.DEADLINE})
TALKS = {MilestoneKind.MIDTERM: LectureKind.MIDTERM, MilestoneKind.FINAL: LectureKind.FINAL}


@dataclass(frozen=True)
class Timetable:
    """A course's rows and milestones, and what may be said of them to one reader."""

    course: Course
    lectures: list[Lecture]
    milestones: list[Milestone]
    parts: Mapping[int, list[Part]]
    own_parts: Mapping[int, list[str]] = field(default_factory=dict)


def uid_of(kind: str, *keys: object) -> str:
    """Return the name under which a calendar program knows an entry for good."""
    return f"{'-'.join(map(str, (kind, *keys)))}@{urlsplit(settings.BASE_URL).hostname}"


def course_address(course: Course, place: str = "") -> str:
    """Return the full address of one of the course's pages."""
    return f"{settings.BASE_URL}/c/{course.slug}/{place}"


def timetable_for(reader: Actor, *, course: Course) -> Timetable:
    """Return the timetable as the reader may see it; groups are named to staff only.

    A feed is read by a program that holds a link, and links wander: students' names and other groups
    stay on the pages.
    """
    lectures = _lectures(course)
    visitor = Actor(user_id=None, course=course)
    return Timetable(
        course=course,
        lectures=lectures,
        milestones=milestones_of(course),
        parts=parts_by_lecture(reader if reader.is_staff else visitor, lectures),
        own_parts={} if reader.enrollment is None else _own_parts(reader.enrollment.pk),
    )


def _lectures(course: Course) -> list[Lecture]:
    """The standing rows, and those that were called off after readers could have seen them."""
    seen = Q(withdrawn_at__isnull=True)
    if course.published_at is not None:
        seen |= Q(withdrawn_at__gt=course.published_at)
    readings = Reading.objects.select_related("paper").order_by("position")
    rows = Lecture.with_withdrawn.filter(seen, course=course).order_by("position")
    return list(rows.prefetch_related(Prefetch("readings", readings)))


def _own_parts(enrollment_id: int) -> dict[int, list[str]]:
    """The parts that a person plays: as a member of a group, or by themselves."""
    own = Membership.objects.current().filter(enrollment=enrollment_id).values("group")
    held = RoleAssignment.objects.current().filter(group__in=own)
    alone = OtherPresenter.objects.filter(enrollment=enrollment_id)
    found: dict[int, list[str]] = {}
    for rows in (held, alone):
        for lecture_id, role in rows.values_list("lecture_id", "role").order_by("role"):
            found.setdefault(lecture_id, []).append(role)
    return found


def lecture_entries(timetable: Timetable, *, leads_inside: bool) -> list[Entry]:
    """Return the rows of the schedule; with `leads_inside` they link to the members' pages."""
    revisions = revisions_of_lectures(timetable.course.pk)
    told_by_milestones = {milestone.on_date for milestone in timetable.milestones}
    return [
        _lecture_entry(timetable, lecture, revisions[lecture.pk], leads_inside=leads_inside)
        for lecture in timetable.lectures
        if not _is_told(lecture, told_by_milestones)
    ]


def _is_told(lecture: Lecture, milestone_days: set[date]) -> bool:
    """Say whether a row only repeats a milestone, which knows the time too."""
    is_bare_deadline = lecture.kind == LectureKind.DEADLINE and lecture.starts_at is None
    return is_bare_deadline and lecture.starts_on in milestone_days


def _lecture_entry(
    timetable: Timetable, lecture: Lecture, revision: Revision, *, leads_inside: bool
) -> Entry:
    course = timetable.course
    begins, ends = _span(lecture)
    has_times = lecture.starts_at is not None
    return Entry(
        uid=uid_of("lecture", lecture.pk),
        title=_title(timetable, lecture),
        begins=begins,
        ends=ends,
        changed_at=revision.changed_at,
        revision=revision.number,
        description="\n".join(_described(timetable, lecture)),
        place=lecture.room or (course.room if has_times else ""),
        url=course_address(course, f"lectures/{lecture.pk}/" if leads_inside else ""),
        is_cancelled=lecture.withdrawn_at is not None,
        takes_time=has_times and lecture.kind not in QUIET_KINDS,
    )


def _span(lecture: Lecture) -> tuple[datetime, datetime] | tuple[date, date]:
    """The instants of a row, or its days where it has no times."""
    if lecture.starts_at is not None and lecture.ends_at is not None:
        return lecture.starts_at, lecture.ends_at
    return lecture.starts_on, lecture.ends_on or lecture.starts_on


def _title(timetable: Timetable, lecture: Lecture) -> str:
    title = lecture.title
    if lecture.kind == LectureKind.NO_CLASS and not title.casefold().startswith("no class"):
        title = f"No class: {title}"
    names = role_names(timetable.course)
    own = [f"you {names.of_two(role)}" for role in timetable.own_parts.get(lecture.pk, ())]
    mine = f" ({', '.join(own)})" if own else ""
    return f"{timetable.course.code}: {title}{mine}"


def _described(timetable: Timetable, lecture: Lecture) -> Iterable[str]:
    for part in timetable.parts.get(lecture.pk, ()):
        if part.names:
            yield f"{part.label}: {part.names}"
    for reading in lecture.readings.all():
        word = "Required" if reading.is_required else "Optional"
        sections = f" ({reading.sections})" if reading.sections else ""
        yield " ".join(filter(None, (f"{word}: {reading.title}{sections}", reading.url)))
    if lecture.note:
        yield lecture.note


def milestone_entries(
    timetable: Timetable, *, without: Iterable[MilestoneKind] = ()
) -> list[Entry]:
    """Return the dated steps; days of talks are rows of the schedule already."""
    revisions = revisions_of_milestones(timetable.course.pk)
    talks = {(lecture.kind, lecture.starts_on) for lecture in timetable.lectures}
    left_out = set(without)
    return [
        _milestone_entry(timetable.course, milestone, revisions[milestone.pk])
        for milestone in timetable.milestones
        if milestone.kind not in left_out
        and (TALKS.get(MilestoneKind(milestone.kind)), milestone.on_date) not in talks
    ]


def _milestone_entry(course: Course, milestone: Milestone, revision: Revision) -> Entry:
    is_day = milestone.at_time is None
    return Entry(
        uid=uid_of("milestone", milestone.pk),
        title=f"{course.code}: {milestone.title}",
        begins=milestone.on_date if is_day else milestone.due_at,
        ends=milestone.on_date if is_day else None,
        changed_at=revision.changed_at,
        revision=revision.number,
        url=course_address(course),
        takes_time=False,
    )
