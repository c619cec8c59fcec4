"""What has happened in the sample course so far: hand-ins, a proposal sent back, grades."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.core.files.base import ContentFile

from courseapp.course.actors import Actor, actor_of
from courseapp.course.models import SUMMARY_SECTIONS, Course, Enrollment, Role
from courseapp.course.services import edit_course, fingerprint
from courseapp.demo import files
from courseapp.demo.texts import TEXTS
from courseapp.term.acts.carrying_out import carry_out, doing_of
from courseapp.term.acts.deadlines import ExtendDeadline
from grading.models import Absence, Part
from grading.services.attending import excuse, record_attendance
from grading.services.awarding import Wish as AwardWish
from grading.services.awarding import award
from grading.services.releasing import release
from groups.models import Group, Membership
from schedule.models import GroupRole, Lecture, LectureKind, RoleAssignment
from schedule.services.ranking import rank_lectures
from submissions.deadlines import Kind
from submissions.models import Deliverable, KindSettings
from submissions.rules import ProposalVerdict
from submissions.selectors.owed import Duty, duties
from submissions.services.handing_in import ask_questions, hand_in_file
from submissions.services.proposing import Wish, decide

ASKING_GROUPS: Final = ("G07", "G01", "G02", "G03")
PROPOSING_GROUPS: Final = ("G07", "G04")
LATE_GROUP: Final = "G02"
MISSING_GROUP: Final = "G09"
UNDECIDED_GROUPS: Final = ("G05", "G12")
HEADINGS: Final = ("Background", "Key idea", "Technical details", "Strengths", "Weaknesses")
QUESTIONS: Final = (
    "Which of the assumptions behind the evaluation would break first on a cluster twice the size?",
    "How much of the gain remains when the baseline gets the same tuning budget as the new system?",
    "What would have to change in the design if the bottleneck moved from memory to the network?",
)


def play(course: Course, *, now: datetime) -> None:
    """Let the term so far happen."""
    _take_pdf_slides(course)
    members = Membership.objects.filter(group__course=course, group__name__in=ASKING_GROUPS)
    asking = set(members.values_list("enrollment_id", flat=True))
    for duty in duties(course=course, now=now):
        if duty.due_at < now and (duty.group_id or duty.enrollment_id in asking):
            _hand_in_on_time(duty)
    _rank(course)
    _propose(course, now=now)
    _extend(course, now=now)
    _take_the_roll(course, now=now)
    _grade(course, now=now)
    _describe(course, now=now)


def _take_pdf_slides(course: Course) -> None:
    """Slides can be looked at in the page where they are PDFs."""
    for kind in (Kind.SLIDES, Kind.FINAL_SLIDES):
        KindSettings.objects.create(course=course, kind=kind.value, accepted=[".pptx", ".pdf"])


def _hand_in_on_time(duty: Duty) -> None:
    at = duty.due_at - timedelta(hours=5, minutes=duty.deliverable_id % 50)
    if duty.enrollment_id is not None:
        student = Enrollment.objects.get(pk=duty.enrollment_id)
        text = QUESTIONS[(duty.deliverable_id + student.pk) % len(QUESTIONS)]
        ask_questions(actor=_actor(student), texts={duty.deliverable_id: text}, received_at=at)
    elif duty.kind in (Kind.SLIDES, Kind.FINAL_SLIDES):
        content = files.slides(duty.lecture_title, duty.group_name, HEADINGS)
        _hand_in(duty, name="slides.pdf", content=content, at=at)
    elif duty.kind == Kind.SUMMARY and duty.group_name != MISSING_GROUP:
        is_late = duty.group_name == LATE_GROUP
        # What is written in a hurry lacks its last section.
        sections = SUMMARY_SECTIONS[:-1] if is_late else SUMMARY_SECTIONS
        content = files.summary(duty.lecture_title, duty.group_name, sections)
        at = duty.due_at + timedelta(minutes=4) if is_late else at
        _hand_in(duty, name="summary.pdf", content=content, at=at)


def _actor(enrollment: Enrollment) -> Actor:
    return actor_of(Enrollment.objects.select_related("course").get(pk=enrollment.pk))


def _member(group_id: int | None) -> Enrollment:
    return Enrollment.objects.filter(memberships__group=group_id).order_by("memberships__seat")[0]


def _hand_in(duty: Duty, *, name: str, content: bytes, at: datetime) -> None:
    hand_in_file(
        actor=_actor(_member(duty.group_id)),
        deliverable_id=duty.deliverable_id,
        upload=ContentFile(content, name=name),
        received_at=at,
        idempotency_key="",
    )


def _rank(course: Course) -> None:
    """Most groups ranked lectures before the groups were settled: what they present, and two more."""
    if course.groups_form_until is None:
        return
    then = course.groups_form_until - timedelta(days=1)
    presented = RoleAssignment.objects.current().filter(
        lecture__course=course, role=GroupRole.PRESENTER
    )
    own = list(presented.order_by("lecture__position").select_related("group"))
    lectures = [held.lecture_id for held in own]
    for number, held in enumerate(own):
        if held.group.name in UNDECIDED_GROUPS:
            continue
        others = [lectures[(number + step) % len(lectures)] for step in (4, 9)]
        ranked = [*others[: number % 3], held.lecture_id, *others[number % 3 :]]
        member = _actor(_member(held.group_id))
        rank_lectures(actor=member, group_id=held.group_id, lecture_ids=ranked, now=then)


def _propose(course: Course, *, now: datetime) -> None:
    """Two groups hand in early; one is sent back."""
    deliverable = Deliverable.objects.get(course=course, kind=Kind.PROPOSAL.value)
    instructor = Enrollment.objects.get(course=course, role=Role.INSTRUCTOR)
    for name in PROPOSING_GROUPS:
        group = Group.objects.get(course=course, name=name)
        members = Enrollment.objects.filter(memberships__group=group).order_by("memberships__seat")
        addresses = [f"{member.name}, {member.email}" for member in members]
        content = files.proposal("What moves when the bottleneck moves", name, addresses)
        hand_in_file(
            actor=_actor(_member(group.pk)),
            deliverable_id=deliverable.pk,
            upload=ContentFile(content, name=f"{name.lower()}-proposal.pdf"),
            received_at=now - timedelta(hours=30),
            idempotency_key="",
        )
    wish = Wish(
        verdict=ProposalVerdict.CHANGES_REQUESTED,
        comment="The motivation is clear. Say which measurement would prove you wrong.",
        conditions="",
        days=7,
    )
    group = Group.objects.get(course=course, name=PROPOSING_GROUPS[0])
    decide(actor=_actor(instructor), group_id=group.pk, wish=wish, now=now - timedelta(hours=4))


def _extend(course: Course, *, now: datetime) -> None:
    """The instructor gave the group that missed its summary two days more."""
    owing = [duty for duty in duties(course=course, now=now) if duty.kind == Kind.SUMMARY]
    for duty in owing:
        if duty.group_name == MISSING_GROUP and duty.due_at < now:
            extension = ExtendDeadline(
                duty.deliverable_id, now + timedelta(days=2), group_id=duty.group_id
            )
            reason = "Two members were ill; announced before the deadline."
            carry_out(
                doing_of(extension, reason=reason),
                actor=_actor(Enrollment.objects.get(course=course, role=Role.INSTRUCTOR)),
                reason=reason,
                now=now - timedelta(hours=5),
            )


def _take_the_roll(course: Course, *, now: datetime) -> None:
    """The TA took the roll of every lecture so far; one student missed four, one was excused."""
    taker = _actor(Enrollment.objects.filter(course=course, role=Role.TA)[0])
    students = list(Enrollment.objects.students().filter(course=course).order_by("position"))
    held = Lecture.objects.filter(course=course, kind=LectureKind.LECTURE, ends_at__lt=now)
    for number, lecture in enumerate(held):
        assert lecture.ends_at is not None
        absent = {students[7 * number % len(students)].pk}
        if number < 4:
            absent.add(students[-1].pk)
        record_attendance(
            actor=taker, lecture_id=lecture.pk, absent_ids=absent, now=lecture.ends_at
        )
    first = Absence.objects.filter(lecture__course=course).order_by("pk").first()
    if first is not None:
        excuse(actor=taker, absence_id=first.pk, reason="At a conference.", now=now)


def _describe(course: Course, *, now: datetime) -> None:
    """The instructor wrote the texts of the course page."""
    instructor = _actor(Enrollment.objects.get(course=course, role=Role.INSTRUCTOR))
    for name, text in TEXTS.items():
        edit_course(
            actor=instructor,
            course=course,
            changes={name: text},
            seen=fingerprint(course, [name]),
            now=now,
        )


def _grade(course: Course, *, now: datetime) -> None:
    """The TA graded the first talks; the instructor released them. Summaries are drafts."""
    grader = _actor(Enrollment.objects.filter(course=course, role=Role.TA)[0])
    instructor = _actor(Enrollment.objects.get(course=course, role=Role.INSTRUCTOR))
    past = [duty for duty in duties(course=course, now=now) if duty.due_at < now]
    talks = Part.objects.get(component__course=course, name="talk", deliverable_kind="slides")
    authors = Part.objects.get(component__course=course, role="authors")
    for part, kind, role in ((talks, Kind.SLIDES, "presenter"), (authors, Kind.SUMMARY, "authors")):
        for duty in past:
            if duty.kind == kind and duty.role == role and duty.is_in:
                _award(grader, part, duty, now=now)
    release(actor=instructor, part_id=talks.pk, now=now - timedelta(hours=2))


def _award(grader: Actor, part: Part, duty: Duty, *, now: datetime) -> None:
    wish = AwardWish(
        part=part,
        points=Decimal(84 + duty.deliverable_id % 14),
        deliverable=Deliverable.objects.get(pk=duty.deliverable_id),
        group=Group.objects.get(course=grader.course, name=duty.group_name),
        comment="Clear about the hypothesis; say more about what the evaluation leaves out.",
    )
    award(actor=grader, wish=wish, now=now - timedelta(hours=3))
