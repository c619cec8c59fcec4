"""Files that come in pieces: begun, received, and handed in once the last byte is in (domain.md §3, §5).

Two transactions: the first keeps what came with its instant, the second hands in. A crash between
them loses neither: whoever asks for the upload next, or the sweep, hands it in as of that instant.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from django.db import transaction
from django.db.models import F, QuerySet

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import files
from courseapp.kernel.decisions import Decision, Denied, Refused, require
from courseapp.kernel.lookup import Lookup
from courseapp.kernel.tus import Checksum
from submissions import policies, rules
from submissions.models import Upload, UploadOutcome
from submissions.selectors.places import Place
from submissions.selectors.terms import terms_of
from submissions.services.appending import knows
from submissions.services.handing_in import SIGNATURE_LENGTH
from submissions.services.settling import NOT_DUE, end, refusal_of, refuse, settle

# Of one person for one deliverable; the one that has been silent longest makes room for a new one.
OPEN_LIMIT: Final = 3

BUSY = Denied("busy", "This file is just coming in on another connection; it goes on in a moment.")
GONE = Denied("gone", "This upload has ended; choose the file once more.")
MOVED_ON = Denied("moved_on", "Another part of the file is expected; ask where it goes on.")
TOO_MUCH = Denied("too_much", "More came than was announced; choose the file once more.")
CORRUPT = Denied("corrupt", "The bytes changed on their way; they are sent once more.")
CROWDED = Denied(
    "crowded", "Three files are on their way here already; let one arrive, or stop it."
)


@dataclass(frozen=True)
class Announced:
    """What is said of a file before it comes: `length` in bytes; `sha256` in hex where it is pledged."""

    name: str
    length: int
    key: str = ""
    sha256: str = ""


class Piece(Protocol):
    """Bytes as they come, how many were announced, and when the last was in."""

    @property
    def length(self) -> int | None: ...
    @property
    def received_at(self) -> datetime | None: ...
    def __iter__(self) -> Iterator[bytes]: ...


@transaction.atomic
def begin(*, actor: Actor, place: Place, announced: Announced, now: datetime) -> Upload:
    """Begin an upload at a place just loaded, or return what was begun with this key for the same file.

    What can be refused by now is: nobody sends 200 MB for nothing.
    """
    if actor.enrollment is None:
        raise Refused(NOT_DUE)
    # One person begins one file at a time: the same request twice finds what the first one made.
    Enrollment.objects.select_for_update(no_key=True).get(pk=actor.enrollment.pk)
    own = Upload.objects.filter(deliverable=place.deliverable, begun_by=actor.enrollment)
    begun = _begun_before(own, announced.key)
    key = announced.key
    if begun is not None and _is_same(begun, announced, pledges=place.course.allows_pledge):
        if begun.outcome == UploadOutcome.REFUSED:
            raise Refused(refusal_of(begun))
        return begun
    if begun is not None:
        # A page that was gone back to: another file is new work, under no key.
        key = ""
    if not knows(place, key):
        require(policies.hand_in(actor, place, now=now))
    accepted = place.terms.accepted
    require(rules.file_announceable(name=announced.name, size=announced.length, accepted=accepted))
    _make_room(own, now=now)
    is_pledged = place.course.allows_pledge and announced.sha256 != ""
    return Upload.objects.create(
        code=secrets.token_hex(16),
        deliverable=place.deliverable,
        begun_by=actor.enrollment,
        file_name=rules.display_name(announced.name),
        length=announced.length,
        staging_key=files.begin_pieces(),
        idempotency_key=key,
        pledged_sha256=announced.sha256 if is_pledged else "",
        pledged_at=now if is_pledged else None,
        begun_at=now,
        last_received_at=now,
    )


def _begun_before(own: Any, key: str) -> Upload | None:
    if not key:
        return None
    found: Upload | None = (
        own.filter(idempotency_key=key).exclude(outcome=UploadOutcome.ABANDONED).first()
    )
    return found


def _is_same(begun: Upload, announced: Announced, *, pledges: bool) -> bool:
    """Say whether as far as was announced it is the same file: its name, its length and its hash."""
    told = (rules.display_name(announced.name), announced.length)
    was_pledged = begun.pledged_sha256 if pledges else ""
    sha256 = announced.sha256 if pledges else ""
    return (begun.file_name, begun.length) == told and was_pledged == sha256


def _make_room(own: Any, *, now: datetime) -> None:
    open_ones = own.filter(ended_at__isnull=True).order_by("last_received_at")
    if open_ones.count() < OPEN_LIMIT:
        return
    # One that is just coming in is locked: it is not silent. One that is whole waits to be handed in.
    unfinished = open_ones.filter(offset__lt=F("length"))
    silent = unfinished.select_for_update(skip_locked=True, of=("self",)).first()
    if silent is None:
        raise Refused(CROWDED)
    end(silent, UploadOutcome.ABANDONED, now=now)


def receive(
    *,
    upload_id: int,
    offset: int,
    piece: Piece,
    checksum: Checksum | None = None,
    now: datetime,
) -> Upload:
    """Take a piece at its offset and hand in where it was the last; return how far the upload is.

    Where the piece breaks off, what came of it is kept, unless it was to be checked as a whole.
    `now` is when the piece was begun; the instant that counts is the piece's own.
    """
    upload = _keep(upload_id, offset=offset, piece=piece, checksum=checksum, now=now)
    if upload.offset != upload.length:
        return upload
    return settle(upload_id=upload.pk, now=upload.last_received_at)


@transaction.atomic
def _keep(
    upload_id: int, *, offset: int, piece: Piece, checksum: Checksum | None, now: datetime
) -> Upload:
    upload = _lock(upload_id)
    _require_fitting(upload, offset, piece.length or 0)
    if not piece.length:
        return upload
    coming = _Coming(piece, upload, offset, None if checksum is None else checksum.begin())
    is_whole = True
    try:
        length = files.add_piece(upload.staging_key, offset, coming)
    except files.Gap as gap:
        length = gap.length
    except files.Interrupted as broken:
        length, is_whole = broken.length, False
    except FileNotFoundError:
        # The store lost what was on its way: nobody was told that it is handed in.
        end(upload, UploadOutcome.ABANDONED, now=upload.last_received_at)
        return upload
    if checksum is not None and not (is_whole and coming.hashes_to(checksum)):
        raise Refused(CORRUPT)
    upload.offset = length
    # Without an instant nothing was read to its end: it is not whole.
    upload.last_received_at = piece.received_at or now
    if offset < _head_length(upload):
        _judge_head(upload, coming.judged)
    upload.save(update_fields=["offset", "last_received_at", "refusal", "outcome", "ended_at"])
    return upload


def _lock(upload_id: int) -> Upload:
    """Lock the upload for as long as its bytes come; refused where they come in already."""
    upload = _FREE.first(upload=upload_id)
    if upload is None:
        raise Refused(BUSY)
    return upload


def _free(*, upload: int) -> QuerySet[Upload]:
    return Upload.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=upload)


_FREE = Lookup(_free, upload=-1)


def _require_fitting(upload: Upload, offset: int, length: int) -> None:
    if upload.ended_at is not None:
        raise Refused(GONE)
    if upload.offset != offset:
        raise Refused(MOVED_ON)
    if offset + length > upload.length:
        raise Refused(TOO_MUCH)


class _Unwanted(Exception):  # noqa: N818 - ends the reading of what is refused anyway
    pass


@dataclass
class _Coming:
    """The bytes of a piece on their way to the store: the first ones are judged before they get there."""

    piece: Iterable[bytes]
    upload: Upload
    offset: int
    digest: Any
    judged: Decision | None = None
    _head: bytes = field(default=b"", init=False)

    def __iter__(self) -> Iterator[bytes]:
        for some in self.piece:
            if self.digest is not None:
                self.digest.update(some)
            self._look_at(some)
            yield some

    def _look_at(self, some: bytes) -> None:
        if self.offset != 0 or self.judged is not None:
            return
        self._head += some
        if len(self._head) >= _head_length(self.upload):
            self.judged = _acceptable(self.upload, self._head[:SIGNATURE_LENGTH])
            if not self.judged:
                raise _Unwanted

    def hashes_to(self, checksum: Checksum) -> bool:
        """Say whether all that came is what was announced."""
        digest: bytes = self.digest.digest()
        return secrets.compare_digest(digest, checksum.digest)


def _head_length(upload: Upload) -> int:
    return min(SIGNATURE_LENGTH, upload.length)


def _judge_head(upload: Upload, judged: Decision | None) -> None:
    """End the upload where its first bytes tell that it cannot be taken."""
    if judged is None and upload.offset >= _head_length(upload):
        judged = _acceptable(upload, files.staged_head(upload.staging_key, SIGNATURE_LENGTH))
    if isinstance(judged, Denied):
        refuse(upload, judged, now=upload.last_received_at)


def _acceptable(upload: Upload, head: bytes) -> Decision:
    accepted = terms_of([upload.deliverable_id])[upload.deliverable_id].accepted
    return rules.file_acceptable(
        name=upload.file_name, size=upload.length, head=head, accepted=accepted
    )


@transaction.atomic
def stop(*, upload_id: int, now: datetime) -> None:
    """End an upload because who began it says so; what was handed in stays."""
    upload = _lock(upload_id)
    if upload.ended_at is not None:
        raise Refused(GONE)
    end(upload, UploadOutcome.ABANDONED, now=now)
