"""The one door to a file: whole or in parts, for whom it is, and never run by a browser."""

import os
from datetime import datetime, timedelta
from typing import Any

import pytest

from courseapp.course.models import Enrollment
from groups.models import Membership
from submissions.deadlines import Kind
from submissions.models import SubmissionVersion
from tests.doors import PPTX, browser, digest, hand_in_file
from tests.factories import START, enroll
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
EARLY = SLIDES_DUE - timedelta(days=1)
CONTENT = PPTX + os.urandom(200_000)
SIZE = len(CONTENT)


@pytest.fixture(params=["local", "s3"])
def scene(request: pytest.FixtureRequest) -> Scene:
    """Slides in a folder, and in a bucket."""
    if request.param == "s3":
        request.getfixturevalue("files_in_a_bucket")
    return with_slides()


def with_slides() -> Scene:
    """Make a course whose presenters handed in their slides early."""
    made = a_lecture()
    slides = made.due(Kind.SLIDES)
    hand_in_file(made.presenters[0], slides, CONTENT, name="Vortrag ä.pptx", at=EARLY)
    return made


def asked(person: Enrollment, *, method: str = "get", **headers: str) -> Any:
    """Ask for the file of the only version."""
    path = f"/c/{person.course.slug}/versions/{SubmissionVersion.objects.get().pk}/file/"
    answer = getattr(browser(person), method)(path, headers=headers)
    answer.body = b"".join(answer)
    return answer


def test_a_file_is_given_whole_as_a_download(scene: Scene) -> None:
    answer = asked(scene.presenters[1])
    assert (answer.status_code, answer.body) == (200, CONTENT)
    told = {name: answer[name] for name in ("Content-Length", "Accept-Ranges", "ETag")}
    assert told == {
        "Content-Length": str(SIZE),
        "Accept-Ranges": "bytes",
        "ETag": f'"{digest(CONTENT)}"',
    }
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("part", "begin", "end"),
    [("bytes=0-9", 0, 10), ("bytes=100000-", 100_000, SIZE), ("bytes=-7", SIZE - 7, SIZE)],
)
def test_a_part_is_given_as_it_is_asked_for(scene: Scene, part: str, begin: int, end: int) -> None:
    answer = asked(scene.presenters[0], Range=part)
    assert (answer.status_code, answer.body) == (206, CONTENT[begin:end])
    assert answer["Content-Range"] == f"bytes {begin}-{end - 1}/{SIZE}"
    assert answer["Content-Length"] == str(end - begin)
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_part_of_other_bytes_than_those_begun_with_is_never_given(scene: Scene) -> None:
    answer = asked(scene.presenters[0], Range="bytes=0-9", **{"If-Range": '"other"'})
    assert (answer.status_code, len(answer.body)) == (200, SIZE)
    tag = f'"{digest(CONTENT)}"'
    answer = asked(scene.presenters[0], Range="bytes=0-9", **{"If-Range": tag})
    assert answer.status_code == 206


def test_a_part_behind_the_end_is_answered_with_the_size(scene: Scene) -> None:
    answer = asked(scene.presenters[0], Range=f"bytes={SIZE}-")
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{SIZE}")


def test_head_tells_the_size_and_gives_nothing(scene: Scene) -> None:
    answer = asked(scene.presenters[0], method="head", Range="bytes=0-9")
    assert (answer.status_code, answer["Content-Length"], answer.body) == (200, str(SIZE), b"")


# -- for whom it is ------------------------------------------------------------------------------


def belonged(scene: Scene, *, since: datetime, until: datetime) -> Enrollment:
    """Let somebody have been in the presenting group for a time."""
    person = enroll(scene.course)
    Membership.objects.create(
        group=scene.presenting, enrollment=person, seat=3, starts_at=since, ends_at=until
    )
    return person


@pytest.mark.parametrize(
    ("since", "until", "status"),
    [
        (START, EARLY, 404),
        (START, EARLY + TICK, 200),
        (EARLY + TICK, SLIDES_DUE, 404),
        (EARLY + TICK, SLIDES_DUE + TICK, 200),
        (SLIDES_DUE, SLIDES_DUE + TICK, 200),
        (SLIDES_DUE + TICK, SLIDES_DUE + 2 * TICK, 404),
    ],
    ids=["left before", "left after", "in between", "credited", "just credited", "came too late"],
)
def test_former_members_read_what_came_in_while_they_belonged_and_what_they_are_credited_for(
    since: datetime, until: datetime, status: int
) -> None:
    scene = a_lecture()
    person = belonged(scene, since=since, until=until)
    hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), CONTENT, at=EARLY)
    assert asked(person).status_code == status


def test_nobody_else_reads_it():
    scene = with_slides()
    assert asked(scene.authors[0]).status_code == 404
    assert asked(scene.listener, Range="bytes=0-9").status_code == 404
