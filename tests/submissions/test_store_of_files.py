"""Handing in to a bucket, and what a student is told where the store of files is away."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind
from tests.doors import PPTX, browser, post_file, versions
from tests.submissions.scenes import SLIDES_DUE, a_lecture

pytestmark = pytest.mark.django_db
EARLY = SLIDES_DUE - timedelta(days=1)


@pytest.fixture
def away(settings: Any) -> None:
    """Let nothing listen where the bucket was."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{closed.getsockname()[1]}"


@pytest.mark.usefixtures("files_in_a_bucket")
def test_a_hand_in_to_a_bucket_is_given_out_again_and_found_whole(settings: Any) -> None:
    scene = a_lecture()
    post_file(scene.presenters[0], scene.due(Kind.SLIDES), PPTX, name="talk.pptx", at=EARLY)
    (version,) = versions()
    answer = browser(scene.presenters[1]).get(f"/c/{scene.course.slug}/versions/{version.pk}/file/")
    assert answer.getvalue() == PPTX
    assert not Path(settings.FILES_ROOT).exists()
    call_command("check_invariants", "--files")


@pytest.mark.usefixtures("files_in_a_bucket")
def test_a_file_that_is_gone_from_the_bucket_is_found_by_the_invariants(
    settings: Any, files_in_a_bucket: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = a_lecture()
    post_file(scene.presenters[0], scene.due(Kind.SLIDES), PPTX, name="talk.pptx", at=EARLY)
    files_in_a_bucket.delete_object(Bucket=settings.S3_BUCKET, Key=versions()[0].file_key)
    with pytest.raises(CommandError, match="do not hold"):
        call_command("check_invariants", "--files")
    assert "file_is_there" in capsys.readouterr().out


@pytest.mark.usefixtures("files_in_a_bucket", "away")
def test_a_hand_in_while_the_store_is_away_is_told_to_be_tried_again_and_leaves_nothing():
    scene = a_lecture()
    answer = post_file(scene.presenters[0], scene.due(Kind.SLIDES), PPTX, name="t.pptx", at=EARLY)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert b"try again in a minute" in answer.content
    assert (versions(), OutboxMail.objects.count()) == ([], 0)


@pytest.mark.usefixtures("files_in_a_bucket")
def test_a_download_while_the_store_is_away_is_told_to_be_tried_again(
    request: pytest.FixtureRequest,
) -> None:
    scene = a_lecture()
    post_file(scene.presenters[0], scene.due(Kind.SLIDES), PPTX, name="talk.pptx", at=EARLY)
    request.getfixturevalue("away")
    path = f"/c/{scene.course.slug}/versions/{versions()[0].pk}/file/"
    answer = browser(scene.presenters[0]).get(path)
    assert (answer.status_code, b"try again in a minute" in answer.content) == (503, True)
