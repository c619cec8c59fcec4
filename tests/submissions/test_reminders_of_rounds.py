"""Reminders of a round that was asked for have moments of their own; who has no address gets none."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from submissions.deadlines import Kind
from submissions.models import Reminder
from submissions.rules import ProposalVerdict
from submissions.services.proposing import Wish, decide
from submissions.services.reminders import remind
from tests.doors import PDF, hand_in_file
from tests.factories import LECTURE_AT, START, actor, enroll
from tests.submissions.scenes import PROPOSAL_DUE, a_lecture
from tests.submissions.test_reminders import HOUR, class_of, queued, sent_at

pytestmark = pytest.mark.django_db


def sent_back(scene: Any, *, until: datetime) -> None:
    """Let the instructor send the authors' proposal back, with a round of a week until an instant."""
    decided_at = until - timedelta(days=7)
    hand_in_file(scene.authors[0], scene.due(Kind.PROPOSAL), PDF, name="p.pdf", at=START)
    wish = Wish(ProposalVerdict.CHANGES_REQUESTED, "Sharpen it.", "", days=7)
    instructor = actor(enroll(scene.course, "instructor"))
    decide(actor=instructor, group_id=scene.writing.pk, wish=wish, now=decided_at)


def test_a_round_that_the_instructor_asked_for_has_reminders_of_its_own(mailoutbox):
    scene, until = a_lecture(), PROPOSAL_DUE + timedelta(days=20)
    sent_back(scene, until=until)

    for hours in (73, 72, 24, 3, 0):
        remind(now=until - hours * HOUR)

    told = Reminder.objects.filter(enrollment=scene.authors[0], due_at=until)
    assert sorted(told.values_list("moment", flat=True)) == [
        "24_hours_before",
        "3_hours_before",
        "72_hours_before",
    ]
    assert not Reminder.objects.filter(enrollment=scene.presenters[0], due_at__gte=until).exists()
    assert len(sent_at(until - 3 * HOUR, mailoutbox)) == 3
    assert "due Tue Mar 18, 1:30 PM CDT" in mailoutbox[0].body


def test_who_answers_the_round_is_not_reminded_of_it(mailoutbox):
    scene, until = a_lecture(), PROPOSAL_DUE + timedelta(days=20)
    sent_back(scene, until=until)
    remind(now=until - 72 * HOUR)
    hand_in_file(
        scene.authors[0], scene.due(Kind.PROPOSAL), PDF + b"2", name="p.pdf", at=until - 48 * HOUR
    )

    assert sent_at(until - 47 * HOUR, mailoutbox) == []
    assert remind(now=until - 24 * HOUR) == 0


def test_who_has_no_address_yet_is_not_reminded():
    _, (first, second) = class_of()
    first.email, first.user = "", None
    first.save()

    assert remind(now=LECTURE_AT - 3 * HOUR) == 1
    assert queued() == [second.email]
