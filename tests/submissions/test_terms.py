"""What holds for a deliverable: its own, its kind's, domain.md §4's."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from submissions.deadlines import Kind, LatePolicy
from submissions.models import Deliverable, KindSettings
from submissions.rules import FileForm, Setting, Terms, terms
from submissions.selectors.owed import duties
from submissions.selectors.places import place_of
from submissions.selectors.terms import terms_of, terms_of_kinds
from tests.doors import PDF, PPTX, browser, hand_in_file
from tests.factories import actor
from tests.submissions.scenes import SLIDES_DUE, a_lecture

EARLY = SLIDES_DUE - timedelta(days=1)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("kind", "forms", "pages"),
    [
        (Kind.QUESTION, (), (None, None)),
        (Kind.SLIDES, (FileForm.PPTX, FileForm.PPT), (None, None)),
        (Kind.FINAL_SLIDES, (FileForm.PPTX, FileForm.PPT), (None, None)),
        (Kind.SUMMARY, (FileForm.PDF,), (2, 3)),
        (Kind.PROPOSAL, (FileForm.PDF,), (2, 2)),
        (Kind.MIDTERM, (FileForm.PPTX, FileForm.PDF), (None, None)),
        (Kind.FINAL, (FileForm.PDF, FileForm.PPTX), (None, None)),
        (Kind.REPORT, (FileForm.PDF,), (7, 8)),
        (Kind.CODE, (FileForm.ZIP,), (None, None)),
    ],
)
def test_without_a_setting_the_table_of_kinds_holds(kind, forms, pages):
    assert terms(kind.value) == Terms(LatePolicy.NO_CREDIT.value, forms, *pages)


def test_each_line_is_the_deliverables_own_before_its_kinds_before_the_usual():
    own = Setting(pages_max=12)
    of_kind = Setting(late_policy="closed", accepted=(".pdf", ".zip"), pages_max=10)

    assert terms("report", own=own, of_kind=of_kind) == Terms(
        "closed", (FileForm.PDF, FileForm.ZIP), 7, 12
    )
    assert terms("report", own=Setting(pages_min=0)).pages_min == 0


def test_a_question_stays_text_whatever_was_set():
    assert terms("question", own=Setting(accepted=(".pdf",))).accepted == ()


@pytest.mark.django_db
def test_a_kind_that_is_closed_refuses_one_microsecond_late():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    KindSettings.objects.create(course=scene.course, kind="slides", late_policy="closed")

    assert hand_in_file(scene.presenters[0], slides, PPTX, at=SLIDES_DUE - TICK).is_on_time
    assert hand_in_file(scene.presenters[0], slides, PPTX + b"2", at=SLIDES_DUE).is_on_time
    with pytest.raises(Refused, match="This closed"):
        hand_in_file(scene.presenters[0], slides, PPTX + b"3", at=SLIDES_DUE + TICK)


@pytest.mark.django_db
def test_the_page_says_before_and_after_that_late_work_is_refused():
    scene = a_lecture()
    path = f"/c/{scene.course.slug}/hand-in/{scene.due(Kind.SLIDES).pk}/"
    said = "After the deadline nothing is taken."

    def page(at: datetime) -> str:
        with clock.standing_at(at):
            return browser(scene.presenters[0]).get(path).content.decode()

    assert said not in page(EARLY)
    assert "kept, marked late" in page(SLIDES_DUE + TICK)
    KindSettings.objects.create(course=scene.course, kind="slides", late_policy="closed")
    assert said in page(EARLY)
    assert "kept, marked late" not in page(SLIDES_DUE + TICK)
    assert "This closed" in page(SLIDES_DUE + TICK)


@pytest.mark.django_db
def test_a_deliverable_of_its_own_stays_open_where_its_kind_is_closed():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    KindSettings.objects.create(course=scene.course, kind="slides", late_policy="closed")
    Deliverable.objects.filter(pk=slides.pk).update(late_policy="no_credit", accepted=[".pdf"])

    late = hand_in_file(scene.presenters[0], slides, PDF, name="a.pdf", at=SLIDES_DUE + TICK)
    assert not late.is_on_time
    [duty] = duties(course=scene.course, now=SLIDES_DUE, deliverables=[slides.pk])
    assert duty.late_policy == "no_credit"


@pytest.mark.django_db
def test_duties_places_and_selectors_tell_the_same():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    KindSettings.objects.create(
        course=scene.course, kind="slides", late_policy="closed", accepted=[".pdf"], pages_max=40
    )
    expected = Terms("closed", (FileForm.PDF,), None, 40)

    place = place_of(actor(scene.presenters[0]), now=EARLY, deliverable_id=slides.pk)
    assert place is not None
    assert place.terms == expected
    assert terms_of([slides.pk]) == {slides.pk: expected}
    assert terms_of_kinds(scene.course)[Kind.SLIDES] == expected
    assert terms_of_kinds(scene.course)[Kind.REPORT] == terms("report")
    [duty] = duties(course=scene.course, now=EARLY, deliverables=[slides.pk])
    assert duty.late_policy == "closed"


@pytest.mark.django_db
def test_what_holds_is_read_with_the_deliverable_itself():
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        place_of(actor(scene.presenters[0]), now=EARLY, deliverable_id=slides.pk)
    # The enrollment, the deliverable, the duty and the group: none for the kind's settings.
    assert len(asked) == 4
