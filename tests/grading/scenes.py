"""A course with weights and staff, in which something can be graded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from courseapp.course.models import Course, Enrollment
from grading.models import Grade, Part
from grading.selectors.standing import PartLine, Standing, standing_of
from grading.services import awarding, releasing
from groups.models import Membership
from submissions.deadlines import Kind
from submissions.models import Deliverable
from tests.factories import LECTURE_AT, actor, enroll, part, plan
from tests.submissions.scenes import Scene, a_lecture

AFTER = LECTURE_AT + timedelta(days=3)
TALK = ("Paper presentation & discussion", "talk")
SLIDES = ("Paper presentation & discussion", "slides on time")
SUMMARY = ("Paper summary", "as authors")
PROPOSAL = ("Project proposal", "proposal")
QUESTIONS = ("Participation", "questions")
ATTENDANCE = ("Participation", "attendance")
CONTRIBUTION = ("Participation", "contribution")


@dataclass
class Graded:
    """A lecture's scene with its staff; `part` finds a part by its names."""

    scene: Scene
    instructor: Enrollment
    ta: Enrollment

    @property
    def course(self) -> Course:
        """Return the course."""
        return self.scene.course

    def part(self, names: tuple[str, str]) -> Part:
        """Return a part."""
        return part(self.course, *names)

    def due(self, kind: Kind) -> Deliverable:
        """Return the only deliverable of a kind."""
        return self.scene.due(kind)

    def award(self, names: tuple[str, str], points: str = "80", **wish: Any) -> Grade:
        """Let the TA (or `by`) award points."""
        by, at = wish.pop("by", self.ta), wish.pop("at", AFTER)
        return awarding.award(
            actor=actor(by),
            wish=awarding.Wish(part=self.part(names), points=Decimal(points), **wish),
            now=at,
        )

    def award_talk(self, points: str = "80", **wish: Any) -> Grade:
        """Award points for the presenting group's talk."""
        owner = {} if "enrollment" in wish else {"group": self.scene.presenting}
        return self.award(TALK, points, deliverable=self.due(Kind.SLIDES), **owner, **wish)

    def release(self, *names: tuple[str, str], at: datetime = AFTER) -> None:
        """Let the instructor release parts."""
        for each in names:
            releasing.release(actor=actor(self.instructor), part_id=self.part(each).pk, now=at)

    def take_back(self, names: tuple[str, str], at: datetime = AFTER) -> None:
        """Let the instructor take a release back."""
        releasing.take_back(actor=actor(self.instructor), part_id=self.part(names).pk, now=at)

    def standing(self, student: Enrollment, *, now: datetime = AFTER) -> Standing:
        """Return where a student stands."""
        return standing_of(actor(student), now=now)

    def line(
        self, student: Enrollment, names: tuple[str, str], *, now: datetime = AFTER
    ) -> PartLine:
        """Return one part of where a student stands."""
        lines = self.standing(student, now=now).components
        found = {
            (line.component.name, each.part.name): each for line in lines for each in line.parts
        }
        return found[names]


def a_graded_course(**options: Any) -> Graded:
    """Make the scene of a lecture with weights, an instructor and a TA."""
    scene = a_lecture(**options)
    plan(scene.course)
    return Graded(scene, enroll(scene.course, "instructor"), enroll(scene.course, "ta"))


def move(student: Enrollment, to: Any, *, at: datetime) -> None:
    """Move a student into another group at an instant."""
    Membership.objects.filter(enrollment=student, ends_at=None).update(ends_at=at)
    seat = Membership.objects.filter(group=to).count() + 1
    Membership.objects.create(group=to, enrollment=student, seat=seat, starts_at=at)
