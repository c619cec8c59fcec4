"""The one door of versions: under the submission's lock, append or answer with what it repeats (§5)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import mail
from courseapp.kernel.decisions import Denied, Refused, require
from courseapp.kernel.lookup import Lookup
from groups.selectors import members_at
from submissions import emails, policies
from submissions.deadlines import is_on_time
from submissions.models import (
    LONGEST_WHAT,
    Door,
    Submission,
    SubmissionVersion,
    VersionMember,
)
from submissions.rules import TEXT_LIMITS
from submissions.selectors.places import Place, place_of_owner_again, place_under_lock
from submissions.services import checking, cutting
from submissions.services.contents import Content


@dataclass(frozen=True)
class HandIn:
    """One hand-in: what, by which door, when it was received, and the key that a repetition brings.

    `bytes_in_at` is the instant of the last byte where a pledge stands for the bytes; `reason` is why
    staff hand in for others.
    """

    content: Content
    door: Door
    received_at: datetime
    key: str = ""
    bytes_in_at: datetime | None = None
    reason: str = ""


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


def knows(place: Place, key: str) -> bool:
    """Say whether a version came in under this key before."""
    return key != "" and any(version.idempotency_key == key for version in place.versions)


@transaction.atomic
def append(*, actor: Actor, place: Place, hand_in: HandIn) -> Receipt:
    """Append the version under the submission's lock, or return the receipt that it repeats."""
    submission = _locked_with_what_was_typed(place, hand_in)
    return append_under_lock(actor=actor, place=place, submission=submission, hand_in=hand_in)


def append_under_lock(
    *, actor: Actor, place: Place, submission: Submission, hand_in: HandIn
) -> Receipt:
    """Append to a submission that the caller has locked, in the caller's transaction."""
    assert actor.enrollment is not None
    locked = place_under_lock(place, actor, submission_id=submission.pk)
    if locked.owner != place.owner:
        raise Refused(Denied("owner_changed", "You changed groups meanwhile; hand in once more."))
    place = locked
    found = repeated(place, hand_in)
    if found is not None:
        return Receipt(version=found, place=place, is_new=False)
    # Asked again under the lock.
    require(policies.hand_in(actor, place, now=hand_in.received_at))
    members = _members(place, actor, received_at=hand_in.received_at)
    version = _version(place, hand_in, submission=submission, by=actor.enrollment)
    _keep(version, members)
    _tell(version, place, members)
    return Receipt(version=version, place=place, is_new=True)


@transaction.atomic
def append_for(*, actor: Actor, place: Place, hand_in: HandIn) -> Receipt:
    """Append what staff hand in for the owner of a place; judged and told as any other."""
    assert actor.enrollment is not None
    submission = _locked_with_what_was_typed(place, hand_in)
    place = place_of_owner_again(place, submission_id=submission.pk)
    found = repeated(place, hand_in)
    if found is not None:
        return Receipt(version=found, place=place, is_new=False)
    members = _owners(place, received_at=hand_in.received_at)
    wish = policies.HandInFor(place, frozenset(one.pk for one in members), hand_in.reason)
    require(policies.hand_in_for(actor, wish, now=hand_in.received_at))
    version = _version(place, hand_in, submission=submission, by=actor.enrollment)
    _keep(version, members)
    _tell(version, place, members)
    return Receipt(version=version, place=place, is_new=True)


@transaction.atomic
def bring_in(*, place: Place, hand_in: HandIn, by: Enrollment) -> Receipt:
    """Append what came in elsewhere at its own instant; nobody is told, and nothing is refused as late.

    What is there already is found again, and what only repeats the latest version. Raises `Refused`
    where a newer version is there: a higher number would let the older work count.
    """
    submission = locked_submission(place)
    place = place_of_owner_again(place, submission_id=submission.pk)
    for version in place.versions:
        if (version.received_at, version.sha256) == (hand_in.received_at, hand_in.content.sha256):
            return Receipt(version=version, place=place, is_new=False)
    if place.latest is not None and place.latest.received_at >= hand_in.received_at:
        sentence = f"Version {place.latest.number} is there already, and was received no earlier."
        raise Refused(Denied("newer_there", sentence))
    found = repeated(place, hand_in)
    if found is not None:
        return Receipt(version=found, place=place, is_new=False)
    version = _version(place, hand_in, submission=submission, by=by)
    _keep(version, _owners(place, received_at=hand_in.received_at))
    return Receipt(version=version, place=place, is_new=True)


def _keep(version: SubmissionVersion, members: list[Enrollment]) -> None:
    # No history beside it: the version itself says who handed in what, and never changes.
    version.save(force_insert=True)
    VersionMember.objects.bulk_create(
        [VersionMember(version=version, enrollment=member) for member in members]
    )


def _tell(version: SubmissionVersion, place: Place, members: list[Enrollment]) -> None:
    """Queue the receipts, and ask for a look into the file."""
    letters = emails.receipts(version=version, place=place, members=members)
    mail.queue(letters, now=version.received_at)
    checking.ask(version, now=version.received_at)


def _version(
    place: Place, hand_in: HandIn, *, submission: Submission, by: Enrollment
) -> SubmissionVersion:
    return SubmissionVersion(
        submission=submission,
        number=place.latest.number + 1 if place.latest else 1,
        received_at=hand_in.received_at,
        handed_in_by=by,
        door=hand_in.door,
        bytes_in_at=hand_in.bytes_in_at,
        reason=hand_in.reason,
        **vars(hand_in.content),
        what=emails.what_of(place)[:LONGEST_WHAT],
        receipt_code=secrets.token_hex(12),
        idempotency_key="" if knows(place, hand_in.key) else hand_in.key,
    )


def locked_submission(place: Place) -> Submission:
    """Return the owner's submission for the deliverable, made where there is none, and locked."""
    enrollment_id, group_id = place.owner
    if place.submission_id is None:
        made = Submission(
            deliverable=place.deliverable, enrollment_id=enrollment_id, group_id=group_id
        )
        Submission.objects.bulk_create([made], ignore_conflicts=True)
    deliverable_id = place.deliverable.pk
    found = (
        _LOCKED_OF_GROUP.first(deliverable=deliverable_id, group=group_id)
        if enrollment_id is None
        else _LOCKED_OF_PERSON.first(deliverable=deliverable_id, enrollment=enrollment_id)
    )
    assert found is not None
    return found


def _locked(**owner: int) -> QuerySet[Submission]:
    return Submission.objects.select_for_update(of=("self",)).filter(**owner)


_LOCKED_OF_PERSON = Lookup(_locked, deliverable=-1, enrollment=-2)
_LOCKED_OF_GROUP = Lookup(_locked, deliverable=-1, group=-2)


def _locked_with_what_was_typed(place: Place, hand_in: HandIn) -> Submission:
    """Lock the submission; what was typed there until then becomes a version before this one does."""
    submission = locked_submission(place)
    if place.kind.value in TEXT_LIMITS:
        cutting.cut_what_came_before(submission, received_at=hand_in.received_at)
    return submission


def repeated(place: Place, hand_in: HandIn) -> SubmissionVersion | None:
    """Return the version that this hand-in repeats: by its key, or by being equal to the latest.

    A key that comes back with other bytes belongs to a page that was gone back to: that is new work.
    What was received in time repeats no late version: of two at once the later one may be stored first.
    """
    content = hand_in.content
    same = (content.sha256, content.file_name)
    for version in place.versions:
        is_known = hand_in.key != "" and hand_in.key == version.idempotency_key
        is_same = version.sha256 == content.sha256 if is_known else _is_latest(version, same, place)
        if is_same and _is_no_worse(version, place, hand_in):
            return version
    return None


def _is_latest(version: SubmissionVersion, same: tuple[str, str], place: Place) -> bool:
    return version == place.latest and (version.sha256, version.file_name) == same


def _is_no_worse(version: SubmissionVersion, place: Place, hand_in: HandIn) -> bool:
    due_at = place.due_at_for(hand_in.received_at)
    is_late = not is_on_time(received_at=hand_in.received_at, due_at=due_at)
    return is_late or place.is_on_time(version)


def _members(place: Place, actor: Actor, *, received_at: datetime) -> list[Enrollment]:
    if place.group is not None:
        return members_at(place.group.pk, instant=received_at)
    assert actor.enrollment is not None
    return [actor.enrollment]


def _owners(place: Place, *, received_at: datetime) -> list[Enrollment]:
    """Return whose work it is, whoever hands it in."""
    if place.group is not None:
        return members_at(place.group.pk, instant=received_at)
    assert place.enrollment_id is not None
    return list(Enrollment.objects.filter(pk=place.enrollment_id))
