"""Every way in at one microsecond before, at and after the instant that decides: one table of verdicts."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import product
from typing import Any

import pytest
from django.db import transaction

from courseapp.course.models import Course, Enrollment, Role
from courseapp.kernel import clock
from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind, LatePolicy
from submissions.models import Deliverable, Door, Extension, SubmissionVersion
from submissions.selectors.owed import duties
from submissions.selectors.places import lines_of, place_of, place_of_owner
from submissions.selectors.receipts import standing_of
from submissions.services import cutting, settling, uploading
from submissions.services.appending import HandIn, bring_in
from submissions.services.drafting import save_draft
from submissions.services.handing_in import keep_file
from submissions.services.handing_in_for import ForOwner, hand_in_for
from submissions.services.uploading import Announced
from submissions.services.writing import hand_in_text
from tests.doors import (
    PPTX,
    TEXT,
    a_file,
    ask,
    browser,
    hand_in_file,
    post_file,
    post_questions,
    versions,
)
from tests.factories import LECTURE_AT, START, actor, enroll
from tests.submissions.boundary import CLOSED, LATE, NOTHING, OFFSETS, ON_TIME, TABLE
from tests.submissions.scenes import SLIDES_DUE, SUMMARY_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MORE_TIME = timedelta(days=1)
CONTENT = PPTX + b" that come in pieces"
OTHER_TEXT = "And why does it miss where nothing is shared at all?"
SUMMARY = "The problem is caches. " * 40
OTHER = PPTX + b" that come in piezes"


@dataclass(frozen=True)
class Attempt:
    """One hand-in: by whom, for what, and the instants that matter."""

    scene: Scene
    person: Enrollment
    deliverable: Deliverable
    due_at: datetime
    shift: timedelta

    @property
    def at(self) -> datetime:
        """Return the due instant, shifted."""
        return self.due_at + self.shift


Answer = Denied | None
Way = Callable[[Attempt], Answer]


def refusal(call: Callable[[], Any]) -> Answer:
    """Return why something was refused, None where it was done."""
    try:
        call()
    except Refused as refused:
        return refused.denied
    return None


def answered(response: Any) -> Answer:
    """Return the refusal that a script was answered with."""
    said = response.json() if response.status_code >= 400 else {}
    return Denied(**said) if said else None


def page_answered(response: Any) -> Answer:
    """Return the refusal that a page tells: of those that can come here there is one."""
    is_closed = "An instructor can open it for you." in response.content.decode()
    assert is_closed or response.status_code < 400
    return Denied(CLOSED, "said on the page") if is_closed else None


# -- forms ---------------------------------------------------------------------------------------


def question_by_service(attempt: Attempt) -> Answer:
    said = ask(attempt.person, attempt.deliverable, at=attempt.at)
    return said if isinstance(said, Denied) else None


def question_by_page(attempt: Attempt) -> Answer:
    return page_answered(post_questions(attempt.person, {attempt.deliverable: TEXT}, at=attempt.at))


def file_by_service(attempt: Attempt) -> Answer:
    return refusal(
        partial(hand_in_file, attempt.person, attempt.deliverable, CONTENT, at=attempt.at)
    )


def file_by_page(attempt: Attempt) -> Answer:
    return page_answered(post_file(attempt.person, attempt.deliverable, CONTENT, at=attempt.at))


def file_by_staff(attempt: Attempt) -> Answer:
    wish = ForOwner(
        deliverable_id=attempt.deliverable.pk,
        enrollment_id=None,
        group_id=attempt.scene.presenting.pk,
        reason="It came by mail.",
        upload=a_file(CONTENT),
    )
    return refusal(
        partial(hand_in_for, actor=actor(an_instructor(attempt)), wish=wish, received_at=attempt.at)
    )


def file_by_admin(attempt: Attempt) -> Answer:
    said = {
        "deliverable": attempt.deliverable.pk,
        "group": attempt.scene.presenting.pk,
        "enrollment": "",
        "text": "",
        "reason": "It came by mail.",
        "file": a_file(CONTENT),
    }
    with clock.standing_at(attempt.at):
        return page_answered(
            browser(an_instructor(attempt)).post("/admin/submissions/submission/add/", said)
        )


def file_from_elsewhere(attempt: Attempt) -> Answer:
    place = place_of_owner(
        attempt.scene.course,
        now=attempt.at,
        deliverable_id=attempt.deliverable.pk,
        owner=(None, attempt.scene.presenting.pk),
    )
    assert place is not None
    content = keep_file(place, a_file(CONTENT))
    hand_in = HandIn(content=content, door=Door.IMPORT, received_at=attempt.at)
    return refusal(partial(bring_in, place=place, hand_in=hand_in, by=an_instructor(attempt)))


def an_instructor(attempt: Attempt) -> Enrollment:
    return enroll(attempt.scene.course, Role.INSTRUCTOR)


# -- what is typed ---------------------------------------------------------------------------------


def summary_by_service(attempt: Attempt) -> Answer:
    return refusal(partial(save, attempt, SUMMARY, at=attempt.at))


def save(attempt: Attempt, text: str, *, at: datetime) -> Any:
    return hand_in_text(
        actor=actor(attempt.person),
        deliverable_id=attempt.deliverable.pk,
        text=text,
        received_at=at,
    )


def summary_by_page(attempt: Attempt) -> Answer:
    with clock.standing_at(attempt.at):
        return page_answered(
            browser(attempt.person).post(address(attempt, "write"), {"text": SUMMARY})
        )


def address(attempt: Attempt, ending: str) -> str:
    return f"/c/{attempt.scene.course.slug}/hand-in/{attempt.deliverable.pk}/{ending}/"


def draft_that_rests(attempt: Attempt) -> Answer:
    denied = refusal(partial(type_in, attempt, TEXT, at=attempt.at))
    cutting.sweep(now=attempt.at + 2 * MINUTE)
    return denied


def type_in(attempt: Attempt, text: str, *, at: datetime, revision: int = 0) -> Any:
    return save_draft(
        actor=actor(attempt.person),
        deliverable_id=attempt.deliverable.pk,
        text=text,
        revision=revision,
        received_at=at,
    )


def draft_by_address(attempt: Attempt) -> Answer:
    with clock.standing_at(attempt.at):
        denied = answered(
            browser(attempt.person).post(address(attempt, "draft"), {"text": TEXT, "revision": "0"})
        )
    cutting.sweep(now=max(attempt.at, attempt.due_at))
    # What came a microsecond later rests two minutes first.
    cutting.sweep(now=attempt.at + 2 * MINUTE)
    return denied


def draft_then(go_on: Callable[[Attempt], Any]) -> Way:
    """Type something an hour before, then go on at the instant, and let what is left be cut."""

    def way(attempt: Attempt) -> Answer:
        type_in(attempt, TEXT, at=attempt.due_at - HOUR)
        refusal(partial(go_on, attempt))
        cutting.sweep(now=attempt.at + 2 * MINUTE)
        return None

    return way


# -- uploads and pledges ---------------------------------------------------------------------------


@dataclass
class Bytes:
    """A piece whose last byte was in at an instant."""

    content: bytes
    received_at: datetime | None

    @property
    def length(self) -> int:
        return len(self.content)

    def __iter__(self) -> Iterator[bytes]:
        yield self.content


def send(
    attempt: Attempt,
    *,
    begun_at: datetime,
    last_at: datetime,
    pledge: bytes = b"",
    is_settled: bool = True,
) -> Answer:
    """Announce a file, send its first half at once and the other by an instant, by the service."""

    def all_of_it() -> None:
        announced = Announced(
            name="talk.pptx",
            length=len(CONTENT),
            sha256=sha256(pledge).hexdigest() if pledge else "",
        )
        upload = uploading.begin(
            actor=actor(attempt.person),
            deliverable_id=attempt.deliverable.pk,
            announced=announced,
            now=begun_at,
        )
        half = len(CONTENT) // 2
        first = Bytes(CONTENT[:half], begun_at)
        uploading.receive(upload_id=upload.pk, offset=0, piece=first, now=begun_at)
        last = Bytes(CONTENT[half:], last_at)
        if is_settled:
            found = uploading.receive(upload_id=upload.pk, offset=half, piece=last, now=begun_at)
        else:
            # As where the server died between keeping the last byte and handing in.
            uploading._keep(upload.pk, offset=half, piece=last, checksum=None, now=begun_at)
            settling.sweep(now=last_at + HOUR)
            upload.refresh_from_db()
            found = upload
        if found.refusal:
            raise Refused(settling.refusal_of(found))

    return refusal(all_of_it)


def send_by_addresses(
    attempt: Attempt, *, begun_at: datetime, last_at: datetime, pledge: bytes = b""
) -> Answer:
    """The same as a script in the browser does it."""
    half = len(CONTENT) // 2
    metadata = {"filename": "talk.pptx"} | (
        {"sha256": sha256(pledge).hexdigest()} if pledge else {}
    )
    with clock.standing_at(begun_at):
        client = browser(attempt.person)
        begun = client.post(
            f"/c/{attempt.scene.course.slug}/hand-in/{attempt.deliverable.pk}/uploads/",
            data=CONTENT[:half],
            content_type="application/offset+octet-stream",
            headers={
                "Tus-Resumable": "1.0.0",
                "Upload-Length": str(len(CONTENT)),
                "Upload-Metadata": metadata_header(metadata),
            },
        )
    if begun.status_code != 201:
        return answered(begun)
    with clock.standing_at(last_at):
        return answered(
            client.patch(
                begun["Location"],
                data=CONTENT[half:],
                content_type="application/offset+octet-stream",
                headers={"Tus-Resumable": "1.0.0", "Upload-Offset": str(half)},
            )
        )


def metadata_header(said: dict[str, str]) -> str:
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())


def send_at_once(attempt: Attempt) -> Answer:
    """Announce a file and send all of it in the same request."""
    with clock.standing_at(attempt.at):
        return answered(
            browser(attempt.person).post(
                f"/c/{attempt.scene.course.slug}/hand-in/{attempt.deliverable.pk}/uploads/",
                data=CONTENT,
                content_type="application/offset+octet-stream",
                headers={
                    "Tus-Resumable": "1.0.0",
                    "Upload-Length": str(len(CONTENT)),
                    "Upload-Metadata": metadata_header({"filename": "talk.pptx"}),
                },
            )
        )


def without_pledges(attempt: Attempt) -> Answer:
    Course.objects.update(allows_pledge=False)
    return send(attempt, begun_at=attempt.at, last_at=attempt.at + 10 * MINUTE, pledge=CONTENT)


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
