"""Archives of what came in: all that counts, under sensible names, made in the background."""

import csv
import io
from datetime import timedelta
from hashlib import sha256
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings

from courseapp.course.models import Course, Role
from courseapp.kernel import clock, files
from courseapp.kernel.decisions import Refused
from submissions.deadlines import Kind
from submissions.models import Archive, ArchiveState, TextDraft
from submissions.rules import ProposalVerdict
from submissions.selectors.archives import KEPT_FOR, SILENT_AFTER, archive_of
from submissions.services import archiving
from submissions.services.extending import extend
from submissions.services.proposing import Wish, decide
from tests.doors import PDF, PPTX, TEXT, ask, browser, hand_in_file
from tests.factories import LECTURE_AT, START, actor, enroll
from tests.submissions.scenes import PROPOSAL_DUE, SLIDES_DUE, SUMMARY_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
AFTER = LECTURE_AT + timedelta(days=30)


@pytest.fixture
def scene() -> Scene:
    """A lecture called "Attention / Experts?" for which slides, a summary and questions came in."""
    scene = a_lecture()
    scene.lecture.topic = "Attention / Experts?"
    scene.lecture.save()
    slides, summary, question = (
        scene.due(kind) for kind in (Kind.SLIDES, Kind.SUMMARY, Kind.QUESTION)
    )
    for at, content in enumerate((PPTX, PPTX + b"2", PPTX + b"3")):
        received_at = SLIDES_DUE + timedelta(hours=at - 1)
        hand_in_file(scene.presenters[0], slides, content, at=received_at)
    hand_in_file(scene.authors[0], summary, PDF, name="../../s.pdf", at=SUMMARY_DUE)
    ask(scene.listener, question, at=LECTURE_AT)
    late = enroll(scene.course, name="Late")
    ask(late, question, "=1+1 is a formula, and this one is late.", at=AFTER)
    return scene


def packed(scene: Scene, **wish: Any) -> tuple[Archive, ZipFile]:
    """Have an archive packed, and open it."""
    ta = enroll(scene.course, Role.TA)
    options = {"lecture_id": None, "kind": None, "holds_all_versions": False, **wish}
    with clock.standing_at(AFTER):
        asked = archiving.ask_archive(actor=actor(ta), now=AFTER, **options)
        archiving.sweep(now=AFTER)
    archive = Archive.objects.get(pk=asked.pk)
    assert archive.state == ArchiveState.DONE, archive.problems
    assert archive.done_count == archive.total_count
    with files.open_kept(archive.file_key) as file:
        return archive, ZipFile(io.BytesIO(file.read()))


def manifest_of(found: ZipFile) -> list[dict[str, str]]:
    """Read the list of an archive."""
    return list(csv.DictReader(io.StringIO(found.read("manifest.csv").decode())))


def test_an_archive_holds_what_counts_under_sensible_names_with_a_list(scene: Scene) -> None:
    archive, found = packed(scene)

    group, authors = scene.presenting.name, scene.writing.name
    reading = scene.lecture.readings.get()
    root = "02-12 Attention Experts"
    assert found.testzip() is None
    assert set(found.namelist()) == {
        f"{root}/slides/{group} presenter v2.pptx",
        f"{root}/summaries/{authors} authors v1.pdf",
        f"{root}/questions/1 {reading}.md",
        f"{root}/questions/1 {reading}.csv",
        "manifest.csv",
    }
    assert found.read(f"{root}/slides/{group} presenter v2.pptx") == PPTX + b"2"
    lines = manifest_of(found)
    assert [(line["what"], line["owner"], line["verdict"]) for line in lines] == [
        ("Slides", group, "counts"),
        ("Question", scene.listener.name, "counts"),
        ("Summary", authors, "counts"),
    ]
    for line in lines:
        if line["what"] != "Question":
            assert sha256(found.read(line["file"])).hexdigest() == line["sha256"]
    assert not archive.problems


def test_an_archive_of_all_versions_says_which_count_and_which_are_late(scene: Scene) -> None:
    _, found = packed(scene, holds_all_versions=True)

    verdicts = [(line["version"], line["verdict"]) for line in manifest_of(found)]
    assert verdicts == [
        ("1", "on time, replaced"),
        ("2", "counts"),
        ("3", "late"),
        ("1", "late"),
        ("1", "counts"),
        ("1", "counts"),
    ]


def test_questions_come_as_a_text_to_read_and_as_a_table_without_formulas(scene: Scene) -> None:
    _, found = packed(scene, kind=Kind.QUESTION, holds_all_versions=True)

    text, table = (
        next(name for name in found.namelist() if name.endswith(ending) and "/" in name)
        for ending in (".md", ".csv")
    )
    assert TEXT in found.read(text).decode()
    rows = list(csv.reader(io.StringIO(found.read(table).decode())))
    assert [row[0] for row in rows[1:]] == ["Late", scene.listener.name]
    assert [row[4][0] for row in rows[1:]] == ["'", "W"]


def test_an_archive_of_a_kind_holds_nothing_else_and_no_draft(scene: Scene) -> None:
    question = scene.due(Kind.QUESTION)
    submission = question.submissions.get(enrollment=scene.listener)
    TextDraft.objects.update_or_create(
        submission=submission,
        defaults={"text": "UNFINISHED", "received_at": START, "written_by": scene.listener},
    )
    _, found = packed(scene, kind=Kind.SLIDES)
    assert {line["what"] for line in manifest_of(found)} == {"Slides"}
    _, found = packed(scene, lecture_id=scene.lecture.pk)
    assert b"UNFINISHED" not in b"".join(found.read(name) for name in found.namelist())


def test_an_extension_makes_a_late_version_the_one_that_counts(scene: Scene) -> None:
    extend(
        actor=actor(enroll(scene.course, Role.INSTRUCTOR)),
        deliverable_id=scene.due(Kind.SLIDES).pk,
        owner=scene.presenting,
        due_at=AFTER,
        reason="Ill.",
        now=START,
    )
    _, found = packed(scene, kind=Kind.SLIDES)
    assert [line["version"] for line in manifest_of(found)] == ["3"]


def test_a_lost_file_and_a_changed_one_are_told_and_hold_up_nothing(scene: Scene) -> None:
    version = scene.due(Kind.SLIDES).submissions.get().versions.get(number=2)
    (settings.FILES_ROOT / version.file_key).unlink()
    other = scene.due(Kind.SUMMARY).submissions.get().versions.get()
    (settings.FILES_ROOT / other.file_key).write_bytes(b"%PDF changed")

    archive, found = packed(scene)
    assert [version.receipt_code in line for line in archive.problems] == [True, False]
    assert other.receipt_code in archive.problems[1]
    assert found.read("problems.txt").decode().splitlines() == archive.problems
    assert [line["problem"] != "" for line in manifest_of(found)] == [True, False, False]


def test_two_clicks_make_one_archive_and_a_newer_one_takes_the_place_of_the_older(
    scene: Scene,
) -> None:
    ta = actor(enroll(scene.course, Role.TA))
    wish: dict[str, Any] = {"lecture_id": None, "kind": None, "holds_all_versions": False}
    first = archiving.ask_archive(actor=ta, now=AFTER, **wish)
    assert archiving.ask_archive(actor=ta, now=AFTER, **wish) == first
    archiving.sweep(now=AFTER)
    old = Archive.objects.get(pk=first.pk)

    packed(scene)
    assert Archive.objects.get(pk=first.pk).state == ArchiveState.EXPIRED
    with pytest.raises(FileNotFoundError):
        files.open_kept(old.file_key)


def test_an_archive_goes_after_a_week_and_its_file_with_it(scene: Scene) -> None:
    archive, _ = packed(scene)
    archiving.sweep(now=AFTER + KEPT_FOR)
    assert Archive.objects.get(pk=archive.pk).state == ArchiveState.DONE

    archiving.sweep(now=AFTER + KEPT_FOR + timedelta(microseconds=1))
    gone = Archive.objects.get(pk=archive.pk)
    assert (gone.state, gone.file_key) == (ArchiveState.EXPIRED, "")
    with pytest.raises(FileNotFoundError):
        files.open_kept(archive.file_key)


def test_one_that_was_stopped_is_not_offered_and_leaves_no_file(scene: Scene) -> None:
    person = enroll(scene.course, Role.TA)
    ta = actor(person)
    asked = archiving.ask_archive(
        actor=ta, lecture_id=None, kind=None, holds_all_versions=False, now=AFTER
    )
    archiving.stop_archive(actor=ta, archive_id=asked.pk, now=AFTER)
    assert archiving.sweep(now=AFTER) == 0
    # Stopped while it is being packed: the maker notices at its next step.
    running = Archive.objects.create(
        course=scene.course,
        asked_by=person,
        asked_at=AFTER,
        state=ArchiveState.STOPPED,
        finished_at=AFTER,
    )
    archiving._make(running)
    assert Archive.objects.get(pk=running.pk).state == ArchiveState.STOPPED
    assert list((settings.FILES_ROOT / "passing").glob("*")) == []


def test_a_silent_maker_has_died_and_the_page_says_so(scene: Scene) -> None:
    person = enroll(scene.course, Role.TA)
    ta = actor(person)
    running = Archive.objects.create(
        course=scene.course,
        asked_by=person,
        asked_at=AFTER,
        state=ArchiveState.RUNNING,
        heard_from_at=AFTER,
    )
    late = AFTER + SILENT_AFTER + timedelta(microseconds=1)
    sheet = archive_of(ta, now=late, archive_id=running.pk)
    assert sheet is not None
    assert sheet.has_died
    archiving.sweep(now=late - timedelta(microseconds=1))
    assert Archive.objects.get(pk=running.pk).state == ArchiveState.RUNNING
    archiving.sweep(now=late)
    assert Archive.objects.get(pk=running.pk).problems == [archiving.DIED]


def test_while_one_is_made_the_next_waits_its_turn(scene: Scene) -> None:
    person = enroll(scene.course, Role.TA)
    making = Archive.objects.create(
        course=scene.course,
        asked_by=person,
        asked_at=AFTER,
        state=ArchiveState.RUNNING,
        heard_from_at=AFTER,
    )
    asked = archiving.ask_archive(
        actor=actor(person),
        lecture_id=None,
        kind=Kind.SLIDES,
        holds_all_versions=False,
        now=AFTER,
    )
    with clock.standing_at(AFTER):
        assert archiving.sweep(now=AFTER) == 0
        stopped = {"state": ArchiveState.STOPPED, "finished_at": AFTER}
        Archive.objects.filter(pk=making.pk).update(**stopped)
        assert archiving.sweep(now=AFTER) == 1
    assert Archive.objects.get(pk=asked.pk).state == ArchiveState.DONE


def test_an_archive_of_nothing_is_refused() -> None:
    scene = a_lecture()
    with pytest.raises(Refused, match="Nothing has come in"):
        packed(scene)


def test_a_course_finds_no_archive_of_another(scene: Scene) -> None:
    archive, _ = packed(scene)
    elsewhere = a_lecture()
    path = f"/c/{elsewhere.course.slug}/archives/{archive.pk}/file/"
    assert browser(enroll(elsewhere.course, Role.INSTRUCTOR)).get(path).status_code == 404
    assert Course.objects.count() == 2


def test_the_file_is_given_out_under_the_name_of_the_course(scene: Scene) -> None:
    archive, _ = packed(scene, kind=Kind.SLIDES)
    ta = enroll(scene.course, Role.TA)
    answer: Any = browser(ta).get(f"/c/{scene.course.slug}/archives/{archive.pk}/file/")
    assert answer["Accept-Ranges"] == "bytes"
    assert f"{scene.course.slug} slides 2025-03-14.zip" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_a_proposal_in_a_round_that_was_asked_for_is_not_late(scene: Scene) -> None:
    instructor = actor(enroll(scene.course, Role.INSTRUCTOR))
    proposal = scene.due(Kind.PROPOSAL)
    hand_in_file(scene.presenters[0], proposal, PDF, name="p.pdf", at=PROPOSAL_DUE)
    again = Wish(ProposalVerdict.CHANGES_REQUESTED, "More.", "", 7)
    decide(actor=instructor, group_id=scene.presenting.pk, wish=again, now=PROPOSAL_DUE)
    hand_in_file(
        scene.presenters[0],
        proposal,
        PDF + b"2",
        name="p.pdf",
        at=PROPOSAL_DUE + timedelta(days=1),
    )
    _, found = packed(scene, kind=Kind.PROPOSAL, holds_all_versions=True)
    verdicts = [line["verdict"] for line in manifest_of(found)]
    assert verdicts == ["counts", "on time, replaced"]
