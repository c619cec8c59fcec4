"""Mails about what is due and what came in."""

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.mail import Letter, Rendered, render
from submissions.models import Extension, ProposalDecision, SubmissionVersion
from submissions.selectors.owed import KIND_WORDS, Duty
from submissions.selectors.places import Place


def receipts(
    *, version: SubmissionVersion, place: Place, members: list[Enrollment]
) -> list[Letter]:
    """Tell every member what came in, when, and how it can be checked."""
    context = {
        "course": place.course,
        "what": what_of(place),
        "version": version,
        "is_on_time": place.is_on_time(version),
        "due_at": place.due_at_for(version.received_at),
        "owner": place.group,
    }
    return [
        Letter(
            kind="submissions/receipt",
            recipient=member.email,
            course_id=place.course.pk,
            dedupe_key=f"receipt/{version.receipt_code}/{member.pk}",
            context=context,
        )
        for member in members
    ]


def what_of(place: Place) -> str:
    """Name a deliverable in words: its kind, and the reading or lecture it belongs to."""
    word = KIND_WORDS[place.kind]
    if place.deliverable.reading is not None:
        return f"{word} on {place.deliverable.reading}"
    if place.deliverable.lecture is not None:
        return f"{word} for {place.deliverable.lecture.title}"
    return word


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
    return [
        Letter(
            kind="submissions/proposal_decided",
            recipient=member.email,
            course_id=course.pk,
            dedupe_key=f"proposal/{decision.pk}/{member.pk}",
            context={"course": course, "decision": decision},
        )
        for member in members
    ]


def extended(*, extension: Extension, people: list[Enrollment]) -> list[Letter]:
    """Tell the owners of an extension until when they have."""
    course = extension.deliverable.course
    return [
        Letter(
            kind="submissions/extended",
            recipient=person.email,
            course_id=course.pk,
            dedupe_key=f"extension/{extension.pk}/{person.pk}",
            context={"course": course, "extension": extension},
        )
        for person in people
    ]
