"""The end of an upload: handed in when its last byte was in, refused, or forgotten (domain.md §3, §5)."""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import models, transaction

from courseapp.course.actors import Actor, actor_of
from courseapp.course.models import CourseState, EnrollmentState
from courseapp.kernel import files, mail
from courseapp.kernel.decisions import Allowed, Decision, Denied, Refused, require
from courseapp.kernel.lookup import Lookup
from groups.selectors import members_at
from submissions import emails, policies
from submissions.deadlines import is_on_time, pledge_holds
from submissions.models import Door, Upload, UploadOutcome
from submissions.selectors.arrivals import OVERTAKEN
from submissions.selectors.places import Place, place_of, place_of_owner_again
from submissions.services.appending import HandIn, append, knows, locked_submission, repeated
from submissions.services.contents import file_content

log = logging.getLogger(__name__)

SILENT_FOR: Final = timedelta(hours=24)
SWEEP_BATCH: Final = 100
OTHER_GROUP = Denied(
    "owner_changed", "You changed groups while the file was on its way; hand in once more."
)
NOT_DUE = Denied("not_found", "This is not due in your course (any more).")


@transaction.atomic
def settle(*, upload_id: int, now: datetime) -> Upload:
    """Hand in where the last byte is in; said again, it changes nothing. `now` is the end's instant."""
    found = _LOCKED.first(upload=upload_id)
    assert found is not None, "uploads are never removed"
    return _settled(found, now=now)


@transaction.atomic
def settle_left(*, upload: Upload, now: datetime) -> Upload:
    """Hand in what a crash left whole; return the upload as it stands, waiting for nobody.

    It is refused where newer work has come in since: a higher number would let the older work count.
    """
    if upload.ended_at is not None or upload.offset != upload.length:
        return upload
    lock = _found().select_for_update(skip_locked=True, of=("self",))
    found = lock.filter(pk=upload.pk).first()
    # Where it is locked, whoever received its last byte is handing it in.
    return upload if found is None else _settled(found, now=now, was_left=True)


def _found() -> models.QuerySet[Upload]:
    return Upload.objects.select_related("begun_by__course", "version")


def _locked(*, upload: int) -> models.QuerySet[Upload]:
    return _found().select_for_update(of=("self",)).filter(pk=upload)


_LOCKED = Lookup(_locked, upload=-1)


def _settled(upload: Upload, *, now: datetime, was_left: bool = False) -> Upload:
    if upload.ended_at is not None or upload.offset != upload.length:
        return upload
    try:
        _hand_in(upload, now=now, was_left=was_left)
    except Refused as refusal:
        refuse(upload, refusal.denied, now=now)
        if was_left:
            _tell(upload, refusal.denied, now=now)
    except _Lost:
        # Nobody was told that it is handed in. What there may be of it stays where it is.
        log.exception("The bytes of upload %s are lost.", upload.pk)
        upload.outcome, upload.ended_at = UploadOutcome.ABANDONED, now
        upload.save()
    return upload


class _Lost(Exception):  # noqa: N818 - the end of an upload
    """The store has not all the bytes that it said were durable."""


def _kept(upload: Upload) -> files.KeptFile:
    """Make a kept file of the bytes; after a crash it is found again."""
    try:
        kept = files.keep_pieces(upload.staging_key)
    except FileNotFoundError as error:
        raise _Lost from error
    if kept.size != upload.length:
        raise _Lost
    return kept


def _hand_in(upload: Upload, *, now: datetime, was_left: bool) -> None:
    actor = actor_of(upload.begun_by)
    kept = _kept(upload)
    received_at, bytes_in_at = upload.last_received_at, None
    if upload.pledged_at is not None and _pledge_holds(actor, upload, upload.pledged_at, kept):
        received_at, bytes_in_at = upload.pledged_at, upload.last_received_at
    place = _place(actor, upload, received_at)
    hand_in = HandIn(
        content=file_content(kept, name=upload.file_name),
        door=Door.UPLOAD if bytes_in_at is None else Door.PLEDGE,
        received_at=received_at,
        key=upload.idempotency_key,
        bytes_in_at=bytes_in_at,
    )
    if was_left:
        require(_newest(place, hand_in, whole_at=upload.last_received_at))
    if not knows(place, upload.idempotency_key):
        require(policies.hand_in(actor, place, now=received_at))
    receipt = append(actor=actor, place=place, hand_in=hand_in)
    upload.version = receipt.version
    upload.outcome, upload.ended_at = UploadOutcome.HANDED_IN, now
    upload.save()
    if receipt.version.file_key != kept.key:
        # It repeats what was there: no version names these bytes.
        transaction.on_commit(partial(files.forget_pieces, upload.staging_key), robust=True)


def _place(actor: Actor, upload: Upload, received_at: datetime) -> Place:
    place = place_of(actor, now=received_at, deliverable_id=upload.deliverable_id)
    if place is None:
        raise Refused(NOT_DUE)
    if place.group is not None:
        then = members_at(place.group.pk, instant=upload.begun_at)
        if upload.begun_by_id not in {member.pk for member in then}:
            raise Refused(OTHER_GROUP)
    return place


def _pledge_holds(actor: Actor, upload: Upload, pledged_at: datetime, kept: files.KeptFile) -> bool:
    return pledge_holds(
        pledged_at=pledged_at,
        bytes_in_at=upload.last_received_at,
        due_at=_place(actor, upload, pledged_at).due_at_for(pledged_at),
        is_same=kept.sha256 == upload.pledged_sha256,
    )


def _newest(place: Place, hand_in: HandIn, *, whole_at: datetime) -> Decision:
    """Allow what no newer version could lose its credit to; asked under the submission's lock.

    What repeats a version is allowed too: it is in already. `whole_at` is the instant of the last byte.
    """
    if place.submission_id is not None:
        locked_submission(place)
        place = place_of_owner_again(place, submission_id=place.submission_id)
    if repeated(place, hand_in) is not None:
        return Allowed()
    due_at = place.due_at_for(hand_in.received_at)
    is_late = not is_on_time(received_at=hand_in.received_at, due_at=due_at)
    for version in place.versions:
        is_same = version.sha256 == hand_in.content.sha256
        is_newer = (version.bytes_in_at or version.received_at) >= whole_at
        if is_newer and not is_same and (is_late or place.is_on_time(version)):
            return Denied(
                OVERTAKEN,
                f"Version {version.number} came in after this file; hand it in once more if it is"
                " the better one.",
            )
    return Allowed()


def _tell(upload: Upload, denied: Denied, *, now: datetime) -> None:
    """Tell why a file was refused that nobody waits for: its sender, or all whose newer work stands.

    Only a published course mails (§1).
    """
    if upload.begun_by.course.state != CourseState.PUBLISHED:
        return
    counting, members = None, [upload.begun_by]
    actor, received_at = actor_of(upload.begun_by), upload.last_received_at
    place = place_of(actor, now=received_at, deliverable_id=upload.deliverable_id)
    if denied.code == OVERTAKEN and place is not None:
        counting = place.counting
        if place.group is not None:
            members = members_at(place.group.pk, instant=now)
    letters = emails.left_refused(
        upload=upload,
        refusal=denied,
        counting=counting,
        members=[member for member in members if member.state == EnrollmentState.ACTIVE],
    )
    mail.queue(letters, now=now)


def refusal_of(upload: Upload) -> Denied:
    """Return why an upload was refused, as it was told."""
    return Denied(**(upload.refusal or {}))


def refuse(upload: Upload, denied: Denied, *, now: datetime) -> None:
    """End an upload with what its sender is told."""
    upload.refusal = asdict(denied)
    end(upload, UploadOutcome.REFUSED, now=now)


def end(upload: Upload, outcome: UploadOutcome, *, now: datetime) -> None:
    """End an upload that becomes no version; its bytes go once that is settled."""
    upload.outcome, upload.ended_at = outcome, now
    upload.save()
    transaction.on_commit(partial(files.forget_pieces, upload.staging_key), robust=True)


def sweep(*, now: datetime) -> int:
    """Hand in what a crash left whole, and forget what has been silent for a day; return how many."""
    open_ones = Upload.objects.filter(ended_at__isnull=True).order_by("last_received_at")
    whole = open_ones.filter(offset=models.F("length"))
    silent = open_ones.filter(_silent(now)).values_list("pk", flat=True)
    ended = 0
    for upload in list(whole[:SWEEP_BATCH]):
        try:
            ended += settle_left(upload=upload, now=now).ended_at is not None
        except files.StoreAway:
            log.warning("The store is away; upload %s is handed in by a later sweep.", upload.pk)
        except Exception:  # one that cannot be handed in must not hold up the others
            log.exception("Upload %s could not be handed in.", upload.pk)
    for upload_id in list(silent[:SWEEP_BATCH]):
        ended += _abandon(upload_id, now=now)
    return ended


def _silent(now: datetime) -> models.Q:
    """What is whole is never forgotten, however long it could not be handed in."""
    too_old = models.Q(last_received_at__lt=now - SILENT_FOR)
    return too_old & models.Q(ended_at__isnull=True, offset__lt=models.F("length"))


@transaction.atomic
def _abandon(upload_id: int, *, now: datetime) -> bool:
    found = Upload.objects.select_for_update(skip_locked=True, of=("self",))
    silent = found.filter(_silent(now), pk=upload_id).first()
    if silent is not None:
        end(silent, UploadOutcome.ABANDONED, now=now)
    return silent is not None
