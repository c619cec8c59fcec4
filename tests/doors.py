"""The ways in as people use them: signed-in browsers, pages and service calls."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from courseapp.course.models import Enrollment
from courseapp.kernel import clock
from submissions.models import Deliverable, SubmissionVersion
from submissions.services import handing_in
from submissions.services.appending import Receipt
from tests.factories import LECTURE_AT, actor

PPTX = b"PK\x03\x04 slides"
PDF = b"%PDF-1.7 text"
TEXT = "Why does the cache miss when the prompt is shared?"


def browser(enrollment: Enrollment | None = None, *, checks_csrf: bool = False) -> Client:
    """Open a browser, signed in as the person of an enrollment."""
    client = Client(enforce_csrf_checks=checks_csrf, raise_request_exception=False)
    if enrollment is not None:
        assert enrollment.user is not None
        client.force_login(enrollment.user)
    return client


def a_file(content: bytes = PPTX, name: str = "talk.pptx") -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def digest(content: bytes) -> str:
    """Return the SHA-256 as receipts print it."""
    return sha256(content).hexdigest()


def hand_in_file(
    person: Enrollment,
    deliverable: Deliverable,
    content: bytes = PPTX,
    *,
    name: str = "talk.pptx",
    at: datetime = LECTURE_AT,
    key: str = "",
) -> Receipt:
    """Hand in a file by the service."""
    return handing_in.hand_in_file(
        actor=actor(person),
        deliverable_id=deliverable.pk,
        upload=a_file(content, name),
        received_at=at,
        idempotency_key=key,
    )


def ask(
    person: Enrollment, deliverable: Deliverable, text: str = TEXT, *, at: datetime = LECTURE_AT
) -> Any:
    """Hand in one question by the service; return its receipt or why it was refused."""
    receipts, refusals = handing_in.ask_questions(
        actor=actor(person), texts={deliverable.pk: text}, received_at=at
    )
    return receipts[0] if receipts else refusals[deliverable.pk]


def post_file(
    person: Enrollment,
    deliverable: Deliverable,
    content: bytes = PPTX,
    *,
    name: str = "talk.pptx",
    at: datetime = LECTURE_AT,
    key: str = "",
) -> Any:
    """Hand in a file by the page."""
    with clock.standing_at(at):
        return browser(person).post(
            f"/c/{deliverable.course.slug}/hand-in/{deliverable.pk}/",
            {"file": a_file(content, name), "key": key},
        )


def post_questions(
    person: Enrollment, texts: dict[Deliverable, str], *, at: datetime = LECTURE_AT
) -> Any:
    """Hand in questions by the lecture's page."""
    lecture = next(iter(texts)).lecture
    assert lecture is not None
    with clock.standing_at(at):
        return browser(person).post(
            f"/c/{lecture.course.slug}/lectures/{lecture.pk}/",
            {f"q{deliverable.pk}": text for deliverable, text in texts.items()},
        )


def versions() -> list[SubmissionVersion]:
    """Return every version there is, in order."""
    return list(SubmissionVersion.objects.order_by("submission", "number"))
