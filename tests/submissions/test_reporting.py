"""After each due instant staff are told who handed in and who did not, once."""

from datetime import timedelta
from typing import Any

import pytest

from courseapp.course.models import Course, CourseState, Enrollment, Role
from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.ended import SETTLES, SETTLES_WITH_PLEDGES, TOLD_WITHIN
from submissions.services import reporting
from submissions.services.extending import extend
from tests.doors import ask, hand_in_file
from tests.factories import LECTURE_AT, actor, enroll
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


def staffed(**options: Any) -> tuple[Scene, list[Enrollment]]:
    """A lecture in a course with an instructor and a TA."""
    scene = a_lecture(**options)
    return scene, [enroll(scene.course, Role.INSTRUCTOR), enroll(scene.course, Role.TA)]


def mails() -> list[OutboxMail]:
    """Return the reports in the outbox, in order."""
    return list(OutboxMail.objects.filter(kind="submissions/what_came_in").order_by("pk"))


def test_staff_are_told_once_and_nobody_else(settings: Any) -> None:
    scene, staff = staffed()
    enroll(scene.course, Role.OBSERVER)
    hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), at=SLIDES_DUE)

    assert reporting.report(now=SLIDES_DUE + SETTLES - MOMENT) == 0
    assert reporting.report(now=SLIDES_DUE + SETTLES) == 2
    assert reporting.report(now=SLIDES_DUE + SETTLES + MOMENT) == 0
    assert {mail.recipient for mail in mails()} == {person.email for person in staff}
    words = mails()[0]
    assert words.subject == f"CS 598: 1 of 1 in for {scene.lecture.title}"
    assert "Tue Feb 11, 12:30 PM CST" in words.text
    assert "1 of 1 in: all of them" in words.text
    due = scene.due(Kind.SLIDES)
    assert f"{settings.BASE_URL}/c/{scene.course.slug}/came-in/{due.pk}/" in words.text


def test_it_says_who_is_missing_who_is_late_and_who_has_more_time() -> None:
    scene, staff = staffed()
    question = scene.due(Kind.QUESTION)
    late, extended = enroll(scene.course, name="Lia Late"), enroll(scene.course, name="Eva Ill")
    ask(late, question, at=LECTURE_AT + MOMENT)
    until = LECTURE_AT + timedelta(days=2)
    extend(
        actor=actor(staff[0]),
        deliverable_id=question.pk,
        owner=extended,
        due_at=until,
        reason="Ill.",
        now=LECTURE_AT,
    )
    reporting.report(now=LECTURE_AT + SETTLES)
    text = mails()[-1].text
    assert "0 of 2 in" in text
    assert f"missing: {scene.listener.name}\n" in text
    assert "late: Lia Late\n" in text
    assert "Eva Ill has time until Fri Feb 14, 12:30 PM CST" in text

    # The instant of an extension has its own mail, about those alone for whom it holds.
    ask(extended, question, at=until)
    reporting.report(now=until + SETTLES)
    own = mails()[-1]
    assert own.subject.startswith("CS 598: 1 of 1 in")
    assert "Lia Late" not in own.text


def test_what_is_due_together_is_one_mail_and_a_moved_due_instant_has_its_own() -> None:
    scene, _ = staffed()
    Deliverable.objects.filter(kind__in=["final_slides", "summary"]).update(due_at=SLIDES_DUE)
    now = SLIDES_DUE + SETTLES
    reporting.report(now=now)
    assert [mail.text.count("/came-in/") for mail in mails()] == [3, 3]

    moved = SLIDES_DUE + timedelta(hours=2)
    Deliverable.objects.filter(kind="slides").update(due_at=moved)
    reporting.report(now=moved + SETTLES)
    assert [mail.text.count("/came-in/") for mail in mails()] == [3, 3, 1, 1]
    assert scene.course.pk == mails()[-1].course_id


def test_a_missed_report_is_sent_within_a_day_and_then_no_more() -> None:
    staffed()
    assert reporting.report(now=SLIDES_DUE + TOLD_WITHIN) == 0
    assert reporting.report(now=SLIDES_DUE + TOLD_WITHIN - MOMENT) == 2


def test_pledged_bytes_are_waited_for() -> None:
    staffed()
    Course.objects.update(allows_pledge=True)
    assert reporting.report(now=SLIDES_DUE + SETTLES_WITH_PLEDGES - MOMENT) == 0
    assert reporting.report(now=SLIDES_DUE + SETTLES_WITH_PLEDGES) == 2


def test_a_course_that_was_not_published_then_reports_nothing() -> None:
    scene, _ = staffed(published_at=SLIDES_DUE)
    now = SLIDES_DUE + SETTLES
    assert reporting.report(now=now) == 0
    Course.objects.filter(pk=scene.course.pk).update(published_at=SLIDES_DUE - MOMENT)
    Course.objects.update(state=CourseState.FINISHED)
    assert reporting.report(now=now) == 0
    Course.objects.update(state=CourseState.PUBLISHED)
    assert reporting.report(now=now) == 2
