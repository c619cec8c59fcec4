"""What there is to grade for one part: each owner's duty beside its current award."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from grading.models import Grade, Part, Scoring
from grading.selectors.awards import feeds, grades_visible_to
from submissions.deadlines import Kind
from submissions.models import Deliverable, SubmissionVersion
from submissions.selectors.owed import Duty, duties

PAGE_LENGTH = 50
# Asks for the owners of all lectures.
ALL = "all"


@dataclass(frozen=True)
class QueueRow:
    """One owner; `duty` is None for a part that stands on no deliverable."""

    duty: Duty | None
    enrollment_id: int | None
    group_id: int | None
    owner_name: str
    version: SubmissionVersion | None
    grade: Grade | None


@dataclass(frozen=True)
class Queue:
    """A page of owners, the ungraded with something in first."""

    part: Part
    lectures: list[tuple[int, str]]
    lecture_id: int | None
    rows: Page[Any]
    is_gradable: bool

    @property
    def query(self) -> str:
        """Return what keeps the choice of the lecture in links to other pages of the list."""
        return f"lecture={self.lecture_id or ALL}"


def queue_of(
    actor: Actor, part: Part, *, now: datetime, lecture_id: str | None, page: str | None
) -> Queue:
    """Return who is to be graded; a bad lecture or page number gives the first."""
    assert actor.course is not None
    places = _places(part)
    lectures = {place.lecture_id: place.lecture.title for place in places if place.lecture}
    chosen = _chosen(places, lecture_id, now=now)
    wanted = [place.pk for place in places if chosen in (None, place.lecture_id)]
    owed = duties(course=actor.course, now=now, deliverables=wanted)
    shown = [duty for duty in owed if feeds(duty, part)]
    current = _current_grades(actor, part)
    targets = _targets(actor, part, shown)
    targets.sort(key=lambda target: _rank(target, current))
    rows: Page[Any] = Paginator(targets, PAGE_LENGTH).get_page(page)
    rows.object_list = _with_work(rows.object_list, current)
    return Queue(
        part=part,
        lectures=[(number, title) for number, title in lectures.items() if number is not None],
        lecture_id=chosen,
        rows=rows,
        is_gradable=part.scoring != Scoring.ATTENDANCE,
    )


Key = tuple[int | None, int | None, int | None]
Target = tuple[Key, Duty | None]


def _chosen(places: list[Deliverable], wanted: str | None, *, now: datetime) -> int | None:
    """Return the lecture asked for; of questions, unless all are asked for, the latest one held."""
    asked = next((place.lecture_id for place in places if str(place.lecture_id) == wanted), None)
    is_question = any(place.kind == Kind.QUESTION.value for place in places)
    if asked is not None or wanted == ALL or not is_question:
        return asked
    held = [place for place in places if place.due_at is not None and place.due_at <= now]
    return (held[-1] if held else places[0]).lecture_id


def _places(part: Part) -> list[Deliverable]:
    """Return the deliverables on which a part stands, in the order of the schedule."""
    if not part.deliverable_kind:
        return []
    standing = Deliverable.objects.filter(
        course=part.component.course, kind=part.deliverable_kind, withdrawn_at__isnull=True
    )
    return list(standing.select_related("lecture").order_by("due_at", "pk"))


def _targets(actor: Actor, part: Part, owed: list[Duty]) -> list[Target]:
    if part.deliverable_kind:
        return [((duty.deliverable_id, duty.enrollment_id, duty.group_id), duty) for duty in owed]
    if part.scoring == Scoring.ATTENDANCE:
        return []
    students = Enrollment.objects.active().students().filter(course=actor.course)
    return [((None, pk, None), None) for pk in students.values_list("pk", flat=True)]


def _rank(target: Target, current: dict[Key, Grade]) -> tuple[bool, bool]:
    key, duty = target
    return key in current, duty is not None and not duty.is_in


def _current_grades(actor: Actor, part: Part) -> dict[Key, Grade]:
    """Return each owner's newest award."""
    awards = grades_visible_to(actor).filter(part=part).order_by("pk")
    return {
        (grade.deliverable_id, grade.enrollment_id, grade.group_id): grade
        for grade in awards.select_related("awarded_by")
    }


def _with_work(targets: Any, current: dict[Key, Grade]) -> list[QueueRow]:
    names = _names(targets)
    work = _newest_on_time(targets)
    return [
        QueueRow(
            duty=duty,
            enrollment_id=key[1],
            group_id=key[2],
            owner_name=duty.group_name if duty and duty.group_id else names.get(key[1], ""),
            version=work.get(duty.submission_id) if duty else None,
            grade=current.get(key),
        )
        for key, duty in targets
    ]


def _names(targets: Any) -> dict[int | None, str]:
    people = Enrollment.objects.filter(pk__in=[key[1] for key, _ in targets if key[1]])
    return dict(people.values_list("pk", "name"))


def _newest_on_time(targets: Any) -> dict[int | None, SubmissionVersion]:
    counting = {duty.submission_id: duty.counted_number for _, duty in targets if duty}
    versions = SubmissionVersion.objects.filter(submission__in=[pk for pk in counting if pk])
    return {
        version.submission_id: version
        for version in versions
        if counting[version.submission_id] == version.number
    }
