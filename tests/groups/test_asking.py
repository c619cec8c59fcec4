"""Inviting, asking, answering no, taking back; and who is mailed about what."""

from datetime import datetime, timedelta

import pytest

from courseapp.course.models import Enrollment
from courseapp.kernel.models import OutboxMail
from groups.models import Invitation, JoinRequest
from groups.services import asking
from tests.factories import actor
from tests.groups.scenes import (
    AFTER,
    NOW,
    Forming,
    accept,
    ask,
    found,
    invite,
    join,
    leave,
    let_in,
    link_of,
    mails,
    refusal,
)

pytestmark = pytest.mark.django_db


def decline(person: Enrollment, invitation: Invitation) -> None:
    asking.decline_invitation(actor=actor(person), invitation_id=invitation.pk, now=NOW)


def uninvite(person: Enrollment, invitation: Invitation) -> None:
    asking.withdraw_invitation(actor=actor(person), invitation_id=invitation.pk, now=NOW)


def turn_down(person: Enrollment, request: JoinRequest, *, at: datetime = NOW) -> None:
    asking.decline_request(actor=actor(person), request_id=request.pk, now=at)


def take_back(person: Enrollment, request: JoinRequest) -> None:
    asking.withdraw_request(actor=actor(person), request_id=request.pk, now=NOW)


@pytest.mark.parametrize("form", ["{0.student_id}", " {0.email} "])
def test_one_invites_by_student_id_or_address_however_it_is_typed(form):
    one, two, *_ = Forming().students
    found(one)
    invitation = invite(one, form.format(two).upper())
    assert (invitation.enrollment, invitation.invited_by) == (two, one)


def test_a_number_that_somebody_types_is_no_ones_number_here():
    one, two, *_ = Forming().students
    found(one)
    assert refusal(invite, one, str(two.pk)) == "unknown_person"
    assert refusal(invite, one, "") == "unknown_person"


def test_who_is_in_no_group_invites_nobody():
    one, two, *_ = Forming().students
    assert refusal(invite, one, two) == "no_group"


def test_nobody_is_invited_or_asks_twice_at_one_time():
    one, two, *_ = Forming().students
    group = found(one)
    invite(one, two)
    ask(two, group)
    assert refusal(invite, one, two) == "already_invited"
    assert refusal(ask, two, group) == "already_asked"


def test_who_declined_is_not_invited_again_by_the_same_group():
    one, two, three, *_ = Forming().students
    group = found(one)
    decline(two, invite(one, two))

    assert refusal(invite, one, two) == "declined_before"
    found(three)
    assert invite(three, two).pk
    assert ask(two, group).pk


def test_what_was_taken_back_or_declined_can_be_tried_again():
    one, two, *_ = Forming().students
    group = found(one)
    uninvite(one, invite(one, two))
    assert invite(one, two).outcome == ""
    take_back(two, ask(two, group))
    turn_down(one, ask(two, group))
    assert ask(two, group).outcome == ""
    outcomes = JoinRequest.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["withdrawn", "declined", ""]


def test_only_those_concerned_answer_or_take_back():
    scene = Forming()
    one, two, three, *_ = scene.students
    group = found(one)
    invitation, request = invite(one, two), ask(two, group)
    for person in (three, scene.instructor):
        assert refusal(decline, person, invitation) == "not_yours"
        assert refusal(uninvite, person, invitation) == "not_a_member"
        assert refusal(take_back, person, request) == "not_yours"
    assert refusal(turn_down, two, request) == "not_a_member"
    assert refusal(decline, one, invitation) == "not_yours"
    assert refusal(turn_down, one, request, at=AFTER) == "formation_over"
    turn_down(scene.instructor, request, at=AFTER)
    decline(two, invitation)
    for act, person, about in (
        (decline, two, invitation),
        (uninvite, one, invitation),
        (turn_down, one, request),
        (take_back, two, request),
    ):
        assert refusal(act, person, about) == "answered"


def test_those_concerned_are_told():
    one, two, three, four, *_ = Forming().students
    group = found(one, "Us")
    assert mails() == []

    accept(two, invite(one, two))
    let_in(two, ask(three, group))
    leave(three)
    join(four, link_of(two))
    leave(four)
    decline(three, invite(two, three))
    turn_down(one, ask(four, group))

    assert mails() == [
        ("invited", two.email),
        ("joined", one.email),
        ("asked", one.email),
        ("asked", two.email),
        ("joined", one.email),
        ("accepted", three.email),
        ("left", one.email),
        ("left", two.email),
        ("joined", one.email),
        ("joined", two.email),
        ("left", one.email),
        ("left", two.email),
        ("invited", three.email),
        ("invitation_declined", two.email),
        ("asked", one.email),
        ("asked", two.email),
        ("request_declined", four.email),
    ]


def test_a_draft_tells_nobody():
    scene = Forming()
    scene.course.state, scene.course.published_at = "draft", None
    scene.course.save()
    one, two, *_ = scene.students
    group = found(one)
    decline(two, invite(one, two))
    turn_down(one, ask(two, group))
    join(two, link_of(one))
    leave(two)
    assert mails() == []


def test_who_has_left_the_course_gets_no_mail():
    scene = Forming()
    one, two, three, *_ = scene.students
    group = found(one)
    join(two, link_of(one))
    scene.drop(one)
    ask(three, group)
    assert mails()[-1] == ("asked", two.email)
    assert ("asked", one.email) not in mails()


def test_after_the_deadline_staff_who_can_let_in_are_told_too():
    scene = Forming()
    one, two, *_ = scene.students
    scene.ta.extra_permissions = ["change_groups"]
    scene.ta.save()
    ask(two, found(one), at=AFTER)

    told = [recipient for kind, recipient in mails() if kind == "asked"]
    assert told == [one.email, scene.instructor.email, scene.ta.email]
    texts = OutboxMail.objects.filter(kind="groups/asked").order_by("pk")
    assert ["/groups/#requests" in mail.text for mail in texts] == [False, True, True]


def test_a_person_is_told_of_one_groups_invitation_once_a_day_at_most():
    one, two, *_ = Forming().students
    found(one)
    for _ in range(3):
        uninvite(one, invite(one, two))
    assert mails() == [("invited", two.email)]
    invite(one, two, at=NOW + timedelta(days=1))
    assert mails() == [("invited", two.email)] * 2


def test_an_invitation_says_who_until_when_and_where():
    scene = Forming()
    one, two, *_ = scene.students
    group = found(one, "Cache and carry", interests="Caches")
    join(scene.students[2], link_of(one))
    invite(one, two)
    said = OutboxMail.objects.get(kind="groups/invited")

    assert said.subject == f"CS 598: {one.name} invites you to Cache and carry"
    for words in (
        f"{one.name}, {scene.students[2].name}",
        "Caches",
        "1 of 3 free",
        "Thu Jan 30, 12:00 AM CST",
        f"/c/{group.course.slug}/group/",
    ):
        assert words in said.text
    assert not said.is_secret
    assert Invitation.objects.get().group == group
