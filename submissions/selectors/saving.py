"""What a page says of a text that saved itself."""

from dataclasses import dataclass

from courseapp.kernel.decisions import Denied
from courseapp.kernel.templatetags.times import time_in_zone
from submissions.deadlines import is_on_time
from submissions.rules import text_acceptable
from submissions.selectors.places import Place
from submissions.selectors.texts import Typing


@dataclass(frozen=True)
class Said:
    """Words for a reader, and their tone: "ok", "draft" or "bad"."""

    words: str
    tone: str


def said_of(typing: Typing, place: Place) -> Said:
    """Say whether what was typed counts, and what is missing until it does."""
    at = time_in_zone(typing.received_at, place.course.timezone)
    acceptable = text_acceptable(typing.text, kind=place.kind.value)
    if isinstance(acceptable, Denied):
        kept = f"Kept {at}, but it does not count yet. {acceptable.sentence}"
        return Said(f"{kept}{_still_counts(place)}", "draft")
    due_at = place.due_at_for(typing.received_at)
    if not is_on_time(received_at=typing.received_at, due_at=due_at):
        return Said(f"Saved {at}: late, no credit.{_still_counts(place)}", "bad")
    latest = place.latest
    if latest is not None and latest.text == typing.text.strip():
        return Said(f"Saved {at}. It counts, as version {latest.number}.", "ok")
    if typing.is_settled:
        return Said(f"Saved {at}. It counts.", "ok")
    return Said(f"Saved {at}. It counts; a version is made when you stop.", "ok")


def _still_counts(place: Place) -> str:
    return f" Version {place.counting.number} still counts." if place.counting else ""
