"""A course with a row in every table: what invariants are broken on."""

from datetime import timedelta
from uuid import uuid4

from courseapp.course.models import Course
from courseapp.term.models import Act, PlannedAct, RoleSwap
from grading.models import Absence, Exemption, Part, Release, Roll
from groups.models import Group, Invitation, JoinLink, JoinRequest, Membership, SizeWaiver
from schedule.models import (
    OtherPresenter,
    Paper,
    PlanDraft,
    PlannedCell,
    PlanPublication,
    PlanSolve,
    PresentationSlot,
    Reading,
    ReplacedPaper,
    SlotDraft,
    SlotPlacement,
    SlotPreference,
)
from schedule.services.ranking import rank_lectures
from submissions.deadlines import Kind
from submissions.models import (
    Archive,
    Deliverable,
    Extension,
    KindSettings,
    Medium,
    Outage,
    OutageAnswer,
    ProposalAgreement,
    ProposalDecision,
    Pulse,
    SlidesHold,
    SubmissionVersion,
    TextDraft,
    Upload,
    VersionCheck,
)
from submissions.services.reminders import remind
from tests.architecture.world import Furnished, furnish
from tests.factories import LECTURE_AT, START, actor

LATER = LECTURE_AT + timedelta(days=1)


def furnish_everything() -> Course:
    """Make a course as the matrix of URLs has it, and add what that does not need."""
    furnished = furnish()
    course = furnished.course
    remind(now=LECTURE_AT - timedelta(hours=2))
    _add_to_people(furnished)
    _add_to_work(furnished)
    _add_to_hand_ins(furnished)
    _add_to_plan(furnished)
    _add_to_grades(furnished)
    return course


def _first(course: Course, kind: Kind) -> Deliverable:
    """Return the first of the course's deliverables of a kind."""
    return course.deliverables.filter(kind=kind.value).earliest("pk")


def _add_to_people(furnished: Furnished) -> None:
    course, people = furnished.course, furnished.people
    group = Group.objects.filter(course=course).order_by("pk")[0]
    SizeWaiver.objects.create(
        group=group,
        size=2,
        reason="Two stayed.",
        granted_by=people["instructor"],
        granted_at=START,
    )
    left = Membership.objects.get(group=group, enrollment=people["dropped"])
    left.ends_at, left.end_reason, left.ended_by = LATER, "Left.", people["instructor"]
    left.save(update_fields=["ends_at", "end_reason", "ended_by"])
    # Someone else ends what was made; the world has each of them open.
    ended = {"group": group, "made_at": START, "ended_at": LATER, "ended_by": people["owner"]}
    declined = {"outcome": "declined", "enrollment": people["classmate"], **ended}
    Invitation.objects.create(invited_by=people["owner"], **declined)
    JoinRequest.objects.create(**declined)
    JoinLink.objects.create(made_by=people["owner"], **ended)
    OtherPresenter.objects.create(
        lecture=course.lectures.earliest("pk"),
        role="reviewers",
        kind="student",
        name="A single student",
        enrollment=people["classmate"],
    )
    ReplacedPaper.objects.create(
        reading=Reading.objects.filter(lecture__course=course).earliest("pk"),
        paper=Paper.objects.create(course=course, title="What was read before"),
        replaced_at=START,
    )
    rank_lectures(
        actor=actor(people["instructor"]),
        group_id=group.pk,
        lecture_ids=[course.lectures.earliest("pk").pk],
        now=START,
    )


def _add_to_work(furnished: Furnished) -> None:
    course, people = furnished.course, furnished.people
    first, second = Group.objects.filter(course=course).order_by("pk")
    for owner in ({"group": first}, {"enrollment": people["classmate"]}):
        Extension.objects.create(
            deliverable=_first(course, Kind.SLIDES if "group" in owner else Kind.QUESTION),
            due_at=LATER,
            reason="The room was flooded.",
            granted_by=people["instructor"],
            granted_at=START,
            **owner,
        )
    act = Act.objects.create(
        course=course,
        kind="change_meeting",
        sentence="The meeting of Feb 5 is in another room.",
        actor=people["instructor"],
        acted_at=START,
        context_id=uuid4(),
    )
    RoleSwap.objects.filter(course=furnished.course, accepted_at__isnull=False).update(
        outcome="carried_out", ended_by=furnished.people["instructor"], ended_at=LATER, act=act
    )
    PlannedAct.objects.create(
        course=course, kind=act.kind, noted_by=people["instructor"], noted_at=START, act=act
    )
    decision = ProposalDecision.objects.get(version__submission__group=first)
    ProposalAgreement.objects.create(
        decision=decision, enrollment=people["owner"], agreed_at=decision.decided_at
    )
    ProposalDecision.objects.create(
        version=second.submissions.get(deliverable__kind=Kind.PROPOSAL.value).versions.get(),
        verdict="changes_requested",
        next_due_at=LATER,
        decided_by=people["instructor"],
        decided_at=LECTURE_AT,
    )


def _add_to_hand_ins(furnished: Furnished) -> None:
    course, people = furnished.course, furnished.people
    versions = SubmissionVersion.objects.filter(submission__deliverable__course=course)
    file = versions.filter(medium=Medium.FILE).earliest("pk")
    text = versions.filter(medium=Medium.TEXT).earliest("pk")
    KindSettings.objects.create(course=course, kind="report", pages_min=7, pages_max=8)
    TextDraft.objects.get_or_create(
        submission=text.submission,
        defaults={
            "text": text.text,
            "received_at": text.received_at,
            "written_by": text.handed_in_by,
            "settled_at": text.received_at,
        },
    )
    Upload.objects.create(
        code=uuid4().hex,
        deliverable=file.submission.deliverable,
        begun_by=file.handed_in_by,
        file_name=file.file_name,
        length=file.size,
        offset=file.size,
        staging_key="gone",
        begun_at=START,
        last_received_at=file.received_at,
        ended_at=file.received_at,
        outcome="handed_in",
        version=file,
    )
    VersionCheck.objects.get_or_create(version=file, defaults={"asked_at": file.received_at})
    lecture = course.lectures.earliest("pk")
    Archive.objects.create(course=course, lecture=lecture, asked_by=people["ta"], asked_at=START)
    SlidesHold.objects.create(
        submission=file.submission,
        reason="It shows a face.",
        held_by=people["instructor"],
        held_at=START,
        lifted_by=people["instructor"],
        lifted_at=LATER,
    )
    outage, _ = Outage.objects.get_or_create(began_at=START, ended_at=LATER)
    OutageAnswer.objects.create(
        outage=outage,
        deliverable=_first(course, Kind.SLIDES),
        extension=Extension.objects.filter(deliverable__course=course).earliest("pk"),
        answered_by=people["instructor"],
        answered_at=LATER,
    )
    Pulse.objects.get_or_create(pk=1, defaults={"seen_at": LATER})


def _add_to_plan(furnished: Furnished) -> None:
    course, instructor = furnished.course, furnished.people["instructor"]
    group, lecture = (
        Group.objects.filter(course=course).order_by("pk")[0],
        course.lectures.earliest("pk"),
    )
    PlannedCell.objects.create(
        group=group,
        lecture=lecture,
        rule="blackout",
        set_by=instructor,
        set_at=START,
        withdrawn_at=LATER,
        withdrawn_by=instructor,
    )
    solve = PlanSolve.objects.create(
        course=course,
        state="done",
        time_limit=60,
        asked_by=instructor,
        asked_at=START,
        ended_at=START,
    )
    draft = PlanDraft.objects.create(
        course=course,
        number=course.pk + 1000,
        solve=solve,
        cells=[[lecture.pk, "presenter", group.pk]],
        change="Solved.",
        made_by=instructor,
        made_at=START,
    )
    PlanPublication.objects.create(
        course=course,
        draft=draft,
        assigned_count=1,
        withdrawn_count=0,
        published_by=instructor,
        published_at=START,
    )
    slot = PresentationSlot.objects.create(
        lecture=lecture, position=0, length_minutes=15, capacity=2, opened_at=START
    )
    SlotPreference.objects.create(group=group, slot=slot, rank=1, ranked_at=START)
    SlotDraft.objects.create(
        course=course,
        kind="midterm",
        placements={str(group.pk): slot.pk},
        made_by=instructor,
        made_at=START,
    )
    SlotPlacement.objects.create(
        group=group,
        slot=slot,
        kind="midterm",
        asked_due_at=lecture.starts_at,
        due_at=lecture.starts_at,
        placed_at=START,
    )


def _add_to_grades(furnished: Furnished) -> None:
    course, people = furnished.course, furnished.people
    group = Group.objects.filter(course=course).order_by("pk")[1]
    part = Part.objects.filter(component__course=course).order_by("pk")[0]
    by_instructor = {"granted_by": people["instructor"], "granted_at": START}
    Exemption.objects.create(part=part, enrollment=people["owner"], reason="Ill.", **by_instructor)
    Exemption.objects.create(part=part, group=group, reason="Ill.", **by_instructor)
    Release.objects.create(
        part=part,
        released_by=people["instructor"],
        released_at=START,
        taken_back_by=people["instructor"],
        taken_back_at=LECTURE_AT,
    )
    lecture = course.lectures.earliest("pk")
    Roll.objects.create(lecture=lecture, taken_by=people["ta"], taken_at=LECTURE_AT)
    Absence.objects.create(
        lecture=lecture,
        enrollment=people["classmate"],
        recorded_by=people["ta"],
        recorded_at=LECTURE_AT,
    )
    question = _first(course, Kind.QUESTION)
    asking = Part.objects.get(component__course=course, deliverable_kind=Kind.QUESTION.value)
    asking.grades.create(
        deliverable=question,
        enrollment=people["classmate"],
        points=1,
        awarded_by=people["ta"],
        awarded_at=LATER,
    )
