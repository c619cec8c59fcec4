"""More time for one owner or for all, also after the deadline, and taken back again."""

from datetime import datetime, timedelta

import pytest

from courseapp.course.models import Enrollment, ExtensionPolicy, Role
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.deadlines import OVERRIDDEN, ExtendDeadline
from submissions.models import Deliverable, Extension
from submissions.selectors.owed import duties
from tests.factories import LECTURE_AT, enroll, make_lecture
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db
LATER = LECTURE_AT + timedelta(days=3)


@pytest.fixture
def term() -> Term:
    return make_term()


def slides(term: Term) -> Deliverable:
    return Deliverable.objects.get(lecture=term.lectures[0], kind="slides")


def summary(term: Term) -> Deliverable:
    return Deliverable.objects.get(lecture=term.lectures[0], kind="summary")


def dues(deliverable: Deliverable, term: Term, *, now: datetime = NOW) -> set[datetime]:
    owed = duties(course=term.course, now=now, deliverables=[deliverable.pk])
    return {duty.due_at for duty in owed}


def test_one_owner_has_more_time_and_is_told_alone(term: Term) -> None:
    action = ExtendDeadline(summary(term).pk, LATER, group_id=term.groups[1].pk)
    carried = term.do(action, reason="Two are ill.")
    assert dues(summary(term), term) == {LATER, summary(term).due_at}
    assert {person.pk for person in carried.told} == {
        member.pk for member in term.members(term.groups[1])
    }
    text = OutboxMail.objects.filter(kind="term/changed").latest("pk").text
    assert "Two are ill." in text
    assert "now due Sat Feb 15, 12:30 PM CST" in text


def test_all_have_more_time_also_after_it_has_passed(term: Term) -> None:
    now = LECTURE_AT + timedelta(days=2)
    carried = term.do(ExtendDeadline(summary(term).pk, LATER), now=now)
    assert dues(summary(term), term, now=now) == {LATER}
    assert carried.act.sentence == (
        "Summary for Mixtures: everyone has until Sat Feb 15, 12:30 PM CST."
    )
    assert len(carried.told) == 8


def test_a_student_has_more_time_for_their_question(term: Term) -> None:
    lecture = make_lecture(term.course, starts_at=LECTURE_AT + timedelta(days=21))
    student = enroll(term.course)
    term.do(ExtendDeadline(slides(term).pk, LATER, group_id=term.groups[0].pk))  # derives
    question = Deliverable.objects.get(lecture=lecture, kind="question")
    until = LECTURE_AT + timedelta(days=22)
    carried = term.do(ExtendDeadline(question.pk, until, enrollment_id=student.pk))
    assert [person.pk for person in carried.told] == [student.pk]


def test_an_extension_is_taken_back_by_a_row_of_its_own_and_by_an_undo(term: Term) -> None:
    deliverable, group = slides(term), term.groups[0]
    carried = term.do(ExtendDeadline(deliverable.pk, LATER, group_id=group.pk))
    term.undo(carried)
    assert dues(deliverable, term) == {deliverable.due_at}
    term.do(ExtendDeadline(deliverable.pk, LATER, group_id=group.pk))
    taken = term.do(ExtendDeadline(deliverable.pk, None, group_id=group.pk))
    assert dues(deliverable, term) == {deliverable.due_at}
    term.undo(taken)
    assert dues(deliverable, term) == {LATER}
    assert [row.due_at for row in Extension.objects.order_by("pk")] == [
        LATER, None, LATER, None, LATER,
    ]  # fmt: skip


def test_an_extension_for_all_is_undone(term: Term) -> None:
    term.undo(term.do(ExtendDeadline(summary(term).pk, LATER)))
    assert dues(summary(term), term) == {summary(term).due_at}


def test_one_that_was_extended_again_since_is_not_undone(term: Term) -> None:
    action = ExtendDeadline(slides(term).pk, LATER, group_id=term.groups[0].pk)
    carried = term.do(action)
    term.do(ExtendDeadline(slides(term).pk, LATER + timedelta(1), group_id=term.groups[0].pk))
    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert "extended again since" in refusal.value.denied.sentence


def test_a_course_that_gives_no_extensions_says_that_this_overrides_it(term: Term) -> None:
    action = ExtendDeadline(slides(term).pk, LATER, group_id=term.groups[0].pk)
    assert OVERRIDDEN in term.see(action).act.consequences["said"]
    term.course.extensions = ExtensionPolicy.BY_INSTRUCTOR
    term.course.save()
    assert OVERRIDDEN not in term.see(action).act.consequences["said"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"group": 1}, "not_owed"),
        ({"group": 0, "student": True}, "two_owners"),
        ({"group": 0, "due_at": LECTURE_AT - timedelta(days=2)}, "not_later"),
        ({"group": 0, "due_at": None}, "nothing_given"),
        ({"foreign": True}, "no_such_owner"),
    ],
)
def test_what_cannot_be_extended_is_refused_in_words(
    term: Term, changed: dict[str, object], code: str
) -> None:
    owner: dict[str, int] = {}
    if "group" in changed:
        owner["group_id"] = term.groups[int(str(changed["group"]))].pk
    if "student" in changed:
        owner["enrollment_id"] = term.members(term.groups[0])[0].pk
    if "foreign" in changed:
        owner["group_id"] = make_term().groups[0].pk
    due_at = changed.get("due_at", LATER)
    with pytest.raises(Refused) as refusal:
        term.do(ExtendDeadline(slides(term).pk, due_at, **owner))  # type: ignore[arg-type]
    assert refusal.value.denied.code == code


def test_it_needs_a_reason_and_an_instructor(term: Term) -> None:
    action = ExtendDeadline(slides(term).pk, LATER)
    with pytest.raises(Refused) as refusal:
        term.do(action, reason="")
    assert refusal.value.denied.code == "reason_missing"
    ta: Enrollment = enroll(term.course, Role.TA)
    with pytest.raises(Refused) as refusal:
        Term(term.course, ta, term.groups, term.lectures).do(action)
    assert refusal.value.denied.code == "not_permitted"
