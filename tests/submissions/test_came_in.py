"""What came in: the page's counts and lines equal those of the duties one by one."""

from collections import Counter
from datetime import timedelta

import pytest

from courseapp.course.models import Role
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.came_in import Wanted, all_lines, counts_of
from submissions.selectors.owed import duties
from submissions.services.extending import extend
from tests import tus
from tests.doors import PDF, ask, hand_in_file
from tests.factories import LECTURE_AT, actor, assign, enroll, make_group
from tests.submissions.scenes import SLIDES_DUE, SUMMARY_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """A lecture on whose paper people ask in time, late, with more time, and not at all."""
    scene = a_lecture()
    instructor = enroll(scene.course, Role.INSTRUCTOR)
    question = scene.due(Kind.QUESTION)
    late, extended, dropped = (enroll(scene.course, name=name) for name in ("Lia", "Eva", "Dan"))
    enroll(scene.course, name="Mia")
    extend(
        actor=actor(instructor),
        deliverable_id=question.pk,
        owner=extended,
        due_at=LECTURE_AT + timedelta(days=1),
        reason="Ill.",
        now=LECTURE_AT,
    )
    ask(scene.listener, question, at=LECTURE_AT)
    ask(scene.listener, question, "A second one, which comes too late to count.", at=AFTER)
    ask(late, question, at=AFTER)
    ask(extended, question, at=AFTER)
    dropped.state, dropped.dropped_at = "dropped", LECTURE_AT + timedelta(days=1)
    dropped.save()
    hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), at=SLIDES_DUE)
    second = make_group(scene.course, [enroll(scene.course)], name="Z")
    assign(scene.lecture, second, "reviewers")
    hand_in_file(scene.authors[0], scene.due(Kind.SUMMARY), PDF, name="s.pdf", at=SUMMARY_DUE)
    return scene


AFTER = LECTURE_AT + timedelta(hours=1)
INSTANTS = [-3, 0, 1 / 24, 2, 30]


def states_by_duties(scene: Scene, due: Deliverable, *, days: float) -> Counter[str]:
    """Count the owners by looking at each duty."""
    now = LECTURE_AT + timedelta(days=days)
    owed = duties(course=scene.course, now=now, deliverables=[due.pk])
    return Counter(
        "in"
        if duty.is_in
        else "late"
        if duty.is_only_late
        else "missing"
        if duty.due_at < now
        else "open"
        for duty in owed
    )


@pytest.mark.parametrize("days", INSTANTS)
@pytest.mark.parametrize("kind", [Kind.QUESTION, Kind.SLIDES, Kind.SUMMARY, Kind.PROPOSAL])
def test_counts_and_lines_are_those_of_the_duties(scene: Scene, kind: Kind, days: float) -> None:
    now, due = LECTURE_AT + timedelta(days=days), scene.due(kind)
    expected = states_by_duties(scene, due, days=days)

    counts = counts_of(due, now=now, wanted=Wanted())
    found = Counter(
        {
            "in": counts.in_time,
            "late": counts.late,
            "missing": counts.missing,
            "open": counts.open,
        }
    )
    lines = all_lines(due, now=now)
    assert +found == +expected
    assert Counter(line.state for line in lines) == expected
    assert counts.owed == counts.matching == expected.total()
    assert counts.owing == expected.total() - expected["in"]
    by_owner = {
        (duty.enrollment_id, duty.group_id): duty
        for duty in duties(course=scene.course, now=now, deliverables=[due.pk])
    }
    for line in lines:
        duty = by_owner[line.enrollment_id, line.group_id]
        assert (line.due_at, line.base_due_at) == (duty.due_at, duty.base_due_at)
        assert (line.latest_number, line.counted_number) == (
            duty.latest_number,
            duty.counted_number,
        )


def test_on_its_way_is_what_somebody_sends_just_now(scene: Scene) -> None:
    slides = scene.due(Kind.SLIDES)
    begun_at = SLIDES_DUE - timedelta(hours=2)
    tus.begun(scene.presenters[0], slides, at=begun_at)
    for minutes, count in ((9, 1), (11, 0)):
        now = begun_at + timedelta(minutes=minutes)
        assert counts_of(slides, now=now, wanted=Wanted()).sending == count
