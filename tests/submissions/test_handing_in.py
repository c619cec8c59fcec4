"""Handing in: versions, receipts, and what is refused (domain.md §5)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from courseapp.course.models import CourseState, Enrollment, EnrollmentState
from courseapp.kernel import files
from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.models import OutboxMail
from groups.models import Membership
from submissions.deadlines import Kind, LatePolicy
from submissions.models import (
    Deliverable,
    Extension,
    KindSettings,
    Submission,
    SubmissionVersion,
    VersionMember,
)
from submissions.selectors.owed import duties
from submissions.selectors.places import place_of
from submissions.services.deriving import derive_deliverables
from tests.doors import PDF, PPTX, TEXT, ask, digest, hand_in_file, versions
from tests.factories import LECTURE_AT, START, actor, enroll, make_course
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
EARLY = SLIDES_DUE - timedelta(days=1)
TICK = timedelta(microseconds=1)


def place(scene: Scene, person: Enrollment, kind: Any, *, now: datetime = LECTURE_AT) -> Any:
    return place_of(actor(person), now=now, deliverable_id=scene.due(kind).pk)


def refused(call: Any, *args: Any, **options: Any) -> Any:
    with pytest.raises(Refused) as caught:
        call(*args, **options)
    return caught.value.denied.code


def nothing_is_written() -> Any:
    return not (
        SubmissionVersion.objects.exists()
        or VersionMember.objects.exists()
        or OutboxMail.objects.exists()
    )


# -- versions ------------------------------------------------------------------------------------


def test_each_hand_in_is_a_numbered_version_and_the_last_on_time_counts():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    for number, (content, at) in enumerate(
        [(b"1", EARLY), (b"2", SLIDES_DUE), (b"3", SLIDES_DUE + TICK)], start=1
    ):
        receipt = hand_in_file(scene.presenters[0], slides, PPTX + content, at=at)
        assert (receipt.version.number, receipt.is_new) == (number, True)

    found = place(scene, scene.presenters[1], Kind.SLIDES)
    assert [version.number for version in found.versions] == [1, 2, 3]
    assert [found.is_on_time(version) for version in found.versions] == [True, True, False]
    assert found.counting is not None
    assert found.counting.number == 2


def test_a_version_on_time_that_was_written_after_a_late_one_still_counts():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    hand_in_file(scene.presenters[0], slides, PPTX + b"late", at=SLIDES_DUE + TICK)
    hand_in_file(scene.presenters[1], slides, PPTX + b"slow", at=SLIDES_DUE)

    assert place(scene, scene.presenters[0], Kind.SLIDES).counting.number == 2


def test_equal_to_the_latest_gives_its_receipt_and_equal_to_an_older_one_is_a_new_version():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    first, again, second, third = (
        hand_in_file(scene.presenters[at % 2], slides, PPTX + content, at=EARLY)
        for at, content in enumerate([b"A", b"A", b"B", b"A"])
    )

    assert (again.version.pk, again.is_new) == (first.version.pk, False)
    assert [second.version.number, third.version.number] == [2, 3]
    assert third.version.sha256 == first.version.sha256
    assert place(scene, scene.presenters[0], Kind.SLIDES).counting.number == 3


def test_the_same_text_with_other_line_ends_and_outer_blanks_is_the_same_version():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    first = ask(scene.listener, question, f"{TEXT}\n\nSecond line.", at=EARLY)
    again = ask(scene.listener, question, f"  {TEXT}\r\n\r\nSecond line.\n", at=EARLY)

    assert (again.version.pk, again.is_new) == (first.version.pk, False)


def test_a_repeated_idempotency_key_gives_its_receipt_even_after_a_newer_version():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    first = hand_in_file(scene.presenters[0], slides, PPTX + b"A", at=EARLY, key="a" * 32)
    hand_in_file(scene.presenters[0], slides, PPTX + b"B", at=EARLY, key="b" * 32)
    again = hand_in_file(scene.presenters[0], slides, PPTX + b"A", at=EARLY, key="a" * 32)

    assert (again.version.pk, again.is_new) == (first.version.pk, False)
    assert len(versions()) == 2


def test_another_file_under_a_used_key_is_not_lost():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    hand_in_file(scene.presenters[0], slides, PPTX + b"A", at=EARLY, key="a" * 32)
    second = hand_in_file(scene.presenters[0], slides, PPTX + b"B", at=EARLY, key="a" * 32)

    assert (second.version.number, second.is_new) == (2, True)
    assert second.version.sha256 == digest(PPTX + b"B")


def test_the_same_key_of_two_groups_is_two_versions():
    scene, other = a_lecture(), a_lecture()
    for each in (scene, other):
        receipt = hand_in_file(each.presenters[0], each.due(Kind.SLIDES), at=EARLY, key="a" * 32)
        assert receipt.is_new


def test_a_retry_after_a_closed_deadline_gets_the_receipt_of_what_came_in_time():
    scene = a_lecture()
    Deliverable.objects.update(late_policy=LatePolicy.CLOSED.value)
    slides, question = scene.due(Kind.SLIDES), scene.due(Kind.QUESTION)
    first = hand_in_file(scene.presenters[0], slides, at=SLIDES_DUE, key="a" * 32)
    written = ask(scene.listener, question, at=LECTURE_AT)

    again = hand_in_file(scene.presenters[0], slides, at=SLIDES_DUE + TICK, key="a" * 32)
    assert (again.version.pk, again.is_on_time) == (first.version.pk, True)
    rewritten = ask(scene.listener, question, at=LECTURE_AT + TICK)
    assert (rewritten.version.pk, rewritten.is_on_time) == (written.version.pk, True)
    # A new file under the old key is late work like any other.
    late = {"at": SLIDES_DUE + TICK, "key": "a" * 32}
    assert refused(hand_in_file, scene.presenters[0], slides, PPTX + b"2", **late) == "closed"


# -- what is kept --------------------------------------------------------------------------------


def test_the_bytes_on_disk_are_those_that_came_in():
    scene = a_lecture()
    content = PPTX + bytes(range(256)) * 9000
    receipt = hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), content, at=EARLY)

    with files.local_copy(receipt.version.file_key) as kept:
        assert kept.read_bytes() == content
        assert list(kept.parent.iterdir()) == [kept]
    assert (receipt.version.size, receipt.version.sha256) == (len(content), digest(content))


def test_who_was_a_member_is_recorded_with_the_version():
    scene = a_lecture()
    first, second = scene.presenters
    receipt = hand_in_file(first, scene.due(Kind.SLIDES), at=EARLY)
    Membership.objects.filter(enrollment=second).update(ends_at=EARLY + TICK)
    later = hand_in_file(first, scene.due(Kind.SLIDES), PPTX + b"2", at=EARLY + 2 * TICK)

    recorded = VersionMember.objects.order_by("enrollment").values_list("enrollment", flat=True)
    assert list(recorded.filter(version=receipt.version)) == [first.pk, second.pk]
    assert list(recorded.filter(version=later.version)) == [first.pk]


def test_each_member_gets_one_receipt_by_mail_with_number_hash_and_verdict():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    receipt = hand_in_file(scene.presenters[0], slides, at=EARLY)
    hand_in_file(scene.presenters[1], slides, at=EARLY)

    mails = OutboxMail.objects.order_by("pk")
    assert [mail.recipient for mail in mails] == [person.email for person in scene.presenters]
    for mail in mails:
        assert mail.subject.endswith(", version 1 received")
        assert f"SHA-256   {digest(PPTX)}" in mail.text
        assert "Verdict   on time" in mail.text
        assert f"/receipts/{receipt.version.receipt_code}/" in mail.text


def test_a_late_receipt_says_so():
    scene = a_lecture()
    hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), at=SLIDES_DUE + TICK)

    assert "Verdict   late, no credit" in OutboxMail.objects.all()[0].text


def test_a_receipt_of_a_long_title_with_marks_is_mailed_as_it_reads():
    scene = a_lecture()
    paper = scene.lecture.readings.get().paper
    paper.title = "It's <faster> & " + "longer " * 80
    paper.save()
    ask(scene.listener, scene.due(Kind.QUESTION), at=EARLY)

    subject = OutboxMail.objects.get().subject
    assert subject.startswith("CS 598: Question on It's <faster> & longer longer")
    assert len(subject) <= 300


# -- who and when --------------------------------------------------------------------------------


def test_another_groups_work_is_not_taken():
    scene = a_lecture()
    assert refused(hand_in_file, scene.authors[0], scene.due(Kind.SLIDES), at=EARLY) == "not_yours"
    assert refused(hand_in_file, scene.listener, scene.due(Kind.SLIDES), at=EARLY) == "not_yours"
    assert ask(scene.presenters[0], scene.due(Kind.QUESTION), at=EARLY).code == "not_yours"
    assert nothing_is_written()
    assert not Submission.objects.exists()


@pytest.mark.parametrize("role", ["instructor", "ta", "observer"])
def test_staff_and_observers_hand_in_nothing(role):
    scene = a_lecture()
    person = enroll(scene.course, role)

    assert refused(hand_in_file, person, scene.due(Kind.SLIDES), at=EARLY) == "not_yours"
    assert ask(person, scene.due(Kind.QUESTION), at=EARLY).code == "not_yours"
    assert nothing_is_written()


def test_what_is_due_in_another_course_is_not_there():
    scene = a_lecture()
    stranger = enroll(make_course())

    assert refused(hand_in_file, stranger, scene.due(Kind.SLIDES), at=EARLY) == "not_found"
    assert ask(stranger, scene.due(Kind.QUESTION), at=EARLY).code == "not_found"


def test_a_dropped_student_hands_in_nothing():
    scene = a_lecture()
    scene.listener.state = EnrollmentState.DROPPED
    scene.listener.dropped_at = EARLY - TICK
    scene.listener.save()

    assert isinstance(ask(scene.listener, scene.due(Kind.QUESTION), at=EARLY), Denied)
    assert nothing_is_written()


@pytest.mark.parametrize(
    ("state", "code"),
    [(CourseState.DRAFT, "not_published"), (CourseState.FINISHED, "finished")],
)
def test_a_draft_or_finished_course_takes_nothing(state, code):
    scene = a_lecture(state=state)

    assert refused(hand_in_file, scene.presenters[0], scene.due(Kind.SLIDES), at=EARLY) == code
    assert ask(scene.listener, scene.due(Kind.QUESTION), at=EARLY).code == code
    assert nothing_is_written()


def test_a_question_is_no_file_and_slides_are_no_text():
    scene = a_lecture()

    assert refused(hand_in_file, scene.listener, scene.due(Kind.QUESTION)) == "not_file"
    assert ask(scene.presenters[0], scene.due(Kind.SLIDES), at=EARLY).code == "not_text"
    assert nothing_is_written()


# -- due instants that move ----------------------------------------------------------------------


def test_what_is_no_longer_asked_for_is_not_taken_and_comes_back_with_all_that_was_in():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    ask(scene.listener, question, at=EARLY)
    scene.lecture.asks_questions = False
    scene.lecture.save()
    derive_deliverables(course=scene.course, now=EARLY)
    assert ask(scene.listener, question, TEXT * 2, at=EARLY).code == "not_found"

    scene.lecture.asks_questions = True
    scene.lecture.save()
    derive_deliverables(course=scene.course, now=EARLY)
    assert scene.due(Kind.QUESTION) == question
    assert ask(scene.listener, question, TEXT * 2, at=EARLY).version.number == 2


def test_a_moved_lecture_moves_what_is_due_and_with_it_what_counts():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    hand_in_file(scene.presenters[0], slides, at=SLIDES_DUE + TICK)
    assert place(scene, scene.presenters[0], Kind.SLIDES).counting is None
    week = timedelta(days=7)
    scene.lecture.starts_at = LECTURE_AT + week
    scene.lecture.ends_at = LECTURE_AT + week + timedelta(minutes=75)
    scene.lecture.save()
    derive_deliverables(course=scene.course, now=EARLY)

    slides.refresh_from_db()
    assert slides.due_at == SLIDES_DUE + week
    assert scene.due(Kind.QUESTION).due_at == LECTURE_AT + week
    assert place(scene, scene.presenters[0], Kind.SLIDES).counting.number == 1


def test_an_extension_holds_for_its_owner_alone_and_the_latest_row_holds():
    scene = a_lecture()
    instructor = enroll(scene.course, "instructor")
    other = enroll(scene.course)
    question = scene.due(Kind.QUESTION)
    for hours in (48, 2):
        Extension.objects.create(
            deliverable=question,
            enrollment=scene.listener,
            due_at=LECTURE_AT + timedelta(hours=hours),
            reason="Ill.",
            granted_by=instructor,
            granted_at=START,
        )

    end = LECTURE_AT + timedelta(hours=2)
    assert ask(scene.listener, question, at=end).is_on_time
    assert not ask(scene.listener, question, TEXT * 2, at=end + TICK).is_on_time
    assert not ask(other, question, at=LECTURE_AT + TICK).is_on_time
    assert {
        duty.enrollment_id: duty.due_at
        for duty in duties(course=scene.course, now=EARLY, deliverables=[question.pk])
    } == {scene.listener.pk: end, other.pk: LECTURE_AT}


def test_pdf_slides_are_taken_where_the_course_allows_them():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    person = scene.presenters[0]
    assert refused(hand_in_file, person, slides, PDF, name="t.pdf", at=EARLY) == "wrong_ending"
    KindSettings.objects.create(
        course=scene.course, kind=Kind.SLIDES.value, accepted=[".pptx", ".pdf"]
    )

    assert hand_in_file(person, slides, PDF, name="t.pdf", at=EARLY).is_new
