"""Two of the staff answer one proposal at one time, and two workers see one silence end."""

from datetime import timedelta
from functools import partial

import pytest

from courseapp.kernel.decisions import Refused
from courseapp.term.outages import answer_proposal
from submissions.deadlines import Kind
from submissions.models import Extension, Outage, OutageAnswer, Pulse
from submissions.services.outages import note_pulse
from tests.factories import actor, enroll
from tests.submissions.scenes import SLIDES_DUE, a_lecture
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
HALF_AN_HOUR = timedelta(minutes=30)


def test_one_answer_is_kept_and_one_outage_written():
    scene = a_lecture()
    staff = [enroll(scene.course, "instructor") for _ in range(2)]
    slides = scene.due(Kind.SLIDES)
    Pulse.objects.create(seen_at=SLIDES_DUE - 2 * HALF_AN_HOUR)
    ended = at_once([partial(note_pulse, now=SLIDES_DUE - HALF_AN_HOUR)] * 3)
    assert [found for found in ended if found] == list(Outage.objects.all())

    calls = [
        partial(
            answer_proposal,
            actor=actor(staff[at % 2]),
            deliverable_id=slides.pk,
            gives=at < 2,
            now=SLIDES_DUE,
        )
        for at in range(4)
    ]
    answers = at_once(calls)

    refusals = [found for found in answers if isinstance(found, Refused)]
    assert [found.denied.code for found in refusals] == ["nothing_proposed"] * 3
    answer = OutageAnswer.objects.get()
    assert Extension.objects.count() == (answer.extension is not None)
