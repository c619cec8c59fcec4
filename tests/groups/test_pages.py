"""The pages of forming groups: what each reader sees and may press, and how often the database is asked."""

import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from courseapp.course.models import Enrollment
from courseapp.kernel import clock
from groups.models import Group, Invitation, JoinRequest, Membership
from tests.doors import browser
from tests.factories import enroll, make_course
from tests.groups.scenes import (
    AFTER,
    NOW,
    Forming,
    ask,
    found,
    invite,
    join,
    link_of,
    mails,
    rows,
    seats,
)

pytestmark = pytest.mark.django_db


def path(scene: Forming, page: str, **arguments: Any) -> str:
    return reverse(page, kwargs={"course": scene.course.slug, **arguments})


def seen(person: Enrollment, address: str, *, at: datetime = NOW) -> str:
    with clock.standing_at(at):
        answer = browser(person).get(address)
    assert answer.status_code == 200, answer.content
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1]).split())


def press(person: Enrollment, address: str, *, at: datetime = NOW, **typed: Any) -> str:
    """Send a form, follow where it leads, and return what the page says first."""
    with clock.standing_at(at):
        answer = browser(person).post(address, typed, follow=True)
    assert answer.status_code == 200, answer.content
    (said,) = answer.context["messages"]
    return str(said)


def test_a_student_comes_from_nothing_to_a_group_by_pages():
    scene = Forming()
    one, two, three, four, *_ = scene.students
    assert "You are in no group yet" in seen(one, path(scene, "group"))

    said = press(one, path(scene, "found-group"), name="Cache and carry", interests="Caches")
    assert "Invite the others" in said
    group = Group.objects.get()
    assert press(one, path(scene, "invite"), who=two.student_id)
    invitation = Invitation.objects.get()
    assert f"{one.name} invites you" in seen(two, path(scene, "group"))
    number = {"invitation_id": invitation.pk}
    assert press(two, path(scene, "accept-invitation", **number)) == f"You are in {group}."

    press(three, path(scene, "ask-to-join", group_id=group.pk), message="I like caches too.")
    request = JoinRequest.objects.get()
    assert "I like caches too." in seen(one, path(scene, "group"))
    press(one, path(scene, "accept-request", request_id=request.pk))
    assert seats(group) == {1: one, 2: two, 3: three}
    press(three, path(scene, "leave-group"))

    press(two, path(scene, "renew-link"))
    (address,) = re.findall(rf"/c/{scene.course.slug}/join/[^\"]+", page_of(two, scene))
    assert f"Join {group}" in seen(four, address)
    assert press(four, address) == f"You are in {group}."
    assert seats(group) == {1: one, 2: two, 3: four}


def page_of(person: Enrollment, scene: Forming, page: str = "group") -> str:
    with clock.standing_at(NOW):
        content: bytes = browser(person).get(path(scene, page)).content
    return content.decode()


def test_a_refusal_comes_back_to_the_page_with_its_sentence():
    scene = Forming()
    one, two, *_ = scene.students
    found(one)
    assert "in no group" in press(two, path(scene, "leave-group"))
    assert "Nobody in this course" in press(one, path(scene, "invite"))
    assert Membership.objects.count() == 1


def came_back(person: Enrollment, address: str, **typed: Any) -> Any:
    """Send a form that is refused; return it as it comes back, and see that nothing is lost."""
    with clock.standing_at(NOW):
        answer = browser(person).post(address, typed)
    assert answer.status_code == 422
    text = unescape(answer.content.decode())
    assert all(value in text for value in typed.values())
    return answer.context["form"]


def test_what_was_typed_into_a_refused_form_is_not_lost():
    scene = Forming()
    one, two, three, *_ = scene.students
    group = found(one, name="Cache and carry")
    form = came_back(one, path(scene, "invite"), who="nobody@example.edu")
    assert "Nobody in this course has the student id or address" in form.errors["who"][0]
    form = came_back(two, path(scene, "found-group"), name="Cache and carry", interests="Energy")
    assert form.errors == {"name": ["Another group has this name; choose another one."]}
    form = came_back(two, path(scene, "found-group"), name="x" * 81, interests="Energy")
    assert "at most 80" in form.errors["name"][0]
    form = came_back(two, path(scene, "own-interests"), text="x" * 161)
    assert "at most 160" in form.errors["text"][0]
    form = came_back(one, path(scene, "group-interests"), text="y" * 161)
    assert "at most 160" in form.errors["text"][0]
    ask(three, group)
    again = path(scene, "ask-to-join", group_id=group.pk)
    form = came_back(three, again, message="I would love to join you.")
    assert form.non_field_errors() == [f"You have asked {group} already."]
    assert Membership.objects.count() == 1


def test_the_board_shows_who_is_looking_and_where_seats_are():
    scene = Forming(size=4)
    one, two, three, four = scene.students
    full = scene.full_group()
    group = found(one, "Cache and carry", interests="Caches")
    invite(one, two)
    ask(three, group)

    board = seen(four, path(scene, "groups"))

    assert "1 group with free seats, 3 still looking" in board
    assert f"Cache and carry · 2 of 3 free Caches {one.name}" in board
    assert full.name not in board
    assert f"Invite {three.name}" not in board
    member = seen(one, path(scene, "groups"))
    assert f"{two.name} invited" in member
    assert f"Invite {three.name}" in member
    assert "your group" in member
    assert "Accept the invitation of Cache and carry" in seen(two, path(scene, "groups"))
    assert "asked Take back" in seen(three, path(scene, "groups"))


def test_the_board_names_nobody_to_those_outside():
    scene, elsewhere = Forming(), Forming()
    one, *_ = scene.students
    group = found(one)
    address = path(scene, "groups")
    statuses = [
        browser(who).get(address).status_code
        for who in (None, scene.observer, elsewhere.students[0], elsewhere.instructor)
    ]
    assert statuses == [302, 403, 404, 404]
    assert one.name not in browser(scene.observer).get(address).content.decode()
    scene.drop(one)
    assert browser(one).get(address).status_code == 404
    assert one.name in seen(scene.ta, address)
    assert group.name in seen(scene.ta, address)


def test_no_page_shows_a_classmates_address_or_number():
    scene = Forming()
    one, two, three, *_ = scene.students
    group = found(one)
    join(two, link_of(one))
    invite(one, three)
    ask(scene.students[3], group)
    for reader in (one, three):
        for page in ("group", "groups"):
            shown = page_of(reader, scene, page)
            others = [person for person in scene.students if person != reader]
            assert [p.email for p in others if p.email in shown] == []
            assert [p.student_id for p in others if p.student_id in shown] == []


def test_after_the_deadline_pages_say_who_changes_groups():
    scene = Forming()
    one, two, *_ = scene.students
    group = found(one)
    request = ask(two, group)
    for person, page in ((one, "group"), (two, "group"), (two, "groups")):
        shown = seen(person, path(scene, page), at=AFTER)
        assert "Only staff change memberships now: Ines Haugen." in shown
        for gone in ("Accept", "Found a group Name", "Leave Group 1", "Make a link"):
            assert gone not in shown.replace("found a group", "")
    assert "Ask to join" in seen(scene.students[2], path(scene, "groups"), at=AFTER)
    number = {"request_id": request.pk}
    said = press(one, path(scene, "accept-request", **number), at=AFTER)
    assert said.startswith("Groups were formed until Thu Jan 30, 12:00 AM CST.")

    waiting = seen(scene.instructor, path(scene, "groups"), at=AFTER)
    assert f"{two.name} asks Group 1" in waiting
    assert "asks Group 1" not in seen(scene.ta, path(scene, "groups"), at=AFTER)
    press(scene.instructor, path(scene, "accept-request", **number), at=AFTER)
    assert set(seats(group).values()) == {one, two}


def test_a_full_group_keeps_what_is_open_and_says_so():
    scene = Forming()
    one, two, three, four, *_ = scene.students
    group = found(one)
    invite(one, four)
    ask(three, group)
    ask(two, group)
    link = link_of(one)
    join(scene.students[4], link)
    join(two, link)

    assert f"{three.name} " in seen(one, path(scene, "group"))
    assert "full Decline" in seen(one, path(scene, "group"))
    assert "Accept" not in seen(one, path(scene, "group"))
    assert "full Decline" in seen(four, path(scene, "group"))
    assert "full by now" in seen(three, path(scene, "group"))


def test_a_wrong_signature_is_not_found_and_an_ended_link_says_so():
    scene = Forming()
    one, two, *_ = scene.students
    found(one)
    link = link_of(one)
    wrong = path(scene, "join", link_id=link.pk, signature="x" * 43)
    right = path(scene, "join", link_id=link.pk, signature=link.secret)
    assert browser(two).get(wrong).status_code == 404
    assert browser(two).post(wrong).status_code == 404
    assert browser(enroll(make_course())).get(right).status_code == 404
    link_of(one)
    assert "This link has ended. Ask a member of Group 1." in seen(two, right)


def test_who_signs_in_first_comes_back_to_the_link():
    scene = Forming()
    one, *_ = scene.students
    found(one)
    link = link_of(one)
    address = path(scene, "join", link_id=link.pk, signature=link.secret)
    assert browser().get(address).headers["Location"].endswith(f"?next={address}")


def test_no_mail_carries_the_link():
    scene = Forming()
    one, two, *_ = scene.students
    found(one)
    link_of(one)
    invite(one, two)
    assert mails() == [("invited", two.email)]


HUGE = "9" * 30


def test_no_odd_request_is_an_error_of_ours_or_changes_anything():
    scene = Forming()
    one, two, *_ = scene.students
    found(one)
    invite(one, two)
    before = rows()
    root = f"/c/{scene.course.slug}"
    odd: list[tuple[str, dict[str, str]]] = [
        (f"{root}/group/invite/", {"person": HUGE}),
        (f"{root}/group/invite/", {"person": "x"}),
        (f"{root}/group/invite/", {"who": "\x00"}),
        (f"{root}/group/invite/", {"who": "x" * 5000}),
        (f"{root}/group/invite/", {}),
        (f"{root}/groups/found/", {"name": "\x00"}),
        (f"{root}/groups/{HUGE}/ask/", {}),
        (f"{root}/groups/0/ask/", {"message": "x" * 301}),
        (f"{root}/invitations/{HUGE}/accept/", {}),
        (f"{root}/requests/{HUGE}/accept/", {}),
        (f"{root}/join/{HUGE}/{'x' * 43}/", {}),
        (f"{root}/join/1/{'x' * 3000}/", {}),
    ]
    for address, form in odd:
        for person in (one, scene.instructor):
            client = browser(person)
            assert client.post(address, form).status_code in {302, 403, 404, 422}, address
            assert client.get(address).status_code in {404, 405}, address
    assert rows() == before


# -- queries -------------------------------------------------------------------------------------

# The person, their memberships twice, and everything else; sessions lie in the cache.
QUERIES = {("member", "group"): 14, ("alone", "group"): 11, ("member", "groups"): 11}


@pytest.mark.parametrize(("reader", "what"), QUERIES)
@pytest.mark.parametrize("count", [1, 3])
def test_a_page_asks_the_database_as_often_however_much_there_is(
    django_assert_num_queries, reader, what, count
):
    scene = Forming(size=3 * count + 2)
    scene.course.group_size_max = 9
    scene.course.save()
    member, alone, *others = scene.students
    group, link = found(member), link_of(member)
    invite(member, alone)
    for at in range(count):
        invite(member, others[3 * at])
        ask(others[3 * at], group)
        other = found(others[3 * at + 1])
        ask(others[3 * at + 2], other)
        ask(alone, other)
        join(enroll(scene.course), link)
    client = browser({"member": member, "alone": alone}[reader])
    with clock.standing_at(NOW), django_assert_num_queries(QUERIES[reader, what]):
        assert client.get(path(scene, what)).status_code == 200
