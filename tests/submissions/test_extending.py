"""Extensions: more time for one owner, with a reason (domain.md §5)."""

from datetime import datetime, timedelta

import pytest

from courseapp.course.models import ExtensionPolicy, Role
from courseapp.kernel.decisions import Refused
from submissions.deadlines import Kind
from submissions.models import Extension
from submissions.selectors.extensions import overriding_count
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
        self,
        *,
        by: str = "instructor",
        until: datetime | None = LATER,
        reason: str = "Ill.",
        owner: object = "the group",
    ) -> Extension:
        """Give the group, or all, more time, after the deadline."""
        who = self.members[0] if by == "a member" else getattr(self, by)
        return extend(
            actor=actor(who),
            deliverable_id=self.slides.pk,
            owner=self.group if owner else None,
            due_at=until,
            reason=reason,
            now=LECTURE_AT,
        )


def test_an_extension_moves_the_due_instant_of_its_owner_alone() -> None:
    scene = Scene()
    scene.extend()

    found = {duty.kind: duty.due_at for duty in duties(course=scene.course, now=LECTURE_AT)}
    assert found[Kind.SLIDES] == LATER
    assert found[Kind.FINAL_SLIDES] == LECTURE_AT + timedelta(hours=24, minutes=75)


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


def test_a_ta_whom_an_instructor_let_extends_where_the_course_gives_extensions() -> None:
    scene = Scene()
    scene.ta.extra_permissions = ["extend"]
    scene.ta.save()
    with pytest.raises(Refused) as refusal:
        scene.extend(by="ta")
    assert refusal.value.denied.code == "no_extensions"

    scene.course.extensions = ExtensionPolicy.BY_INSTRUCTOR
    scene.course.save()
    assert scene.extend(by="ta").due_at == LATER


def test_nobody_extends_for_their_own_group() -> None:
    scene = Scene()
    member = scene.members[0]
    member.extra_permissions = ["extend"]
    member.save()
    scene.course.extensions = ExtensionPolicy.BY_INSTRUCTOR
    scene.course.save()
    with pytest.raises(Refused) as refusal:
        scene.extend(by="a member")
    assert refusal.value.denied.code == "own_work"


def test_what_nobody_gave_cannot_be_taken_back() -> None:
    scene = Scene()
    with pytest.raises(Refused) as refusal:
        scene.extend(until=None)
    assert refusal.value.denied.code == "nothing_given"


def test_extensions_against_the_courses_rule_are_counted_until_they_are_taken_back() -> None:
    scene = Scene()
    scene.extend()
    scene.extend(owner=None)
    assert overriding_count(scene.course) == 2
    scene.extend(until=None)
    assert overriding_count(scene.course) == 1
    scene.course.extensions = ExtensionPolicy.BY_INSTRUCTOR
    assert overriding_count(scene.course) == 0
