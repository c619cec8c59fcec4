"""Files on their way, as who sends them sees them: how far they are, and what became of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from courseapp.course.actors import Actor
from courseapp.kernel.lookup import Lookup
from courseapp.kernel.templatetags.times import in_zone
from submissions.deadlines import PLEDGE_WINDOW, Kind, LatePolicy, PledgeVerdict, judge_pledge
from submissions.models import Door, SubmissionVersion, Upload, UploadOutcome
from submissions.selectors.places import Place, place_of

KEPT_FOR: Final = timedelta(hours=24)
# The code of the refusal of a file that a crash left, once newer work is in.
OVERTAKEN: Final = "newer_there"
# What a page asks for, by kind.
NOUNS: Final = {
    Kind.QUESTION: "the question",
    Kind.SLIDES: "the slides",
    Kind.FINAL_SLIDES: "the final slides",
    Kind.SUMMARY: "the summary",
    Kind.PROPOSAL: "the proposal",
    Kind.MIDTERM: "the slides",
    Kind.FINAL: "the poster or the slides",
    Kind.REPORT: "the report",
    Kind.CODE: "the code",
}


def own_upload(actor: Actor, *, now: datetime, code: str) -> Upload | None:
    """Return an upload that the actor began; nobody else's, not even of the same group."""
    if actor.enrollment is None:
        return None
    return _OWN.first(enrollment=actor.enrollment.pk, code=code)


def _own(*, enrollment: int, code: str) -> QuerySet[Upload]:
    return Upload.objects.filter(begun_by=enrollment, code=code).select_related("version")


_OWN = Lookup(_own, enrollment=-1, code="a-code")


@dataclass(frozen=True)
class Begun:
    """What the actor began here and no version has come of, while nothing newer came in."""

    open: list[Upload]
    overtaken: list[Upload]


def begun_uploads(actor: Actor, place: Place) -> Begun:
    """Return what is on its way since the actor last handed in, and what newer work overtook since
    anybody did; newest first.
    """
    if actor.enrollment is None:
        return Begun([], [])
    own = _BEGUN.all(enrollment=actor.enrollment.pk, deliverable=place.deliverable.pk)
    handed_in = [one for one in place.versions if one.handed_in_by_id == actor.enrollment.pk]
    return Begun(
        open=[
            one
            for one in own
            if one.ended_at is None and (not handed_in or one.begun_at > handed_in[-1].received_at)
        ],
        overtaken=[one for one in own if _is_overtaken(one, place.latest)],
    )


def _is_overtaken(upload: Upload, latest: SubmissionVersion | None) -> bool:
    if upload.ended_at is None or (upload.refusal or {}).get("code") != OVERTAKEN:
        return False
    # Without any version this is another group's page by now.
    return latest is not None and latest.received_at < upload.ended_at


def _begun_of(*, enrollment: int, deliverable: int) -> QuerySet[Upload]:
    begun = Upload.objects.filter(begun_by=enrollment, deliverable=deliverable)
    shown = Q(ended_at__isnull=True) | Q(outcome=UploadOutcome.REFUSED)
    return begun.filter(shown).order_by("-begun_at")


_BEGUN = Lookup(_begun_of, enrollment=-1, deliverable=-2)


def expires_at(upload: Upload) -> datetime | None:
    """Return until when an upload can go on; None where it has ended."""
    return None if upload.ended_at is not None else upload.last_received_at + KEPT_FOR


@dataclass(frozen=True)
class Became:
    """What became of an upload: the sentence, and whether the version is late."""

    sentence: str = ""
    is_late: bool = False


def became(actor: Actor, upload: Upload, *, now: datetime) -> Became:
    """Say what became of an upload that was handed in; nothing of any other."""
    place = place_of(actor, now=now, deliverable_id=upload.deliverable_id)
    if upload.outcome != UploadOutcome.HANDED_IN or upload.version is None or place is None:
        return Became()
    version = upload.version
    is_new = _made(upload, version)
    said = said_of_version(place, version, is_new=is_new)
    if version.door != Door.PLEDGE and is_new:
        said += _pledge_failed(place, upload)
    return Became(said, is_late=not place.is_on_time(version))


def _made(upload: Upload, version: SubmissionVersion) -> bool:
    """Say whether the version came by this upload: it bears its instant then, else an earlier one."""
    instants = {Door.UPLOAD: upload.last_received_at, Door.PLEDGE: upload.pledged_at}
    return instants.get(Door(version.door)) == version.received_at


def said_of_version(place: Place, version: SubmissionVersion, *, is_new: bool) -> str:
    """Say what became of a hand-in, whichever way it came."""
    if not is_new:
        return f"This is version {version.number}, which was there already."
    if not place.is_on_time(version):
        return f"Version {version.number} is in, but late: it gets no credit."
    return f"Version {version.number} is in and counts. The receipt is on its way."


def _pledge_failed(place: Place, upload: Upload) -> str:
    """Say why a pledge did not stand for the bytes; nothing where none was needed."""
    if upload.pledged_at is None or upload.version is None:
        return ""
    due_at = place.due_at_for(upload.pledged_at)
    verdict = judge_pledge(
        pledged_at=upload.pledged_at,
        bytes_in_at=upload.last_received_at,
        due_at=due_at,
        is_same=upload.version.sha256 == upload.pledged_sha256,
    )
    if verdict is PledgeVerdict.OTHER_BYTES:
        return " It was begun in time, but other bytes came than those announced then."
    if verdict is PledgeVerdict.TOO_LATE:
        until = in_zone(due_at + PLEDGE_WINDOW, place.course.timezone)
        return f" It was begun in time, but its last byte came after {until}."
    return ""


def counts_when(place: Place, *, now: datetime) -> str:
    """State the rule for a file that is on its way at the due instant, before it happens (§3)."""
    due_at = place.due_at_for(now)
    when = in_zone(due_at, place.course.timezone)
    if now > due_at:
        return _late_words(place, when)
    if not place.course.allows_pledge:
        return f"It counts when its last byte is in by {when}."
    until = in_zone(due_at + PLEDGE_WINDOW, place.course.timezone)
    return f"Once it is begun by {when}, the same file may finish until {until}."


def _late_words(place: Place, when: str) -> str:
    if place.terms.late_policy == LatePolicy.CLOSED.value:
        return f"This closed {when}."
    return f"It was due {when}: what comes in now is kept, marked late, and gets no credit."
