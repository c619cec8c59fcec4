"""Extensions: more time for one owner, with a reason (domain.md §5)."""

from datetime import datetime, timedelta

import pytest

from courseapp.course.models import CourseState, Role
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind
from submissions.models import Extension
from submissions.selectors.owed import duties
from submissions.services.extending import extend
from tests.factories import (
    LECTURE_AT,
    actor,
    assign,
    deliverable,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
)

pytestmark = pytest.mark.django_db
LATER = LECTURE_AT + timedelta(days=3)


class Scene:
    """A lecture whose presenters owe slides."""

    def __init__(self) -> None:
        self.course = make_course()
        self.instructor = enroll(self.course, Role.INSTRUCTOR)
        self.ta = enroll(self.course, Role.TA)
        self.members = [enroll(self.course), enroll(self.course)]
        self.group = make_group(self.course, self.members)
        assign(make_lecture(self.course), self.group)
        derive(self.course)
        self.slides = deliverable(self.course, Kind.SLIDES)

    def extend(
        self, *, by: str = "instructor", until: datetime = LATER, reason: str = "Ill."
    ) -> Extension:
        """Give the group more time, after the deadline."""
        return extend(
            actor=actor(getattr(self, by)),
            deliverable_id=self.slides.pk,
            owner=self.group,
            due_at=until,
            reason=reason,
            now=LECTURE_AT,
        )


def test_an_extension_moves_the_due_instant_of_its_owner_alone_and_tells_each_member() -> None:
    scene = Scene()
    scene.extend()

    found = {duty.kind: duty.due_at for duty in duties(course=scene.course, now=LECTURE_AT)}
    assert found[Kind.SLIDES] == LATER
    assert found[Kind.FINAL_SLIDES] == LECTURE_AT + timedelta(hours=24, minutes=75)
    told = OutboxMail.objects.filter(kind="submissions/extended").values_list(
        "recipient", flat=True
    )
    assert sorted(told) == sorted(member.email for member in scene.members)


def test_the_newest_extension_holds() -> None:
    scene = Scene()
    scene.extend(until=LATER + timedelta(days=5))
    scene.extend(until=LATER)

    assert {
        duty.due_at
        for duty in duties(course=scene.course, now=LECTURE_AT)
        if duty.kind == Kind.SLIDES
    } == {LATER}


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"by": "ta"}, "not_permitted"),
        ({"reason": "  "}, "reason_missing"),
        ({"until": LECTURE_AT - timedelta(hours=24)}, "not_later"),
    ],
)
def test_an_extension_is_refused_with_the_reason(wish: dict[str, object], code: str) -> None:
    scene = Scene()
    with pytest.raises(Refused) as refusal:
        scene.extend(**wish)  # type: ignore[arg-type]  # each row names one of the wishes

    assert refusal.value.denied.code == code
    assert Extension.objects.count() == 0


def test_a_finished_course_extends_without_a_mail() -> None:
    scene = Scene()
    scene.course.state = CourseState.FINISHED
    scene.course.save()
    scene.extend()

    assert OutboxMail.objects.count() == 0
