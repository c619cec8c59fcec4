"""The storm `rush` finds what it is there to find."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))

from bench.torture.rush_plan import LATEST_S, Press, RushSize, presses
from bench.torture.rush_reckoning import Row, Rush, faults_of
from bench.torture.rush_sending import Answer, Pressed, verdict_on
from tests.bin.running import Site

DUE_AT = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)
PLACES = {
    "session": "abc",
    "question": {"deliverable": 1, "enrollment": 7, "group": None, "path": "/c/x/lectures/3/"},
    "file": {"deliverable": 2, "enrollment": None, "group": 4, "path": "/c/x/hand-in/2/"},
}
CAST = {
    "session_cookie": "sessionid",
    "csrf_cookie": "csrftoken",
    "has_uploads": True,
    "people": [PLACES] * 200,
}


def planned(seed: int = 1) -> list[Press]:
    return [*presses(CAST, RushSize(hand_ins=400, seed=seed))]


def test_one_seed_gives_one_rush_by_every_way_in_with_some_across_the_instant() -> None:
    pressed = planned()
    assert [one.at for one in pressed] == [one.at for one in planned()]
    assert [one.at for one in pressed] != [one.at for one in planned(seed=2)]
    assert {one.way for one in pressed} == {"question", "form", "upload"}
    assert {one.way for one in pressed if one.is_straddling} == {"question", "form", "upload"}
    assert all(-60 <= one.at <= LATEST_S for one in pressed)
    assert min(one.at for one in pressed) < -50 < 0 < max(one.at for one in pressed)
    assert len({one.sha256 for one in pressed}) == len(pressed)


def taken(press: Press) -> Pressed:
    """Return a hand-in that left a second before it was due and was answered half a second later."""
    left = DUE_AT.timestamp() - 1
    answer = Answer(status=302, last_left_at=left, left_at=left, came_at=left + 0.5)
    return Pressed(press, begun_at=left, answer=answer, is_taken=True, says="on time")


def row_of(press: Press, **other: object) -> Row:
    """Return the version that it must have made, or one that differs."""
    whole = {
        "place": (press.deliverable_id, press.place["enrollment"], press.place["group"]),
        "sha256": press.sha256,
        "size": 1,
        "file_key": "k",
        "text": "",
        "received_at": DUE_AT - timedelta(seconds=0.75),
        "due_at": DUE_AT,
        "code": "c",
        "door": "form",
    }
    return Row(**{**whole, **other})  # type: ignore[arg-type]


def faults(one: Pressed, *rows: Row) -> set[str]:
    """Return the names of what is found wrong with one hand-in."""
    storm = Rush(Site(Path("/nowhere"), 1), RushSize(1, 1), DUE_AT, [one])
    kept = [(one, row) for row in rows[:1] if one.is_taken]
    return {name for name, count in faults_of(storm, rows, kept) if count}


def test_what_is_as_it_was_answered_is_no_fault() -> None:
    (press, *_) = planned()
    assert faults(taken(press), row_of(press)) == set()


def test_what_is_lost_or_twice_or_from_nobody_is_found() -> None:
    first, second, *_ = planned()
    one = taken(first)
    assert faults(one) == {"acknowledged and lost"}
    assert faults(one, row_of(first), row_of(first)) == {"twice"}
    assert faults(one, row_of(first), row_of(second)) == {"that nobody sent"}


def test_an_instant_outside_of_the_request_is_found() -> None:
    (press, *_) = planned()
    early = row_of(press, received_at=DUE_AT - timedelta(seconds=1.1))
    after = row_of(press, received_at=DUE_AT - timedelta(seconds=0.4))
    assert faults(taken(press), early) == {"received before it had left"}
    assert faults(taken(press), after) == {"received after it was answered"}


def test_a_text_that_waited_here_and_was_stamped_late_for_it_is_found() -> None:
    question, file, *_ = planned()
    answered = Answer(
        status=302,
        last_left_at=DUE_AT.timestamp() - 1,
        left_at=DUE_AT.timestamp() - 0.5,
        came_at=DUE_AT.timestamp() + 2,
    )
    late = DUE_AT + timedelta(seconds=1)
    for press, found in ((question, {"texts made late by waiting here"}), (file, set())):
        pressed = replace(press, at=-0.5)
        one = replace(taken(pressed), answer=answered, says="late")
        assert faults(one, row_of(pressed, received_at=late)) == found


def test_a_file_that_was_pressed_in_time_and_read_too_late_is_found() -> None:
    _, file, *_ = planned()
    late = DUE_AT + timedelta(seconds=0.25)
    for at, found in ((-1.5, {"pressed in time, and late"}), (-0.9, set())):
        pressed = replace(file, at=at)
        left = DUE_AT.timestamp() + 0.2
        answer = Answer(status=302, last_left_at=left, left_at=left, came_at=left + 0.5)
        one = replace(taken(pressed), answer=answer, says="late")
        assert faults(one, row_of(pressed, received_at=late)) == found


def test_a_page_that_says_otherwise_is_found() -> None:
    (press, *_) = planned()
    one = replace(taken(press), says="late")
    assert faults(one, row_of(press)) == {"pages on the other side"}
    assert faults(taken(press), row_of(press, due_at=DUE_AT - timedelta(seconds=1))) == {
        "due at another instant",
        "pages on the other side",
    }


def test_an_answer_that_no_one_should_get_is_found() -> None:
    (press, *_) = planned()
    one = taken(press)
    broken = replace(one, answer=replace(one.answer, status=500), is_taken=False)
    silent = replace(one, answer=replace(one.answer, status=0), is_taken=False)
    assert faults(broken) == {"answers of 500 and more", "refused"}
    assert faults(silent) == {"no answer", "refused"}


def test_the_verdict_is_read_off_the_page_beside_its_own_work() -> None:
    question, file, *_ = planned()
    page = f"""<p class="saved" id="q{question.deliverable_id}-note">Saved, version 1</p>
    <dl class="receipt"><dd>, <b>late</b></dd><dd>{"0" * 64}</dd></dl>
    <dl class="receipt"><dd>, <b>on time</b></dd><dd>{file.sha256}</dd></dl>"""
    assert verdict_on(page, question) == "on time"
    assert verdict_on(page.replace("Saved", "Late, no credit: received"), question) == "late"
    assert verdict_on(page, file) == "on time"
    assert verdict_on(page.replace(file.sha256, ""), file) == ""
