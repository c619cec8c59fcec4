"""Adding students late, correcting their entries, moving them between groups."""

from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile

from courseapp.accounts.models import User
from courseapp.course.models import Enrollment, EnrollmentState, Role
from courseapp.course.services import claim_enrollments
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.people import (
    AddStudent,
    ChangeStudent,
    DropStudent,
    MoveStudent,
)
from courseapp.term.calendars.links import holder_of, make_link
from groups.models import JoinRequest, Membership, SizeWaiver
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.owed import duties
from submissions.services.deriving import derive_deliverables
from submissions.services.handing_in import hand_in_file
from tests.factories import (
    LECTURE_AT,
    START,
    actor,
    enroll,
    make_group,
    make_staff_lecture,
    make_user,
)
from tests.term.acts.leaving import current, make_term_with_questions, owed_by
from tests.term.acts.scenes import NOW, Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return make_term_with_questions()


def adding(**changes: object) -> AddStudent:
    entry = {"name": "Mara Late", "email": "Mara@Example.edu", "student_id": "s9", "section": "B"}
    return AddStudent(**{**entry, "group_id": None, **changes})  # type: ignore[arg-type]


# -- adding late ---------------------------------------------------------------------------------


def test_who_comes_late_owes_only_what_is_still_to_come(term: Term) -> None:
    late = LECTURE_AT + timedelta(days=2)
    make_staff_lecture(term.course, starts_at=LECTURE_AT + timedelta(days=9), topic="Memory")
    derive_deliverables(course=term.course, now=START)
    carried = term.do(adding(), now=late)
    person = Enrollment.objects.get(student_id="s9")
    assert (person.name, person.email, person.section) == ("Mara Late", "mara@example.edu", "B")
    assert (person.role, person.enrolled_at, person.user) == (Role.STUDENT, late, None)
    topics = {
        Deliverable.objects.get(pk=duty.deliverable_id).lecture.topic  # type: ignore[union-attr]
        for duty in owed_by(person, now=late)
    }
    assert topics == {"Caches", "Agents", "Memory"}
    assert carried.told == [person]
    assert OutboxMail.objects.get().recipient == "mara@example.edu"


def test_who_comes_late_into_a_group_owes_with_it_from_then_on(term: Term) -> None:
    late = LECTURE_AT + timedelta(days=2)
    term.do(adding(group_id=term.groups[0].pk), now=late)
    person = Enrollment.objects.get(student_id="s9")
    present = current(person)
    assert present is not None
    assert (present.group, present.seat, present.starts_at) == (term.groups[0], 5, late)
    theirs = duties(course=term.course, now=late, person=person.pk)
    assert {duty.lecture_title for duty in theirs} == {"Caches", "Agents"}
    assert not SizeWaiver.objects.exists()


def test_who_comes_late_can_sign_in_and_is_known_at_once_where_the_address_is_proved(
    term: Term,
) -> None:
    term.do(adding())
    account = EmailAddress.objects.get(email="mara@example.edu")
    assert not account.verified
    known = make_user("noor@example.edu")
    term.do(adding(email=known.email, student_id="s10"))
    person = Enrollment.objects.get(student_id="s10")
    assert (person.user, person.claimed_at) == (known, NOW)


def test_a_sixth_member_is_a_waiver(term: Term) -> None:
    term.do(adding(group_id=term.groups[0].pk))
    term.do(adding(student_id="s10", email="", group_id=term.groups[0].pk))
    [waiver] = SizeWaiver.objects.all()
    assert waiver.size == 6


def test_a_known_address_or_student_id_is_refused_with_the_name(term: Term) -> None:
    known, dropped = term.members(term.groups[0])[:2]
    term.do(DropStudent(dropped.pk))
    for changes, sentence in (
        (
            {"email": known.email.upper()},
            f"{known}, student of this course, has this address already.",
        ),
        (
            {"student_id": known.student_id},
            f"{known}, student of this course, has this student id already.",
        ),
        (
            {"student_id": dropped.student_id},
            f"{dropped} has this student id and was dropped from the course: take them back instead.",
        ),
    ):
        with pytest.raises(Refused) as refusal:
            term.do(adding(**changes))
        assert refusal.value.denied.sentence == sentence


def test_a_student_needs_an_address_or_an_id(term: Term) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(adding(email=" ", student_id=""))
    assert refusal.value.denied.code == "unknown_person"
    term.do(adding(name="", email=""))
    assert Enrollment.objects.get(student_id="s9").name == "s9"


def test_adding_is_undone_by_a_drop_and_the_row_stays(term: Term) -> None:
    carried = term.do(adding(group_id=term.groups[0].pk))
    undone = term.undo(carried)
    person = Enrollment.objects.get(student_id="s9")
    assert person.state == EnrollmentState.DROPPED
    assert current(person) is None
    assert undone.act.sentence == f"Undone: Mara Late is in the course, in {term.groups[0]}."


# -- correcting an entry -------------------------------------------------------------------------


def test_an_entry_is_corrected_and_set_back(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    action = ChangeStudent(person.pk, "Mara Lind", person.email, person.student_id, "C")
    carried = term.do(action)
    assert (
        carried.act.sentence == f"{person.name}'s entry was changed (name: Mara Lind, section: C)."
    )
    after = Enrollment.objects.get(pk=person.pk)
    assert (after.name, after.section) == ("Mara Lind", "C")
    term.undo(carried)
    after.refresh_from_db()
    assert (after.name, after.section) == (person.name, person.section)


def test_a_new_address_of_who_signs_in_is_said_by_staff(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    Enrollment.objects.filter(pk=person.pk).update(claimed_at=START)
    term.do(ChangeStudent(person.pk, person.name, "new@example.edu", person.student_id, ""))
    after = Enrollment.objects.get(pk=person.pk)
    assert (after.email, after.user, after.claimed_at) == ("new@example.edu", person.user, None)


def claimed(term: Term) -> tuple[Enrollment, User]:
    """A student whose entry another person has claimed by an address that was theirs."""
    person = term.members(term.groups[0])[0]
    Enrollment.objects.filter(pk=person.pk).update(claimed_at=START)
    person.refresh_from_db()
    assert person.user is not None
    return person, person.user


def let_go(person: Enrollment, email: str) -> ChangeStudent:
    return ChangeStudent(person.pk, person.name, email, person.student_id, "", is_other_person=True)


def test_an_entry_that_another_person_claimed_waits_for_the_right_one(term: Term) -> None:
    person, stranger = claimed(term)
    secret = make_link(actor=actor(person), now=NOW)
    carried = term.do(let_go(person, "right@example.edu"))
    person.refresh_from_db()
    assert [person.user, person.claimed_at] == [None, None]
    assert holder_of(secret) is None
    assert any("loses the entry at once" in line for line in carried.act.consequences["said"])
    claim_enrollments(user=stranger, proved_addresses=[stranger.email], now=NOW)
    person.refresh_from_db()
    assert person.user is None
    EmailAddress.objects.filter(email="right@example.edu").update(verified=True)
    right = User.objects.get(email="right@example.edu")
    claim_enrollments(user=right, proved_addresses=[right.email], now=NOW)
    person.refresh_from_db()
    assert [person.user, person.claimed_at] == [right, NOW]
    with pytest.raises(Refused):
        term.undo(carried)


def test_who_has_proved_the_right_address_has_the_entry_at_once(term: Term) -> None:
    person, _ = claimed(term)
    right = make_user("right@example.edu")
    term.do(let_go(person, right.email))
    person.refresh_from_db()
    assert (person.user, person.claimed_at) == (right, NOW)


def test_an_undo_gives_the_entry_back_to_who_had_it(term: Term) -> None:
    person, stranger = claimed(term)
    old = person.email
    term.undo(term.do(let_go(person, "right@example.edu")))
    person.refresh_from_db()
    assert (person.user, person.claimed_at, person.email) == (stranger, START, old)


def test_nobody_is_let_go_who_is_not_there_or_would_come_back(term: Term) -> None:
    person, _ = claimed(term)
    again = replace(let_go(person, person.email), name="Mara")
    with pytest.raises(Refused) as refusal:
        term.do(again)
    assert refusal.value.denied.code == "same_address"
    unclaimed = enroll(term.course, signs_in=False)
    with pytest.raises(Refused) as refusal:
        term.do(let_go(unclaimed, "right@example.edu"))
    assert refusal.value.denied.code == "not_claimed"


def test_an_entry_that_stays_as_it_is_is_no_act(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    action = ChangeStudent(person.pk, person.name, person.email, person.student_id, person.section)
    with pytest.raises(Refused) as refusal:
        term.do(action)
    assert refusal.value.denied.code == "unchanged"


# -- moving --------------------------------------------------------------------------------------


def test_a_move_changes_both_groups_now_and_keeps_the_past(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    moved_at = LECTURE_AT - timedelta(hours=1)
    slides = Deliverable.objects.get(lecture=term.lectures[0], kind=Kind.SLIDES.value)
    hand_in_file(
        actor=actor(person),
        deliverable_id=slides.pk,
        upload=ContentFile(b"PK\x03\x04" + bytes(26), name="talk.pptx"),
        received_at=LECTURE_AT - timedelta(days=2),
        idempotency_key="",
    )
    carried = term.do(MoveStudent(person.pk, term.groups[1].pk), now=moved_at)
    old, new = Membership.objects.filter(enrollment=person).order_by("starts_at")
    assert (old.ends_at, new.starts_at, new.seat) == (moved_at, moved_at, 5)
    theirs = {
        (duty.kind, duty.group_id): duty
        for duty in duties(course=term.course, now=moved_at, person=person.pk)
        if duty.lecture_title == "Mixtures"
    }
    # The slides were due while they belonged to the first group; its final slides are not theirs any more.
    assert theirs.keys() == {
        (Kind.SLIDES, term.groups[0].pk),
        (Kind.SUMMARY, term.groups[1].pk),
    }
    assert theirs[Kind.SLIDES, term.groups[0].pk].counted_number == 1
    assert {one.pk for one in carried.told} == {
        member.pk for group in term.groups[:2] for member in term.members(group)
    }


def test_the_mover_reads_what_they_leave_and_what_they_take_on(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    term.do(MoveStudent(person.pk, term.groups[1].pk))
    text = OutboxMail.objects.get(recipient=person.email).text
    assert "Slides for Mixtures\n  is not yours any more" in text
    assert "Slides for Caches\n  due " in text


def test_a_move_out_and_a_move_in(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    out = term.do(MoveStudent(person.pk, None))
    assert out.act.sentence == f"{person} is not in {term.groups[0]} any more."
    into = term.do(MoveStudent(person.pk, term.groups[2].pk), now=NOW + timedelta(hours=1))
    assert into.act.sentence == f"{person} is in {term.groups[2]}."
    with pytest.raises(Refused) as refusal:
        term.do(MoveStudent(person.pk, term.groups[2].pk))
    assert refusal.value.denied.sentence == (
        f"{person} is in {term.groups[2]} already; choose another place."
    )


def test_a_move_ends_what_the_mover_had_asked(term: Term) -> None:
    person = enroll(term.course)
    JoinRequest.objects.create(group=term.groups[1], enrollment=person, made_at=START)
    term.do(MoveStudent(person.pk, term.groups[0].pk))
    assert JoinRequest.objects.get().ended_at == NOW


def test_a_move_is_undone(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    carried = term.do(MoveStudent(person.pk, term.groups[1].pk))
    term.undo(carried)
    present = current(person)
    assert present is not None
    assert (present.group, present.seat) == (term.groups[0], 1)


def test_a_move_is_not_undone_after_the_next_one(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    carried = term.do(MoveStudent(person.pk, term.groups[1].pk))
    term.do(MoveStudent(person.pk, term.groups[2].pk), now=NOW + timedelta(minutes=1))
    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert f"{person} is in {term.groups[2]} since." in refusal.value.denied.sentence


def test_an_undo_that_fills_a_group_beyond_its_size_records_a_waiver(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    full = make_group(term.course, [enroll(term.course) for _ in range(5)])
    one = term.members(full)[0]
    carried = term.do(MoveStudent(one.pk, term.groups[0].pk))
    term.do(MoveStudent(person.pk, full.pk), now=NOW + timedelta(minutes=1))
    undone = term.undo(carried)
    assert any(f"{full} has 6 members" in said for said in undone.act.consequences["said"])
    assert SizeWaiver.objects.filter(group=full, size=6).exists()


def test_before_the_term_begins_a_membership_ends_as_soon_as_it_would_begin(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    early = START - timedelta(days=3)
    carried = term.do(MoveStudent(person.pk, term.groups[1].pk), now=early)
    old, new = Membership.objects.filter(enrollment=person).order_by("pk")
    assert old.ends_at == START + timedelta(microseconds=1) == new.starts_at
    term.undo(carried, now=early + timedelta(minutes=1))
    present = current(person)
    assert present is not None
    assert present.group == term.groups[0]
