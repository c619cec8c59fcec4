"""Several hand-ins at one time: nothing is lost, nothing is there twice (domain.md §5)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from courseapp.kernel import clock
from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind
from submissions.models import Submission, SubmissionVersion, Upload, VersionMember
from tests import tus
from tests.doors import (
    PPTX,
    TEXT,
    ask,
    digest,
    hand_in_file,
    post_file,
    post_questions,
    versions,
)
from tests.submissions.scenes import SLIDES_DUE, a_lecture
from tests.threads import at_once
from tests.tus import DECK

pytestmark = pytest.mark.django_db(transaction=True)
EARLY = SLIDES_DUE - timedelta(days=1)


def test_twenty_identical_posts_at_once_are_one_version_with_one_receipt():
    scene = a_lecture()
    slides, person = scene.due(Kind.SLIDES), scene.presenters[0]
    with clock.standing_at(EARLY):
        answers = at_once([partial(post_file, person, slides, at=EARLY, key="a" * 32)] * 20)

    assert [answer.status_code for answer in answers] == [302] * 20
    assert Submission.objects.count() == 1
    assert [version.number for version in versions()] == [1]
    assert VersionMember.objects.count() == 2
    assert OutboxMail.objects.count() == 2


def test_fifty_identical_uploads_at_once_are_one_version_with_one_receipt():
    scene = a_lecture()
    slides, person = scene.due(Kind.SLIDES), scene.presenters[0]
    with clock.standing_at(EARLY):
        begun = at_once([partial(tus.begin, person, slides, at=EARLY, key="a" * 32)] * 50)
        addresses = {answer.headers["Location"] for answer in begun}
        (address,) = addresses
        sending = partial(tus.patch, person, address, DECK, offset=0, at=EARLY)
        sent = at_once([sending] * 50)

    assert [answer.status_code for answer in begun] == [201] * 50
    assert Upload.objects.count() == 1
    # One is taken; the others meet it on its way, or come when it is there.
    statuses = sorted(answer.status_code for answer in sent)
    assert statuses[0] == 204
    assert set(statuses[1:]) <= {409, 410, 423}
    assert [version.sha256 for version in versions()] == [digest(DECK)]
    assert OutboxMail.objects.count() == 2


def test_a_file_by_both_ways_at_once_is_one_version():
    scene = a_lecture()
    slides, person = scene.due(Kind.SLIDES), scene.presenters[0]
    by_form = partial(post_file, person, slides, DECK, at=EARLY, key="a" * 32)
    by_upload = partial(tus.begin, person, slides, at=EARLY, key="a" * 32, first=DECK)
    with clock.standing_at(EARLY):
        at_once([by_form, by_upload] * 10)

    assert [version.sha256 for version in versions()] == [digest(DECK)]
    assert OutboxMail.objects.count() == 2


def test_a_piece_that_comes_while_another_does_is_told_to_wait():
    scene = a_lecture()
    slides, person = scene.due(Kind.SLIDES), scene.presenters[0]
    address = tus.begun(person, slides, at=EARLY)
    with transaction.atomic():
        Upload.objects.select_for_update().get()
        (answer,) = at_once([partial(tus.patch, person, address, DECK, offset=0, at=EARLY)])

    assert (answer.status_code, answer.json()["code"]) == (423, "busy")
    assert tus.patch(person, address, DECK, offset=0, at=EARLY).status_code == 204


def test_twenty_identical_questions_at_once_are_one_version():
    scene = a_lecture()
    question, person = scene.due(Kind.QUESTION), scene.listener
    answers = at_once([partial(post_questions, person, {question: TEXT}, at=EARLY)] * 20)

    assert [answer.status_code for answer in answers] == [302] * 20
    assert [version.number for version in versions()] == [1]


def test_all_members_at_once_become_versions_in_order_and_none_is_lost():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    contents = [PPTX + bytes([at]) for at in range(8)]
    receipts = at_once(
        partial(hand_in_file, scene.presenters[at % 2], slides, content, at=EARLY)
        for at, content in enumerate(contents)
    )

    assert sorted(receipt.version.number for receipt in receipts) == list(range(1, 9))
    assert SubmissionVersion.objects.values("sha256").distinct().count() == 8
    assert OutboxMail.objects.count() == 16


def test_the_whole_class_at_once():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    receipts = at_once(
        partial(ask, scene.listener, question, f"{TEXT} {at % 4}", at=EARLY) for at in range(12)
    )

    numbers = {receipt.version.number for receipt in receipts}
    assert numbers == set(range(1, len(versions()) + 1))
    assert {version.text for version in versions()} == {f"{TEXT} {at}" for at in range(4)}


@pytest.mark.parametrize("is_whole", [False, True])
def test_who_asks_how_far_an_upload_is_waits_for_no_piece_that_is_coming_in(is_whole: bool) -> None:
    scene = a_lecture()
    slides, person = scene.due(Kind.SLIDES), scene.presenters[0]
    address = tus.begun(person, slides, at=EARLY)
    if is_whole:
        Upload.objects.update(offset=len(DECK))

    def ask_for(call: Callable[..., Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        return call(person, address, at=EARLY)

    with transaction.atomic():
        Upload.objects.select_for_update().get()
        head, said = at_once([partial(ask_for, call) for call in (tus.head, tus.said)])
    assert head.headers["Upload-Offset"] == str(len(DECK) if is_whole else 0)
    assert said == {"outcome": "", "sentence": "", "is_late": False}
