"""The ways into a group and out of it: who sits where afterwards (domain.md §6)."""

from datetime import timedelta

import pytest

from groups.models import Invitation, JoinRequest, Membership
from groups.selectors import group_of
from tests.factories import START, actor, make_group
from tests.groups.scenes import (
    AFTER,
    DEADLINE,
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
    refusal,
    seats,
)

pytestmark = pytest.mark.django_db


def test_who_founds_a_group_sits_in_its_first_seat():
    mia = Forming().students[0]
    group = found(mia, "Cache and carry", interests="Caches")

    assert (group.name, group.interests, group.formed_at) == ("Cache and carry", "Caches", NOW)
    assert seats(group) == {1: mia}
    assert group_of(actor(mia)) == group
    assert Membership.objects.get().start_reason == "Founded the group."


def test_a_group_without_a_name_gets_the_next_number():
    scene = Forming()
    typed = zip(scene.students[:3], ["", "Group 2", ""], strict=True)
    names = [found(student, name).name for student, name in typed]

    assert names == ["Group 1", "Group 2", "Group 3"]
    assert [group.position for group in scene.course.groups.order_by("pk")] == [1, 2, 3]


def test_a_name_that_another_group_has_is_refused():
    one, two, *_ = Forming().students
    found(one, "Us")
    assert refusal(found, two, "Us") == "name_taken"


def test_each_way_in_takes_the_lowest_free_seat():
    scene = Forming()
    one, two, three, four, *_ = scene.students
    group = found(one)
    accept(two, invite(one, two))
    let_in(two, ask(three, group))
    assert seats(group) == {1: one, 2: two, 3: three}

    leave(two)
    join(four, link_of(one))

    assert seats(group) == {1: one, 2: four, 3: three}
    reasons = Membership.objects.order_by("pk").values_list("start_reason", flat=True)
    assert list(reasons) == [
        "Founded the group.",
        f"Accepted the invitation of {one.name}.",
        f"Asked, and was accepted by {two.name}.",
        "Came by the group's link.",
    ]


def test_no_way_in_leads_past_the_last_seat():
    scene = Forming()
    group = scene.full_group()
    member = seats(group)[1]
    late, also_late, *_ = scene.students
    leave(seats(group)[3])
    invitation, link, request = invite(member, late), link_of(member), ask(late, group)
    join(also_late, link)

    assert refusal(accept, late, invitation) == "full"
    assert refusal(join, late, link) == "full"
    assert refusal(let_in, member, request) == "full"
    assert refusal(ask, scene.students[2], group) == "full"
    assert refusal(invite, member, scene.students[2]) == "full"
    # They stay open: a seat may become free.
    assert {one.outcome for one in (invitation, request)} == {""}


def test_nobody_comes_into_a_second_group_by_any_way():
    one, two, *_ = Forming().students
    group = found(one)
    invitation, link, request = invite(one, two), link_of(one), ask(two, group)
    assert Invitation.objects.filter(ended_at__isnull=True).count() == 1
    make_group(group.course, [two])

    assert refusal(found, two) == "has_group"
    assert refusal(accept, two, invitation) == "has_group"
    assert refusal(join, two, link) == "has_group"
    assert refusal(let_in, one, request) == "has_group"
    assert refusal(ask, two, group) == "has_group"
    assert refusal(invite, one, two) == "has_group"


def test_who_joins_somewhere_has_nothing_else_open():
    one, two, three, four, *_ = Forming().students
    first, second = found(one), found(two)
    taken, other = invite(one, three), invite(two, three)
    asked, also = ask(three, first), ask(three, second)
    strangers = ask(four, second)

    accept(three, taken)

    outcomes = [type(one).objects.get(pk=one.pk).outcome for one in (taken, asked, other, also)]
    assert outcomes == ["accepted", "accepted", "lapsed", "lapsed"]
    assert JoinRequest.objects.get(pk=strangers.pk).outcome == ""


def test_the_last_member_dissolves_the_group_by_leaving():
    one, two, three, *_ = Forming().students
    group = found(one)
    join(two, link_of(one))
    invitation, request, link = invite(one, three), ask(three, group), link_of(two)

    leave(one)
    group.refresh_from_db()
    assert group.dissolved_at is None
    left = leave(two)
    group.refresh_from_db()

    assert group.dissolved_at == left.ends_at
    assert refusal(accept, three, invitation) == "dissolved"
    assert refusal(join, three, link) == "dissolved"
    assert refusal(ask, three, group) == "dissolved"
    assert refusal(let_in, two, request) == "not_a_member"
    assert found(two) != group


def test_one_can_leave_and_come_back_at_the_same_instant():
    one, two, *_ = Forming().students
    group = found(one)
    link = link_of(one)
    for _ in range(3):
        join(two, link)
        leave(two)
    join(two, link)

    spans = Membership.objects.filter(enrollment=two).order_by("pk")
    assert [one.seat for one in spans] == [2, 2, 2, 2]
    assert seats(group) == {1: one, 2: two}


def test_a_request_that_was_overtaken_follows_the_one_that_was_faster():
    one, two, *_ = Forming().students
    group = found(one)
    link = link_of(one)
    join(two, link, at=NOW + timedelta(seconds=2))

    left = leave(two, at=NOW + timedelta(seconds=1))
    again = join(two, link, at=NOW)

    assert left.ends_at is not None
    assert NOW + timedelta(seconds=2) < left.ends_at <= again.starts_at
    assert seats(group) == {1: one, 2: two}


def test_a_membership_with_a_date_ahead_still_binds():
    scene = Forming()
    one, two, *_ = scene.students
    make_group(scene.course, [two])
    until = NOW + timedelta(days=1)
    Membership.objects.filter(enrollment=two).update(ends_at=until)
    found(one)
    link = link_of(one)

    assert refusal(join, two, link) == "has_group"
    assert join(two, link, at=until).starts_at == until


def test_a_seat_with_a_date_ahead_is_still_taken():
    scene = Forming()
    group = scene.full_group()
    member, _, leaving = (seats(group)[seat] for seat in (1, 2, 3))
    link = link_of(member)
    until = NOW + timedelta(days=1)
    Membership.objects.filter(enrollment=leaving).update(ends_at=until)

    assert refusal(join, scene.students[0], link) == "full"
    assert join(scene.students[0], link, at=until).seat == 3


# -- who may not ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["instructor", "ta", "observer"])
def test_only_students_come_in(role):
    scene = Forming()
    one, *_ = scene.students
    group = found(one)
    link, person = link_of(one), getattr(scene, role)

    assert refusal(found, person) == "students_only"
    assert refusal(join, person, link) == "students_only"
    assert refusal(ask, person, group) == "students_only"
    assert refusal(leave, person) == "students_only"
    assert refusal(invite, one, person) == "not_a_student"


def test_who_has_left_the_course_comes_into_no_group():
    scene = Forming()
    one, two, *_ = scene.students
    group = found(one)
    invitation, link, request = invite(one, two), link_of(one), ask(two, group)
    scene.drop(two)

    assert refusal(found, two) == "dropped"
    assert refusal(accept, two, invitation) == "dropped"
    assert refusal(join, two, link) == "dropped"
    assert refusal(let_in, one, request) == "dropped"
    assert refusal(invite, one, two) == "dropped"
    assert refusal(ask, two, group) == "dropped"


def test_what_is_meant_for_one_is_of_no_use_to_another():
    scene = Forming()
    one, two, three, *_ = scene.students
    group = found(one)
    invitation, request = invite(one, two), ask(two, group)

    assert refusal(accept, three, invitation) == "not_yours"
    assert refusal(let_in, three, request) == "not_a_member"
    assert refusal(let_in, two, request) == "not_a_member"
    assert refusal(let_in, scene.ta, request) == "not_a_member"


def test_what_was_answered_is_not_answered_again():
    one, two, *_ = Forming().students
    group = found(one)
    invitation = invite(one, two)
    accept(two, invitation)
    leave(two)
    assert refusal(accept, two, invitation) == "answered"
    request = ask(two, group)
    let_in(one, request)
    leave(two)
    assert refusal(let_in, one, request) == "answered"


def test_a_link_that_was_renewed_or_ended_opens_nothing():
    one, two, *_ = Forming().students
    found(one)
    first = link_of(one)
    second = link_of(one)

    assert refusal(join, two, first) == "link_ended"
    join(two, second)


def test_who_is_in_no_group_cannot_leave_one():
    assert refusal(leave, Forming().students[0]) == "no_group"


# -- the deadline --------------------------------------------------------------------------------


def test_groups_form_up_to_the_deadline_and_not_a_moment_longer():
    scene = Forming(size=9)
    one, two, three, four, *_ = scene.students
    group = found(one, at=DEADLINE)
    invitation, link = invite(one, two, at=DEADLINE), link_of(one, at=DEADLINE)
    request = ask(three, group, at=DEADLINE)

    assert refusal(found, four, at=AFTER) == "formation_over"
    assert refusal(accept, two, invitation, at=AFTER) == "formation_over"
    assert refusal(join, four, link, at=AFTER) == "formation_over"
    assert refusal(let_in, one, request, at=AFTER) == "formation_over"
    assert refusal(leave, one, at=AFTER) == "formation_over"
    assert refusal(invite, one, four, at=AFTER) == "formation_over"
    assert refusal(link_of, one, at=AFTER) == "formation_over"
    accept(two, invitation, at=DEADLINE)
    let_in(one, request, at=DEADLINE)
    leave(three, at=DEADLINE)


def test_after_the_deadline_one_asks_and_staff_let_in():
    scene = Forming()
    one, two, *_ = scene.students
    group = found(one)
    request = ask(two, group, at=AFTER)

    assert refusal(let_in, scene.ta, request, at=AFTER) == "not_a_member"
    membership = let_in(scene.instructor, request, at=AFTER)

    assert membership.start_reason == "Asked, and was accepted by Ines Haugen."
    assert seats(group) == {1: one, 2: two}


def test_a_group_that_stays_too_small_after_the_deadline_has_a_waiver():
    scene = Forming()
    scene.course.group_size_min = 3
    scene.course.save()
    one, two, three, *_ = scene.students
    group = found(one)
    assert not group.size_waivers.exists()

    let_in(scene.instructor, ask(two, group, at=AFTER), at=AFTER)
    let_in(scene.instructor, ask(three, group, at=AFTER), at=AFTER)

    waiver = group.size_waivers.get()
    assert (waiver.size, waiver.granted_by, waiver.granted_at) == (2, scene.instructor, AFTER)


def test_without_a_deadline_groups_form_all_along():
    scene = Forming()
    scene.course.groups_form_until = None
    scene.course.save()
    later = START + timedelta(days=900)
    found(scene.students[0], at=later)
    leave(scene.students[0], at=later)


def test_in_a_finished_course_groups_stay_as_they_are():
    scene = Forming()
    one, two, *_ = scene.students
    group = found(one)
    link, request = link_of(one), ask(two, group)
    scene.course.state = "finished"
    scene.course.save()

    assert refusal(found, two) == "finished"
    assert refusal(join, two, link) == "finished"
    assert refusal(let_in, one, request) == "finished"
    assert refusal(let_in, scene.instructor, request) == "finished"
    assert refusal(leave, one) == "finished"
    assert refusal(ask, two, group) == "finished"
    assert refusal(invite, one, two) == "finished"


def test_a_course_that_lowers_its_size_puts_nobody_out():
    scene = Forming()
    group = scene.full_group()
    scene.course.group_size_max = 2
    scene.course.save()
    member = seats(group)[1]
    leave(seats(group)[2])

    assert refusal(ask, scene.students[0], group) == "full"
    assert set(seats(group)) == {1, 3}
    leave(member)
    join(scene.students[0], link_of(seats(group)[3]))
    assert set(seats(group)) == {1, 3}


def test_a_student_of_another_course_cannot_come_in_nor_be_named():
    scene, elsewhere = Forming(), Forming()
    one, stranger = scene.students[0], elsewhere.students[0]
    group = found(one)
    assert refusal(join, stranger, link_of(one)) == "not_found"
    assert refusal(ask, stranger, group) == "not_found"
    for who in (stranger.student_id, stranger.email, stranger):
        assert refusal(invite, one, who) == "unknown_person"
