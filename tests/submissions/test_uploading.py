"""Files in pieces: by the protocol, whatever breaks off, and only by who began them."""

import hashlib
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from courseapp.course.models import Course
from courseapp.kernel import clock, files
from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind
from submissions.models import Door, Upload, UploadOutcome
from submissions.services import settling
from tests import tus
from tests.doors import PDF, PPTX, browser, digest, hand_in_file, versions
from tests.factories import enroll, make_course
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture
from tests.tus import DECK

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


def kept_files() -> list[Any]:
    return [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()]


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


# -- what the protocol asks ----------------------------------------------------------------------


def test_a_piece_that_does_not_fit_is_refused_and_changes_nothing(person, slides):
    address = tus.begun(person, slides, at=EARLY)
    tus.patch(person, address, DECK[:500], offset=0, at=EARLY)
    statuses = [
        tus.patch(person, address, DECK[400:], offset=400, at=LATER).status_code,
        tus.patch(person, address, DECK[600:], offset=600, at=LATER).status_code,
        tus.patch(person, address, DECK, offset=500, at=LATER).status_code,
        browser(person).patch(address, b"", content_type=tus.BYTES).status_code,
        browser(person).patch(address, b"", headers=tus.SPEAKS).status_code,
    ]
    assert statuses == [409, 409, 413, 412, 415]
    upload = tus.upload_at(address)
    assert (upload.offset, upload.last_received_at) == (500, EARLY)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_that_changed_on_its_way_is_not_kept(algorithm, person, slides):
    address = tus.begun(person, slides, at=EARLY)
    right = b64encode(hashlib.new(algorithm, DECK[:500]).digest()).decode()
    checked = {"Upload-Checksum": f"{algorithm} {right}"}

    spoilt = tus.patch(person, address, b"x" + DECK[1:500], offset=0, at=EARLY, **checked)
    assert (spoilt.status_code, spoilt.json()["code"]) == (460, "corrupt")
    assert tus.upload_at(address).offset == 0
    assert tus.patch(person, address, DECK[:500], offset=0, at=EARLY, **checked).status_code == 204
    assert tus.patch(person, address, DECK[500:], offset=500, at=LATER).status_code == 204
    assert versions()[0].sha256 == digest(DECK)


def test_a_network_that_lets_only_posts_pass_uploads_too(person, slides):
    address = tus.begun(person, slides, at=EARLY)
    answer = browser(person).post(
        address,
        DECK,
        content_type=tus.BYTES,
        headers={**tus.SPEAKS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"},
    )
    assert answer.status_code == 204
    assert len(versions()) == 1
    assert browser(person).post(address, headers=tus.SPEAKS).status_code == 405


def test_stopped_it_is_gone_and_its_bytes_are(person, slides, django_capture_on_commit_callbacks):
    address = tus.begun(person, slides, at=EARLY)
    tus.patch(person, address, DECK[:500], offset=0, at=EARLY)
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser(person).delete(address, headers=tus.SPEAKS)

    assert answer.status_code == 204
    assert tus.head(person, address, at=LATER).status_code == 410
    assert tus.patch(person, address, DECK[500:], offset=500, at=LATER).status_code == 410
    assert kept_files() == []


def test_what_was_handed_in_cannot_be_stopped(person, slides):
    address = tus.begun(person, slides, at=EARLY, first=DECK)
    assert browser(person).delete(address, headers=tus.SPEAKS).status_code == 410
    assert len(versions()) == 1


def test_a_further_upload_takes_the_room_of_the_one_silent_longest(person, slides):
    ticks = [EARLY + timedelta(minutes=minute) for minute in range(4)]
    addresses = [tus.begun(person, slides, at=tick) for tick in ticks[:3]]
    tus.patch(person, addresses[0], DECK[:500], offset=0, at=ticks[3])
    tus.begun(person, slides, at=ticks[3])

    outcomes = [tus.upload_at(address).outcome for address in addresses]
    assert outcomes == ["", "abandoned", ""]


def test_what_came_before_a_break_is_kept_and_counts_for_the_offset(person, slides):
    address = tus.begun(person, slides, at=EARLY)
    answer = tus.break_off(person, address, DECK[:700], announced=len(DECK), offset=0, at=EARLY)
    assert answer.headers["Upload-Offset"] == "700"
    assert tus.head(person, address, at=LATER).headers["Upload-Offset"] == "700"

    assert tus.patch(person, address, DECK[700:], offset=700, at=LATER).status_code == 204
    assert [(one.sha256, one.received_at) for one in versions()] == [(digest(DECK), LATER)]


def test_what_a_killed_server_wrote_and_nobody_was_told_of_is_written_again(person, slides):
    address = tus.begun(person, slides, at=EARLY)
    tus.patch(person, address, DECK[:700], offset=0, at=EARLY)
    (settings.FILES_ROOT / tus.upload_at(address).staging_key).write_bytes(DECK[:700] + b"torn")

    assert tus.head(person, address, at=LATER).headers["Upload-Offset"] == "700"
    assert tus.patch(person, address, DECK[700:], offset=700, at=LATER).status_code == 204
    assert versions()[0].sha256 == digest(DECK)


def test_the_page_tells_what_is_not_all_here_until_something_newer_is_in(person, slides):
    told = []
    for at, content in ((EARLY, None), (LATER, DECK)):
        if content is None:
            tus.begun(person, slides, at=at, name="old.pptx")
        else:
            tus.begun(person, slides, at=at, first=content)
        with clock.standing_at(LATER):
            page = browser(person).get(f"/c/{slides.course.slug}/hand-in/{slides.pk}/")
        told.append("old.pptx</b> is not all here yet" in page.content.decode())
    assert told == [True, False]


# -- crashes and silence -------------------------------------------------------------------------


def left_whole(address: str) -> Upload:
    """Leave an upload as a crash does between its last byte and its version."""
    upload = tus.upload_at(address)
    path = settings.FILES_ROOT / upload.staging_key
    path.write_bytes(DECK)
    upload.offset, upload.last_received_at = len(DECK), LATER
    upload.save()
    return upload


def by_asking(person: Any, address: str) -> None:
    answer = tus.head(person, address, at=LATER + timedelta(hours=5))
    assert answer.headers["Upload-Offset"] == str(len(DECK))


def by_sending_nothing_more(person: Any, address: str) -> None:
    at = LATER + timedelta(hours=5)
    assert tus.patch(person, address, b"", offset=len(DECK), at=at).status_code == 204


def by_the_sweep(person: Any, address: str) -> None:
    assert settling.sweep(now=LATER + timedelta(days=9)) == 1


@pytest.mark.parametrize("way", [by_asking, by_sending_nothing_more, by_the_sweep])
def test_a_crash_after_the_last_byte_costs_no_minute(way, person, slides):
    address = tus.begun(person, slides, at=EARLY)
    left_whole(address)

    way(person, address)
    settling.sweep(now=LATER + timedelta(days=9))

    (version,) = versions()
    assert (version.received_at, version.sha256) == (LATER, digest(DECK))
    assert tus.upload_at(address).version == version


@pytest.mark.parametrize("store", ["local", "bucket"])
@pytest.mark.parametrize("pledges", [False, True])
def test_a_crash_between_keeping_the_file_and_the_version_costs_nothing(
    store, pledges, person, slides, request
):
    if store == "bucket":
        request.getfixturevalue("files_in_a_bucket")
    Course.objects.update(allows_pledge=True)
    address = tus.begun(person, slides, at=EARLY, pledges=pledges)
    upload = tus.upload_at(address)
    upload.offset, upload.last_received_at = len(DECK), SLIDES_DUE + timedelta(minutes=1)
    upload.save()
    files.add_piece(upload.staging_key, 0, [DECK])
    files.keep_pieces(upload.staging_key)

    assert settling.sweep(now=SLIDES_DUE + timedelta(hours=5)) == 1

    (version,) = versions()
    assert (version.sha256, version.door) == (digest(DECK), Door.PLEDGE if pledges else Door.UPLOAD)
    assert version.received_at == (EARLY if pledges else upload.last_received_at)
    with files.open_kept(version.file_key) as file:
        assert file.read() == DECK


def test_lost_or_broken_bytes_of_one_upload_hold_up_no_other(scene, slides, person):
    people = [person, person, person, scene.presenters[1]]
    begun = [tus.begun(one, slides, at=EARLY) for one in people]
    lost, cut, broken, whole = map(left_whole, begun)
    path = settings.FILES_ROOT
    (path / lost.staging_key).unlink()
    (path / cut.staging_key).write_bytes(DECK[:-1])
    (path / broken.staging_key).unlink()
    (path / broken.staging_key).mkdir()

    assert settling.sweep(now=LATER) == 3

    outcomes = [Upload.objects.get(pk=one.pk).outcome for one in (lost, cut, broken, whole)]
    assert outcomes == ["abandoned", "abandoned", "", "handed_in"]
    assert [version.sha256 for version in versions()] == [digest(DECK)]


def test_what_is_whole_makes_room_for_nothing(person, slides):
    whole = [left_whole(tus.begun(person, slides, at=EARLY)) for _ in range(3)]
    crowded = tus.begin(person, slides, at=LATER)
    assert (crowded.status_code, crowded.json()["code"]) == (422, "crowded")
    assert settling.sweep(now=LATER) == len(whole)
    assert tus.begin(person, slides, at=LATER).status_code == 201


def test_what_repeats_a_version_leaves_no_bytes(person, slides, django_capture_on_commit_callbacks):
    tus.begun(person, slides, at=EARLY, first=DECK)
    with django_capture_on_commit_callbacks(execute=True):
        tus.begun(person, slides, at=LATER, first=DECK)
    (version,) = versions()
    assert [key for key, _ in files.kept_sizes()] == [version.file_key]
    assert len(kept_files()) == 1


MINUTE = timedelta(minutes=1)
# What came in after a file that a crash left, both against the due instant; whether the file is in.
NEWER: Any = {
    "both in time": (-2, -1, PPTX, "refused"),
    "both late": (1, 2, PPTX, "refused"),
    "only the file in time": (-1, 1, PPTX, "handed_in"),
    "the same bytes": (-2, -1, DECK, "handed_in"),
    "older": (-1, -2, PPTX, "handed_in"),
}


@pytest.mark.parametrize("case", NEWER)
def test_a_file_that_a_crash_left_takes_no_credit_from_newer_work(case, person, slides):
    left_at, newer_at, newer, outcome = NEWER[case]
    address = tus.begun(person, slides, at=EARLY)
    left = left_whole(address)
    left.last_received_at = SLIDES_DUE + left_at * MINUTE
    left.save()
    hand_in_file(person, slides, newer, at=SLIDES_DUE + newer_at * MINUTE)

    asked_at = SLIDES_DUE + timedelta(hours=1)
    assert tus.said(person, address, at=asked_at)["outcome"] == outcome
    if outcome == "refused":
        assert [version.sha256 for version in versions()] == [digest(newer)]
        assert "hand it in once more" in tus.said(person, address, at=asked_at)["sentence"]


def test_what_was_silent_for_a_day_is_forgotten(person, slides, django_capture_on_commit_callbacks):
    address = tus.begun(person, slides, at=EARLY)
    tus.patch(person, address, DECK[:500], offset=0, at=EARLY)
    day = timedelta(hours=24)

    assert settling.sweep(now=EARLY + day) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert settling.sweep(now=EARLY + day + timedelta(microseconds=1)) == 1
    assert tus.upload_at(address).outcome == UploadOutcome.ABANDONED
    assert tus.head(person, address, at=LATER).status_code == 410
    assert kept_files() == []


def test_bytes_that_the_store_lost_are_asked_for_again(person, slides):
    address = tus.begun(person, slides, at=EARLY)
    tus.patch(person, address, DECK[:2000], offset=0, at=EARLY)
    (settings.FILES_ROOT / tus.upload_at(address).staging_key).write_bytes(DECK[:1500])

    assert tus.patch(person, address, DECK[2000:], offset=2000, at=LATER).status_code == 409
    assert tus.head(person, address, at=LATER).headers["Upload-Offset"] == "1500"
    assert tus.patch(person, address, DECK[1500:], offset=1500, at=LATER).status_code == 204
    assert versions()[0].sha256 == digest(DECK)
