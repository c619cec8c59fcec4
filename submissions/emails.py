"""Mails about what is due and what came in."""

from collections.abc import Sequence
from dataclasses import dataclass

from courseapp.course.emails import letters_to
from courseapp.course.models import Course, Enrollment
from courseapp.kernel.decisions import Denied
from courseapp.kernel.mail import Letter, Rendered, render
from groups.models import Group
from schedule.models import PlanPublication
from schedule.selectors.changes import PartLine
from submissions.deadlines import Kind
from submissions.inspection import Finding
from submissions.models import (
    Deliverable,
    Outage,
    ProposalDecision,
    SlidesHold,
    Submission,
    SubmissionVersion,
    Upload,
)
from submissions.selectors import receipts as signed_receipts
from submissions.selectors.ended import Ended, Report
from submissions.selectors.outages import MoreTimeProposed
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
            "signed": signed_receipts.written_for(version, course=place.course),
        },
    )


def typed_receipts(
    *, version: SubmissionVersion, standing: signed_receipts.Standing, members: list[Enrollment]
) -> list[Letter]:
    """Tell every member of what they typed which version counts, and how it can be checked."""
    submission = version.submission
    return letters_to(
        members,
        kind="submissions/receipt",
        course=submission.deliverable.course,
        key=f"receipt/{version.receipt_code}",
        context={
            "what": version.what,
            "version": version,
            "is_on_time": not standing.is_late,
            "due_at": standing.due_at,
            "owner": submission.group,
            "signed": signed_receipts.written_for(version, course=submission.deliverable.course),
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
            "what": deliverable_words(deliverable),
            "version": version,
            "deliverable": deliverable,
            "findings": findings,
        },
    )


def left_refused(
    *,
    upload: Upload,
    refusal: Denied,
    counting: SubmissionVersion | None,
    members: list[Enrollment],
) -> list[Letter]:
    """Tell whose work it is why a file that a crash left whole was not handed in, and what counts."""
    deliverable = upload.deliverable
    return letters_to(
        members,
        kind="submissions/left_refused",
        course=deliverable.course,
        key=f"left/{upload.code}",
        context={
            "what": deliverable_words(deliverable),
            "upload": upload,
            "refusal": refusal,
            "counting": counting,
        },
    )


def what_of(place: Place) -> str:
    """Name a deliverable in words: its kind, and the reading or lecture it belongs to."""
    return deliverable_words(place.deliverable)


def deliverable_words(deliverable: Deliverable) -> str:
    """Name what is due by its kind, and the reading or lecture it belongs to."""
    word, lecture = KIND_WORDS[Kind(deliverable.kind)], deliverable.lecture
    if deliverable.reading is not None:
        return f"{word} on {deliverable.reading}"
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


def outage(
    *, outage: Outage, proposed: Sequence[MoreTimeProposed], people: list[Enrollment]
) -> list[Letter]:
    """Tell instructors what an outage took from whom, and what is proposed for it."""
    course = proposed[0].course
    lines = [{"what": duty_words(one.duty), "proposed": one} for one in proposed]
    return letters_to(
        people,
        kind="submissions/outage",
        course=course,
        key=f"outage/{outage.pk}/{course.pk}",
        context={"outage": outage, "lines": lines},
    )


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


def key_of_report(course: Course, ended: Ended) -> str:
    """Name what a report is about, so that each of the staff gets it once."""
    return f"came-in/{course.pk}/{ended.lecture_id or 0}/{ended.due_at:%Y%m%dT%H%M%S%f}"


def what_came_in(report: Report, *, people: list[Enrollment]) -> list[Letter]:
    """Tell staff who handed in by a due instant and who did not."""
    lines = [{"what": duty_words(one.duty), "outcome": one} for one in report.outcomes]
    return letters_to(
        people,
        kind="submissions/what_came_in",
        course=report.course,
        key=key_of_report(report.course, report.ended),
        context={"report": report, "lines": lines},
    )


def slides_hold(
    *, hold: SlidesHold, submission: Submission, members: list[Enrollment]
) -> list[Letter]:
    """Tell a group that its final slides are kept off the schedule, and why, or are back there."""
    deliverable = submission.deliverable
    step = "back" if hold.lifted_at else "off"
    return letters_to(
        members,
        kind="submissions/slides_hold",
        course=deliverable.course,
        key=f"slides/{hold.pk}/{step}",
        context={
            "hold": hold,
            "deliverable": deliverable,
            "lecture": deliverable.lecture,
            "group": submission.group,
        },
    )
