"""The reminder that staff send by hand: to exactly those who owe, at most once an hour."""

from datetime import timedelta
from typing import Any

import pytest

from courseapp.course.models import Course, CourseState, Role
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind
from submissions.models import Reminder
from submissions.policies import REMIND_EVERY
from submissions.selectors.reminding import reminding_of
from submissions.services.reminding import remind_by_hand
from tests.doors import ask, browser, hand_in_file
from tests.factories import LECTURE_AT, actor, enroll
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
NOW = LECTURE_AT - timedelta(days=4)


@pytest.fixture
def scene() -> Scene:
    return a_lecture()


def remind(scene: Scene, kind: Kind, *, now: Any = NOW, role: str = Role.TA) -> int:
    """Let a member of the staff remind."""
    who = actor(enroll(scene.course, role))
    return remind_by_hand(actor=who, deliverable_id=scene.due(kind).pk, now=now)


def recipients() -> set[str]:
    """Return who is reminded."""
    return set(
        OutboxMail.objects.filter(kind="submissions/reminder").values_list("recipient", flat=True)
    )


def test_it_goes_to_those_who_owe_and_says_who_asked_for_it(scene: Scene) -> None:
    punctual, gone, listener = enroll(scene.course), enroll(scene.course), scene.listener
    ask(punctual, scene.due(Kind.QUESTION), at=NOW)
    gone.state, gone.dropped_at = "dropped", NOW
    gone.save()

    assert remind(scene, Kind.QUESTION) == 1
    assert recipients() == {listener.email}
    found = reminding_of(scene.due(Kind.QUESTION))
    assert (found.last_at, found.last_count) == (NOW, 1)
    sender = Reminder.objects.get().moment.split("_")[1]
    assert enroll(scene.course).pk > int(sender) > listener.pk


def test_every_member_of_a_group_that_owes_is_reminded_and_none_of_one_that_has_it(
    scene: Scene,
) -> None:
    assert remind(scene, Kind.SLIDES) == 2
    assert recipients() == {member.email for member in scene.presenters}
    hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), at=NOW)
    assert remind(scene, Kind.SLIDES, now=NOW + REMIND_EVERY) == 0


def test_it_is_sent_at_most_once_an_hour(scene: Scene) -> None:
    remind(scene, Kind.SLIDES)
    with pytest.raises(Refused, match="within the last hour"):
        remind(scene, Kind.SLIDES, now=NOW + REMIND_EVERY - timedelta(microseconds=1))
    assert remind(scene, Kind.PROPOSAL) == 3
    assert remind(scene, Kind.SLIDES, now=NOW + REMIND_EVERY) == 2


def test_nobody_is_reminded_of_what_is_past(scene: Scene) -> None:
    assert remind(scene, Kind.SLIDES, now=SLIDES_DUE) == 0
    assert recipients() == set()


def test_only_staff_of_a_published_course_remind(scene: Scene) -> None:
    for role in (Role.STUDENT, Role.OBSERVER):
        with pytest.raises(Refused, match="Only staff"):
            remind(scene, Kind.SLIDES, role=role)
    Course.objects.update(state=CourseState.FINISHED)
    with pytest.raises(Refused, match="published course"):
        remind(scene, Kind.SLIDES)
    elsewhere = actor(enroll(a_lecture().course, Role.TA))
    with pytest.raises(Refused):
        remind_by_hand(actor=elsewhere, deliverable_id=scene.due(Kind.SLIDES).pk, now=NOW)


def test_the_page_sends_it_and_then_says_when_it_can_be_sent_again(scene: Scene) -> None:
    due, ta = scene.due(Kind.SLIDES), browser(enroll(scene.course, Role.TA))
    path = f"/c/{scene.course.slug}/came-in/{due.pk}/"
    with clock.standing_at(NOW):
        answer = ta.post(f"{path}remind/", follow=True).content.decode()
    assert "A reminder goes to 2 people." in answer
    assert "went out within the last hour" in answer


def test_where_it_is_past_for_all_who_owe_the_page_says_why_nobody_is_reminded(
    scene: Scene,
) -> None:
    due, ta = scene.due(Kind.SLIDES), browser(enroll(scene.course, Role.TA))
    with clock.standing_at(SLIDES_DUE + timedelta(days=1)):
        path = f"/c/{scene.course.slug}/came-in/{due.pk}/remind/"
        answer = ta.post(path, follow=True).content.decode()
    assert "Nobody who owes it still has time, so nobody was reminded." in answer
    assert recipients() == set()
