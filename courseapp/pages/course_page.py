"""The course's public page: texts, people, milestones, schedule, and how it is graded."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

from courseapp.course import policies as course_policies
from courseapp.course.actors import Actor
from courseapp.course.models import Course, CourseState, Enrollment
from courseapp.course.selectors import course_visible_to, staff_of
from courseapp.kernel.decisions import Decision
from courseapp.kernel.fragments import fragment
from courseapp.pages.timeline import Mark, Term, term_of
from courseapp.term.acts import policies as act_policies
from courseapp.term.acts.drafting import PublishDraft
from courseapp.term.changelog import newest_changes
from courseapp.term.models import Act
from grading.rules import SHORT_NAMES
from grading.selectors.weights import ComponentPlan, components_of
from schedule.models import GroupRole, Lecture, LectureKind, Milestone, MilestoneKind, Reading
from schedule.selectors import Part, lectures_with_readings, milestones_of, next_of
from schedule.selectors.role_names import role_names
from submissions.selectors.final_slides import SlidesLink, on_schedule

MILESTONE_WORDS = {
    MilestoneKind.FORM_GROUPS: "Groups formed",
    MilestoneKind.PROPOSAL: "Proposal",
    MilestoneKind.MIDTERM: "Mid-semester talks",
    MilestoneKind.FINAL: "Final talks",
    MilestoneKind.REPORT: "Report and code",
}
# So many of the newest changes stand on the page; the others are a click away.
CHANGE_COUNT = 5
QUIET_KINDS = frozenset({LectureKind.NO_CLASS, LectureKind.DEADLINE})
TALK_KINDS = frozenset({LectureKind.MIDTERM, LectureKind.FINAL})
# Participation, talk and summary are of one family, the project's components of another.
WEIGHT_FILLS = ("m1", "m2", "m3", "k1", "k2", "k3", "k4")


@dataclass(frozen=True)
class Meeting:
    """One row of the schedule as the page prints it."""

    lecture: Lecture
    readings: list[Reading]
    roles: list[Part]
    slides: list[SlidesLink]
    is_next: bool
    is_off: bool


@dataclass(frozen=True)
class Module:
    """Rows under one heading."""

    name: str
    meetings: list[Meeting]


@dataclass(frozen=True)
class WeightSegment:
    """One component in the picture of the weights; `x` and `width` in per cent."""

    label: str
    value: str
    weight: str
    x: Decimal
    width: Decimal
    fill: str


@dataclass(frozen=True)
class StaffLine:
    """A member of the staff; `may_edit` is about their office hours."""

    person: Enrollment
    may_edit: Decision


@dataclass(frozen=True)
class CoursePage:
    """All that the page shows; `may_*` are the policies' answers."""

    course: Course
    staff: list[StaffLine]
    term: Term | None
    modules: list[Module]
    next_class: Lecture | None
    components: list[ComponentPlan]
    segments: list[WeightSegment]
    reading_count: int
    schedule: SafeString
    changes: list[Act]
    may_publish: Decision
    may_edit: Decision
    may_change_schedule: Decision

    @property
    def is_draft(self) -> bool:
        """Say whether only members see this page."""
        return self.course.state == CourseState.DRAFT

    @property
    def role_nouns(self) -> dict[str, str]:
        """Return what those who play each role are called, within a sentence."""
        names = role_names(self.course)
        return {role: names.inside(role) for role in GroupRole.values}

    @property
    def weights_summary(self) -> str:
        """Say what the picture of the weights shows."""
        return "Weights: " + ", ".join(f"{part.label} {part.weight}" for part in self.segments)


def course_page(actor: Actor, *, now: datetime) -> CoursePage | None:
    """Return the page of a course that the actor may see; groups are named to members only."""
    course = course_visible_to(actor, now=now)
    if course is None:
        return None
    rows = lectures_with_readings(course)
    lectures = [lecture for lecture, _ in rows]
    coming = next_of(lectures, now=now)
    shown = on_schedule(actor, lectures, now=now)
    meetings = [
        Meeting(
            lecture=lecture,
            readings=readings,
            roles=shown.parts[lecture.pk],
            slides=shown.slides.get(lecture.pk, []),
            is_next=lecture is coming,
            is_off=lecture.kind in QUIET_KINDS,
        )
        for lecture, readings in rows
    ]
    modules = [
        Module(name=name, meetings=list(found))
        for name, found in groupby(meetings, key=lambda meeting: meeting.lecture.module)
    ]
    components = components_of(course)
    return CoursePage(
        course=course,
        staff=[
            StaffLine(person, course_policies.set_office_hours(actor, person, now=now))
            for person in staff_of(course)
        ],
        term=_term(course, lectures, milestones_of(course), now=now),
        modules=modules,
        next_class=coming,
        components=components,
        segments=_segments(components),
        reading_count=sum(len(readings) for _, readings in rows),
        schedule=_schedule(course, modules, links=actor.is_member),
        changes=newest_changes(course, count=CHANGE_COUNT),
        may_publish=course_policies.publish(actor, course, now=now),
        may_edit=course_policies.edit_course(actor, course, now=now),
        may_change_schedule=act_policies.permitted(actor, PublishDraft),
    )


def _schedule(course: Course, modules: list[Module], *, links: bool) -> SafeString:
    """Return the schedule as HTML, rendered anew only where something that it shows has changed."""
    shows = [(module.name, [_shown(meeting) for meeting in module.meetings]) for module in modules]
    context = {"course": course, "modules": modules, "links": links}
    return fragment(
        "pages/schedule.html", context, shows=(course.slug, course.timezone, links, shows)
    )


def _shown(meeting: Meeting) -> tuple[object, ...]:
    """Return what the schedule shows of a meeting, as plain values."""
    lecture = meeting.lecture
    readings = [
        (reading.title, reading.url, reading.is_required, reading.sections)
        for reading in meeting.readings
    ]
    return (
        lecture.pk,
        lecture.title,
        lecture.starts_on.isoformat(),
        lecture.starts_at and lecture.starts_at.isoformat(),
        meeting.is_next,
        meeting.is_off,
        readings,
        meeting.roles,
        meeting.slides,
    )


def _term(
    course: Course, lectures: list[Lecture], milestones: list[Milestone], *, now: datetime
) -> Term | None:
    zone = ZoneInfo(course.timezone)
    return term_of(
        meetings=[
            (lecture.starts_on, lecture.kind in TALK_KINDS)
            for lecture in lectures
            if lecture.kind not in QUIET_KINDS
        ],
        marks=[
            Mark(
                days=tuple(milestone.on_date for milestone in found),
                text=MILESTONE_WORDS[MilestoneKind(kind)],
            )
            for kind, found in (
                (kind, list(rows))
                for kind, rows in groupby(milestones, key=lambda milestone: milestone.kind)
            )
        ],
        today=now.astimezone(zone).date(),
    )


def _segments(components: list[ComponentPlan]) -> list[WeightSegment]:
    segments, x = [], Decimal(0)
    fills = iter(WEIGHT_FILLS * (1 + len(components) // len(WEIGHT_FILLS)))
    for component in components:
        weight = f"{component.weight.normalize():f}"
        segments.append(
            WeightSegment(
                label=SHORT_NAMES.get(component.name, component.name),
                value=f"{weight} %",
                weight=weight,
                x=x,
                width=max(component.weight - Decimal("0.35"), Decimal(0)),
                fill=next(fills),
            )
        )
        x += component.weight
    return segments
