"""Reminders go to exactly those who still owe, once per moment (domain.md §11)."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.mail import EmailMessage

from courseapp.course.models import Course, CourseState, EnrollmentState
from courseapp.kernel import clock, mail
from courseapp.kernel.models import MailState, OutboxMail
from groups.models import Membership
from schedule.models import MilestoneKind
from submissions.deadlines import Kind
from submissions.models import Extension, Reminder
from submissions.services.deriving import derive_deliverables
from submissions.services.reminders import remind
from tests.doors import PDF, TEXT, ask, hand_in_file
from tests.factories import (
    LECTURE_AT,
    START,
    add_reading,
    derive,
    enroll,
    make_course,
    make_group,
    make_milestone,
    make_staff_lecture,
)
from tests.submissions.scenes import PROPOSAL_DUE, SLIDES_DUE, SUMMARY_DUE, a_lecture
from tests.threads import at_once

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def queued() -> Any:
    """Who waits for a reminder, in order."""
    mails = OutboxMail.objects.filter(kind="submissions/reminder", state=MailState.QUEUED)
    return sorted(mails.values_list("recipient", flat=True))


def addresses(*people: Any) -> Any:
    return sorted(person.email for person in people)


def sent_at(instant: datetime, mailoutbox: list[EmailMessage]) -> Any:
    """What goes out when the outbox is swept at an instant."""
    OutboxMail.objects.exclude(kind="submissions/reminder").update(
        state=MailState.DROPPED, claimed_at=instant
    )
    with clock.standing_at(instant):
        mail.sweep()
    return sorted((message.to[0], message.subject) for message in mailoutbox)


def class_of(count: int = 2, **options: Any) -> Any:
    """A course whose whole class owes a question for one lecture that staff present."""
    course = make_course(**options)
    students = [enroll(course) for _ in range(count)]
    make_staff_lecture(course, topic="Caches")
    derive(course)
    return course, students


# -- who and when --------------------------------------------------------------------------------


def test_exactly_those_who_still_owe_are_reminded_once():
    scene = a_lecture()
    other = enroll(scene.course)
    for role in ("instructor", "ta", "observer"):
        enroll(scene.course, role)
    ask(scene.listener, scene.due(Kind.QUESTION), at=START)
    now = LECTURE_AT - 3 * HOUR

    assert remind(now=now) == 1
    assert queued() == [other.email]
    assert remind(now=now + HOUR) == 0
    assert remind(now=LECTURE_AT - TICK) == 0
    assert queued() == [other.email]


@pytest.mark.parametrize(
    ("offset", "is_reminded"),
    [(-TICK, False), (timedelta(0), True), (3 * HOUR - TICK, True), (3 * HOUR, False)],
)
def test_a_question_is_reminded_of_from_three_hours_before_and_never_at_the_due_instant(
    offset, is_reminded
):
    _, students = class_of()
    remind(now=LECTURE_AT - 3 * HOUR + offset)

    assert queued() == (addresses(*students) if is_reminded else [])


def test_slides_are_reminded_of_at_72_24_and_3_hours_each_once():
    scene = a_lecture()
    moments = [SLIDES_DUE - hours * HOUR for hours in (72, 24, 3)]
    counts = []
    for moment in moments:
        for now in (moment - TICK, moment, moment + TICK, moment + HOUR):
            remind(now=now)
        counts.append(Reminder.objects.filter(deliverable=scene.due(Kind.SLIDES)).count())

    assert counts == [2, 4, 6]
    assert set(Reminder.objects.values_list("moment", flat=True)) == {
        "72_hours_before",
        "24_hours_before",
        "3_hours_before",
    }


def test_a_missed_moment_is_dropped_when_the_next_one_comes():
    scene = a_lecture()
    remind(now=SLIDES_DUE - 3 * HOUR)

    assert [found.moment for found in Reminder.objects.all()] == ["3_hours_before"] * 2
    assert queued() == addresses(*scene.presenters)


def test_summaries_are_reminded_of_at_the_lectures_end():
    scene = a_lecture()
    remind(now=LECTURE_AT + timedelta(minutes=75) - TICK)
    assert not Reminder.objects.filter(deliverable=scene.due(Kind.SUMMARY)).exists()
    remind(now=LECTURE_AT + timedelta(minutes=75))

    assert queued() == addresses(*scene.authors, *scene.presenters)


def test_a_group_that_is_done_leaves_none_of_its_members_to_remind():
    scene = a_lecture()
    hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), at=START)
    remind(now=SLIDES_DUE - 3 * HOUR)

    assert queued() == []


def test_every_present_member_of_a_group_is_reminded_and_no_former_one():
    scene = a_lecture()
    gone, stays = scene.presenters
    Membership.objects.filter(enrollment=gone).update(ends_at=START + HOUR)
    remind(now=SLIDES_DUE - 3 * HOUR)

    assert queued() == [stays.email]


def test_what_falls_together_is_one_mail(mailoutbox):
    course, (student, done) = class_of()
    lecture = course.lectures.get()
    add_reading(lecture, position=2)
    make_group(course, [student, done])
    make_milestone(course, due_at=LECTURE_AT)
    derive(course)
    for question in course.deliverables.filter(kind=Kind.QUESTION.value):
        ask(done, question, at=START)
    now = LECTURE_AT - 3 * HOUR
    remind(now=now)

    assert queued() == addresses(student, done)
    when = "Wed Feb 12, 12:30 PM CST"
    assert sent_at(now, mailoutbox) == sorted(
        [
            (student.email, f"CS 598: 3 things are due, the first {when}"),
            (done.email, f"CS 598: Project proposal is due {when}"),
        ]
    )


@pytest.mark.parametrize("state", [CourseState.DRAFT, CourseState.FINISHED])
def test_a_draft_or_finished_course_reminds_nobody(state):
    class_of(state=state)

    assert remind(now=LECTURE_AT - 3 * HOUR) == 0
    assert queued() == []


def test_a_dropped_student_is_not_reminded():
    _, (stays, gone) = class_of()
    gone.state, gone.dropped_at = EnrollmentState.DROPPED, START + HOUR
    gone.save()
    remind(now=LECTURE_AT - 3 * HOUR)

    assert queued() == [stays.email]


def test_two_courses_are_two_mails():
    first, second = class_of(1), class_of(1)
    remind(now=LECTURE_AT - 3 * HOUR)

    assert queued() == addresses(*first[1], *second[1])


# -- between queueing and sending ----------------------------------------------------------------

NOW = LECTURE_AT - 3 * HOUR


def reminded_class(mailoutbox: list[EmailMessage]) -> Any:
    course, students = class_of()
    remind(now=NOW)
    assert queued() == addresses(*students)
    assert not mailoutbox
    return course, *students


def test_who_hands_in_meanwhile_gets_no_mail(mailoutbox):
    course, quick, slow = reminded_class(mailoutbox)
    ask(quick, course.deliverables.get(kind="question"), at=NOW)

    assert [to for to, _ in sent_at(NOW + TICK, mailoutbox)] == [slow.email]
    assert OutboxMail.objects.get(recipient=quick.email, kind="submissions/reminder").state == (
        MailState.DROPPED
    )


def test_who_hands_in_a_part_meanwhile_is_told_of_the_rest(mailoutbox):
    course, (student,) = class_of(1)
    add_reading(course.lectures.get(), position=2)
    derive(course)
    first, second = course.deliverables.filter(kind="question").order_by("reading__position")
    remind(now=NOW)
    ask(student, first, TEXT, at=NOW)

    assert sent_at(NOW + TICK, mailoutbox) == [
        (student.email, f"CS 598: Question on {second.reading} is due Wed Feb 12, 12:30 PM CST")
    ]


def test_who_drops_meanwhile_gets_no_mail(mailoutbox):
    _, gone, stays = reminded_class(mailoutbox)
    gone.state, gone.dropped_at = EnrollmentState.DROPPED, NOW
    gone.save()

    assert [to for to, _ in sent_at(NOW + TICK, mailoutbox)] == [stays.email]


def test_a_mail_that_waited_too_long_is_not_sent(mailoutbox):
    reminded_class(mailoutbox)

    assert sent_at(LECTURE_AT, mailoutbox) == []
    assert not queued()


def test_a_mail_is_sent_until_the_last_instant(mailoutbox):
    _, *students = reminded_class(mailoutbox)

    assert [to for to, _ in sent_at(LECTURE_AT - TICK, mailoutbox)] == addresses(*students)


@pytest.mark.parametrize("state", [CourseState.FINISHED, CourseState.DRAFT])
@pytest.mark.breaks_invariants("mail_of_a_course")
def test_a_course_that_ends_meanwhile_sends_nothing(mailoutbox, state):
    course, *_ = reminded_class(mailoutbox)
    Course.objects.filter(pk=course.pk).update(state=state)

    assert sent_at(NOW + TICK, mailoutbox) == []


def test_a_moved_due_instant_drops_what_waits_and_gets_a_reminder_of_its_own(mailoutbox):
    course, *students = reminded_class(mailoutbox)
    lecture = course.lectures.get()
    lecture.starts_at += 5 * HOUR
    lecture.ends_at += 5 * HOUR
    lecture.save()
    derive_deliverables(course=course, now=NOW)

    assert sent_at(NOW + TICK, mailoutbox) == []
    assert remind(now=NOW + HOUR) == 0
    assert remind(now=NOW + 5 * HOUR) == 2
    assert sent_at(NOW + 5 * HOUR, mailoutbox) == [
        (email, mailoutbox[0].subject) for email in addresses(*students)
    ]
    assert mailoutbox[0].subject.endswith("is due Wed Feb 12, 5:30 PM CST")


def test_a_mail_goes_out_once_however_often_the_outbox_is_swept(mailoutbox):
    _, *students = reminded_class(mailoutbox)
    sent_at(NOW + TICK, mailoutbox)
    sent_at(NOW + TICK, mailoutbox)
    sent = sent_at(NOW + TICK, mailoutbox)

    assert [to for to, _ in sent] == addresses(*students)


def test_an_extended_owner_is_reminded_before_their_own_due_instant(mailoutbox):
    course, (extended, other) = class_of()
    Extension.objects.create(
        deliverable=course.deliverables.get(kind="question"),
        enrollment=extended,
        due_at=LECTURE_AT + 24 * HOUR,
        reason="Ill.",
        granted_by=enroll(course, "instructor"),
        granted_at=START,
    )
    remind(now=NOW)
    assert queued() == [other.email]
    remind(now=NOW + 24 * HOUR)

    assert queued() == addresses(extended, other)
    assert sent_at(NOW + 24 * HOUR, mailoutbox) == [(extended.email, mailoutbox[0].subject)]


def test_an_endless_title_stops_neither_this_mail_nor_the_next(mailoutbox):
    course, students = class_of()
    paper = course.papers.get()
    paper.title = "It's <so> " + "long " * 99
    paper.save()
    remind(now=NOW)

    sent = sent_at(NOW, mailoutbox)
    assert [to for to, _ in sent] == addresses(*students)
    assert sent[0][1].startswith("CS 598: Question on It's <so> long long")
    assert "It's <so> long" in mailoutbox[0].body


def test_project_work_is_reminded_of_until_its_milestone():
    scene = a_lecture()
    make_milestone(scene.course, MilestoneKind.REPORT, due_at=PROPOSAL_DUE)
    derive(scene.course)
    hand_in_file(scene.authors[0], scene.due(Kind.PROPOSAL), PDF, name="p.pdf", at=START)
    remind(now=PROPOSAL_DUE - 24 * HOUR)

    assert queued() == addresses(*scene.authors, *scene.presenters)
    owed = Reminder.objects.filter(enrollment=scene.authors[0])
    assert sorted(owed.values_list("deliverable__kind", flat=True)) == ["code", "report"]


def test_late_work_alone_is_no_reason_to_remind():
    scene = a_lecture()
    hand_in_file(
        scene.authors[0], scene.due(Kind.SUMMARY), PDF, name="s.pdf", at=SUMMARY_DUE + TICK
    )
    remind(now=SUMMARY_DUE + HOUR)

    assert not Reminder.objects.filter(deliverable=scene.due(Kind.SUMMARY)).exists()


@pytest.mark.django_db(transaction=True)
def test_three_sweeps_at_once_queue_one_mail_each():
    _, students = class_of(4)
    counts = at_once([partial(remind, now=NOW)] * 3)

    assert sorted(counts) == [0, 0, 4]
    assert queued() == addresses(*students)
    assert Reminder.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_three_senders_at_once_send_each_mail_once(mailoutbox):
    _, students = class_of(6)
    remind(now=NOW)
    with clock.standing_at(NOW):
        counts = at_once([mail.sweep] * 3)

    assert sum(counts) == 6
    assert sorted(message.to[0] for message in mailoutbox) == addresses(*students)
