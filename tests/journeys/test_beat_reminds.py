"""The real beat, the real worker, the real broker and a real mail server, each its own process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from courseapp.kernel import clock
from courseapp.kernel.models import MailState, OutboxMail
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.services.handing_in import ask_questions
from tests.factories import (
    actor,
    assign,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
)
from tests.journeys.conftest import Postbox

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 40

pytestmark = pytest.mark.django_db(transaction=True)


def environment(postbox: Postbox, state: Path) -> dict[str, str]:
    """Return the surroundings of a real worker on this test's database."""
    settings = connection.settings_dict
    host = quote(settings["HOST"], safe="")
    role = quote("-c role=courseapp_app")
    address = f"postgresql://{settings['USER']}@{host}/{settings['NAME']}?options={role}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "courseapp.settings",
        "DATABASE_URL": address,
        "DATABASE_OWNER_URL": address,
        "COURSEAPP_STATE": str(state),
        "COURSEAPP_REMIND_SECONDS": "1",
        "SECRET_KEY": "only-for-this-test",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(postbox.port),
    }


@pytest.fixture
def jobs(postbox: Postbox, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """A worker and a beat; killed with -9 at the end at the latest."""
    celery = [sys.executable, "-m", "celery", "-A", "courseapp"]
    started = [
        subprocess.Popen([*celery, *arguments], cwd=ROOT, env=environment(postbox, tmp_path))
        for arguments in (
            ["worker", "--concurrency", "1", "--loglevel", "WARNING"],
            ["beat", "--loglevel", "WARNING", "--schedule", str(tmp_path / "schedule")],
        )
    ]
    yield started
    for process in started:
        process.send_signal(signal.SIGTERM)
    for process in started:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_beat_reminds_exactly_those_who_still_owe_once(
    postbox: Postbox, jobs: list[subprocess.Popen[bytes]]
) -> None:
    course = make_course()
    now = clock.now()
    asked, owing, presenting = enroll(course), enroll(course), enroll(course)
    lecture = make_lecture(course, starts_at=now + timedelta(hours=2))
    assign(lecture, make_group(course, [presenting]))
    derive(course)
    question = Deliverable.objects.get(course=course, kind=Kind.QUESTION.value)
    text = "Which assumption would break first on a cluster twice the size?"
    ask_questions(actor=actor(asked), texts={question.pk: text}, received_at=now)

    wait_until(lambda: postbox.recipients("Still open for you") == [owing.email])
    settled_at = datetime.now(tz=UTC)  # noqa: TID251 - how long the beat went on, not the product's time
    wait_until(lambda: datetime.now(tz=UTC) > settled_at + timedelta(seconds=4))  # noqa: TID251

    assert postbox.recipients("Still open for you") == [owing.email]
    assert postbox.recipients("received") == [asked.email]
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {MailState.SENT.value}
    assert [process.poll() for process in jobs] == [None, None]


def wait_until(holds: Any) -> None:
    """Wait until it holds; fail after PATIENCE_SECONDS."""
    for _ in range(PATIENCE_SECONDS * 10):
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("It did not come to hold.")
