"""What breaks while a file is on its way: connections, pieces, servers, patience."""

import hashlib
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from courseapp.course.models import Course, Enrollment
from courseapp.kernel import clock, files
from courseapp.kernel.models import OutboxMail
from groups.models import Membership
from submissions.deadlines import Kind, LatePolicy
from submissions.models import Door, Upload, UploadOutcome
from submissions.services import settling
from tests import tus
from tests.doors import PPTX, browser, digest, hand_in_file, versions
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


def test_a_piece_that_would_hold_its_upload_for_long_is_refused(person, slides):
    address = tus.begun(person, slides, at=EARLY)
    large: Any = {"announced": 16 * 1024 * 1024 + 1, "offset": 0, "at": EARLY}
    answer = tus.break_off(person, address, DECK, **large)
    assert (answer.status_code, answer.json()["code"]) == (413, "large_piece")
    assert tus.upload_at(address).offset == 0


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


def test_who_newer_work_overtook_is_told_without_asking_until_something_newer_is_in(scene, slides):
    sender, other = scene.presenters[:2]
    address = tus.begun(sender, slides, at=EARLY, name="old.pptx")
    left_whole(address)
    hand_in_file(other, slides, PPTX, at=LATER + MINUTE)

    for _ in range(2):
        settling.sweep(now=LATER + 5 * MINUTE)

    mails = OutboxMail.objects.filter(kind="submissions/left_refused")
    assert {mail.recipient for mail in mails} == {one.email for one in scene.presenters}
    assert mails.count() == len(scene.presenters)
    for words in (
        "old.pptx was not handed in",
        f"sent by {sender.name}",
        "Version 1 came in after this file",
        "What counts is version 1",
        f"handed in by {other.name}",
        "every version that was handed in is kept",
        f"/c/{slides.course.slug}/hand-in/{slides.pk}/",
    ):
        assert words in mails[0].subject + mails[0].text
    assert "old.pptx</b> had all arrived" in _page(sender, slides)
    assert "Version 1 came in after this file" in _page(sender, slides)
    assert "had all arrived" not in _page(other, slides)
    hand_in_file(sender, slides, DECK, at=LATER + 6 * MINUTE)
    assert "had all arrived" not in _page(sender, slides)


def _page(person: Any, due: Any) -> str:
    with clock.standing_at(LATER + 7 * MINUTE):
        answer = browser(person).get(f"/c/{due.course.slug}/hand-in/{due.pk}/")
    return answer.content.decode()


def test_who_dropped_gets_no_mail_of_a_file_that_a_crash_left(scene, slides):
    sender = scene.presenters[0]
    left_whole(tus.begun(sender, slides, at=EARLY))
    Enrollment.objects.filter(pk=sender.pk).update(state="dropped", dropped_at=LATER)
    assert settling.sweep(now=LATER + 5 * MINUTE) == 1
    assert not OutboxMail.objects.filter(kind="submissions/left_refused").exists()


def test_a_course_that_is_finished_mails_nothing_of_a_file_that_a_crash_left(scene, slides):
    left_whole(tus.begun(scene.presenters[0], slides, at=EARLY))
    Course.objects.filter(pk=slides.course.pk).update(state="finished")
    assert settling.sweep(now=LATER + 5 * MINUTE) == 1
    assert Upload.objects.get().outcome == UploadOutcome.REFUSED
    assert not OutboxMail.objects.filter(kind="submissions/left_refused").exists()


def test_who_left_the_group_meanwhile_hears_nothing_of_its_newer_work(scene, slides):
    sender, leaver = scene.presenters
    left_whole(tus.begun(sender, slides, at=EARLY, name="old.pptx"))
    Membership.objects.filter(enrollment=leaver).update(ends_at=LATER, end_reason="left")
    hand_in_file(sender, slides, PPTX, at=LATER + MINUTE)
    settling.sweep(now=LATER + 5 * MINUTE)
    (told,) = OutboxMail.objects.filter(kind="submissions/left_refused")
    assert told.recipient == sender.email


def test_what_was_sent_again_meanwhile_is_in_and_nobody_is_told_otherwise(scene, slides):
    sender, other = scene.presenters[:2]
    address = tus.begun(sender, slides, at=EARLY)
    left_whole(address)
    hand_in_file(other, slides, PPTX, at=LATER + MINUTE)
    hand_in_file(sender, slides, DECK, at=LATER + 2 * MINUTE)
    settling.sweep(now=LATER + 5 * MINUTE)
    assert tus.upload_at(address).outcome == UploadOutcome.HANDED_IN
    assert [version.number for version in versions()] == [1, 2]
    assert not OutboxMail.objects.filter(kind="submissions/left_refused").exists()


def test_what_was_sent_again_too_late_takes_no_credit_from_newer_work_in_time(person, slides):
    left = left_whole(tus.begun(person, slides, at=EARLY))
    hand_in_file(person, slides, PPTX, at=LATER + MINUTE)
    hand_in_file(person, slides, DECK, at=SLIDES_DUE + MINUTE)
    settling.sweep(now=SLIDES_DUE + 5 * MINUTE)
    assert Upload.objects.get(pk=left.pk).outcome == UploadOutcome.REFUSED
    assert [version.sha256 for version in versions()] == [digest(PPTX), digest(DECK)]


def test_a_file_that_a_crash_left_after_the_end_is_told_to_its_sender_alone(scene, slides):
    sender = scene.presenters[0]
    slides.late_policy = LatePolicy.CLOSED.value
    slides.save()
    left = left_whole(tus.begun(sender, slides, at=EARLY))
    left.last_received_at = SLIDES_DUE + MINUTE
    left.save()
    assert settling.sweep(now=SLIDES_DUE + 5 * MINUTE) == 1
    (told,) = OutboxMail.objects.filter(kind="submissions/left_refused")
    assert told.recipient == sender.email
    assert settling.refusal_of(Upload.objects.get(pk=left.pk)).sentence in told.text
    assert "What counts" not in told.text


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
