"""The hint that somebody has asked nearly the same: that it is so, and nothing more."""

from datetime import timedelta
from typing import Any

import pytest

from courseapp.kernel import clock
from submissions.deadlines import Kind
from submissions.services.drafting import save_draft
from tests.doors import ask, browser
from tests.factories import LECTURE_AT, actor, enroll
from tests.submissions.scenes import Scene, a_lecture

pytestmark = pytest.mark.django_db
EARLY = LECTURE_AT - timedelta(hours=1)
THEIRS = (
    "Why does Vidur assume dense decoders, and how would its error change for mixtures of experts?"
)


def typed_by_listener(scene: Scene, text: str) -> dict[str, Any]:
    question = scene.due(Kind.QUESTION)
    with clock.standing_at(EARLY):
        answer = browser(scene.listener).post(
            f"/c/{scene.course.slug}/hand-in/{question.pk}/draft/",
            {"text": text, "revision": "0", "compare": ""},
        )
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize(
    ("text", "is_similar"),
    [
        (THEIRS, True),
        (
            "Vidur assumes dense decoders. How would the error change with mixtures of experts?",
            True,
        ),
        ("How does Vidur's error grow when the batch size changes during serving?", False),
        ("What does the fabric cost when several jobs share it at the same time?", False),
        ("Why does Vidur assume dense decoders?", False),
    ],
)
@pytest.mark.parametrize("by", ["typing", "saving"])
def test_a_very_similar_question_of_another_is_hinted_at_without_its_words(text, is_similar, by):
    scene = a_lecture()
    other, question = enroll(scene.course, name="Zora"), scene.due(Kind.QUESTION)
    if by == "saving":
        ask(other, question, THEIRS, at=EARLY)
    else:
        save_draft(
            actor=actor(other),
            deliverable_id=question.pk,
            text=THEIRS,
            revision=0,
            received_at=EARLY,
        )
    told = typed_by_listener(scene, text)

    assert told["is_similar"] is is_similar
    assert THEIRS not in str({**told, "text": None})
    assert "Zora" not in str(told)


def test_ones_own_question_and_those_on_other_papers_bring_no_hint():
    scene, elsewhere = a_lecture(), a_lecture()
    ask(elsewhere.listener, elsewhere.due(Kind.QUESTION), THEIRS, at=EARLY)
    assert typed_by_listener(scene, THEIRS)["is_similar"] is False
    assert typed_by_listener(scene, THEIRS)["is_similar"] is False
