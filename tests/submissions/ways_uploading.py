"""Uploads and pledges, each as one call that hands in around an instant and tells how it was refused."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from courseapp.course.models import Course
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from submissions.selectors.places import place_of
from submissions.services import settling, uploading
from submissions.services.uploading import Announced
from tests.doors import (
    browser,
)
from tests.factories import actor
from tests.submissions.ways import CONTENT, HOUR, MINUTE, Answer, Attempt, answered, refusal


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
        person = actor(attempt.person)
        place = place_of(person, now=begun_at, deliverable_id=attempt.deliverable.pk)
        if place is None:
            raise Refused(settling.NOT_DUE)
        upload = uploading.begin(
            actor=person,
            place=place,
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
