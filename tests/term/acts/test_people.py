"""Dropping students and taking them back: nothing of theirs is lost."""

from datetime import timedelta

import pytest

from courseapp.course.models import EnrollmentState
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.carrying_out import carry_out_as_shown, rehearse
from courseapp.term.acts.people import (
    DropStudent,
    MoveStudent,
    ReinstateStudent,
)
from courseapp.term.acts.undoing import may_undo, undoing_of
from courseapp.term.models import Act
from grading.selectors.standing import standing_of
from groups.models import Invitation, JoinRequest, Membership, SizeWaiver
from schedule.models import OtherPresenter
from submissions.deadlines import Kind
from submissions.models import Deliverable, Extension
from submissions.selectors.owed import duties
from submissions.services.handing_in import ask_questions
from tests.factories import (
    LECTURE_AT,
    START,
    actor,
    enroll,
    plan,
)
from tests.term.acts.leaving import TEXT, current, make_term_with_questions, owed_by, question
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return make_term_with_questions()


# -- dropping ------------------------------------------------------------------------------------


def test_a_dropped_student_owes_nothing_more_and_leaves_the_group(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    carried = term.do(DropStudent(person.pk), reason="Left the programme.")
    person.refresh_from_db()
    assert (person.state, person.dropped_at) == (EnrollmentState.DROPPED, NOW)
    [seat] = Membership.objects.filter(enrollment=person)
    assert (seat.ends_at, seat.end_reason) == (NOW, "Left the programme.")
    assert seat.ended_by == term.instructor
    assert owed_by(person) == []
    assert carried.act.sentence == (
        f"{person} left the course and is not in {term.groups[0]} any more."
    )


def test_past_duties_and_their_credit_stay_with_a_dropped_student(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    asked = question(term)
    early = LECTURE_AT - timedelta(hours=2)
    ask_questions(actor=actor(person), texts={asked.pk: TEXT}, received_at=early)
    later = LECTURE_AT + timedelta(days=2)
    plan(term.course)
    before = standing_of(actor(person), now=later)
    term.do(DropStudent(person.pk), now=later)
    [duty] = owed_by(person, now=later + timedelta(days=1))
    assert duty.counted_number == 1
    person.refresh_from_db()
    assert standing_of(actor(person), now=later).so_far == before.so_far


def test_a_drop_is_told_to_the_student_once_and_to_the_group(term: Term) -> None:
    person, *others = term.members(term.groups[0])
    term.do(DropStudent(person.pk))
    term.do(DropStudent(others[0].pk), now=NOW + timedelta(minutes=1))
    to = [found.recipient for found in OutboxMail.objects.all()]
    assert to.count(person.email) == 1
    assert to.count(others[1].email) == 2
    assert term.instructor.email not in to
    assert not {one.email for one in term.members(term.groups[1])} & set(to)


def test_a_group_that_becomes_too_small_gets_a_waiver_and_is_never_blocked(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    carried = term.do(DropStudent(person.pk), reason="Left.")
    [waiver] = SizeWaiver.objects.all()
    assert (waiver.group, waiver.size, waiver.reason) == (term.groups[0], 3, "Left.")
    assert (
        f"{term.groups[0]} has 3 members from now on; the course asks for 4 to 5. "
        "A waiver is recorded."
    ) in carried.act.consequences["said"]


def test_a_waiver_that_stands_is_not_written_again(term: Term) -> None:
    one, two, three, _ = term.members(term.groups[0])
    into = term.groups[0].pk
    term.do(DropStudent(one.pk))
    term.do(MoveStudent(two.pk, term.groups[1].pk), now=NOW + timedelta(minutes=1))
    assert [waiver.size for waiver in SizeWaiver.objects.order_by("pk")] == [3, 2]
    carried = term.do(MoveStudent(two.pk, into), now=NOW + timedelta(minutes=2))
    assert SizeWaiver.objects.count() == 2
    assert "A waiver that it has covers this." in carried.act.consequences["said"][-1]
    term.do(MoveStudent(three.pk, None), now=NOW + timedelta(minutes=3))
    assert SizeWaiver.objects.count() == 2


def test_an_open_invitation_and_an_open_request_end_with_a_drop(term: Term) -> None:
    person = enroll(term.course)
    group = term.groups[0]
    host = term.members(group)[0]
    Invitation.objects.create(group=group, enrollment=person, invited_by=host, made_at=START)
    JoinRequest.objects.create(group=term.groups[1], enrollment=person, made_at=START)
    term.do(DropStudent(person.pk))
    for kind in (Invitation, JoinRequest):
        [found] = kind.objects.all()
        assert (found.outcome, found.ended_at) == ("lapsed", NOW)


def test_a_drop_says_which_parts_the_student_plays_alone(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    OtherPresenter.objects.create(
        lecture=term.lectures[2], kind="student", name=person.name, enrollment=person
    )
    said = term.see(DropStudent(person.pk)).act.consequences["said"]
    assert f"{person} is named as presenter of Agents: give the part to someone else there." in said


def test_a_wrong_drop_is_undone_days_later_with_nothing_lost(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    asked = question(term)
    carried = term.do(DropStudent(person.pk))
    back_at = LECTURE_AT + timedelta(days=3)
    assert asked.due_at is not None
    assert NOW < asked.due_at < back_at
    undone = term.undo(carried, now=back_at)
    person.refresh_from_db()
    assert (person.state, person.dropped_at) == (EnrollmentState.ACTIVE, None)
    first, second = Membership.objects.filter(enrollment=person).order_by("starts_at")
    assert (first.ends_at, second.starts_at, second.ends_at) == (NOW, NOW, None)
    assert (first.group, first.seat) == (second.group, second.seat)
    # What fell due meanwhile is theirs, with a week to hand it in.
    [duty] = owed_by(person, now=back_at)
    assert duty.due_at == back_at + timedelta(days=7)
    assert person.pk in undone.act.told
    # The group's hand-ins are credited to them as if they had never left.
    slides = Deliverable.objects.get(lecture=term.lectures[0], kind=Kind.SLIDES.value)
    assert slides.due_at is not None
    assert NOW < slides.due_at < back_at
    assert slides.pk in {
        duty.deliverable_id for duty in duties(course=term.course, now=back_at, person=person.pk)
    }


def test_what_was_rehearsed_is_not_taken_for_done(term: Term) -> None:
    carried = term.do(DropStudent(term.members(term.groups[0])[0].pk))
    doing = undoing_of(carried.act)
    seen = rehearse(doing, actor=term.teacher, reason="", now=NOW)
    undone = carry_out_as_shown(
        doing, actor=term.teacher, reason="", now=NOW, shown=seen.fingerprint
    )
    assert undone.act.undoes == carried.act
    assert not may_undo(term.teacher, Act.objects.get(pk=carried.act.pk))


def test_a_drop_cannot_be_undone_once_the_student_was_taken_back(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    carried = term.do(DropStudent(person.pk))
    term.do(ReinstateStudent(person.pk, None), now=NOW + timedelta(minutes=1))
    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert refusal.value.denied.sentence == (
        f"This cannot be undone any more. {person} has been changed since."
    )


def test_nobody_is_dropped_twice_and_no_staff_at_all(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    term.do(DropStudent(person.pk))
    for wrong, code in ((person, "dropped"), (term.instructor, "not_found")):
        with pytest.raises(Refused) as refusal:
            term.do(DropStudent(wrong.pk))
        assert refusal.value.denied.code == code


def test_a_student_of_another_course_is_not_found(term: Term) -> None:
    stranger = enroll(make_term().course)
    with pytest.raises(Refused) as refusal:
        term.do(DropStudent(stranger.pk))
    assert refusal.value.denied.code == "not_found"


# -- taking back ---------------------------------------------------------------------------------


def test_a_student_taken_back_goes_on_where_the_drop_ended(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    term.do(DropStudent(person.pk))
    back_at = LECTURE_AT + timedelta(days=3)
    term.do(ReinstateStudent(person.pk, term.groups[0].pk), now=back_at)
    present = current(person)
    assert present is not None
    assert (present.group, present.starts_at) == (term.groups[0], NOW)
    [grace] = Extension.objects.all()
    assert (grace.enrollment, grace.deliverable, grace.due_at) == (
        person,
        question(term),
        back_at + timedelta(days=7),
    )


def test_a_student_taken_back_into_another_group_begins_there_now(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    term.do(DropStudent(person.pk))
    back_at = NOW + timedelta(days=1)
    term.do(ReinstateStudent(person.pk, term.groups[1].pk), now=back_at)
    present = current(person)
    assert present is not None
    assert (present.group, present.starts_at) == (term.groups[1], back_at)


def test_a_student_who_is_there_is_not_taken_back(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    with pytest.raises(Refused) as refusal:
        term.do(ReinstateStudent(person.pk, None))
    assert refusal.value.denied.code == "active"


def test_taking_back_is_undone(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    term.do(DropStudent(person.pk))
    back_at = NOW + timedelta(days=1)
    carried = term.do(ReinstateStudent(person.pk, term.groups[0].pk), now=back_at)
    undone_at = back_at + timedelta(hours=1)
    term.undo(carried, now=undone_at)
    person.refresh_from_db()
    # From now on: what fell due while they were back stays theirs.
    assert (person.state, person.dropped_at) == (EnrollmentState.DROPPED, undone_at)
    assert current(person) is None
