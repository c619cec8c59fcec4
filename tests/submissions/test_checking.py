"""The checks of files: asked with the hand-in, made by a worker, shown, and mailed where bad (§4)."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from bench.torture.hostile.deck_writing import deck
from bench.torture.hostile.pdf_writing import paper
from courseapp.course.models import CourseState, Enrollment, EnrollmentState
from courseapp.kernel import clock
from courseapp.kernel.models import OutboxMail
from groups.models import Membership
from submissions.deadlines import Kind
from submissions.inspection import Finding, Level
from submissions.models import CheckState, SubmissionVersion, VersionCheck
from submissions.selectors.checks import checks_of
from submissions.services import checking
from submissions.services.checking import ATTEMPT_LIMIT, LONGEST_LOOK, SILENT_AFTER
from tests.doors import PPTX, ask, browser, hand_in_file
from tests.factories import LECTURE_AT
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
EARLY = SLIDES_DUE - timedelta(days=1)
GOOD = deck(12)
MACROS = deck(12, more={"ppt/vbaProject.bin": b"x"})


def slides(scene: Scene, content: bytes = GOOD, *, at: Any = EARLY) -> SubmissionVersion:
    receipt = hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), content, at=at)
    return receipt.version


def check_of(version: SubmissionVersion) -> VersionCheck:
    return VersionCheck.objects.get(version=version)


def found(version: SubmissionVersion) -> list[tuple[str, str]]:
    return [(one["level"], one["code"]) for one in check_of(version).findings]


def bad_mails() -> list[tuple[str, str]]:
    mails = OutboxMail.objects.filter(kind="submissions/check_bad").order_by("recipient")
    return [(mail.recipient, mail.subject) for mail in mails]


def claimed(version: SubmissionVersion, *, before: timedelta, attempts: int = 1) -> None:
    """Let a worker have claimed the check so long ago."""
    VersionCheck.objects.filter(version=version).update(
        state=CheckState.RUNNING, claimed_at=clock.now() - before, attempt_count=attempts
    )


def fragment(person: Enrollment, version: SubmissionVersion) -> str:
    course = version.submission.deliverable.course
    with clock.standing_at(EARLY):
        page = browser(person).get(f"/c/{course.slug}/versions/{version.pk}/checks/")
    return page.content.decode()


def test_a_file_that_comes_in_asks_for_one_check_however_often_it_is_sent():
    scene = a_lecture()
    version = slides(scene)
    slides(scene)
    check = check_of(version)
    assert (check.state, check.asked_at, check.attempt_count) == (CheckState.WAITING, EARLY, 0)
    assert VersionCheck.objects.count() == 1


def test_typed_text_asks_for_none():
    scene = a_lecture()
    ask(scene.listener, scene.due(Kind.QUESTION), at=EARLY)
    assert not VersionCheck.objects.exists()
    assert checking.sweep() == 0


def test_a_sweep_looks_into_what_waits_the_oldest_first():
    scene = a_lecture()
    first, second = slides(scene), slides(scene, MACROS)
    assert checking.sweep() == 2
    assert found(first) == [("ok", "slides")]
    assert found(second) == [("ok", "slides"), ("warn", "macros")]
    done = [check_of(version) for version in (first, second)]
    assert [check.state for check in done] == [CheckState.DONE, CheckState.DONE]
    assert done[0].checked_at is not None
    assert done[1].claimed_at is not None
    assert done[0].checked_at < done[1].claimed_at
    assert checking.sweep() == 0


def test_what_is_asked_of_pages_follows_the_deliverable():
    scene = a_lecture()
    proposal = scene.due(Kind.PROPOSAL)
    proposal.pages_max = 5
    proposal.save(update_fields=["pages_max"])
    receipt = hand_in_file(scene.presenters[0], proposal, paper(4), name="p.pdf", at=EARLY)
    checking.sweep()
    assert check_of(receipt.version).findings[0]["sentence"] == (
        "4 pages and 1 of references; 2 to 5 are asked for."
    )


def test_what_is_bad_is_mailed_once_to_who_were_members_at_the_hand_in():
    scene = a_lecture()
    version = slides(scene, PPTX)
    checking.sweep()
    assert found(version) == [("bad", "unreadable")]
    members = sorted(person.email for person in scene.presenters)
    told = bad_mails()
    assert [recipient for recipient, _ in told] == members
    assert told[0][1].endswith("version 1 must be changed")
    mail = OutboxMail.objects.filter(kind="submissions/check_bad").first()
    assert mail is not None
    assert ", is in. But its check found:" in mail.text
    assert "It cannot be opened as slides" in mail.text
    link = f"{settings.BASE_URL}/c/{scene.course.slug}/hand-in/{scene.due(Kind.SLIDES).pk}/"
    assert link in mail.text
    # Should the check be made once more, nobody is told twice.
    VersionCheck.objects.update(state=CheckState.WAITING, checked_at=None)
    checking.sweep()
    assert bad_mails() == told


def test_what_should_only_be_changed_is_not_mailed():
    version = slides(a_lecture(), MACROS)
    checking.sweep()
    assert found(version)[1] == ("warn", "macros")
    assert bad_mails() == []


def test_nobody_is_told_of_a_version_that_a_newer_one_replaced():
    scene = a_lecture()
    first = slides(scene, PPTX)
    slides(scene, GOOD)
    checking.sweep()
    assert found(first) == [("bad", "unreadable")]
    assert bad_mails() == []


def test_nobody_is_told_who_has_dropped_since():
    scene = a_lecture()
    slides(scene, PPTX)
    gone, stays = scene.presenters
    after = EARLY + timedelta(seconds=1)
    gone.state, gone.dropped_at = EnrollmentState.DROPPED, after
    gone.save()
    Membership.objects.filter(enrollment=gone).update(ends_at=after)
    checking.sweep()
    assert [recipient for recipient, _ in bad_mails()] == [stays.email]


def test_a_course_that_is_finished_mails_nothing():
    scene = a_lecture()
    version = slides(scene, PPTX)
    scene.course.state = CourseState.FINISHED
    scene.course.save()
    checking.sweep()
    assert found(version) == [("bad", "unreadable")]
    assert bad_mails() == []


def test_a_version_counts_whatever_its_check_found():
    scene = a_lecture()
    version = slides(scene, PPTX)
    checking.sweep()
    with clock.standing_at(LECTURE_AT):
        page = browser(scene.presenters[1]).get(
            f"/c/{scene.course.slug}/hand-in/{scene.due(Kind.SLIDES).pk}/"
        )
    assert found(version) == [("bad", "unreadable")]
    assert "Version 1 is in and counts." in page.content.decode()


@pytest.mark.parametrize(
    ("since", "is_taken"),
    [(LONGEST_LOOK, False), (SILENT_AFTER - timedelta(seconds=30), False), (SILENT_AFTER, True)],
)
def test_a_check_is_taken_over_once_its_worker_has_been_silent(
    since: timedelta, is_taken: bool
) -> None:
    version = slides(a_lecture())
    claimed(version, before=since)
    assert checking.sweep() == int(is_taken)
    assert check_of(version).attempt_count == 1 + is_taken


def test_one_look_goes_on_at_a_time_and_a_lost_one_holds_up_the_others_for_seconds():
    scene = a_lecture()
    first, second = slides(scene), slides(scene, MACROS)
    claimed(first, before=timedelta(seconds=10))
    assert checking.sweep() == 0
    claimed(first, before=LONGEST_LOOK)
    assert checking.sweep() == 1
    assert check_of(second).state == CheckState.DONE
    assert check_of(first).state == CheckState.RUNNING


def test_a_third_attempt_is_made_before_it_is_given_up():
    version = slides(a_lecture())
    claimed(version, before=SILENT_AFTER, attempts=ATTEMPT_LIMIT - 1)
    assert checking.sweep() == 1
    assert (check_of(version).state, check_of(version).attempt_count) == (
        CheckState.DONE,
        ATTEMPT_LIMIT,
    )


def test_a_file_that_the_store_lost_is_tried_three_times(settings: Any) -> None:
    version = slides(a_lecture())
    for path in settings.FILES_ROOT.rglob("*"):
        if path.is_file():
            path.unlink()
    for attempt in range(1, ATTEMPT_LIMIT + 1):
        assert checking.sweep() == 0
        assert check_of(version).attempt_count == attempt
        claimed(version, before=SILENT_AFTER, attempts=attempt)
    assert checking.sweep() == 0
    check = check_of(version)
    assert check.state == CheckState.FAILED
    assert [one["code"] for one in check.findings] == ["not_checked"]
    assert "is in all the same" in check.findings[0]["sentence"]
    assert checks_of([version.pk])[version.pk].summary == "Not checked"
    assert bad_mails() == []


def test_a_file_that_cannot_be_had_holds_up_no_other(settings: Any) -> None:
    scene = a_lecture()
    lost = slides(scene)
    (settings.FILES_ROOT / lost.file_key).unlink()
    second = slides(scene, MACROS)
    assert checking.sweep() == 1
    assert check_of(second).state == CheckState.DONE
    # It waits for its own second attempt, which does not come at once.
    assert (check_of(lost).state, check_of(lost).attempt_count) == (CheckState.RUNNING, 1)
    assert checking.sweep() == 0
    assert check_of(lost).attempt_count == 1


def test_a_worker_whose_check_was_taken_over_keeps_nothing():
    version = slides(a_lecture(), PPTX)
    slow = checking._claim(now=clock.now())
    assert slow is not None
    claimed(version, before=SILENT_AFTER)
    assert checking.sweep() == 1
    told = bad_mails()
    late = Finding("late", Level.BAD, "Too late.")
    assert checking._keep(slow, version, [late], now=clock.now()) is False
    assert found(version) == [("bad", "unreadable")]
    assert bad_mails() == told


def test_the_page_says_that_the_check_goes_on_and_then_shows_its_lines():
    scene = a_lecture()
    version = slides(scene, MACROS)
    waiting = fragment(scene.presenters[1], version)
    assert "Being checked" in waiting
    assert "data-over" not in waiting
    checking.sweep()
    done = fragment(scene.presenters[1], version)
    assert "data-over" in done
    assert "Should be changed: " in done
    assert "It holds macros" in done
    assert "12 slides." in done


def test_lines_of_several_versions_come_by_one_query(django_assert_num_queries: Any) -> None:
    scene = a_lecture()
    both = [slides(scene), slides(scene, MACROS)]
    checking.sweep()
    with django_assert_num_queries(1):
        checks = checks_of([version.pk for version in both])
    assert [checks[version.pk].summary for version in both] == [
        "Nothing to change",
        "Something should be changed",
    ]


def test_a_page_shows_a_finding_as_text_and_never_as_markup():
    scene = a_lecture()
    version = slides(scene)
    checking.sweep()
    nasty = Finding("x", Level.WARN, "The name <script>alert(1)</script> is odd.")
    VersionCheck.objects.update(findings=[nasty.as_plain()])
    page = fragment(scene.presenters[0], version)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page
