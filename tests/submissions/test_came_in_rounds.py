"""What came in of proposals: a version belongs to the round that was asked for before it (domain.md §9)."""

from datetime import datetime, timedelta

import pytest

from courseapp.kernel import clock
from submissions.deadlines import Kind
from submissions.rules import ProposalVerdict
from submissions.selectors.came_in import OwnerLine, all_lines
from submissions.selectors.hours import hours_of
from submissions.services import proposing
from tests.doors import PDF, browser, hand_in_file
from tests.factories import actor, enroll
from tests.submissions.scenes import PROPOSAL_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
ASKED_AT = PROPOSAL_DUE + timedelta(days=1)


@pytest.fixture
def scene() -> Scene:
    """A proposal that was in time, and for whose changes the instructor gives seven days."""
    scene = a_lecture()
    hand_in(scene, PDF, at=PROPOSAL_DUE)
    wish = proposing.Wish(
        verdict=ProposalVerdict.CHANGES_REQUESTED,
        comment="Sharpen the plan.",
        conditions="",
        days=7,
        version_number=1,
    )
    proposing.decide(
        actor=actor(enroll(scene.course, "instructor")),
        group_id=scene.presenting.pk,
        wish=wish,
        now=ASKED_AT,
    )
    return scene


def hand_in(scene: Scene, content: bytes, *, at: datetime) -> None:
    hand_in_file(scene.presenters[0], scene.due(Kind.PROPOSAL), content, name="p.pdf", at=at)


def line_of(scene: Scene) -> OwnerLine:
    lines = all_lines(scene.due(Kind.PROPOSAL), now=ASKED_AT + timedelta(days=30))
    return next(line for line in lines if line.group_id == scene.presenting.pk)


def said(scene: Scene) -> str:
    path = f"/c/{scene.course.slug}/came-in/{scene.due(Kind.PROPOSAL).pk}/"
    with clock.standing_at(ASKED_AT + timedelta(days=30)):
        return browser(enroll(scene.course, "ta")).get(path).content.decode()


def round_end(scene: Scene) -> datetime:
    decision = scene.due(Kind.PROPOSAL).submissions.get().versions.get(number=1).decisions.get()
    assert decision.next_due_at is not None
    return decision.next_due_at


@pytest.mark.parametrize(("shift", "is_in_round"), [(0 * TICK, True), (TICK, False)])
def test_what_answers_the_instructor_in_time_is_not_called_late(scene, shift, is_in_round):
    hand_in(scene, PDF + b"2", at=round_end(scene) + shift)

    line = line_of(scene)
    assert (line.state, line.counted_number, line.latest_number) == ("in", 1, 2)
    assert line.is_in_round == is_in_round
    page = said(scene)
    assert ("version 2 in time for the changes asked for" in page) == is_in_round
    assert ("version 2 came too late" in page) != is_in_round
    hours = hours_of(scene.due(Kind.PROPOSAL), now=ASKED_AT)
    assert hours.summary.startswith("2 hand-ins")
    assert (", none late." in hours.summary) == is_in_round


def test_what_came_late_before_anything_was_asked_for_stays_late(scene):
    hand_in(scene, PDF + b"2", at=ASKED_AT - TICK)

    assert line_of(scene).is_in_round is False
    assert "version 2 came too late" in said(scene)
