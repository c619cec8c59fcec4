"""Work that came in elsewhere is brought in at its own instants, all or nothing, once."""

import csv
import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from courseapp.kernel import clock, files
from courseapp.kernel.models import OutboxMail
from courseapp.term.models import Act
from submissions.deadlines import Kind
from submissions.models import Door, SubmissionVersion, VersionCheck
from submissions.selectors.owed import duties
from tests.doors import PPTX, TEXT, hand_in_file, versions
from tests.factories import LECTURE_AT, START, assign, derive, make_lecture
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
NOW = LECTURE_AT + timedelta(days=30)
TICK = timedelta(microseconds=1)
COLUMNS = [
    "kind",
    "lecture_date",
    "lecture_position",
    "paper",
    "owner",
    "received_at",
    "by",
    "file",
    "text",
]


@pytest.fixture
def scene() -> Scene:
    return a_lecture()


def slides_row(scene: Scene, *, at: datetime = SLIDES_DUE, **other: Any) -> dict[str, Any]:
    return {
        "kind": "slides",
        "lecture_date": "2025-02-12",
        "owner": scene.presenting.name,
        "received_at": at.isoformat(),
        "by": scene.presenters[0].student_id,
        "file": "talks/talk.pptx",
        **other,
    }


def question_row(scene: Scene, **other: Any) -> dict[str, Any]:
    reading = scene.lecture.readings.get()
    return {
        "kind": "question",
        "lecture_date": "2025-02-12",
        "paper": reading.paper.title,
        "owner": scene.listener.student_id,
        "received_at": "2025-02-12T12:29:59.999999-06:00",
        "text": TEXT,
        **other,
    }


def folder_of(tmp_path: Path, *rows: dict[str, Any], content: bytes = PPTX) -> Path:
    folder = tmp_path / "elsewhere"
    (folder / "talks").mkdir(parents=True, exist_ok=True)
    (folder / "talks" / "talk.pptx").write_bytes(content)
    written = StringIO()
    table = csv.DictWriter(written, COLUMNS)
    table.writeheader()
    table.writerows(rows)
    (folder / "hand_ins.csv").write_text(written.getvalue())
    return folder


def run(scene: Scene, folder: Path, *options: str) -> str:
    out = StringIO()
    with clock.standing_at(NOW):
        call_command(
            "import_hand_ins",
            str(folder),
            "--course",
            scene.course.slug,
            *options,
            stdout=out,
            stderr=StringIO(),
        )
    return out.getvalue()


def refused(scene: Scene, folder: Path) -> str:
    with pytest.raises(CommandError) as caught:
        run(scene, folder)
    assert not SubmissionVersion.objects.filter(door=Door.IMPORT).exists()
    assert not Act.objects.exists()
    return str(caught.value)


def test_files_and_texts_come_in_at_their_own_instants(scene: Scene, tmp_path: Path) -> None:
    said = run(scene, folder_of(tmp_path, slides_row(scene), question_row(scene)))

    assert "row 2: new: Slides for" in said
    slides, question = SubmissionVersion.objects.order_by("submission__deliverable__due_at")
    assert (slides.door, slides.received_at) == (Door.IMPORT, SLIDES_DUE)
    assert slides.handed_in_by == scene.presenters[0]
    assert slides.file_name == "talk.pptx"
    with files.open_kept(slides.file_key) as kept:
        assert kept.read() == PPTX
    assert {one.enrollment for one in slides.members.all()} == set(scene.presenters)
    assert (question.text, question.handed_in_by) == (TEXT, scene.listener)
    assert question.received_at == LECTURE_AT - TICK
    assert Act.objects.get().sentence == (
        "2 hand-ins were brought in that came in elsewhere (elsewhere)."
    )


def test_nobody_is_mailed_and_nothing_is_checked(scene: Scene, tmp_path: Path) -> None:
    run(scene, folder_of(tmp_path, slides_row(scene)))
    assert not OutboxMail.objects.exists()
    assert not VersionCheck.objects.exists()


@pytest.mark.parametrize(
    ("after", "verdict"), [(-TICK, "on time"), (0 * TICK, "on time"), (TICK, "late")]
)
def test_on_time_follows_from_the_instant_of_the_file(
    scene: Scene, tmp_path: Path, after: timedelta, verdict: str
) -> None:
    said = run(scene, folder_of(tmp_path, slides_row(scene, at=SLIDES_DUE + after)))
    assert said.strip().endswith(verdict)
    [duty] = duties(course=scene.course, now=NOW, deliverables=[scene.due(Kind.SLIDES).pk])
    assert duty.is_in == (verdict == "on time")


def test_late_work_came_in_even_where_it_would_be_refused(scene: Scene, tmp_path: Path) -> None:
    deliverable = scene.due(Kind.SLIDES)
    deliverable.late_policy = "closed"
    deliverable.save()
    run(scene, folder_of(tmp_path, slides_row(scene, at=SLIDES_DUE + TICK)))
    assert len(versions()) == 1


def test_a_dry_run_only_shows_the_difference(scene: Scene, tmp_path: Path) -> None:
    kept_before = list(files.kept_sizes())
    said = run(scene, folder_of(tmp_path, slides_row(scene)), "--dry-run", "--json")
    document = json.loads(said)
    assert [row["is_new"] for row in document["rows"]] == [True]
    assert (document["did"], document["problems"]) == ("", [])
    assert versions() == []
    assert list(files.kept_sizes()) == kept_before


def test_repeated_it_changes_nothing(scene: Scene, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, slides_row(scene), question_row(scene))
    run(scene, folder)
    kept = list(files.kept_sizes())
    said = run(scene, folder)
    assert said.count("there already") == 2
    assert len(versions()) == 2
    assert list(files.kept_sizes()) == kept
    assert Act.objects.count() == 1


def test_versions_are_numbered_by_their_instants(scene: Scene, tmp_path: Path) -> None:
    rows = [
        slides_row(scene, at=SLIDES_DUE, file="second.pptx"),
        slides_row(scene, at=SLIDES_DUE - timedelta(hours=1)),
    ]
    folder = folder_of(tmp_path, *rows)
    (folder / "second.pptx").write_bytes(PPTX + b"2")
    run(scene, folder)
    assert [(one.number, one.file_name) for one in versions()] == [
        (1, "talk.pptx"),
        (2, "second.pptx"),
    ]


def test_what_is_older_than_a_version_here_is_refused(scene: Scene, tmp_path: Path) -> None:
    hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), PPTX + b"here", at=SLIDES_DUE)
    said = refused(scene, folder_of(tmp_path, slides_row(scene, at=SLIDES_DUE - TICK)))
    assert "Version 1 is there already, and was received no earlier." in said


def test_every_error_is_said_at_once_and_nothing_comes_in(scene: Scene, tmp_path: Path) -> None:
    rows = [
        slides_row(scene),
        slides_row(scene, kind="slide"),
        slides_row(scene, received_at="2025-02-11 12:30"),
        slides_row(scene, received_at="2025-13-11T12:30:00Z"),
        slides_row(scene, file="talks/tlak.pptx"),
        slides_row(scene, file="../secrets"),
        slides_row(scene, text="Both."),
        question_row(scene, paper=""),
        slides_row(scene, paper="X"),
        slides_row(scene, kind="report"),
    ]
    said = refused(scene, folder_of(tmp_path, *rows))
    for expected in (
        'row 3, column kind: Unknown kind "slide"',
        'Did you mean "slides"?',
        'row 4, column received_at: "2025-02-11 12:30" has no offset; expected an instant',
        'row 5, column received_at: "2025-13-11T12:30:00Z" is no instant',
        'row 6, column file: "talks/tlak.pptx" is not in the folder. Did you mean',
        'row 7, column file: "../secrets" lies outside of the folder.',
        "row 8, column file: Give either a file of the folder or a text.",
        "row 9, column paper: Say by its title or link",
        "row 10, column paper: Leave it empty: slides is on no single paper.",
        "row 11, column lecture_date: Leave it empty: report has no lecture.",
    ):
        assert expected in said
    assert "row 2" not in said


def test_what_the_course_does_not_know_is_said_at_once(scene: Scene, tmp_path: Path) -> None:
    rows = [
        slides_row(scene, at=NOW + TICK),
        slides_row(scene, at=START - TICK),
        slides_row(scene, owner="G0"),
        slides_row(scene, owner=scene.writing.name),
        slides_row(scene, by=""),
        slides_row(scene, by="nobody"),
        slides_row(scene, lecture_date="2025-02-13"),
        question_row(scene, paper="Another paper"),
        question_row(scene, text="Too short."),
        question_row(scene, owner=scene.presenters[0].student_id),
        slides_row(scene, file="notes.txt"),
    ]
    folder = folder_of(tmp_path, *rows)
    (folder / "notes.txt").write_bytes(b"notes")
    said = refused(scene, folder)
    for expected in (
        "row 2, column received_at: This instant is still to come.",
        "row 3, column received_at: Before the course began",
        'row 4, column owner: Unknown group "G0".',
        "did not owe this then.",
        "row 6, column by: Say who handed in for the group",
        'row 7, column by: Unknown "nobody"',
        "row 8, column lecture_date: Nothing of the kind slides is due there.",
        "row 9, column paper: No such paper asks for a question there.",
        "row 10, column text: Write ",
        "row 11, column owner: ",
        "row 12, column file: Hand in a .pptx or .ppt file",
    ):
        assert expected in said


def test_two_lectures_of_a_day_are_told_apart_by_position(scene: Scene, tmp_path: Path) -> None:
    other = make_lecture(scene.course, starts_at=LECTURE_AT + timedelta(hours=3))
    assign(other, scene.presenting)
    derive(scene.course)
    said = refused(scene, folder_of(tmp_path, slides_row(scene)))
    assert "Say which in the column lecture_position" in said
    # A file counts a course's lectures; the tests count those of all their courses.
    for position, lecture in enumerate((scene.lecture, other), start=1):
        lecture.position = position
        lecture.save(update_fields=["position"])
    row = slides_row(scene, lecture_position="1")
    run(scene, folder_of(tmp_path, row))
    assert versions()[0].submission.deliverable.lecture == scene.lecture


@pytest.mark.parametrize("name", ["nothing", "no-course"])
def test_a_course_or_folder_that_is_not_there_is_said_so(
    scene: Scene, tmp_path: Path, name: str
) -> None:
    with pytest.raises(CommandError, match=r"There is no course|is no folder with a file"):
        call_command(
            "import_hand_ins", str(tmp_path), "--course", name if "-" in name else scene.course.slug
        )
