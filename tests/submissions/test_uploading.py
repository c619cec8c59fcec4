"""Files in pieces: by the protocol, whatever breaks off, and only by who began them."""

from datetime import timedelta
from typing import Any

import pytest

from courseapp.course.models import Course
from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind
from submissions.models import Door, Upload, UploadOutcome
from tests import tus
from tests.doors import PDF, browser, digest, versions
from tests.factories import enroll, make_course
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture
from tests.tus import DECK, kept_files

pytestmark = pytest.mark.django_db
EARLY = SLIDES_DUE - timedelta(days=1)
LATER = EARLY + timedelta(minutes=3)


@pytest.fixture
def scene() -> Scene:
    return a_lecture()


@pytest.fixture
def slides(scene: Scene) -> Any:
    return scene.due(Kind.SLIDES)


@pytest.fixture
def person(scene: Scene) -> Any:
    return scene.presenters[0]


def test_a_file_in_pieces_is_one_version_received_with_its_last_byte(person, slides):
    address = tus.begun(person, slides, at=EARLY)
    first = tus.patch(person, address, DECK[:1000], offset=0, at=EARLY)
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1000")
    assert versions() == []
    assert tus.head(person, address, at=LATER).headers["Upload-Offset"] == "1000"

    last = tus.patch(person, address, DECK[1000:], offset=1000, at=LATER)

    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(DECK)))
    (version,) = versions()
    assert (version.door, version.received_at, version.sha256) == (
        Door.UPLOAD,
        LATER,
        digest(DECK),
    )
    assert (version.file_name, version.size) == ("talk.pptx", len(DECK))
    assert OutboxMail.objects.count() == 2
    assert len(kept_files()) == 1
    assert tus.said(person, address, at=LATER) == {
        "outcome": "handed_in",
        "sentence": "Version 1 is in and counts. The receipt is on its way.",
        "is_late": False,
    }


def test_the_first_bytes_may_come_along_with_the_beginning(person, slides):
    answer = tus.begin(person, slides, at=EARLY, first=DECK)

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(DECK)))
    assert [version.sha256 for version in versions()] == [digest(DECK)]


def test_what_the_server_can_is_told_before_anything_is_sent(person, slides):
    answer = browser(person).options(f"/c/{slides.course.slug}/hand-in/{slides.pk}/uploads/")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == str(200 * 1024 * 1024)


def test_begun_twice_with_one_key_it_is_one_upload(person, slides):
    addresses = {tus.begun(person, slides, at=EARLY, key="a" * 32) for _ in range(3)}
    assert len(addresses) == 1
    tus.patch(person, addresses.copy().pop(), DECK, offset=0, at=LATER)

    again = tus.begin(person, slides, at=LATER, key="a" * 32, first=DECK)

    assert (again.status_code, again.headers["Upload-Offset"]) == (201, str(len(DECK)))
    assert {again.headers["Location"]} == addresses
    assert len(versions()) == 1


OTHER_FILES: Any = {
    "another name": {"name": "other.pptx"},
    "another length": {"content": DECK + b"more"},
    "another hash": {"content": DECK[:-1] + b"x", "pledges": True},
}


@pytest.mark.parametrize("case", OTHER_FILES)
def test_another_file_under_the_same_key_is_another_upload(case, person, slides):
    Course.objects.update(allows_pledge=True)
    pledges = case == "another hash"
    first = tus.begun(person, slides, at=EARLY, key="a" * 32, pledges=pledges)
    tus.patch(person, first, DECK[:1000], offset=0, at=EARLY)
    other = OTHER_FILES[case]
    content = other.get("content", DECK)

    second = tus.begin(person, slides, at=LATER, key="a" * 32, first=content, **other)

    assert second.headers["Upload-Offset"] == str(len(content))
    assert second.headers["Location"] != first
    assert [version.sha256 for version in versions()] == [digest(content)]
    assert tus.upload_at(first).offset == 1000


def test_the_refusal_of_one_file_is_not_that_of_another(person, slides):
    fake = b"<html>" + bytes(2000)
    refused = tus.begin(person, slides, at=EARLY, content=fake, first=fake, key="a" * 32)
    assert refused.status_code == 422
    assert tus.begin(person, slides, at=LATER, first=DECK, key="a" * 32).status_code == 201
    assert len(versions()) == 1


# -- what is refused, and when -------------------------------------------------------------------

REFUSED_AT_ONCE: Any = {
    "too large": (413, "too_large", {"Upload-Length": str(200 * 1024 * 1024 + 1)}, "talk.pptx"),
    "empty": (422, "empty", {"Upload-Length": "0"}, "talk.pptx"),
    "wrong ending": (422, "wrong_ending", {}, "talk.pdf"),
    "no name": (422, "wrong_ending", {}, ""),
}


@pytest.mark.parametrize("case", REFUSED_AT_ONCE)
def test_what_is_wrong_about_name_or_size_is_said_before_a_byte_is_sent(case, person, slides):
    status, code, headers, name = REFUSED_AT_ONCE[case]
    answer = tus.begin(person, slides, at=EARLY, name=name, **headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["sentence"].endswith(".")
    assert not Upload.objects.exists()
    assert kept_files() == []


def test_a_name_is_shown_without_what_cannot_be_seen(person, slides):
    tus.begun(person, slides, at=EARLY, name="my\x00 \u202etalk.pptx", first=DECK)
    assert versions()[0].file_name == "my talk.pptx"


def test_the_first_bytes_tell_whether_it_is_what_its_name_says(person, slides):
    fake = PDF + bytes(3000)
    address = tus.begun(person, slides, at=EARLY, content=fake, key="a" * 32)
    assert tus.patch(person, address, fake[:1000], offset=0, at=EARLY).status_code == 204

    answer = tus.patch(person, address, fake[1000:2000], offset=1000, at=EARLY)

    assert answer.status_code == 422
    assert answer.json()["sentence"].startswith("The name ends in .pptx, but what is inside")
    assert tus.upload_at(address).outcome == UploadOutcome.REFUSED
    # Whoever missed the answer is told again, wherever they ask.
    again = tus.begin(person, slides, at=EARLY, content=fake, key="a" * 32)
    assert again.json() == answer.json()
    assert tus.head(person, address, at=LATER).status_code == 422
    assert tus.said(person, address, at=LATER)["sentence"] == answer.json()["sentence"]


def test_a_wrong_file_in_one_piece_is_refused_while_it_comes(person, slides):
    fake = b"<html>" + bytes(400_000)
    answer = tus.begin(person, slides, at=EARLY, content=fake, first=fake)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_signature")


def test_who_owes_nothing_here_cannot_begin(scene, slides):
    others = [scene.authors[0], enroll(scene.course, "observer"), enroll(scene.course, "ta")]
    answers = [tus.begin(other, slides, at=EARLY) for other in others]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (403, "not_yours"),
        (403, "not_yours"),
        (403, "not_yours"),
    ]
    assert tus.begin(enroll(make_course()), slides, at=EARLY).status_code == 404
    assert not Upload.objects.exists()


def test_only_who_began_it_goes_on_with_it(scene, person, slides):
    address = tus.begun(person, slides, at=EARLY)
    for other in (scene.presenters[1], enroll(scene.course, "instructor")):
        assert tus.head(other, address, at=EARLY).status_code == 404
        assert tus.patch(other, address, DECK, offset=0, at=EARLY).status_code == 404
        assert browser(other).delete(address, headers=tus.SPEAKS).status_code == 404
    assert tus.patch(person, address, DECK, offset=0, at=EARLY).status_code == 204


def test_who_is_signed_out_by_now_is_told_so_and_loses_nothing(person, slides):
    address = tus.begun(person, slides, at=EARLY)
    tus.patch(person, address, DECK[:500], offset=0, at=EARLY)

    answer = browser().patch(
        address, DECK[500:], content_type=tus.BYTES, headers={**tus.SPEAKS, "Upload-Offset": "500"}
    )

    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert "what has arrived is kept" in answer.json()["sentence"]
    assert tus.patch(person, address, DECK[500:], offset=500, at=LATER).status_code == 204


def test_no_file_is_begun_in_the_name_of_who_has_signed_in_meanwhile(scene, slides):
    theirs = browser(scene.presenters[0])
    theirs.defaults["HTTP_X_PERSON"] = str(scene.presenters[1].user_id)
    answer = tus.begin(theirs, slides, at=EARLY, first=DECK)
    assert (answer.status_code, answer.json()["code"]) == (403, "other_person")
    assert not Upload.objects.exists()
