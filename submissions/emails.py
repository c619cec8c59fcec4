"""Mails about what is due and what came in."""

from collections.abc import Sequence
from dataclasses import dataclass

from courseapp.course.emails import letters_to
from courseapp.course.models import Course, Enrollment
from courseapp.kernel.mail import Letter, Rendered, render
from groups.models import Group
from schedule.models import Lecture, PlanPublication, Reading
from schedule.selectors.changes import PartLine
from submissions.deadlines import Kind
from submissions.inspection import Finding
from submissions.models import ProposalDecision, SubmissionVersion
from submissions.selectors.owed import KIND_WORDS, Duty
from submissions.selectors.places import Place


def receipts(
    *, version: SubmissionVersion, place: Place, members: list[Enrollment]
) -> list[Letter]:
    """Tell every member what came in, when, and how it can be checked."""
    return letters_to(
        members,
        kind="submissions/receipt",
        course=place.course,
        key=f"receipt/{version.receipt_code}",
        context={
            "what": what_of(place),
            "version": version,
            "is_on_time": place.is_on_time(version),
            "due_at": place.due_at_for(version.received_at),
            "owner": place.group,
        },
    )


def check_bad(
    *, version: SubmissionVersion, findings: Sequence[Finding], members: list[Enrollment]
) -> list[Letter]:
    """Tell the members at a hand-in what its check found that must be changed."""
    deliverable = version.submission.deliverable
    return letters_to(
        members,
        kind="submissions/check_bad",
        course=deliverable.course,
        key=f"check/{version.receipt_code}",
        context={
            "what": place_words(
                Kind(deliverable.kind), reading=deliverable.reading, lecture=deliverable.lecture
            ),
            "version": version,
            "deliverable": deliverable,
            "findings": findings,
        },
    )


def what_of(place: Place) -> str:
    """Name a deliverable in words: its kind, and the reading or lecture it belongs to."""
    return place_words(
        place.kind, reading=place.deliverable.reading, lecture=place.deliverable.lecture
    )


def place_words(kind: Kind, *, reading: Reading | None, lecture: Lecture | None) -> str:
    """Name what is due by its kind, and the reading or lecture it belongs to."""
    word = KIND_WORDS[kind]
    if reading is not None:
        return f"{word} on {reading}"
    return word if lecture is None else f"{word} for {lecture.title}"


def reminder(*, course: Course, duties: list[Duty]) -> Rendered:
    """Say what one person still owes."""
    lines = [
        {
            "what": duty_words(duty),
            "due_at": duty.due_at,
            "deliverable_id": duty.deliverable_id,
            "lecture_id": duty.lecture_id if duty.kind.value == "question" else None,
        }
        for duty in duties
    ]
    return render("submissions/reminder", {"course": course, "lines": lines})


def duty_words(duty: Duty) -> str:
    """Name a duty in words."""
    word = duty.words
    if duty.reading_title:
        return f"{word} on {duty.reading_title}"
    return f"{word} for {duty.lecture_title}" if duty.lecture_title else word


def proposal_decided(
    *, course: Course, decision: ProposalDecision, members: list[Enrollment]
) -> list[Letter]:
    """Tell the group what was decided on its proposal."""
    return letters_to(
        members,
        kind="submissions/proposal_decided",
        course=course,
        key=f"proposal/{decision.pk}",
        context={"decision": decision},
    )


@dataclass(frozen=True)
class ChangedParts:
    """What a group plays no more, and what it plays from now on."""

    gone: tuple[PartLine, ...]
    new: tuple[PartLine, ...]


def plan_published(
    *,
    publication: PlanPublication,
    group: Group,
    parts: ChangedParts,
    members: list[Enrollment],
) -> list[Letter]:
    """Tell a group which parts it plays from now on, which no more, and why it got its lecture."""
    return letters_to(
        members,
        kind="submissions/plan_published",
        course=publication.course,
        key=f"plan/{publication.pk}",
        context={
            "group": group,
            "gone": parts.gone,
            "new": parts.new,
            "explanation": publication.explanations.get(str(group.pk), ""),
        },
    )
