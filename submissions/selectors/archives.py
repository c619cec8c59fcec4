"""The archives of what came in that there are, and how far they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from schedule.models import Lecture
from submissions.deadlines import Kind
from submissions.models import Archive, ArchiveState
from submissions.rules.naming import file_name
from submissions.selectors.packing import Scope

# The bytes of an archive go after so long; what it held stays.
KEPT_FOR: Final = timedelta(days=7)
# A maker that was not heard from for so long has died.
SILENT_AFTER: Final = timedelta(seconds=90)
ENDED: Final = (
    ArchiveState.DONE,
    ArchiveState.STOPPED,
    ArchiveState.FAILED,
    ArchiveState.EXPIRED,
)
SHOWN: Final = 3


@dataclass(frozen=True)
class ArchiveSheet:
    """An archive as pages show it."""

    archive: Archive
    has_died: bool
    words: str

    @property
    def is_going_on(self) -> bool:
        """Say whether there is something to wait for."""
        return self.archive.state not in ENDED and not self.has_died

    @property
    def can_stop(self) -> bool:
        """Say whether a click can still stop it."""
        return self.is_going_on

    @property
    def is_there(self) -> bool:
        """Say whether the file can be fetched."""
        return self.archive.state == ArchiveState.DONE

    @property
    def until(self) -> datetime | None:
        """Return until when the file can be fetched."""
        finished_at = self.archive.finished_at
        return None if finished_at is None else finished_at + KEPT_FOR

    @property
    def title(self) -> str:
        """Say in a few words where it is."""
        if self.has_died:
            return "The worker that packed has died"
        return {
            ArchiveState.WAITING: "The archive is about to be packed",
            ArchiveState.RUNNING: "The archive is being packed",
            ArchiveState.DONE: "The archive is ready",
            ArchiveState.STOPPED: "The packing was stopped",
            ArchiveState.FAILED: "The archive could not be packed",
            ArchiveState.EXPIRED: "The archive is gone",
        }[ArchiveState(self.archive.state)]

    @property
    def file_name(self) -> str:
        """Return the name under which it is given out."""
        day = f"{self.archive.asked_at:%Y-%m-%d}"
        return file_name(f"{self.archive.course.slug} {self.words} {day}", ".zip")


def archive_of(actor: Actor, *, now: datetime, archive_id: int) -> ArchiveSheet | None:
    """Return an archive of the actor's course, for staff."""
    if actor.course is None or not actor.is_staff:
        return None
    found = Archive.objects.select_related("course", "lecture", "asked_by")
    archive = found.filter(course=actor.course, pk=archive_id).first()
    return None if archive is None else _sheet(archive, now=now)


def archives_of(
    course: Course, *, lecture: Lecture | None, kind: Kind | None, now: datetime
) -> list[ArchiveSheet]:
    """Return the newest archives of the same that are made, or are being made."""
    wish = Archive(course=course, lecture=lecture, kind=kind.value if kind else "")
    mine = Archive.objects.filter(course=course, lecture=wish.lecture, kind=wish.kind)
    shown = mine.filter(state__in=(ArchiveState.WAITING, ArchiveState.RUNNING, ArchiveState.DONE))
    rows = shown.select_related("course", "lecture", "asked_by").order_by("-pk")[:SHOWN]
    return [_sheet(archive, now=now) for archive in rows]


def same_scope(archive: Archive) -> QuerySet[Archive]:
    """Return the archives of the same."""
    return Archive.objects.filter(
        course=archive.course,
        lecture=archive.lecture,
        kind=archive.kind,
        holds_all_versions=archive.holds_all_versions,
    )


def scope_of(archive: Archive) -> Scope:
    """Return what an archive is of."""
    return Scope(
        course=archive.course,
        lecture=archive.lecture,
        kind=Kind(archive.kind) if archive.kind else None,
        holds_all_versions=archive.holds_all_versions,
    )


def _sheet(archive: Archive, *, now: datetime) -> ArchiveSheet:
    heard = archive.heard_from_at
    is_silent = heard is not None and heard < now - SILENT_AFTER
    return ArchiveSheet(
        archive=archive,
        has_died=archive.state == ArchiveState.RUNNING and is_silent,
        words=_words(archive),
    )


def _words(archive: Archive) -> str:
    versions = ", all versions" if archive.holds_all_versions else ""
    return f"{scope_of(archive).words}{versions}"
