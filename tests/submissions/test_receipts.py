"""Receipts as people hold them: in the mail, as a file, and on the page where anybody can check one."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courseapp.kernel import signing
from courseapp.kernel.models import OutboxMail
from schedule.models import Lecture
from submissions.deadlines import Kind
from submissions.models import Deliverable, SubmissionVersion
from tests.doors import PPTX, browser, digest, hand_in_file
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
EARLY = SLIDES_DUE - timedelta(days=1)
NO_CODE = "0" * 24


@pytest.fixture
def scene() -> Scene:
    """Slides of a group, handed in a day early."""
    made = a_lecture()
    hand_in_file(made.presenters[0], made.due(Kind.SLIDES), at=EARLY)
    return made


def version() -> SubmissionVersion:
    """Return the only version."""
    return SubmissionVersion.objects.get()


def kept() -> str:
    """Return the receipt as its holder downloads it."""
    answer = browser().get(f"/receipts/{version().receipt_code}/file/")
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    return str(answer.content.decode())


def heading(**shown: Any) -> str:
    """Return the answer's first sentence about what is shown."""
    answer = browser().post("/receipts/", shown)
    assert answer.status_code == 200, answer.content
    page = answer.content.decode()
    return " ".join(page.partition("<h1>")[2].partition("</h1>")[0].split())


@pytest.mark.usefixtures("scene")
def test_a_receipt_states_what_came_in_and_names_nobody():
    document = json.loads(kept())
    assert document["receipt"] == {
        "format": "course receipt 1",
        "code": version().receipt_code,
        "course": version().submission.deliverable.course.slug,
        "deliverable": version().what,
        "version": 1,
        "size": len(PPTX),
        "sha256": digest(PPTX),
        "received_at": EARLY.strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
    }
    assert document["receipt"]["deliverable"].startswith("Slides for ")
    assert document["key"] == signing.public_key()


def test_a_receipt_stays_the_same_whatever_is_renamed_or_moved(scene: Scene) -> None:
    before = kept()
    Lecture.objects.update(topic="Another topic")
    Deliverable.objects.update(due_at=EARLY - timedelta(days=1))
    assert kept() == before


@pytest.mark.usefixtures("scene")
def test_the_mail_alone_is_enough_to_check_the_receipt():
    mail = OutboxMail.objects.filter(kind="submissions/receipt")[0]
    assert version().receipt_code in mail.text
    assert digest(PPTX) in mail.text
    assert heading(receipt=mail.text) == "This receipt is genuine"
    assert json.loads(kept()) == json.loads(mail.text[mail.text.index("{") :])


@pytest.mark.usefixtures("scene")
def test_a_file_is_checked_as_a_pasted_text_is():
    file = SimpleUploadedFile("receipt.json", kept().encode())
    assert heading(file=file) == "This receipt is genuine"


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"version": 1', '"version": 2'),
        (f'"size": {len(PPTX)}', '"size": 1'),
        ("T18:", "T17:"),
        ('"signature": "', '"signature": "A'),
        ('"key": "', '"key": "A'),
    ],
)
def test_a_changed_receipt_is_told_as_such(old: str, new: str) -> None:
    text = kept()
    assert old in text
    assert heading(receipt=text.replace(old, new, 1)) == "This receipt was changed"


@pytest.mark.usefixtures("scene")
def test_a_receipt_signed_by_a_stranger_is_changed(settings: Any) -> None:
    ours = settings.RECEIPT_KEY
    settings.RECEIPT_KEY = bytes(range(32))
    forged = kept()
    settings.RECEIPT_KEY = ours
    assert heading(receipt=forged) == "This receipt was changed"


@pytest.mark.usefixtures("scene")
def test_a_receipt_signed_by_a_former_key_stays_genuine(settings: Any) -> None:
    former, text = signing.public_key(), kept()
    settings.RECEIPT_KEY = bytes(range(32))
    settings.RECEIPT_OLD_KEYS = [base64.b64decode(former)]
    assert heading(receipt=text) == "This receipt is genuine"
    page = browser().get("/receipts/").content.decode()
    assert former in page
    assert signing.public_key() in page


@pytest.mark.usefixtures("scene")
def test_a_code_that_nothing_has_is_unknown_and_one_that_we_signed_is_missed():
    assert heading(code=NO_CODE) == "No such receipt is known here"
    document = json.loads(kept())
    document["receipt"]["code"] = NO_CODE
    assert heading(receipt=json.dumps(document)) == "No such receipt is known here"
    message = json.dumps(document["receipt"], sort_keys=True, separators=(",", ":")).encode()
    document["signature"] = signing.sign(message)
    assert heading(receipt=json.dumps(document)) == "Signed here, but not in the records"


@pytest.mark.usefixtures("scene")
def test_a_hash_is_compared_with_the_receipts():
    code = version().receipt_code
    assert heading(code=f" {code} ", sha256=digest(PPTX).upper()) == "This receipt is genuine"
    other = "The receipt is genuine, but it is for another file"
    assert heading(code=code, sha256=digest(b"another")) == other
    assert heading(receipt=kept(), sha256=digest(b"another")) == other


@pytest.mark.usefixtures("scene")
def test_what_is_no_receipt_is_told_what_one_is():
    assert heading(receipt="Please find my receipt attached.") == "This is no receipt"


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        ({}, "Paste the receipt, choose its file or type its code."),
        ({"code": NO_CODE, "sha256": "12"}, "A SHA-256 has 64 characters"),
        ({"file": SimpleUploadedFile("work.pdf", b"%PDF" * 15_000)}, "This is no receipt:"),
    ],
)
def test_what_cannot_be_checked_says_what_to_change(shown: Any, sentence: str) -> None:
    answer = browser().post("/receipts/", shown)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_on_time_is_told_as_of_now(scene: Scene) -> None:
    path = f"/receipts/{version().receipt_code}/"
    assert "st ok" in browser().get(path).content.decode()
    Deliverable.objects.update(due_at=EARLY - timedelta(microseconds=1))
    assert "st bad" in browser().get(path).content.decode()
    assert "st bad" in browser().post("/receipts/", {"receipt": kept()}).content.decode()
    Deliverable.objects.update(due_at=None)
    assert "nothing is due there any more" in browser().get(path).content.decode()


def test_nobody_is_named_to_whoever_checks(scene: Scene) -> None:
    person = scene.presenters[0]
    names = (person.name, scene.presenting.name, str(person.user))
    pages = [
        browser().get(f"/receipts/{version().receipt_code}/").content.decode(),
        browser().post("/receipts/", {"receipt": kept()}).content.decode(),
        kept(),
    ]
    assert [name for name in names for page in pages if name in page] == []


@pytest.mark.usefixtures("scene")
def test_checking_asks_the_database_little():
    code = version().receipt_code
    for asked_for, count in ((code, 4), (NO_CODE, 2)):
        with CaptureQueriesContext(connection) as asked:
            browser().post("/receipts/", {"code": asked_for})
        assert len(asked) == count, [query["sql"] for query in asked]
