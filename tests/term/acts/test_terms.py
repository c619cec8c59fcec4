"""How work is taken is changed as one act: shown before, told, recorded, undone; nothing received moves."""

from datetime import timedelta
from typing import Any

import pytest

from courseapp.course.models import Course
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.handing_in import ChangeHandingIn
from courseapp.term.acts.rules import ChangeRule
from courseapp.term.acts.terms import ChangeTerms, ChangeTermsOfOne
from courseapp.term.models import Act
from submissions.deadlines import Kind
from submissions.models import Deliverable, KindSettings, SubmissionVersion
from submissions.rules import FileForm, Setting, terms
from submissions.selectors.terms import terms_of, terms_of_kinds
from tests.doors import PDF, PPTX, browser, hand_in_file
from tests.factories import LECTURE_AT, START, enroll
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture
def term() -> Term:
    return make_term()


def slides(term: Term, at: int = 0) -> Deliverable:
    return Deliverable.objects.get(lecture=term.lectures[at], kind="slides")


def due(term: Term, at: int = 0) -> Any:
    return slides(term, at).due_at


def presenter(term: Term, at: int = 0) -> Any:
    holder = term.lectures[at].role_assignments.get(role="presenter")
    return term.members(holder.group)[0]


def holds(term: Term, kind: Kind = Kind.SLIDES) -> Any:
    return terms_of_kinds(term.course)[kind]


def course_settings(**wanted: Any) -> ChangeHandingIn:
    usual = {
        "allows_pledge": False,
        "final_slides_for": "public",
        "questions_owed_by": "audience",
        "extensions": "none",
        "summary_sections": (),
    }
    return ChangeHandingIn(**{**usual, **wanted})


def test_a_kind_is_closed_for_all_of_it_from_now_on(term: Term) -> None:
    carried = term.do(ChangeTerms("slides", late_policy="closed"))

    assert carried.act.sentence == (
        "Slides, from now on: late work is refused (until now kept, without credit)."
    )
    assert carried.act.consequences["said"] == [
        "It holds for 3 still to come and 0 past.",
        "What was received stays as it was received.",
    ]
    with pytest.raises(Refused, match="This closed"):
        hand_in_file(presenter(term), slides(term), PPTX, at=due(term) + TICK)
    assert hand_in_file(presenter(term), slides(term), PPTX, at=due(term)).is_on_time


def test_those_who_still_owe_it_are_told(term: Term) -> None:
    carried = term.do(ChangeTerms("slides", late_policy="closed"), now=due(term) + TICK)

    still = {presenter(term, at).pk for at in (1, 2)}
    assert still <= {person.pk for person in carried.told}
    assert presenter(term).pk not in {person.pk for person in carried.told}
    mails = OutboxMail.objects.filter(kind="term/changed", subject__contains="late work is refused")
    assert mails.count() == len(carried.told) == 8


def test_it_says_who_has_only_late_versions_and_leaves_them(term: Term) -> None:
    late = hand_in_file(presenter(term), slides(term), PPTX, at=due(term) + TICK)
    before = SubmissionVersion.objects.values().get()
    carried = term.do(ChangeTerms("slides", late_policy="closed"), now=due(term) + 2 * TICK)

    said = carried.act.consequences["said"]
    assert "1 group has only late versions: these stay, and no further one is taken." in said
    assert SubmissionVersion.objects.values().get() == before
    assert not late.is_on_time


def test_files_that_are_not_taken_any_more_count_as_they_did(term: Term) -> None:
    hand_in_file(presenter(term), slides(term), PPTX, at=NOW)
    carried = term.do(ChangeTerms("slides", late_policy="no_credit", accepted=(".pdf", ".ppt")))

    said = carried.act.consequences["said"]
    assert "Versions in .pptx that came in already, 1, count as they did." in said
    assert holds(term).accepted == (FileForm.PPT, FileForm.PDF)
    assert hand_in_file(presenter(term), slides(term), PDF, name="a.pdf", at=NOW).is_new
    with pytest.raises(Refused, match=r"Hand in a \.ppt or \.pdf file"):
        hand_in_file(presenter(term), slides(term), PPTX + b"2", at=NOW)


def test_what_is_usual_is_not_written_down(term: Term) -> None:
    term.do(
        ChangeTerms("report", late_policy="closed", accepted=(".pdf",), pages_min=7, pages_max=10)
    )
    row = KindSettings.objects.get()
    assert (row.late_policy, row.accepted, row.pages_min, row.pages_max) == ("closed", [], None, 10)


def test_a_setting_of_its_own_outlives_that_of_its_kind(term: Term) -> None:
    one = slides(term)
    first = term.do(ChangeTermsOfOne(one.pk, late_policy="closed", pages_max=40))
    second = term.do(ChangeTerms("slides", late_policy="no_credit", accepted=(".pdf",)))

    assert first.act.sentence.startswith(f"Slides for {term.lectures[0].title}, from now on: ")
    assert "at most 40 pages are asked for (until now any number of)" in first.act.sentence
    assert terms_of([one.pk])[one.pk] == terms(
        "slides",
        own=Setting(late_policy="closed", pages_max=40),
        of_kind=Setting(accepted=(".pdf",)),
    )
    assert "0 with a setting" not in str(second.act.consequences["said"])


def test_a_change_is_recorded_with_who_why_before_and_after(term: Term) -> None:
    carried = term.do(ChangeTerms("slides", late_policy="closed"), reason="Too many were late.")
    event = KindSettings.pgh_event_model.objects.latest("pgh_id")  # type: ignore[attr-defined]
    assert event.pgh_context_id == carried.act.context_id
    assert event.pgh_context.metadata["reason"] == "Too many were late."
    assert event.pgh_context.metadata["user"] == term.instructor.user_id
    assert carried.act.reason == "Too many were late."


def test_it_is_undone_and_the_undo_too(term: Term) -> None:
    term.do(ChangeTerms("slides", late_policy="closed"))
    second = term.do(ChangeTerms("slides", late_policy="closed", accepted=(".pdf",)))
    undone = term.undo(second)
    assert holds(term) == terms("slides", of_kind=Setting(late_policy="closed"))
    term.undo(undone)
    assert holds(term).accepted == (FileForm.PDF,)


def test_the_first_setting_of_a_kind_is_undone_to_what_is_usual(term: Term) -> None:
    term.undo(
        term.do(
            ChangeTerms(
                "slides", late_policy="closed", accepted=(".pdf",), pages_min=1, pages_max=9
            )
        )
    )
    assert holds(term) == terms("slides")


def test_what_was_changed_since_is_not_undone(term: Term) -> None:
    first = term.do(ChangeTerms("slides", late_policy="closed"))
    term.do(ChangeTerms("slides", late_policy="no_credit"))
    with pytest.raises(Refused, match="has been changed since"):
        term.undo(first)


def test_one_is_undone_by_itself(term: Term) -> None:
    one = slides(term)
    term.undo(term.do(ChangeTermsOfOne(one.pk, late_policy="closed", accepted=(".pdf",))))
    assert terms_of([one.pk])[one.pk] == terms("slides")


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (ChangeTerms("talk", late_policy="closed"), "no_such_kind"),
        (ChangeTerms("slides", late_policy="never"), "no_such_policy"),
        (ChangeTerms("slides", late_policy="no_credit", accepted=(".exe",)), "no_such_form"),
        (ChangeTerms("slides", late_policy="no_credit"), "no_change"),
        (ChangeTerms("report", late_policy="no_credit", pages_min=9), "pages_crossed"),
        (
            ChangeTerms("report", late_policy="no_credit", pages_max=6),
            "pages_crossed",
        ),
        (
            ChangeTerms("report", late_policy="no_credit", pages_max=501),
            "too_many_pages",
        ),
        (ChangeTerms("question", late_policy="closed", accepted=(".pdf",)), "text_only"),
        (ChangeTermsOfOne(0, late_policy="closed"), "not_found"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(term: Term, action: Any, code: str) -> None:
    with pytest.raises(Refused) as caught:
        term.do(action)
    assert caught.value.denied.code == code
    assert not KindSettings.objects.exists()
    assert not Act.objects.exists()


def test_one_with_crossed_pages_is_refused(term: Term) -> None:
    with pytest.raises(Refused) as caught:
        term.do(ChangeTermsOfOne(slides(term).pk, pages_min=5, pages_max=4))
    assert caught.value.denied.code == "pages_crossed"


# -- the course as a whole -----------------------------------------------------------------------


def test_the_course_hands_in_otherwise(term: Term) -> None:
    carried = term.do(
        course_settings(
            allows_pledge=True,
            final_slides_for="class",
            extensions="by_instructor",
            summary_sections=("What is new ", "", "What  is missing"),
        )
    )
    course = Course.objects.get(pk=term.course.pk)
    assert (course.allows_pledge, course.final_slides_for) == (True, "class")
    assert course.summary_sections == ["What is new", "What is missing"]
    assert "a summary has the sections What is new, What is missing" in carried.act.sentence
    assert "final slides are on the schedule for the people of the course" in carried.act.sentence
    term.undo(carried)
    course.refresh_from_db()
    assert (course.allows_pledge, course.extensions) == (False, "none")


def test_questions_of_everyone_show_whom_that_concerns(term: Term) -> None:
    carried = term.see(course_settings(questions_owed_by="everyone"))
    come = [line for line in carried.consequences.lines if line.before is None]
    assert come
    assert {line.what.split()[0] for line in come} == {"Question"}
    assert len(carried.told) == 12


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({}, "no_change"),
        ({"extensions": "sometimes"}, "no_such_choice"),
        ({"final_slides_for": ""}, "no_such_choice"),
        ({"questions_owed_by": "x"}, "no_such_choice"),
        ({"summary_sections": ("A", "A")}, "sections"),
        ({"summary_sections": tuple(f"S{at}" for at in range(21))}, "sections"),
        ({"summary_sections": ("A" * 121,)}, "section_too_long"),
    ],
)
def test_what_the_course_cannot_be_set_to_is_refused(term: Term, wanted: Any, code: str) -> None:
    with pytest.raises(Refused) as caught:
        term.do(course_settings(**wanted))
    assert caught.value.denied.code == code


# -- pages ---------------------------------------------------------------------------------------


def get(person: Any, path: str) -> Any:
    with clock.standing_at(NOW):
        return browser(person).get(path).content.decode()


def test_the_page_shows_what_holds_and_what_is_set_otherwise(term: Term) -> None:
    root = f"/c/{term.course.slug}"
    assert "Nothing is set for one thing alone" in get(term.instructor, f"{root}/settings/due/")
    term.do(ChangeTermsOfOne(slides(term).pk, accepted=(".pdf",)))
    term.do(ChangeTerms("report", late_policy="closed", pages_max=12))
    term.do(ChangeRule("slides_hours", "48", START.date()))
    page = get(term.instructor, f"{root}/settings/due/")

    assert "48 hours before the lecture" in page
    assert '<dd class="is-set">refused</dd>' in page
    assert '<dd class="is-set">7 to 12</dd>' in page
    assert "late work kept, without credit; .pdf" in page
    assert f"change_terms_of_one/?deliverable={slides(term).pk}" in page


def test_one_thing_is_found_by_words_and_dates(term: Term) -> None:
    path = f"/c/{term.course.slug}/settings/due/"
    topic = term.lectures[1].topic
    found = get(term.instructor, f"{path}?words=slides+{topic.replace(' ', '+')}")
    assert f"change_terms_of_one/?deliverable={slides(term, 1).pk}" in found
    assert f"change_terms_of_one/?deliverable={slides(term, 0).pk}" not in found
    by_day = get(term.instructor, f"{path}?words={LECTURE_AT:%Y-%m-%d}")
    assert f"change_terms_of_one/?deliverable={slides(term, 0).pk}" in by_day
    assert "Nothing that is due is called so" in get(term.instructor, f"{path}?words=zebra")


def test_staff_read_it_and_students_do_not(term: Term) -> None:
    path = f"/c/{term.course.slug}/settings/due/"
    page = get(enroll(term.course, "ta"), path)
    assert "Only an instructor" in page
    assert "change_terms" not in page
    with clock.standing_at(NOW):
        assert browser(presenter(term)).get(path).status_code == 403


def test_a_form_is_filled_and_leads_to_a_preview(term: Term) -> None:
    path = f"/c/{term.course.slug}/acts/change_terms/"
    form = get(term.instructor, f"{path}?of=report")
    assert 'name="of" value="report"' in form
    assert "None ticked: as usual, .pdf." in form
    assert "Left empty: as usual, 7 to 8." in form
    sent = {"of": "report", "late_policy": "closed", "pages_max": "9", "reason": "So."}
    with clock.standing_at(NOW):
        preview = browser(term.instructor).post(path, {**sent, "step": "look"}).content.decode()
    assert "late work is refused" in preview
    assert "7 to 9 pages are asked for" in preview
    assert not KindSettings.objects.exists()


def test_a_form_of_one_says_what_its_kind_does(term: Term) -> None:
    term.do(ChangeTerms("slides", late_policy="closed", accepted=(".pdf",)))
    path = f"/c/{term.course.slug}/acts/change_terms_of_one/?deliverable={slides(term).pk}"
    form = get(term.instructor, path)
    assert "as its kind: refused" in form
    assert "None ticked: as its kind, .pdf." in form
