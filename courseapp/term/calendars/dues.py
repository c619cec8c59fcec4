"""What is due as entries of a calendar: a person's own duties, or for staff what the course expects."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.term.calendars.meetings import course_address, uid_of
from courseapp.term.calendars.revisions import Revision, revisions_of_deliverables
from courseapp.term.formats.ics import Entry
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.owed import KIND_WORDS, Duty, duties


def due_entries(reader: Actor, *, course: Course, now: datetime) -> list[Entry]:
    """Return a student's own duties and their group's; to staff, every deliverable of the course."""
    if reader.is_staff:
        return _of_course(course)
    if not reader.is_student or reader.enrollment is None:
        return []
    revisions = revisions_of_deliverables(course.pk, person=reader.enrollment.pk)
    owed = duties(course=course, now=now, person=reader.enrollment.pk)
    return [
        _own_entry(course, found, revisions, person=reader.enrollment.pk)
        for found in _together(owed)
    ]


def _together(owed: Iterable[Duty]) -> list[list[Duty]]:
    """Put the questions of one lecture that are due at one instant together."""
    found: dict[tuple[object, ...], list[Duty]] = {}
    for duty in owed:
        is_question = duty.kind is Kind.QUESTION
        key = (duty.lecture_id, duty.due_at) if is_question else (duty.deliverable_id,)
        found.setdefault((is_question, *key), []).append(duty)
    return list(found.values())


def _own_entry(
    course: Course, found: list[Duty], revisions: Mapping[int, Revision], *, person: int
) -> Entry:
    first = found[0]
    changes = [revisions[duty.deliverable_id] for duty in found]
    came_in = [duty.latest_received_at for duty in found if duty.latest_received_at]
    is_question = first.kind is Kind.QUESTION
    page = f"lectures/{first.lecture_id}/" if is_question else f"hand-in/{first.deliverable_id}/"
    return Entry(
        uid=uid_of("due", first.deliverable_id, "for", person),
        title=f"{course.code}: {_words(found)} due",
        begins=first.asked_again_until or first.due_at,
        ends=None,
        changed_at=max([change.changed_at for change in changes] + came_in),
        revision=sum(change.number for change in changes),
        description=_state(found),
        url=course_address(course, page),
        takes_time=False,
    )


def _words(found: list[Duty]) -> str:
    first = found[0]
    words = first.words if len(found) == 1 else f"{len(found)} questions"
    return f"{words} for {first.lecture_title}" if first.lecture_title else words


def _state(found: list[Duty]) -> str:
    """Say what came in; what it is worth stays on the pages."""
    in_count = sum(duty.is_in for duty in found)
    if found[0].asked_again_until is not None:
        return "Changes were requested: hand in again."
    if in_count == len(found):
        return "Handed in."
    return f"{in_count} of {len(found)} handed in." if in_count else "Nothing handed in yet."


def _of_course(course: Course) -> list[Entry]:
    revisions = revisions_of_deliverables(course.pk, person=None)
    standing = Deliverable.objects.filter(course=course, withdrawn_at__isnull=True)
    expected = standing.exclude(due_at=None).exclude(kind=Kind.QUESTION.value)
    return [
        Entry(
            uid=uid_of("due", deliverable.pk),
            title=f"{course.code}: {_of_all(deliverable)} due",
            begins=due_at,
            ends=None,
            changed_at=revisions[deliverable.pk].changed_at,
            revision=revisions[deliverable.pk].number,
            url=course_address(course, f"hand-in/{deliverable.pk}/"),
            takes_time=False,
        )
        for deliverable in expected.select_related("lecture")
        if (due_at := deliverable.due_at) is not None
    ]


def _of_all(deliverable: Deliverable) -> str:
    words = KIND_WORDS[Kind(deliverable.kind)]
    return f"{words} for {deliverable.lecture.title}" if deliverable.lecture else words
