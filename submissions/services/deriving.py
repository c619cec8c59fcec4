"""Deliverables follow the schedule: what is due is derived from it, and stamped again when it moves."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from courseapp.course.models import Course, RuleName
from courseapp.course.selectors import RuleBook, rule_book
from schedule.models import Lecture, LectureKind, MilestoneKind
from schedule.selectors import lectures_of, milestones_of, student_lectures_of
from submissions.deadlines import (
    FINAL_SLIDES_WINDOW,
    FREELY,
    SLIDES_NOTICE,
    SUMMARY_WINDOW,
    Choices,
    Kind,
    Offsets,
    due_at,
    first_due_at,
    moved_due_at,
)
from submissions.models import Deliverable
from submissions.services.placing import stamp_slots

LECTURE_KINDS = (Kind.SLIDES, Kind.FINAL_SLIDES, Kind.SUMMARY)
MILESTONE_KINDS = {
    Kind.PROPOSAL: MilestoneKind.PROPOSAL,
    Kind.MIDTERM: MilestoneKind.MIDTERM,
    Kind.FINAL: MilestoneKind.FINAL,
    Kind.REPORT: MilestoneKind.REPORT,
    Kind.CODE: MilestoneKind.REPORT,
}


@dataclass(frozen=True)
class Place:
    """What a deliverable hangs on: (kind, lecture, reading) name it within a course."""

    kind: Kind
    lecture_id: int | None = None
    reading_id: int | None = None


Wanted = dict[Place, tuple[datetime | None, int | None]]


@transaction.atomic
def derive_deliverables(*, course: Course, now: datetime, choices: Choices = FREELY) -> None:
    """Make the course's deliverables those that its schedule asks for (domain.md §4).

    Missing ones are added, moved ones get their new due instant, those that nothing asks for any
    more are withdrawn; what was handed in for them stays, and is there again if they come back.
    The work of groups that are placed in slots follows their slots. `choices` say how far a moved due instant follows.
    """
    _stamp_formation_deadline(course)
    wanted = {**_from_lectures(course), **_from_milestones(course)}
    standing = {
        Place(Kind(found.kind), found.lecture_id, found.reading_id): found
        for found in Deliverable.objects.select_for_update().filter(
            course=course, withdrawn_at__isnull=True
        )
    }
    revived = _revived(course, wanted.keys() - standing.keys())
    if choices.is_careful and not choices.brings_back:
        for place, deliverable in revived.items():
            _ask_anew(deliverable, wanted[place], choices=choices, now=now)
    standing |= revived
    Deliverable.objects.bulk_create(
        [
            Deliverable(
                course=course,
                kind=place.kind.value,
                lecture_id=place.lecture_id,
                reading_id=place.reading_id,
                milestone_id=milestone_id,
                due_at=first_due_at(asked, choices=choices, now=now),
                asked_due_at=asked,
            )
            for place, (asked, milestone_id) in wanted.items()
            if place not in standing
        ]
    )
    for place, deliverable in standing.items():
        _settle(deliverable, wanted.get(place), choices=choices, now=now)
    stamp_slots(course=course, now=now, choices=choices)


def _stamp_formation_deadline(course: Course) -> None:
    """Let students form groups until the milestone of that name (domain.md §6)."""
    found = [one.due_at for one in milestones_of(course) if one.kind == MilestoneKind.FORM_GROUPS]
    until = max(found, default=None)
    if course.groups_form_until != until:
        course.groups_form_until = until
        course.save(update_fields=["groups_form_until"])


def _revived(course: Course, places: Set[Place]) -> dict[Place, Deliverable]:
    """Let withdrawn ones stand again that are wanted again, with all that was handed in for them."""
    withdrawn = Deliverable.objects.filter(course=course, withdrawn_at__isnull=False)
    newest = {
        Place(Kind(found.kind), found.lecture_id, found.reading_id): found
        for found in withdrawn.order_by("withdrawn_at", "pk")
    }
    revived = {place: newest[place] for place in places if place in newest}
    for deliverable in revived.values():
        deliverable.withdrawn_at = None
        deliverable.save(update_fields=["withdrawn_at"])
    return revived


def _ask_anew(
    deliverable: Deliverable,
    wish: tuple[datetime | None, int | None],
    *,
    choices: Choices,
    now: datetime,
) -> None:
    """Let what was not wanted for a time be due like something new."""
    asked, milestone_id = wish
    deliverable.due_at = first_due_at(asked, choices=choices, now=now)
    deliverable.asked_due_at, deliverable.milestone_id = asked, milestone_id
    deliverable.save(update_fields=["due_at", "asked_due_at", "milestone_id"])


def _settle(
    deliverable: Deliverable,
    wish: tuple[datetime | None, int | None] | None,
    *,
    choices: Choices,
    now: datetime,
) -> None:
    if wish is None:
        deliverable.withdrawn_at = now
        deliverable.save(update_fields=["withdrawn_at"])
    elif (deliverable.asked_due_at, deliverable.milestone_id) != wish:
        asked, milestone_id = wish
        deliverable.due_at = moved_due_at(
            deliverable.due_at,
            asked,
            choices=choices,
            is_ticked=deliverable.pk in choices.also_past,
            now=now,
        )
        deliverable.asked_due_at, deliverable.milestone_id = asked, milestone_id
        deliverable.save(update_fields=["due_at", "asked_due_at", "milestone_id"])


def _from_lectures(course: Course) -> Wanted:
    wanted: Wanted = {}
    presented_by_groups = student_lectures_of(course)
    rules = rule_book(course)
    for lecture in lectures_of(course):
        for reading_id in _asked_about(lecture):
            question = Place(Kind.QUESTION, lecture.pk, reading_id)
            wanted[question] = (_due(Kind.QUESTION, lecture, rules), None)
        if lecture.pk in presented_by_groups:
            for kind in LECTURE_KINDS:
                wanted[Place(kind, lecture.pk)] = (_due(kind, lecture, rules), None)
    return wanted


def _asked_about(lecture: Lecture) -> list[int]:
    if lecture.kind != LectureKind.LECTURE or not lecture.asks_questions:
        return []
    return [reading.pk for reading in lecture.readings.all() if reading.is_required]


def _due(kind: Kind, lecture: Lecture, rules: RuleBook) -> datetime | None:
    return due_at(
        kind,
        lecture_starts_at=lecture.starts_at,
        lecture_ends_at=lecture.ends_at,
        offsets=_offsets(rules, on=lecture.starts_on),
    )


def _offsets(rules: RuleBook, *, on: date) -> Offsets:
    """Return the offsets that hold for a lecture: the rules of its own day."""

    def length(name: RuleName, default: timedelta) -> timedelta:
        hours = default // timedelta(hours=1)
        return timedelta(hours=rules.value(name, on=on, default=hours))

    return Offsets(
        slides_notice=length(RuleName.SLIDES_HOURS, SLIDES_NOTICE),
        final_slides_window=length(RuleName.FINAL_SLIDES_HOURS, FINAL_SLIDES_WINDOW),
        summary_window=length(RuleName.SUMMARY_HOURS, SUMMARY_WINDOW),
    )


def _from_milestones(course: Course) -> Wanted:
    """Project work; talks are due at the first such meeting until slots are placed (§9)."""
    milestones = sorted(milestones_of(course), key=lambda found: found.due_at)
    wanted: Wanted = {}
    for kind, milestone_kind in MILESTONE_KINDS.items():
        first = next((found for found in milestones if found.kind == milestone_kind), None)
        if first is not None:
            wanted[Place(kind)] = (due_at(kind, milestone_at=first.due_at), first.pk)
    return wanted
