"""Receipts: what they vouch for, signed, and what one that somebody shows is worth."""

from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import signing
from submissions.deadlines import is_on_time
from submissions.models import SubmissionVersion
from submissions.rules import receipts as rules
from submissions.rules import round_due_at
from submissions.rules.receipts import Answer, Facts, Presented
from submissions.selectors.extensions import base_due_at_of, extension_of
from submissions.selectors.places import decisions_of


@dataclass(frozen=True)
class Standing:
    """Whether a version is late, by the due instant that holds now."""

    due_at: datetime
    is_late: bool


@dataclass(frozen=True)
class HeldReceipt:
    """A receipt as whoever holds its code sees it: never whose it is.

    `standing` is as of now, as an extension may change it; None where nothing is due any more.
    """

    facts: Facts
    course: Course
    standing: Standing | None

    @property
    def written(self) -> str:
        """Return the receipt as a signed file."""
        return _signed(self.facts)

    @property
    def file_name(self) -> str:
        """Name that file."""
        return f"receipt-{self.facts.course}-{self.facts.code}.json"

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the key that signs it."""
        return signing.fingerprint_of(signing.public_key())


@dataclass(frozen=True)
class CheckedReceipt:
    """The answer about a receipt that somebody shows, or about its code.

    `differing` names what the receipt states otherwise than the records; `is_same_file` says whether
    a hash that came along is the receipt's, None where none did.
    """

    answer: Answer
    held: HeldReceipt | None = None
    differing: tuple[str, ...] = ()
    is_signed: bool = False
    is_same_file: bool | None = None


@dataclass(frozen=True)
class SigningKey:
    """A public key, in base64, with its fingerprint; `is_present` where it still signs."""

    text: str
    fingerprint: str
    is_present: bool


def written_for(version: SubmissionVersion, *, course: Course) -> str:
    """Return a version's receipt as a signed file."""
    return _signed(facts_of(version, course=course))


def facts_of(version: SubmissionVersion, *, course: Course) -> Facts:
    """Return what a version's receipt vouches for."""
    return Facts(
        code=version.receipt_code,
        course=course.slug,
        deliverable=version.what,
        version=version.number,
        size=version.size,
        sha256=version.sha256,
        received_at=version.received_at,
        bytes_in_at=version.bytes_in_at,
    )


def _signed(facts: Facts) -> str:
    signature = signing.sign(rules.message(rules.stated(facts)))
    return rules.written(facts, key=signing.public_key(), signature=signature)


def receipt_held(actor: Actor, *, now: datetime, code: str) -> HeldReceipt | None:
    """Return what a receipt vouches for; the code is the permission, names are not given away."""
    found = SubmissionVersion.objects.select_related(
        "submission__group", "submission__enrollment", "submission__deliverable__course"
    )
    version = found.filter(receipt_code=code).first()
    if version is None:
        return None
    course = version.submission.deliverable.course
    return HeldReceipt(
        facts=facts_of(version, course=course), course=course, standing=standing_of(version)
    )


def standing_of(version: SubmissionVersion) -> Standing | None:
    """Return whether a version is late as things stand now, whoever asks."""
    submission = version.submission
    deliverable, owner = submission.deliverable, submission.group or submission.enrollment
    base = base_due_at_of(deliverable, owner)
    if base is None:
        return None
    extended = (extension_of(deliverable, whose) for whose in (owner, None))
    due_at = round_due_at(
        received_at=version.received_at,
        decisions=decisions_of(deliverable, submission.group),
        due_at=max([base, *(until for until in extended if until is not None)]),
    )
    return Standing(due_at, not is_on_time(received_at=version.received_at, due_at=due_at))


def checked(actor: Actor, *, now: datetime, shown: str, code: str, sha256: str) -> CheckedReceipt:
    """Say what a receipt is worth that somebody shows, or the one that has a code."""
    if not shown:
        return _checked_code(actor, now=now, code=code, sha256=sha256)
    presented = rules.read(shown)
    if presented is None:
        return CheckedReceipt(Answer.UNREADABLE)
    is_signed = _is_signed(presented)
    held = receipt_held(actor, now=now, code=presented.code)
    facts = None if held is None else held.facts
    return CheckedReceipt(
        rules.judged(presented, facts=facts, is_signed=is_signed),
        held,
        () if facts is None else rules.differing(presented, facts),
        is_signed,
        _is_same(facts, sha256),
    )


def _checked_code(actor: Actor, *, now: datetime, code: str, sha256: str) -> CheckedReceipt:
    held = receipt_held(actor, now=now, code=code)
    if held is None:
        return CheckedReceipt(Answer.UNKNOWN)
    return CheckedReceipt(Answer.GENUINE, held, is_same_file=_is_same(held.facts, sha256))


def _is_signed(presented: Presented) -> bool:
    """Say whether one of our keys signed exactly this."""
    message = rules.message(presented.facts)
    is_ours = presented.key in signing.known_keys()
    return is_ours and signing.is_signed_by(presented.key, message, presented.signature)


def _is_same(facts: Facts | None, sha256: str) -> bool | None:
    return None if facts is None or not sha256 else facts.sha256 == sha256


def signing_keys() -> list[SigningKey]:
    """Return the keys by which receipts are signed, and were."""
    return [
        SigningKey(text=key, fingerprint=signing.fingerprint_of(key), is_present=number == 0)
        for number, key in enumerate(signing.known_keys())
    ]
