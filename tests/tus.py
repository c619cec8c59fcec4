"""A tus client that says exactly what a test wants it to say."""

from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import Client

from courseapp.course.models import Enrollment
from courseapp.kernel import clock
from submissions.models import Deliverable, Upload
from submissions.selectors.places import place_of
from submissions.services import uploading
from tests.doors import PPTX, browser
from tests.factories import actor

SPEAKS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"
# Long enough for a signature to be judged in the middle of it.
DECK = PPTX + bytes(range(256)) * 12


def metadata(**said: str) -> str:
    """Write texts as the protocol has them."""
    return ",".join(f"{key} {b64encode(text.encode()).decode()}" for key, text in said.items())


def begin(
    person: Enrollment | Client,
    deliverable: Deliverable,
    *,
    at: datetime,
    content: bytes = DECK,
    name: str = "talk.pptx",
    key: str = "",
    pledges: bool = False,
    first: bytes = b"",
    **headers: str,
) -> Any:
    """Begin an upload, with its first bytes where there are some."""
    said = {"filename": name, "key": key or uuid4().hex}
    if pledges:
        said["sha256"] = sha256(content).hexdigest()
    wanted = {"Upload-Length": str(len(content)), "Upload-Metadata": metadata(**said)}
    client = person if isinstance(person, Client) else browser(person)
    with clock.standing_at(at):
        return client.post(
            f"/c/{deliverable.course.slug}/hand-in/{deliverable.pk}/uploads/",
            first,
            content_type=BYTES,
            headers={**SPEAKS, **wanted, **headers},
        )


def begun(person: Enrollment, deliverable: Deliverable, **options: Any) -> str:
    """Begin an upload and return its address."""
    answer = begin(person, deliverable, **options)
    assert answer.status_code == 201, answer.content
    return str(answer.headers["Location"])


def patch(
    person: Enrollment, address: str, some: bytes, *, offset: int, at: datetime, **headers: str
) -> Any:
    """Send a piece."""
    with clock.standing_at(at):
        return browser(person).patch(
            address,
            some,
            headers={**SPEAKS, "Content-Type": BYTES, "Upload-Offset": str(offset), **headers},
        )


def break_off(
    person: Enrollment, address: str, some: bytes, *, announced: int, offset: int, at: datetime
) -> Any:
    """Send less than was announced, as a connection does that is lost."""
    body: Any = {"wsgi.input": BytesIO(some), "CONTENT_LENGTH": str(announced)}
    with clock.standing_at(at):
        return browser(person).patch(
            address,
            headers={**SPEAKS, "Content-Type": BYTES, "Upload-Offset": str(offset)},
            **body,
        )


def head(person: Enrollment | None, address: str, *, at: datetime) -> Any:
    """Ask where an upload goes on."""
    with clock.standing_at(at):
        return browser(person).head(address, headers=SPEAKS)


def said(person: Enrollment, address: str, *, at: datetime) -> Any:
    """Ask as the page does what became of an upload."""
    with clock.standing_at(at):
        return browser(person).get(address).json()


def send(
    person: Enrollment,
    deliverable: Deliverable,
    content: bytes = DECK,
    *,
    name: str = "talk.pptx",
    at: datetime,
    key: str = "",
    begun_at: datetime | None = None,
    pledges: bool = False,
) -> Any:
    """Upload a file in two pieces, the last of which is in at an instant; return the last answer."""
    answer = begin(
        person, deliverable, at=begun_at or at, content=content, name=name, key=key, pledges=pledges
    )
    if answer.status_code != 201:
        return answer
    address, half = answer.headers["Location"], len(content) // 2
    first = patch(person, address, content[:half], offset=0, at=begun_at or at)
    if first.status_code != 204:
        return first
    return patch(person, address, content[half:], offset=half, at=at)


def upload_at(address: str) -> Upload:
    """Return the row of an upload."""
    return Upload.objects.get(code=address.rstrip("/").rpartition("/")[2])


def an_upload(person: Enrollment, deliverable: Deliverable, *, at: datetime) -> dict[str, str]:
    """Begin an upload by the service and return what its address names."""
    announced = uploading.Announced(name="more.pptx", length=len(DECK))
    place = place_of(actor(person), now=at, deliverable_id=deliverable.pk)
    assert place is not None
    begun = uploading.begin(actor=actor(person), place=place, announced=announced, now=at)
    return {"code": begun.code}


def kept_files() -> list[Path]:
    """Return every file in the store, on its way or kept."""
    return [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()]
