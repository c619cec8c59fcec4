"""Every way in at one microsecond before, at and after the instant that decides: one table of verdicts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import transaction

from courseapp.course.models import Course, Role
from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind, LatePolicy
from submissions.models import Deliverable, Extension, SubmissionVersion
from submissions.selectors.owed import duties
from submissions.selectors.places import lines_of, place_of
from submissions.selectors.receipts import standing_of
from tests.doors import TEXT, hand_in_file, versions
from tests.factories import LECTURE_AT, START, actor, enroll
from tests.submissions.boundary import LATE, NOTHING, OFFSETS, ON_TIME, TABLE
from tests.submissions.scenes import SLIDES_DUE, SUMMARY_DUE, a_lecture
from tests.submissions.ways import (
    CONTENT,
    HOUR,
    MINUTE,
    OTHER,
    OTHER_TEXT,
    SECOND,
    TICK,
    Attempt,
    Way,
    draft_by_address,
    draft_that_rests,
    draft_then,
    file_by_admin,
    file_by_page,
    file_by_service,
    file_by_staff,
    file_from_elsewhere,
    question_by_page,
    question_by_service,
    save,
    summary_by_page,
    summary_by_service,
    type_in,
)
from tests.submissions.ways_uploading import send, send_at_once, send_by_addresses, without_pledges

pytestmark = pytest.mark.django_db
MORE_TIME = timedelta(days=1)

WAYS: dict[str, Way] = {
    "question by the service": question_by_service,
    "question by its page": question_by_page,
    "summary by the service": summary_by_service,
    "summary by its page": summary_by_page,
    "draft, cut when it rests": draft_that_rests,
    "draft by its address, cut when it is due": draft_by_address,
    "draft an hour before, other words": draft_then(
        lambda one: type_in(one, OTHER_TEXT, at=one.at, revision=1)
    ),
    "draft an hour before, the same words saved": draft_then(
        lambda one: save(one, TEXT, at=one.at)
    ),
    "draft an hour before, other words saved": draft_then(
        lambda one: save(one, OTHER_TEXT, at=one.at)
    ),
    "file by the service": file_by_service,
    "file by its page": file_by_page,
    "file by staff, by the service": file_by_staff,
    "file by staff, by the admin": file_by_admin,
    "file that came in elsewhere": file_from_elsewhere,
    "upload by the service": lambda one: send(one, begun_at=one.due_at - HOUR, last_at=one.at),
    "upload by its addresses": lambda one: send_by_addresses(
        one, begun_at=one.due_at - HOUR, last_at=one.at
    ),
    "upload in one request": send_at_once,
    "upload whose end was swept up": lambda one: send(
        one, begun_at=one.due_at - HOUR, last_at=one.at, is_settled=False
    ),
    "upload that ends a second later": lambda one: send(
        one, begun_at=one.at, last_at=one.due_at + SECOND
    ),
    "pledge, bytes ten minutes later": lambda one: send(
        one, begun_at=one.at, last_at=one.at + 10 * MINUTE, pledge=CONTENT
    ),
    "pledge by its addresses, bytes ten minutes later": lambda one: send_by_addresses(
        one, begun_at=one.at, last_at=one.at + 10 * MINUTE, pledge=CONTENT
    ),
    "pledge an hour before, bytes about half an hour after": lambda one: send(
        one, begun_at=one.due_at - HOUR, last_at=one.at + 30 * MINUTE, pledge=CONTENT
    ),
    "pledge an hour before, bytes about the due instant": lambda one: send(
        one, begun_at=one.due_at - HOUR, last_at=one.at, pledge=CONTENT
    ),
    "pledge of other bytes": lambda one: send(
        one, begun_at=one.due_at - HOUR, last_at=one.at, pledge=OTHER
    ),
    "pledge of other bytes, ten minutes later": lambda one: send(
        one, begun_at=one.at, last_at=one.at + 10 * MINUTE, pledge=OTHER
    ),
    "pledge where the course takes none": without_pledges,
}


# -- what everyone says of it ----------------------------------------------------------------------


def verdicts(attempt: Attempt) -> set[str]:
    """Return what place, list, receipt, duty and mail say of the version that counts, else the last."""
    now = attempt.due_at + 2 * HOUR
    place = place_of(actor(attempt.person), now=now, deliverable_id=attempt.deliverable.pk)
    assert place is not None
    version = place.counting or place.versions[-1]
    line = next(line for line in lines_of(place) if line.version_id == version.pk)
    standing = standing_of(version)
    assert standing is not None
    (duty,) = duties(
        course=attempt.scene.course,
        now=now,
        person=attempt.person.pk,
        deliverables=[attempt.deliverable.pk],
    )
    counts = (
        place.is_on_time(version),
        place.counting == version,
        not line.is_late,
        line.is_counting,
        not standing.is_late,
        duty.counted_number == version.number,
        not duty.is_only_late,
    )
    found = {ON_TIME if is_in_time else LATE for is_in_time in counts}
    return found | {said_in(letter.text) for letter in receipts_of(version)}


def receipts_of(version: SubmissionVersion) -> Any:
    return OutboxMail.objects.filter(
        kind="submissions/receipt", text__contains=version.receipt_code
    )


def said_in(letter: str) -> str:
    return ON_TIME if "Verdict   on time\n" in letter else LATE


def outcome(way: Way, attempt: Attempt) -> str:
    """Hand in, and return the one verdict, or the code of the refusal."""
    denied = way(attempt)
    if SubmissionVersion.objects.exists():
        assert denied is None
        (verdict,) = verdicts(attempt)
        return verdict
    assert not OutboxMail.objects.filter(kind="submissions/receipt").exists()
    return denied.code if denied is not None else NOTHING


@contextmanager
def taken_back() -> Iterator[None]:
    """Let what happens here not have happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def an_attempt(way: str) -> Attempt:
    """Make a lecture with something due, and an owner who hands it in at the due instant."""
    scene = a_lecture()
    Course.objects.update(allows_pledge=True)
    person, kind, due_at = {
        "question": (scene.listener, Kind.QUESTION, LECTURE_AT),
        "draft": (scene.listener, Kind.QUESTION, LECTURE_AT),
        "summary": (scene.authors[0], Kind.SUMMARY, SUMMARY_DUE),
    }.get(way.partition(" ")[0].rstrip(","), (scene.presenters[0], Kind.SLIDES, SLIDES_DUE))
    return Attempt(
        scene=scene,
        person=person,
        deliverable=scene.due(kind),
        due_at=due_at,
        shift=timedelta(0),
    )


def extended(attempt: Attempt) -> Attempt:
    """Give the owner more time, and let them hand in at the end of that."""
    due_at = attempt.due_at + MORE_TIME
    is_own = attempt.deliverable.kind == Kind.QUESTION.value
    Extension.objects.create(
        deliverable=attempt.deliverable,
        enrollment=attempt.person if is_own else None,
        group=None if is_own else attempt.person.memberships.get().group,
        due_at=due_at,
        reason="Ill.",
        granted_by=enroll(attempt.scene.course, Role.INSTRUCTOR),
        granted_at=START,
    )
    return replace(attempt, due_at=due_at)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.way}, {row.shifted}")
def test_every_way_in_gives_the_one_verdict_of_the_table(row):
    attempt = an_attempt(row.way)
    wrong = []
    for is_closed, is_extended, offset in product((False, True), (False, True), OFFSETS):
        with taken_back():
            if is_closed:
                Deliverable.objects.update(late_policy=LatePolicy.CLOSED.value)
            shifted = replace(extended(attempt) if is_extended else attempt, shift=offset * TICK)
            found = outcome(WAYS[row.way], shifted)
        if found != row.expected(is_closed=is_closed)[offset]:
            wrong.append((is_closed, is_extended, offset, found))
    assert wrong == []


def test_the_table_and_the_ways_are_the_same():
    assert [row.way for row in TABLE] == list(WAYS)


def test_what_came_in_time_counts_although_its_late_double_was_stored_first():
    attempt = an_attempt("file by the service")
    for key in ("", "k" * 32):
        with taken_back():
            for offset in (1, -1, 1, 0):
                at = attempt.due_at + offset * TICK
                hand_in_file(attempt.person, attempt.deliverable, CONTENT, at=at, key=key)
            assert [version.received_at - attempt.due_at for version in versions()] == [
                TICK,
                -TICK,
            ]
            assert verdicts(attempt) == {ON_TIME}
