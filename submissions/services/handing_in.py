"""Handing in: keep the bytes, append a version, answer with its receipt (domain.md §5)."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import files, mail
from courseapp.kernel.decisions import Decision, Denied, Refused, require
from groups.selectors import members_at
from submissions import emails, policies, rules
from submissions.models import Door, Medium, Submission, SubmissionVersion, VersionMember
from submissions.selectors.places import Place, place_of, place_under_lock

SIGNATURE_LENGTH = 1024


class Upload(Protocol):
    """A file as it came in."""

    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, /) -> int: ...
    def chunks(self) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Content:
    """What is handed in, already durable: text, or a kept file. `size` in bytes."""

    medium: Medium
    size: int
    sha256: str
    text: str = ""
    file_key: str = ""
    file_name: str = ""


@dataclass(frozen=True)
class Receipt:
    """The answer to a hand-in; `is_new` is False where it repeated what was there."""

    version: SubmissionVersion
    place: Place
    is_new: bool

    @property
    def is_on_time(self) -> bool:
        """Say whether the version came in time."""
        return self.place.is_on_time(self.version)


def ask_questions(
    *, actor: Actor, texts: dict[int, str], received_at: datetime
) -> tuple[list[Receipt], dict[int, Denied]]:
    """Hand in the texts that were written, each for its deliverable, and say which were refused.

    An empty text is no hand-in. One refused text does not hold back the others.
    """
    receipts: list[Receipt] = []
    refusals: dict[int, Denied] = {}
    for deliverable_id, text in texts.items():
        if not text.strip():
            continue
        try:
            receipts.append(
                _hand_in_text(
                    actor=actor, deliverable_id=deliverable_id, text=text, received_at=received_at
                )
            )
        except Refused as refusal:
            refusals[deliverable_id] = refusal.denied
    return receipts, refusals


def _hand_in_text(
    *, actor: Actor, deliverable_id: int, text: str, received_at: datetime
) -> Receipt:
    place = _place(actor, deliverable_id, received_at=received_at)
    written = text.strip().replace("\r\n", "\n")
    if place.latest is None or written != place.latest.text:
        require(policies.hand_in(actor, place, now=received_at))
    if place.kind.value != "question":
        raise Refused(Denied("not_text", "Only questions are handed in as text."))
    require(rules.text_acceptable(written))
    encoded = written.encode()
    content = Content(
        medium=Medium.TEXT,
        text=written,
        size=len(encoded),
        sha256=hashlib.sha256(encoded).hexdigest(),
    )
    return _append(actor=actor, place=place, content=content, received_at=received_at, key="")


def hand_in_file(
    *,
    actor: Actor,
    deliverable_id: int,
    upload: Upload,
    received_at: datetime,
    idempotency_key: str,
) -> Receipt:
    """Hand in a file; raises `Refused` with what to change where it cannot be taken.

    What repeats a version gets its receipt even where nothing new is taken any more.
    """
    place = _place(actor, deliverable_id, received_at=received_at)
    if not _knows(place, idempotency_key):
        require(policies.hand_in(actor, place, now=received_at))
    require(_file_acceptable(place, upload))
    kept = files.keep(upload.chunks())
    content = Content(
        medium=Medium.FILE,
        size=kept.size,
        sha256=kept.sha256,
        file_key=kept.key,
        file_name=rules.display_name(upload.name or ""),
    )
    return _append(
        actor=actor, place=place, content=content, received_at=received_at, key=idempotency_key
    )


def _file_acceptable(place: Place, upload: Upload) -> Decision:
    if place.kind.value == "question":
        return Denied("not_file", "A question is written on the lecture's page.")
    head = upload.read(SIGNATURE_LENGTH)
    upload.seek(0)
    return rules.file_acceptable(
        name=upload.name or "",
        size=upload.size or 0,
        head=head,
        kind=place.kind,
        pdf_slides_allowed=place.course.allows_pdf_slides,
    )


def _place(actor: Actor, deliverable_id: int, *, received_at: datetime) -> Place:
    place = place_of(actor, now=received_at, deliverable_id=deliverable_id)
    if place is None:
        raise Refused(Denied("not_found", "This is not due in your course (any more)."))
    return place


def _knows(place: Place, key: str) -> bool:
    return key != "" and any(version.idempotency_key == key for version in place.versions)


@transaction.atomic
def _append(
    *, actor: Actor, place: Place, content: Content, received_at: datetime, key: str
) -> Receipt:
    """Append the version under the submission's lock, or return the receipt that it repeats."""
    assert actor.enrollment is not None
    submission = _locked_submission(place)
    locked = place_under_lock(place, actor, submission_id=submission.pk)
    if locked.owner != place.owner:
        raise Refused(Denied("owner_changed", "You changed groups meanwhile; hand in once more."))
    place = locked
    repeated = _repeated(place, content=content, key=key)
    if repeated is not None:
        return Receipt(version=repeated, place=place, is_new=False)
    # Asked again under the lock.
    require(policies.hand_in(actor, place, now=received_at))
    version = SubmissionVersion(
        submission=submission,
        number=place.latest.number + 1 if place.latest else 1,
        received_at=received_at,
        handed_in_by=actor.enrollment,
        door=Door.FORM,
        medium=content.medium,
        text=content.text,
        file_key=content.file_key,
        file_name=content.file_name,
        size=content.size,
        sha256=content.sha256,
        receipt_code=secrets.token_hex(12),
        idempotency_key="" if _knows(place, key) else key,
    )
    # No history beside it: the version itself says who handed in what, and never changes.
    version.save(force_insert=True)
    members = _members(place, actor, received_at=received_at)
    VersionMember.objects.bulk_create(
        [VersionMember(version=version, enrollment=member) for member in members]
    )
    mail.queue(emails.receipts(version=version, place=place, members=members), now=received_at)
    return Receipt(version=version, place=place, is_new=True)


def _locked_submission(place: Place) -> Submission:
    owner = {
        "deliverable": place.deliverable,
        "enrollment_id": place.enrollment_id,
        "group": place.group,
    }
    if place.submission_id is None:
        Submission.objects.bulk_create([Submission(**owner)], ignore_conflicts=True)
    return Submission.objects.select_for_update(of=("self",)).get(**owner)


def _repeated(place: Place, *, content: Content, key: str) -> SubmissionVersion | None:
    """Return the version that this hand-in repeats: by its key, or by being equal to the latest.

    A key that comes back with other bytes belongs to a page that was gone back to: that is new work.
    """
    for version in place.versions:
        if key and (version.idempotency_key, version.sha256) == (key, content.sha256):
            return version
    latest = place.latest
    is_equal = latest is not None and (latest.sha256, latest.file_name) == (
        content.sha256,
        content.file_name,
    )
    return latest if is_equal else None


def _members(place: Place, actor: Actor, *, received_at: datetime) -> list[Enrollment]:
    if place.group is not None:
        return members_at(place.group.pk, instant=received_at)
    assert actor.enrollment is not None
    return [actor.enrollment]
