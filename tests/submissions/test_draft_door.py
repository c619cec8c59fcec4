"""What a page's script is told while text is typed."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from courseapp.kernel import clock
from submissions.deadlines import Kind, LatePolicy
from submissions.models import Deliverable, TextDraft
from tests.doors import TEXT, ask, browser
from tests.factories import LECTURE_AT
from tests.submissions.scenes import Scene, a_lecture

pytestmark = pytest.mark.django_db
EARLY = LECTURE_AT - timedelta(hours=1)
TICK = timedelta(microseconds=1)


def door(scene: Scene, name: str = "draft") -> str:
    return f"/c/{scene.course.slug}/hand-in/{scene.due(Kind.QUESTION).pk}/{name}/"


def send(scene: Scene, text: str, *, revision: object = 0, at: datetime = EARLY) -> Any:
    with clock.standing_at(at):
        return browser(scene.listener).post(door(scene), {"text": text, "revision": revision})


def told(scene: Scene, text: str, **options: Any) -> tuple[str, str]:
    answer = send(scene, text, **options)
    assert answer.status_code == 200
    return answer.json()["tone"], answer.json()["said"]


def test_a_text_that_is_long_enough_counts():
    scene = a_lecture()
    assert told(scene, TEXT) == (
        "ok",
        "Saved 11:30 AM. It counts; a version is made when you stop.",
    )
    ask(scene.listener, scene.due(Kind.QUESTION), TEXT, at=EARLY)
    assert told(scene, f"{TEXT} ", revision=1) == ("ok", "Saved 11:30 AM. It counts, as version 1.")


def test_a_text_that_is_too_short_says_what_is_missing():
    scene = a_lecture()
    needs = "Write 13 more characters; a question has at least 20 characters."
    assert told(scene, "Why so?") == ("draft", f"Kept 11:30 AM, but it does not count yet. {needs}")


def test_a_late_text_says_so_and_what_still_counts():
    scene = a_lecture()
    ask(scene.listener, scene.due(Kind.QUESTION), TEXT, at=EARLY)
    late = {"at": LECTURE_AT + TICK, "revision": 1}
    assert told(scene, TEXT * 2, **late) == (
        "bad",
        "Saved 12:30 PM: late, no credit. Version 1 still counts.",
    )


def test_a_conflict_brings_the_other_text_with_its_writer():
    scene = a_lecture()
    send(scene, TEXT)
    answer = send(scene, TEXT * 2, revision="nonsense")

    assert answer.status_code == 409
    body = answer.json()
    assert (body["code"], body["text"], body["revision"]) == ("conflict", TEXT, 1)
    assert body["by"] == scene.listener.name


@pytest.mark.parametrize(
    ("text", "at", "code"),
    [
        (TEXT, LECTURE_AT + TICK, "closed"),
        ("x" * 100_001, EARLY, "too_long"),
        ("a\x00b", EARLY, "not_text"),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_there(text, at, code):
    scene = a_lecture()
    Deliverable.objects.update(late_policy=LatePolicy.CLOSED.value)
    send(scene, f"{TEXT} Kept.")
    answer = send(scene, text, at=at, revision=1)

    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert answer.json()["sentence"]
    assert TextDraft.objects.get().text == f"{TEXT} Kept."


def test_who_comes_back_is_told_what_stands_there_and_a_new_token():
    scene = a_lecture()
    client = browser(scene.listener)
    with clock.standing_at(EARLY):
        nothing = client.get(door(scene)).json()
        send(scene, TEXT)
        something = client.get(door(scene)).json()

    assert (nothing["text"], nothing["revision"]) == (None, 0)
    assert (something["text"], something["revision"]) == (TEXT, 1)
    assert len(something["csrf"]) == len(nothing["csrf"]) > 20


def test_a_preview_is_what_will_be_read():
    scene = a_lecture()
    with clock.standing_at(EARLY):
        answer = browser(scene.listener).post(
            door(scene, "preview"), {"text": "*Why* $x<y$? <script>alert(1)</script>"}
        )
    shown = answer.content.decode()
    assert '<em>Why</em> <span class="math inline">x&lt;y</span>' in shown
    assert "<script>" not in shown


@pytest.mark.parametrize(("length", "status"), [(2_000, 200), (2_001, 422)])
def test_a_preview_shows_no_more_than_may_be_handed_in(length, status):
    scene = a_lecture()
    with clock.standing_at(EARLY):
        answer = browser(scene.listener).post(
            door(scene, "preview"), {"text": f" {'x' * length}\r\n"}
        )
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["sentence"] == (
            "Shorten it by 1 character; a question has at most 2,000."
        )


def test_nothing_is_kept_in_the_name_of_who_has_signed_in_meanwhile():
    scene = a_lecture()
    page_of: Any = {"HTTP_X_PERSON": str(scene.presenters[0].user_id)}
    with clock.standing_at(EARLY):
        theirs = browser(scene.listener)
        answers = [
            theirs.post(door(scene), {"text": TEXT, "revision": 0}, **page_of),
            theirs.get(door(scene), **page_of),
        ]
        own: Any = {"HTTP_X_PERSON": str(scene.listener.user_id)}
        assert theirs.get(door(scene), **own).status_code == 200
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (403, "other_person")
    assert not TextDraft.objects.exists()
