"""The ways in: the same instant gets the same verdict through each, and a refusal says what to change."""

from contextlib import suppress
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.core.files import File

from courseapp.kernel import clock, files
from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.models import OutboxMail
from schedule.models import GroupRole
from submissions.deadlines import Kind, LatePolicy
from submissions.models import Deliverable, SubmissionVersion
from submissions.services import handing_in
from tests import tus
from tests.doors import (
    PDF,
    PPTX,
    TEXT,
    ask,
    browser,
    digest,
    hand_in_file,
    post_file,
    post_questions,
    versions,
)
from tests.factories import (
    LECTURE_AT,
    START,
    actor,
    add_reading,
    assign,
    derive,
    enroll,
    make_course,
    make_group,
)
from tests.submissions.scenes import PROPOSAL_DUE, SLIDES_DUE, SUMMARY_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
EARLY = SLIDES_DUE - timedelta(days=1)
TICK = timedelta(microseconds=1)


def by_service_question(scene: Scene, at: datetime) -> None:
    ask(scene.listener, scene.due(Kind.QUESTION), at=at)


def by_page_question(scene: Scene, at: datetime) -> None:
    post_questions(scene.listener, {scene.due(Kind.QUESTION): TEXT}, at=at)


def file_way(door: Any, kind: Any, owners: Any, content: Any, name: Any) -> Any:
    def way(scene: Scene, at: datetime) -> None:
        person = getattr(scene, owners)[0]
        with suppress(Refused):
            door(person, scene.due(kind), content, name=name, at=at)

    return way


FILES = [
    (Kind.SLIDES, "presenters", PPTX, "talk.pptx", SLIDES_DUE),
    (Kind.FINAL_SLIDES, "presenters", PPTX, "talk.pptx", SUMMARY_DUE),
    (Kind.SUMMARY, "authors", PDF, "summary.pdf", SUMMARY_DUE),
    (Kind.PROPOSAL, "authors", PDF, "proposal.pdf", PROPOSAL_DUE),
]
WAYS = {
    "question by service": (by_service_question, LECTURE_AT),
    "question by page": (by_page_question, LECTURE_AT),
    **{
        f"{kind} by {name}": (file_way(door, kind, owners, content, file), due)
        for kind, owners, content, file, due in FILES
        for name, door in (("service", hand_in_file), ("page", post_file), ("upload", tus.send))
    },
}
BOUNDARY = [(-TICK, True), (timedelta(0), True), (TICK, False)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("offset", "is_on_time"), BOUNDARY)
def test_on_time_is_at_or_before_the_due_instant_through_every_way_in(way, offset, is_on_time):
    come_in, due_at = WAYS[way]
    come_in(a_lecture(), due_at + offset)

    (version,) = versions()
    verdict = "on time" if is_on_time else "late, no credit"
    assert version.received_at == due_at + offset
    assert f"Verdict   {verdict}\n" in OutboxMail.objects.all()[0].text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("offset", "is_taken"), BOUNDARY)
def test_a_closed_deliverable_takes_nothing_late_through_any_way_in(way, offset, is_taken):
    come_in, due_at = WAYS[way]
    scene = a_lecture()
    Deliverable.objects.update(late_policy=LatePolicy.CLOSED.value)
    come_in(scene, due_at + offset)

    assert len(versions()) == is_taken
    assert OutboxMail.objects.exists() is is_taken


# -- refused files -------------------------------------------------------------------------------

BAD_FILES = {
    "empty": (b"", "talk.pptx", "The file is empty; choose it again, or save it anew first."),
    "wrong ending": (
        PDF,
        "talk.pdf",
        'Hand in a .pptx or .ppt file; the name "talk.pdf" ends otherwise.',
    ),
    "no ending": (PPTX, "talk", 'Hand in a .pptx or .ppt file; the name "talk" ends otherwise.'),
    "wrong signature": (
        PDF,
        "talk.pptx",
        "The name ends in .pptx, but what is inside is something else: export it as .pptx anew.",
    ),
    "a page of HTML": (
        b"<html><script>alert(1)</script>",
        "talk.ppt",
        "The name ends in .ppt, but what is inside is something else: export it as .ppt anew.",
    ),
}


@pytest.mark.parametrize("bad", BAD_FILES)
def test_a_file_that_cannot_be_taken_is_refused_with_what_to_change(bad):
    content, name, sentence = BAD_FILES[bad]
    scene = a_lecture()
    response = post_file(
        scene.presenters[0], scene.due(Kind.SLIDES), content, name=name, at=EARLY, key="a" * 32
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in unescape(page)
    assert f'value="{"a" * 32}"' in page
    assert_nothing_was_kept()
    # The key of a refused hand-in is still free.
    post_file(scene.presenters[0], scene.due(Kind.SLIDES), at=EARLY, key="a" * 32)
    assert len(versions()) == 1


def assert_nothing_was_kept() -> None:
    assert not SubmissionVersion.objects.exists()
    assert not OutboxMail.objects.exists()
    assert [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()] == []


def test_a_form_without_a_file_says_so():
    scene = a_lecture()
    address = f"/c/{scene.course.slug}/hand-in/{scene.due(Kind.SLIDES).pk}/"
    with clock.standing_at(EARLY):
        response = browser(scene.presenters[0]).post(address, {"key": ""})

    assert response.status_code == 422
    assert "Choose a file first; nothing was sent." in response.content.decode()


def test_a_file_of_more_than_200_mb_is_refused(tmp_path):
    scene = a_lecture()
    path = tmp_path / "talk.pptx"
    with path.open("wb") as file:
        file.write(PPTX)
        file.truncate(200 * 1024 * 1024 + 1)
    with path.open("rb") as file, pytest.raises(Refused) as refused:
        handing_in.hand_in_file(
            actor=actor(scene.presenters[0]),
            deliverable_id=scene.due(Kind.SLIDES).pk,
            upload=File(file, name="talk.pptx"),
            received_at=EARLY,
            idempotency_key="",
        )

    assert refused.value.denied == Denied(
        "too_large",
        "The file has 200.1 MB; at most 200 MB are taken. Make its pictures or videos smaller.",
    )
    assert_nothing_was_kept()


def test_a_file_that_is_there_already_is_not_kept_a_second_time(
    django_capture_on_commit_callbacks,
):
    scene = a_lecture()
    slides, person = scene.due(Kind.SLIDES), scene.presenters[0]
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            assert post_file(person, slides, PPTX, at=SLIDES_DUE, key="a" * 32).status_code == 302
    (version,) = versions()
    assert [key for key, _ in files.kept_sizes()] == [version.file_key]


def test_a_refusal_by_the_rules_shows_on_the_page_and_keeps_no_file():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    Deliverable.objects.update(late_policy=LatePolicy.CLOSED.value)
    response = post_file(scene.presenters[0], slides, at=SLIDES_DUE + TICK)

    assert response.status_code == 422
    assert "An instructor can open it for you." in response.content.decode()
    assert_nothing_was_kept()


# -- questions -----------------------------------------------------------------------------------


def two_questions() -> Any:
    scene = a_lecture()
    add_reading(scene.lecture, position=2)
    derive(scene.course)
    return scene, *Deliverable.objects.filter(kind="question").order_by("reading__position")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Why <so> slow?", "Write 6 more characters; a question has at least 20 characters."),
        ("y" * 2001, "Shorten it by 1 character; a question has at most 2,000."),
        ("Why is it \x00 so slow at all?", "The text holds a character that is not text"),
    ],
)
def test_a_refused_question_keeps_its_text_and_does_not_hold_back_the_other(text, sentence):
    scene, first, second = two_questions()
    response = post_questions(scene.listener, {first: text, second: TEXT}, at=EARLY)

    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in unescape(page)
    assert f">{text}</textarea>" in unescape(page).replace("\ufffd", "\x00")
    assert "<so>" not in page
    (version,) = versions()
    assert (version.submission.deliverable, version.text) == (second, TEXT)
    # The page knows what it has just saved.
    assert page.count("Saved, version 1") == 1
    assert page.count("Nothing yet") == 1


def test_an_empty_question_is_no_hand_in():
    scene, first, second = two_questions()
    response = post_questions(scene.listener, {first: " \r\n", second: TEXT}, at=EARLY)

    assert response.status_code == 302
    assert [version.submission.deliverable for version in versions()] == [second]


def test_a_reader_who_owes_no_question_writes_none():
    scene, first, _ = two_questions()
    for person in (scene.presenters[0], enroll(scene.course, "ta")):
        post_questions(person, {first: TEXT}, at=EARLY)

    assert versions() == []


# -- whose page ----------------------------------------------------------------------------------


def test_another_groups_page_is_refused_with_the_reason():
    scene = a_lecture()
    for person in (scene.authors[0], scene.listener):
        response = post_file(person, scene.due(Kind.SLIDES), at=EARLY)
        assert response.status_code == 403
        assert "This is handed in by another group." in response.content.decode()
    assert_nothing_was_kept()


def test_what_one_may_not_see_is_not_found():
    scene = a_lecture()
    stranger = enroll(make_course())
    dropped = enroll(scene.course)
    dropped.state, dropped.dropped_at = "dropped", START
    dropped.save()
    for person in (stranger, dropped):
        assert post_file(person, scene.due(Kind.SLIDES), at=EARLY).status_code == 404
        question = {scene.due(Kind.QUESTION): TEXT}
        assert post_questions(person, question, at=EARLY).status_code == 404
    assert_nothing_was_kept()


@pytest.mark.breaks_invariants("deliverable_stands")
def test_what_was_withdrawn_is_not_found():
    scene = a_lecture()
    Deliverable.objects.update(withdrawn_at=START)
    slides = Deliverable.objects.get(kind="slides")

    assert post_file(scene.presenters[0], slides, at=EARLY).status_code == 404


def statuses(readers: Any, pages: Any) -> Any:
    """What each reader is answered for each page."""
    found = []
    for reader in readers:
        for page in pages:
            response = browser(reader).get(page)
            assert b"".join(response)
            found.append(response.status_code)
    return found


def test_versions_and_files_are_for_members_and_staff():
    scene = a_lecture()
    receipt = hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), at=EARLY)
    pages = [
        f"/c/{scene.course.slug}/versions/{receipt.version.pk}/",
        f"/c/{scene.course.slug}/versions/{receipt.version.pk}/file/",
    ]
    elsewhere = [page.replace(scene.course.slug, make_course().slug) for page in pages]
    readers = [scene.presenters[1], enroll(scene.course, "ta")]
    others = [scene.authors[0], scene.listener, enroll(scene.course, "observer")]
    others.append(enroll(make_course(), "instructor"))

    assert statuses(readers, pages) == [200] * 4
    assert statuses(others, pages) == [404] * 8
    assert statuses(readers, elsewhere) == [404] * 4
    download = browser(scene.presenters[1]).get(pages[1])
    assert b"".join(download) == PPTX
    assert download["Content-Disposition"] == 'attachment; filename="talk.pptx"'
    assert download["Content-Type"] == "application/octet-stream"


def test_whoever_holds_a_receipt_can_check_it_without_names():
    scene = a_lecture()
    receipt = hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), at=EARLY)
    response = browser().get(f"/receipts/{receipt.version.receipt_code}/")

    page = response.content.decode()
    assert response.status_code == 200
    assert digest(PPTX) in page
    assert scene.presenters[0].name not in page
    assert scene.presenting.name not in page
    assert browser().get(f"/receipts/{'0' * 24}/").status_code == 404


def test_a_summary_of_each_side_is_its_own():
    scene = a_lecture()
    reviewer = enroll(scene.course)
    assign(scene.lecture, make_group(scene.course, [reviewer]), GroupRole.REVIEWERS)
    for person in (scene.authors[0], reviewer):
        post_file(person, scene.due(Kind.SUMMARY), PDF, name="summary.pdf")

    assert [version.number for version in versions()] == [1, 1]
