"""Courses in the states that pages meet, and the pages that each reader may open."""

from datetime import timedelta

from courseapp.course.models import Course, Enrollment
from schedule.models import GroupRole, MilestoneKind
from submissions.deadlines import Kind
from submissions.models import Deliverable
from tests.doors import PDF, PPTX, ask, hand_in_file
from tests.factories import (
    LECTURE_AT,
    START,
    assign,
    deliverable,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_milestone,
    plan,
)


class Seminar:
    """A course of some size: every group of two presents one lecture and writes on the next."""

    def __init__(self, size: int = 1) -> None:
        self.course: Course = make_course()
        self.instructor: Enrollment = enroll(self.course, "instructor")
        self.ta: Enrollment = enroll(self.course, "ta")
        self.observer: Enrollment = enroll(self.course, "observer")
        self.pairs = [[enroll(self.course), enroll(self.course)] for _ in range(size)]
        self.listeners = [enroll(self.course) for _ in range(size)]
        self.groups = [make_group(self.course, pair) for pair in self.pairs]
        self.lectures = [
            make_lecture(
                self.course,
                starts_at=LECTURE_AT + timedelta(days=7 * at),
                required_count=size,
                optional_count=size,
            )
            for at in range(size)
        ]
        for at, lecture in enumerate(self.lectures):
            assign(lecture, self.groups[at])
            if size > 1:
                assign(lecture, self.groups[at - 1], GroupRole.AUTHORS)
        for days, kind in enumerate((MilestoneKind.PROPOSAL, MilestoneKind.REPORT)):
            make_milestone(self.course, kind, due_at=LECTURE_AT + timedelta(days=14 + days))
        plan(self.course)
        derive(self.course)

    @property
    def presenter(self) -> Enrollment:
        """Return a member of the first group."""
        return self.pairs[0][0]

    @property
    def listener(self) -> Enrollment:
        """Return a student without a group."""
        return self.listeners[0]

    @property
    def slides(self) -> Deliverable:
        """Return the first group's slides."""
        return Deliverable.objects.get(lecture=self.lectures[0], kind="slides")

    @property
    def proposal(self) -> Deliverable:
        """Return the course's proposal."""
        return deliverable(self.course, Kind.PROPOSAL)

    def questions(self) -> list[Deliverable]:
        """Return the questions of the first lecture."""
        return list(Deliverable.objects.filter(lecture=self.lectures[0], kind="question"))

    def fill(self) -> None:
        """Hand in what there is to hand in."""
        for listener in self.listeners:
            for question in self.questions():
                ask(listener, question, at=START)
        for pair, lecture in zip(self.pairs, self.lectures, strict=True):
            slides = Deliverable.objects.get(lecture=lecture, kind="slides")
            for at, member in enumerate(pair):
                hand_in_file(member, slides, PPTX + bytes([at]), at=START)
            hand_in_file(pair[0], self.proposal, PDF, name="p.pdf", at=START)

    def path(self, page: str) -> str:
        """Return the address of a page by its short name."""
        root = f"/c/{self.course.slug}"
        return {
            "landing": "/",
            "course": f"{root}/",
            "home": f"{root}/home/",
            "lecture": f"{root}/lectures/{self.lectures[0].pk}/",
            "hand-in": f"{root}/hand-in/{self.slides.pk}/",
            "project": f"{root}/project/",
            "grades": f"{root}/grades/",
            "grading": f"{root}/grading/",
            "proposals": f"{root}/proposals/",
            "outbox": f"{root}/outbox/",
        }[page]
