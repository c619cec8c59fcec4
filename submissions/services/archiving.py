"""Archives of what came in, made in the background: the row is the truth, the job a hint.

An archive whose maker died is never taken up again: the page says so, and a person asks anew. Its file
can be made again at any time, so it passes: after a week, or once a newer one of the same is there.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import clock, files, hints
from courseapp.kernel.database import take_turn
from courseapp.kernel.decisions import Denied, Refused, require
from schedule.models import Lecture
from submissions import policies
from submissions.deadlines import Kind
from submissions.models import Archive, ArchiveState
from submissions.selectors.archives import KEPT_FOR, SILENT_AFTER, same_scope, scope_of
from submissions.selectors.packing import total_of
from submissions.services.packing import Packer, Report, Stopped

log = logging.getLogger(__name__)

# The job that calls `sweep`.
SWEEP: Final = "submissions.make_archives"
DIED: Final = "The worker that packed has died. Nothing is lost but the work: ask for it again."
BROKE_OFF: Final = "The packing broke off by a defect, which is logged."
GOING_ON: Final = (ArchiveState.WAITING, ArchiveState.RUNNING)
# So often a maker writes down how far it is.
TOLD_EVERY: Final = timedelta(seconds=1)


@transaction.atomic
def ask_archive(
    *,
    actor: Actor,
    lecture_id: int | None,
    kind: Kind | None,
    holds_all_versions: bool,
    now: datetime,
) -> Archive:
    """Have what came in packed into one file; where the same is being packed, return that."""
    require(policies.ask_archive(actor, actor.course, now=now))
    assert actor.course is not None
    assert actor.enrollment is not None
    lecture = None if lecture_id is None else _lecture(actor.course, lecture_id)
    wish = Archive(
        course=actor.course,
        lecture=lecture,
        kind=kind.value if kind else "",
        holds_all_versions=holds_all_versions,
        asked_by=actor.enrollment,
        asked_at=now,
    )
    # Locked in the order of clicks, so that two clicks at once make one archive.
    Course.objects.select_for_update().get(pk=actor.course.pk)
    going_on = same_scope(wish).filter(state__in=GOING_ON).first()
    if going_on is not None:
        return going_on
    wish.total_count = total_of(scope_of(wish))
    if not wish.total_count:
        raise Refused(Denied("nothing_in", "Nothing has come in yet that an archive could hold."))
    wish.save()
    hints.wake_after_commit(SWEEP)
    return wish


def _lecture(course: Course, lecture_id: int) -> Lecture:
    found = Lecture.objects.filter(course=course, pk=lecture_id).first()
    if found is None:
        raise Refused(Denied("not_found", "There is no such lecture in your course."))
    return found


@transaction.atomic
def stop_archive(*, actor: Actor, archive_id: int, now: datetime) -> None:
    """Stop the making of an archive; one that has ended stays as it is."""
    require(policies.ask_archive(actor, actor.course, now=now))
    going_on = Archive.objects.filter(course=actor.course, pk=archive_id, state__in=GOING_ON)
    going_on.update(state=ArchiveState.STOPPED, finished_at=now)


def sweep(*, now: datetime) -> int:
    """Say of silent makers that they have died, let old files go, and make what waits."""
    fail_silent(now=now)
    expire(now=now)
    made = 0
    while (archive := _claim(now=clock.now())) is not None:
        _make(archive)
        made += 1
    return made


def fail_silent(*, now: datetime) -> None:
    """End the archives whose maker has died."""
    silent = Archive.objects.filter(
        state=ArchiveState.RUNNING, heard_from_at__lt=now - SILENT_AFTER
    )
    silent.update(state=ArchiveState.FAILED, finished_at=now, problems=[DIED])


def expire(*, now: datetime) -> None:
    """Let the files of old archives go; a file that could not be removed is tried again."""
    old = Archive.objects.filter(state=ArchiveState.DONE, finished_at__lt=now - KEPT_FOR)
    old.update(state=ArchiveState.EXPIRED)
    for archive in Archive.objects.filter(state=ArchiveState.EXPIRED).exclude(file_key=""):
        _remove(archive.file_key)
        Archive.objects.filter(pk=archive.pk).update(file_key="")


def _remove(key: str) -> None:
    try:
        files.remove_passing(key)
    except FileNotFoundError:
        log.warning("The file %s of an archive was gone already.", key)


@transaction.atomic
def _claim(*, now: datetime) -> Archive | None:
    """Take the oldest that waits; one is made at a time, so that a worker is left for what is short."""
    take_turn(SWEEP)
    if Archive.objects.filter(state=ArchiveState.RUNNING).exists():
        return None
    waiting = Archive.objects.filter(state=ArchiveState.WAITING).order_by("pk")
    archive = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if archive is None:
        return None
    archive.state, archive.heard_from_at = ArchiveState.RUNNING, now
    archive.save(update_fields=["state", "heard_from_at"])
    return archive


def _make(archive: Archive) -> None:
    """Pack an archive and keep its file; an error ends the archive, not the worker."""
    packer = Packer(scope_of(archive), now=clock.now(), report=_reporter(archive.pk))
    try:
        kept = files.keep_passing(packer.chunks())
    except Stopped:
        return
    except files.StoreAway as away:
        _fail(archive.pk, away.denied.sentence, now=clock.now())
    except Exception:
        _fail(archive.pk, BROKE_OFF, now=clock.now())
        raise
    else:
        _finish(archive.pk, packer, kept, now=clock.now())


def _reporter(archive_id: int) -> Report:
    """Return what notes how far an archive is, about once a second, and says whether to go on."""
    told_at: datetime | None = None

    def tell(done: int) -> bool:
        nonlocal told_at
        now = clock.now()
        if told_at is not None and now < told_at + TOLD_EVERY:
            return True
        told_at = now
        mine = Archive.objects.filter(pk=archive_id, state=ArchiveState.RUNNING)
        return mine.update(done_count=done, heard_from_at=now) == 1

    return tell


def _finish(archive_id: int, packer: Packer, kept: files.KeptFile, *, now: datetime) -> None:
    """Offer the file, and let older ones of the same go; one that was stopped meanwhile is not offered."""
    with transaction.atomic():
        mine = Archive.objects.filter(pk=archive_id, state=ArchiveState.RUNNING)
        is_wanted = mine.update(
            state=ArchiveState.DONE,
            file_key=kept.key,
            size=kept.size,
            done_count=packer.done,
            total_count=packer.done,
            problems=packer.problems,
            heard_from_at=now,
            finished_at=now,
        )
        if is_wanted:
            archive = Archive.objects.get(pk=archive_id)
            older = same_scope(archive).filter(state=ArchiveState.DONE).exclude(pk=archive_id)
            older.update(state=ArchiveState.EXPIRED)
    if not is_wanted:
        _remove(kept.key)
    expire(now=now)


def _fail(archive_id: int, sentence: str, *, now: datetime) -> None:
    Archive.objects.filter(pk=archive_id, state=ArchiveState.RUNNING).update(
        state=ArchiveState.FAILED, finished_at=now, problems=[sentence]
    )
