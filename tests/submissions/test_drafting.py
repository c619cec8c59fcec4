"""Text that is typed: drafts, the versions that are cut from them, and their receipts (domain.md §5)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from courseapp.course.models import Course, CourseState, Enrollment
from courseapp.kernel.decisions import Refused
from groups.models import Membership
from schedule.models import RoleAssignment
from submissions.deadlines import Kind, LatePolicy
from submissions.models import Deliverable, Door, Extension, Submission, TextDraft, VersionMember
from submissions.services import cutting
from submissions.services.deriving import derive_deliverables
from tests.doors import PDF, TEXT, ask, hand_in_file, versions
from tests.factories import LECTURE_AT, START, enroll
from tests.submissions.scenes import SUMMARY_DUE, Scene, a_lecture
from tests.submissions.typing_scenes import EARLY, OTHER, SUMMARY, TICK, dropped, typed

pytestmark = pytest.mark.django_db


def refused(person: Enrollment, place: Deliverable, text: str = TEXT, **options: Any) -> str:
    with pytest.raises(Refused) as caught:
        typed(person, place, text, **options)
    return caught.value.denied.code


def cut_texts() -> list[tuple[int, str, datetime]]:
    assert {version.door for version in versions()} <= {Door.TYPED}
    return [(version.number, version.text, version.received_at) for version in versions()]


# -- drafts --------------------------------------------------------------------------------------


def test_what_is_typed_is_kept_with_its_own_instant_and_makes_no_version_yet():
    scene = a_lecture()
    saved = typed(scene.listener, scene.due(Kind.QUESTION), " Why\r\n so?", at=EARLY)

    draft = TextDraft.objects.get()
    assert (draft.text, draft.received_at, draft.revision) == (" Why\n so?", EARLY, 1)
    assert (saved.draft, saved.is_conflict) == (draft, False)
    assert draft.written_by == scene.listener
    assert versions() == []


def test_the_same_text_again_is_no_write_whatever_it_was_built_on():
    scene = a_lecture()
    for on in (0, 1, 7):
        saved = typed(scene.listener, scene.due(Kind.QUESTION), at=EARLY + on * TICK, on=on)
        assert (saved.draft.revision, saved.is_conflict) == (1, False)
    assert TextDraft.objects.get().received_at == EARLY


def test_a_write_on_an_older_text_changes_nothing_and_shows_the_newer():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question, at=EARLY)
    saved = typed(scene.listener, question, OTHER, at=EARLY + TICK, on=0)

    assert saved.is_conflict
    assert saved.draft.text == TEXT
    assert TextDraft.objects.get().text == TEXT
    chosen = typed(scene.listener, question, OTHER, at=EARLY + TICK, on=saved.draft.revision)
    assert (chosen.is_conflict, chosen.draft.revision) == (False, 2)


@pytest.mark.parametrize("who", ["presenters", "authors"])
def test_nobody_types_what_they_do_not_owe(who):
    scene = a_lecture()
    person = getattr(scene, who)[0]
    other = Kind.QUESTION if who == "authors" else Kind.SUMMARY

    assert refused(person, scene.due(other), at=EARLY) == "not_yours"
    assert refused(enroll(scene.course, "ta"), scene.due(other), at=EARLY) == "not_yours"
    assert not Submission.objects.exists()


def test_what_is_a_file_or_is_due_in_another_course_is_not_typed():
    scene = a_lecture()

    assert refused(scene.presenters[0], scene.due(Kind.SLIDES), at=EARLY) == "not_text"
    assert refused(a_lecture().listener, scene.due(Kind.QUESTION), at=EARLY) == "not_found"


@pytest.mark.parametrize(("text", "code"), [("a\x00b", "not_text"), ("x" * 100_001, "too_long")])
def test_what_cannot_be_kept_is_refused_with_what_to_change(text, code):
    scene = a_lecture()
    assert refused(scene.listener, scene.due(Kind.QUESTION), text, at=EARLY) == code


def test_a_text_that_is_too_long_to_count_is_kept_all_the_same():
    scene = a_lecture()
    typed(scene.listener, scene.due(Kind.QUESTION), "x" * 2001, at=EARLY)
    assert len(TextDraft.objects.get().text) == 2001


# -- cutting -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("waited", "is_cut"), [(-TICK, False), (0 * TICK, True), (TICK, True)])
def test_a_version_is_cut_after_two_minutes_without_a_change(waited, is_cut):
    scene = a_lecture()
    typed(scene.listener, scene.due(Kind.QUESTION), f" {TEXT}\n", at=EARLY)
    cutting.sweep(now=EARLY + cutting.QUIET_FOR + waited)

    assert cut_texts() == ([(1, TEXT, EARLY)] if is_cut else [])
    assert (TextDraft.objects.get().settled_at is not None) == is_cut
    assert [member.enrollment for member in VersionMember.objects.all()] == [
        scene.listener
    ] * is_cut


@pytest.mark.parametrize(
    ("received", "is_on_time"), [(-TICK, True), (0 * TICK, True), (TICK, False)]
)
def test_the_due_instant_is_inclusive_for_what_is_typed(received, is_on_time):
    scene = a_lecture()
    saved = typed(scene.listener, scene.due(Kind.QUESTION), at=LECTURE_AT + received)
    cutting.sweep(now=LECTURE_AT + 2 * TICK)
    assert len(cut_texts()) == is_on_time

    cutting.sweep(now=LECTURE_AT + timedelta(hours=1))
    assert cut_texts() == [(1, TEXT, LECTURE_AT + received)]
    assert saved.place.is_on_time(versions()[0]) == is_on_time


def test_what_was_received_in_time_is_cut_before_a_late_write_takes_its_place():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question, at=LECTURE_AT)
    typed(scene.listener, question, OTHER, at=LECTURE_AT + TICK, on=1)
    assert cut_texts() == [(1, TEXT, LECTURE_AT)]

    cutting.sweep(now=LECTURE_AT + timedelta(hours=1))
    assert cut_texts() == [(1, TEXT, LECTURE_AT), (2, OTHER, LECTURE_AT + TICK)]


def test_a_write_in_time_on_another_in_time_cuts_nothing():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question, at=LECTURE_AT - TICK)
    typed(scene.listener, question, OTHER, at=LECTURE_AT, on=1)
    assert versions() == []
    cutting.sweep(now=LECTURE_AT)
    assert cut_texts() == [(1, OTHER, LECTURE_AT)]


def test_where_late_work_is_closed_saving_again_what_was_in_time_gives_its_receipt():
    scene = a_lecture()
    Deliverable.objects.update(late_policy=LatePolicy.CLOSED.value)
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question, at=LECTURE_AT)
    receipt = ask(scene.listener, question, TEXT, at=LECTURE_AT + TICK)
    assert (receipt.is_new, receipt.is_on_time, receipt.version.number) == (False, True, 1)


def test_where_late_work_is_closed_a_late_write_is_refused_and_the_earlier_one_still_counts():
    scene = a_lecture()
    Deliverable.objects.update(late_policy=LatePolicy.CLOSED.value)
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question, at=LECTURE_AT)

    assert refused(scene.listener, question, OTHER, at=LECTURE_AT + TICK, on=1) == "closed"
    cutting.sweep(now=LECTURE_AT + timedelta(hours=1))
    assert cut_texts() == [(1, TEXT, LECTURE_AT)]


@pytest.mark.parametrize("text", ["", "Too short", "x" * 2001])
def test_what_cannot_be_taken_is_settled_without_a_version(text):
    scene = a_lecture()
    typed(scene.listener, scene.due(Kind.QUESTION), text, at=EARLY)

    assert cutting.sweep(now=LECTURE_AT) == 1
    assert cutting.sweep(now=LECTURE_AT) == 0
    assert versions() == []


def test_what_is_in_already_makes_no_second_version():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    ask(scene.listener, question, TEXT, at=EARLY)
    typed(scene.listener, question, OTHER, at=EARLY + TICK, on=1)
    typed(scene.listener, question, f"{TEXT} ", at=EARLY + 2 * TICK, on=2)
    cutting.sweep(now=LECTURE_AT)

    assert [version.text for version in versions()] == [TEXT]


def test_an_extension_lets_type_on_until_its_end():
    scene = a_lecture()
    end = LECTURE_AT + timedelta(minutes=1)
    Extension.objects.create(
        deliverable=scene.due(Kind.QUESTION),
        enrollment=scene.listener,
        due_at=end,
        reason="Ill.",
        granted_by=enroll(scene.course, "instructor"),
        granted_at=START,
    )
    typed(scene.listener, scene.due(Kind.QUESTION), at=LECTURE_AT + TICK)
    cutting.sweep(now=end - TICK)
    assert versions() == []
    cutting.sweep(now=end)
    assert cut_texts() == [(1, TEXT, LECTURE_AT + TICK)]


def finished(scene: Scene) -> None:
    Course.objects.update(state=CourseState.FINISHED)


def withdrawn(scene: Scene) -> None:
    scene.lecture.asks_questions = False
    scene.lecture.save()
    derive_deliverables(course=scene.course, now=LECTURE_AT - TICK)


@pytest.mark.parametrize("change", [dropped, finished, withdrawn])
def test_what_was_saved_counts_whatever_changed_afterwards(change):
    scene = a_lecture()
    typed(scene.listener, scene.due(Kind.QUESTION), at=EARLY)
    change(scene)
    cutting.sweep(now=LECTURE_AT + timedelta(days=1))

    assert cut_texts() == [(1, TEXT, EARLY)]


def test_a_groups_text_is_of_those_who_were_members_when_it_was_received():
    scene = a_lecture()
    writer, new = scene.authors[0], enroll(scene.course)
    typed(writer, scene.due(Kind.SUMMARY), SUMMARY, at=EARLY)
    Membership.objects.filter(enrollment=writer).update(ends_at=EARLY + TICK)
    Membership.objects.create(group=scene.writing, enrollment=new, seat=2, starts_at=EARLY + TICK)
    RoleAssignment.objects.filter(group=scene.writing).update(withdrawn_at=EARLY + TICK)
    cutting.sweep(now=SUMMARY_DUE)

    version = versions()[0]
    assert (version.text, version.handed_in_by) == (SUMMARY.strip(), writer)
    assert [named.enrollment for named in version.members.all()] == [writer]


def test_a_course_full_of_drafts_is_cut_with_few_questions(django_assert_max_num_queries):
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    people = [enroll(scene.course, signs_in=False) for _ in range(30)]
    for person in people:
        typed(person, question, f"{TEXT} {person.pk}", at=EARLY)
    with django_assert_max_num_queries(20):
        assert cutting.sweep(now=LECTURE_AT) == 30
    assert len(versions()) == 30


@pytest.mark.parametrize(("waited", "doors"), [(TICK, "TF"), (0 * TICK, "TF"), (-TICK, "FT")])
def test_a_file_handed_in_after_what_was_typed_counts_before_it(waited, doors):
    scene = a_lecture()
    writer, summary = scene.authors[0], scene.due(Kind.SUMMARY)
    typed(writer, summary, SUMMARY, at=EARLY)
    hand_in_file(writer, summary, PDF, name="s.pdf", at=EARLY + waited)
    cutting.sweep(now=SUMMARY_DUE)

    assert "".join(version.door[0].upper() for version in versions()) == doors
