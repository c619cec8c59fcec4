"""The editor of a group's written summary."""

from dataclasses import dataclass, replace
from datetime import datetime

from courseapp.course.actors import Actor
from courseapp.kernel.decisions import Denied
from groups.selectors import members_at
from schedule.models import Reading
from submissions.deadlines import Kind
from submissions.models import Medium
from submissions.rules import (
    TEXT_LIMITS,
    TextLimits,
    page_estimate,
    summary_template,
    word_count,
)
from submissions.selectors.places import Place, place_of
from submissions.selectors.saving import Said, said_of
from submissions.selectors.texts import TypedField, Typing, typing_in


@dataclass(frozen=True)
class Editor(TypedField):
    """What is written so far, and what was said of it.

    `text` is what stands in the field; `theirs` what another wrote meanwhile, where a save was refused
    for that.
    """

    place: Place
    typing: Typing | None
    text: str
    readings: tuple[Reading, ...]
    members: tuple[str, ...]
    error: str = ""
    theirs: str = ""

    @property
    def limits(self) -> TextLimits:
        """Return how long it may be."""
        return TEXT_LIMITS[self.place.kind.value]

    @property
    def words(self) -> int:
        """Return how many words stand there."""
        return word_count(self.text)

    @property
    def pages(self) -> float:
        """Return about how many pages that prints."""
        return page_estimate(self.text)

    @property
    def said(self) -> Said | None:
        """Return what the page says of the text that is kept; None where nothing is."""
        return None if self.typing is None else said_of(self.typing, self.place)

    def refused(self, text: str, denied: Denied) -> "Editor":
        """Return the editor with what was sent and why it was not saved."""
        is_conflict = denied.code == "conflict" and self.typing is not None
        theirs = self.typing.text if is_conflict and self.typing else ""
        return replace(self, text=text, error=denied.sentence, theirs=theirs)


def editor_of(actor: Actor, *, now: datetime, deliverable_id: int) -> Editor | None:
    """Return the editor of what the actor owes as text of several pages; None where there is none."""
    place = place_of(actor, now=now, deliverable_id=deliverable_id)
    if place is None or place.kind is not Kind.SUMMARY:
        return None
    typing = typing_in(place.submission_id)
    return Editor(
        place=place,
        typing=typing,
        text=_begun(place, typing),
        readings=_readings(place),
        members=_members(place, now=now),
    )


def _begun(place: Place, typing: Typing | None) -> str:
    """Return what is being written, else the newest written version, else the course's sections."""
    if typing is not None:
        return typing.text
    written = [version for version in place.versions if version.medium == Medium.TEXT]
    return written[-1].text if written else summary_template(place.course.summary_sections)


def _readings(place: Place) -> tuple[Reading, ...]:
    lecture = place.deliverable.lecture
    if lecture is None:
        return ()
    return tuple(lecture.readings.select_related("paper").order_by("position"))


def _members(place: Place, *, now: datetime) -> tuple[str, ...]:
    if place.group is None:
        return ()
    return tuple(member.name for member in members_at(place.group.pk, instant=now))
