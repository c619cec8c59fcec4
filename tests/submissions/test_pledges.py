"""A file that is on its way at the due instant: the written rule, with and without a pledge."""

from datetime import timedelta
from typing import Any

import pytest

from submissions.deadlines import Kind, PledgeVerdict, judge_pledge, pledge_holds
from submissions.models import Deliverable, Door, Upload
from submissions.selectors.arrivals import became, counts_when
from submissions.selectors.places import place_of
from tests import tus
from tests.doors import PPTX, digest, post_file, versions
from tests.factories import actor
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture
from tests.tus import DECK

TICK = timedelta(microseconds=1)
WINDOW = timedelta(minutes=30)
EARLY = SLIDES_DUE - timedelta(minutes=10)
BOUNDS = [
    (EARLY, SLIDES_DUE, True, PledgeVerdict.NOT_NEEDED),
    (EARLY, SLIDES_DUE, False, PledgeVerdict.NOT_NEEDED),
    (EARLY, SLIDES_DUE + TICK, True, PledgeVerdict.HOLDS),
    (SLIDES_DUE, SLIDES_DUE + TICK, True, PledgeVerdict.HOLDS),
    (SLIDES_DUE + TICK, SLIDES_DUE + 2 * TICK, True, PledgeVerdict.PLEDGED_LATE),
    (EARLY, SLIDES_DUE + WINDOW, True, PledgeVerdict.HOLDS),
    (EARLY, SLIDES_DUE + WINDOW + TICK, True, PledgeVerdict.TOO_LATE),
    (EARLY, SLIDES_DUE + TICK, False, PledgeVerdict.OTHER_BYTES),
    (EARLY, SLIDES_DUE + WINDOW + TICK, False, PledgeVerdict.OTHER_BYTES),
]


@pytest.mark.parametrize(("pledged_at", "bytes_in_at", "is_same", "verdict"), BOUNDS)
def test_the_bounds_of_a_pledge(
    pledged_at: Any, bytes_in_at: Any, is_same: Any, verdict: Any
) -> None:
    asked = {
        "pledged_at": pledged_at,
        "bytes_in_at": bytes_in_at,
        "due_at": SLIDES_DUE,
        "is_same": is_same,
    }
    assert judge_pledge(**asked) is verdict
    assert pledge_holds(**asked) is (verdict is PledgeVerdict.HOLDS)


def a_course(*, allows_pledge: bool) -> tuple[Scene, Any]:
    scene = a_lecture()
    scene.course.allows_pledge = allows_pledge
    scene.course.save()
    return scene, scene.due(Kind.SLIDES)


def straddle(scene: Scene, slides: Any, *, in_at: Any, content: bytes = DECK) -> Any:
    """Begin in time and pledge DECK; let other bytes come, maybe, the last of them late."""
    person = scene.presenters[0]
    address = tus.begun(person, slides, at=EARLY, pledges=True)
    tus.patch(person, address, content[:1000], offset=0, at=EARLY)
    answer = tus.patch(person, address, content[1000:], offset=1000, at=in_at)
    return answer, tus.said(person, address, at=in_at).get("sentence")


@pytest.mark.django_db
def test_a_pledged_file_counts_as_of_its_pledge() -> None:
    scene, slides = a_course(allows_pledge=True)
    late = SLIDES_DUE + WINDOW
    _, said = straddle(scene, slides, in_at=late)

    (version,) = versions()
    assert (version.door, version.received_at, version.bytes_in_at) == (Door.PLEDGE, EARLY, late)
    assert version.sha256 == digest(DECK)
    assert said == "Version 1 is in and counts. The receipt is on its way."


@pytest.mark.django_db
def test_a_pledge_reopens_nothing_that_closed_before_it_and_keeps_open_what_did_not() -> None:
    scene, slides = a_course(allows_pledge=True)
    Deliverable.objects.update(late_policy="closed")
    straddle(scene, slides, in_at=SLIDES_DUE + WINDOW)
    assert [version.door for version in versions()] == [Door.PLEDGE]

    late = tus.begin(scene.presenters[1], slides, at=SLIDES_DUE + TICK, pledges=True)
    assert (late.status_code, late.json()["code"]) == (422, "closed")


FAILING = {
    "other bytes": (SLIDES_DUE + TICK, DECK[:-1] + b"x", "other bytes came than those announced"),
    "too late": (SLIDES_DUE + WINDOW + TICK, DECK, "its last byte came after Tue Feb 11, 1:00 PM"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", FAILING)
def test_a_pledge_that_was_not_kept_is_a_late_hand_in_that_says_why(case: str) -> None:
    in_at, content, why = FAILING[case]
    scene, slides = a_course(allows_pledge=True)
    _, said = straddle(scene, slides, in_at=in_at, content=content)

    (version,) = versions()
    assert (version.door, version.received_at, version.bytes_in_at) == (Door.UPLOAD, in_at, None)
    upload = Upload.objects.get()
    assert became(actor(scene.presenters[0]), upload, now=in_at).is_late
    assert said.startswith("Version 1 is in, but late: it gets no credit. It was begun in time, ")
    assert why in said


@pytest.mark.django_db
@pytest.mark.parametrize("in_at", [SLIDES_DUE, SLIDES_DUE + TICK])
def test_without_pledges_in_the_course_the_last_byte_decides(in_at: Any) -> None:
    scene, slides = a_course(allows_pledge=False)
    _, said = straddle(scene, slides, in_at=in_at)

    (version,) = versions()
    assert (version.door, version.received_at) == (Door.UPLOAD, in_at)
    assert ("counts" in said) is (in_at == SLIDES_DUE)


@pytest.mark.django_db
def test_what_closed_while_it_came_is_refused_with_the_sentence() -> None:
    scene, slides = a_course(allows_pledge=False)
    Deliverable.objects.update(late_policy="closed")
    answer, said = straddle(scene, slides, in_at=SLIDES_DUE + TICK)

    assert (answer.status_code, answer.json()["code"]) == (422, "closed")
    assert said == answer.json()["sentence"]
    assert versions() == []


@pytest.mark.django_db
def test_a_stated_rule_stands_on_the_page_before_it_happens() -> None:
    said = {}
    for allows_pledge in (False, True):
        scene, slides = a_course(allows_pledge=allows_pledge)
        person = actor(scene.presenters[0])
        for at in (SLIDES_DUE, SLIDES_DUE + TICK):
            place = place_of(person, now=at, deliverable_id=slides.pk)
            assert place is not None
            said[allows_pledge, at == SLIDES_DUE] = counts_when(place, now=at)
    assert said == {
        (False, True): "It counts when its last byte is in by Tue Feb 11, 12:30 PM CST.",
        (True, True): "Once it is begun by Tue Feb 11, 12:30 PM CST, the same file may finish until"
        " Tue Feb 11, 1:00 PM CST.",
        (
            False,
            False,
        ): "It was due Tue Feb 11, 12:30 PM CST: what comes in now is kept, marked late,"
        " and gets no credit.",
        (
            True,
            False,
        ): "It was due Tue Feb 11, 12:30 PM CST: what comes in now is kept, marked late,"
        " and gets no credit.",
    }


@pytest.mark.django_db
def test_what_is_there_already_is_not_told_as_new() -> None:
    scene, slides = a_course(allows_pledge=False)
    post_file(scene.presenters[0], slides, PPTX, at=EARLY)
    address = tus.begun(scene.presenters[0], slides, at=EARLY, content=PPTX, first=PPTX)

    assert len(versions()) == 1
    said = tus.said(scene.presenters[0], address, at=EARLY)["sentence"]
    assert said == "This is version 1, which was there already."


@pytest.mark.django_db
def test_what_is_there_already_is_not_told_as_new_under_the_same_key_either() -> None:
    scene, slides = a_course(allows_pledge=False)
    person = scene.presenters[0]
    post_file(person, slides, PPTX, at=EARLY, key="a" * 32)
    begun: Any = {"content": PPTX, "first": PPTX, "key": "a" * 32}
    address = tus.begun(person, slides, at=EARLY + TICK, **begun)

    said = tus.said(person, address, at=EARLY + TICK)["sentence"]
    assert said == "This is version 1, which was there already."
