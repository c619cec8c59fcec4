"""Placing those who remain: shown first, then done as it was shown, or not at all (domain.md §6)."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from courseapp.course.models import CourseState, Enrollment
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from groups.models import InterestsLine, Invitation, JoinRequest, Membership, SizeWaiver
from groups.selectors import group_of
from groups.selectors.division import ShownDivision, shown_before
from groups.selectors.remaining import remaining_of
from groups.services import forming_the_rest
from tests.factories import actor, assign, derive, enroll, make_group, make_lecture
from tests.groups.scenes import (
    AFTER,
    DEADLINE,
    NOW,
    Forming,
    ask,
    found,
    invite,
    join,
    link_of,
    mails,
    refusal,
    seats,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def shown(scene: Forming, *, by: Enrollment | None = None, at: datetime = AFTER) -> ShownDivision:
    who = actor(by or scene.instructor)
    return forming_the_rest.propose(actor=who, course=scene.course, now=at)


def apply(
    scene: Forming,
    token: str,
    *,
    by: Enrollment | None = None,
    early: bool = False,
    at: Any = AFTER,
) -> ShownDivision:
    return forming_the_rest.apply_division(
        actor=actor(by or scene.instructor),
        course=scene.course,
        shown=token,
        is_early=early,
        now=at,
    )


def form_the_rest(scene: Forming, **options: Any) -> ShownDivision:
    return apply(scene, shown(scene).token, **options)


def likes(person: Enrollment, line: str) -> None:
    InterestsLine.objects.create(enrollment=person, text=line)


def test_everyone_is_placed_and_who_was_together_stays_together():
    scene = Forming(size=3)
    group = make_group(scene.course, scene.students[:2])

    form_the_rest(scene)

    assert seats(group) == dict(enumerate(scene.students, 1))
    placed = Membership.objects.get(enrollment=scene.students[2])
    assert (placed.starts_at, placed.start_reason) == (
        AFTER,
        "Placed by staff. Was complete with 2; with 1 more, no further group has to be outside 2 to 3.",
    )


def test_a_group_is_filled_by_those_who_share_its_interests():
    scene = Forming(size=6)
    group = make_group(scene.course, [scene.students[0]])
    likes(scene.students[0], "Serving; caching")
    likes(scene.students[5], "Caching")

    form_the_rest(scene)

    assert seats(group)[1] == scene.students[0]
    assert scene.students[5] in seats(group).values()
    assert all(group_of(actor(student)) for student in scene.students)
    assert not SizeWaiver.objects.exists()


def test_what_is_shown_changes_nothing_and_names_people_reasons_and_what_they_share():
    scene = Forming(size=3)
    for student in scene.students[:2]:
        likes(student, "GPU tracing")

    (group,) = shown(scene).groups

    assert (group.name, group.newcomers, group.size) == ("Group 1", scene.students, 3)
    assert group.shared == ("GPU tracing",)
    assert group.why == "Founded by 3 who have no group yet; 2 of them care about GPU tracing."
    assert not Membership.objects.exists()


def test_new_groups_continue_the_courses_numbering():
    scene = Forming()
    for name in ("Group 7", "Cache and carry", "Group 2 of old"):
        make_group(scene.course, [enroll(scene.course) for _ in range(3)], name=name)

    assert [group.name for group in shown(scene).groups] == ["Group 8", "Group 9"]


def test_a_seat_that_was_left_is_taken_again():
    scene = Forming(size=1)
    left, *stayed = (enroll(scene.course) for _ in range(3))
    group = make_group(scene.course, [left, *stayed])
    Membership.objects.filter(enrollment=left).update(ends_at=NOW)
    scene.drop(left)

    form_the_rest(scene)

    assert seats(group) == {1: scene.students[0], 2: stayed[0], 3: stayed[1]}


def test_a_small_group_moves_into_another_as_a_whole_where_that_saves_a_waiver():
    scene = Forming(size=2)
    small, other = (make_group(scene.course, [student]) for student in scene.students)

    division = form_the_rest(scene)

    other.refresh_from_db()
    assert (
        division.sentence
        == "Placed 0 students who had no group: 0 groups founded, 1 group changed."
    )
    assert seats(small) == dict(enumerate(scene.students, 1))
    assert other.dissolved_at == AFTER
    before, after = Membership.objects.filter(enrollment=scene.students[1]).order_by("starts_at")
    assert (before.ends_at, before.ended_by, after.starts_at) == (AFTER, scene.instructor, AFTER)
    assert before.end_reason == f"Moved with {other} into {small}."
    assert after.start_reason.startswith(
        f"Moved with {other}. {other} (1 member) moves into {small}"
    )


def test_a_group_that_plays_a_part_never_moves_into_another():
    scene = Forming(size=2)
    small, other = (make_group(scene.course, [student]) for student in scene.students)
    before = shown(scene)
    held = assign(make_lecture(scene.course), other, "presenter")
    derive(scene.course)

    assert refusal(apply, scene, before.token, early=True) == "changed_since"
    form_the_rest(scene, early=True)
    other.refresh_from_db()
    assert other.dissolved_at is None
    assert seats(small) == {1: scene.students[0]}

    held.withdrawn_at = NOW
    held.save()
    form_the_rest(scene, early=True)
    other.refresh_from_db()
    assert other.dissolved_at == AFTER


def test_a_group_that_plays_a_part_takes_newcomers():
    scene = Forming(size=2)
    group = make_group(scene.course, [scene.students[0]])
    assign(make_lecture(scene.course), group, "authors")
    derive(scene.course)

    form_the_rest(scene, early=True)

    assert seats(group) == dict(enumerate(scene.students, 1))


def test_a_group_outside_the_sizes_is_waived_with_a_reason_and_by_whom():
    scene = Forming(size=1)

    form_the_rest(scene)

    waiver = SizeWaiver.objects.get()
    assert (waiver.size, waiver.granted_by, waiver.granted_at) == (1, scene.instructor, AFTER)
    assert waiver.reason.startswith("1 member instead of 2 to 3: no division of those who remain")


def test_a_group_that_stays_outside_the_sizes_is_waived_once():
    scene = Forming(size=0)
    make_group(scene.course, [enroll(scene.course)])

    form_the_rest(scene)

    assert SizeWaiver.objects.count() == 1
    assert shown(scene).is_empty
    assert refusal(form_the_rest, scene) == "nobody_left"


def test_all_in_the_groups_that_change_are_told_who_is_with_them():
    scene = Forming(size=1)
    make_group(scene.course, [enroll(scene.course) for _ in range(3)])
    group = make_group(scene.course, [enroll(scene.course, name="Mia Ortiz") for _ in range(2)])

    division = form_the_rest(scene)

    told = [*(one.email for one in group_members(group)[:2]), scene.students[0].email]
    assert sorted(mails()) == sorted(("placed", address) for address in told)
    assert division.told_count == len(told)
    mail = OutboxMail.objects.first()
    assert mail is not None
    assert mail.subject == f"CS 598: who is in {group} now"
    assert f"Members    Mia Ortiz, Mia Ortiz, {scene.students[0]}\n" in mail.text
    assert f"New        {scene.students[0]}\nSince      Thu Jan 30, 12:00 AM CST\n" in mail.text


def group_members(group: Any) -> list[Enrollment]:
    return [seat for _, seat in sorted(seats(group).items())]


def test_a_draft_places_people_and_tells_nobody():
    scene = Forming()
    scene.course.state, scene.course.published_at = CourseState.DRAFT, None
    scene.course.save()

    form_the_rest(scene)

    assert Membership.objects.count() == len(scene.students)
    assert mails() == []


def test_what_was_asked_and_offered_ends_with_a_place():
    scene = Forming(size=3)
    one, two, three = scene.students
    first = found(one)
    invite(one, two)
    ask(three, first)
    other = make_group(scene.course, [enroll(scene.course) for _ in range(2)])
    ask(three, other)

    form_the_rest(scene)

    assert Invitation.objects.get().outcome == "accepted"
    assert list(JoinRequest.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "accepted",
        "lapsed",
    ]


def test_who_dropped_is_not_placed_nor_counted():
    scene = Forming(size=4)
    make_group(scene.course, scene.students[:2])
    scene.drop(scene.students[3])
    scene.drop(scene.students[0])

    division = shown(scene)

    assert [one.newcomers for one in division.groups] == [[scene.students[2]]]
    assert division.groups[0].size == 2


@pytest.mark.parametrize("deadline", [DEADLINE, None])
def test_before_the_deadline_staff_must_say_that_they_mean_it(deadline: datetime | None) -> None:
    scene = Forming()
    scene.course.groups_form_until = deadline
    scene.course.save()
    token = shown(scene, at=DEADLINE).token

    assert refusal(apply, scene, token, at=DEADLINE) == "formation_open"
    apply(scene, token, early=True, at=DEADLINE)

    assert Membership.objects.count() == len(scene.students)


@pytest.mark.parametrize("who", ["ta", "observer", "student"])
def test_only_who_changes_groups_sees_and_places_those_who_remain(who: str) -> None:
    scene = Forming()
    person = {"ta": scene.ta, "observer": scene.observer, "student": scene.students[0]}[who]

    assert refusal(shown, scene, by=person) == "not_permitted"
    assert refusal(apply, scene, shown(scene).token, by=person) == "not_permitted"


def test_a_ta_whom_an_instructor_let_places_those_who_remain():
    scene = Forming()
    scene.ta.extra_permissions = ["change_groups"]
    scene.ta.save()

    form_the_rest(scene, by=scene.ta)

    assert Membership.objects.count() == len(scene.students)


def test_a_finished_course_keeps_its_groups():
    scene = Forming()
    scene.course.state = CourseState.FINISHED
    scene.course.save()

    assert refusal(form_the_rest, scene) == "finished"


def founds(scene: Forming) -> None:
    found(scene.students[0])


def enrolls(scene: Forming) -> None:
    enroll(scene.course)


def drops(scene: Forming) -> None:
    scene.drop(scene.students[0])


def writes(scene: Forming) -> None:
    likes(scene.students[0], "serving")


def widens(scene: Forming) -> None:
    scene.course.group_size_max = 4
    scene.course.save()


@pytest.mark.parametrize("change", [founds, enrolls, drops, writes, widens])
def test_what_was_shown_is_not_done_once_anything_has_changed(change: Any) -> None:
    scene = Forming()
    token = shown(scene).token
    change(scene)

    assert refusal(apply, scene, token) == "changed_since"


def test_what_nobody_was_shown_is_not_done():
    scene = Forming()
    token = shown(scene).token

    assert refusal(apply, scene, token[:-1]) == "changed_since"
    assert refusal(apply, scene, "") == "changed_since"


def test_a_division_comes_back_as_it_was_shown():
    scene = Forming()
    division = shown(scene)

    again = shown_before(division.token, remaining_of(scene.course, now=AFTER))

    assert again == division


def test_the_act_is_kept_with_who_and_what():
    scene = Forming()

    form_the_rest(scene)

    event = Membership.pgh_event_model.objects.select_related("pgh_context").first()  # type: ignore[attr-defined]
    context = event.pgh_context.metadata
    assert (context["user"], context["action"]) == (scene.instructor.user_id, "form_the_rest")
    assert (
        context["reason"]
        == "Placed 6 students who had no group: 2 groups founded, 0 groups changed."
    )


@pytest.mark.django_db(transaction=True)
def test_two_who_apply_it_at_once_place_everyone_once():
    scene = Forming()
    token = shown(scene).token

    results = at_once([partial(apply, scene, token)] * 2)

    assert sum(isinstance(result, ShownDivision) for result in results) == 1
    assert [r.denied.code for r in results if isinstance(r, Refused)] == ["changed_since"]
    assert Membership.objects.count() == len(scene.students)


@pytest.mark.django_db(transaction=True)
def test_students_who_join_meanwhile_are_never_placed_twice():
    scene = Forming()
    founder, *others = scene.students
    found(founder)
    link = link_of(founder)
    token = shown(scene, at=NOW).token

    at_once(
        [
            *(partial(join, other, link) for other in others[:3]),
            partial(apply, scene, token, early=True, at=NOW),
        ]
    )

    current = Membership.objects.current().values_list("enrollment", flat=True)
    assert len(current) == len(set(current))
