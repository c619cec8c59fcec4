"""Swaps on which two groups agree: offered, answered, confirmed, and told at each step (domain.md §7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from courseapp.course.models import Course, Enrollment, Role
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.carrying_out import carry_out
from courseapp.term.acts.roles import PutInRole
from courseapp.term.acts.undoing import undoing_of
from courseapp.term.models import Act, RoleSwap
from courseapp.term.swapping import services
from courseapp.term.swapping.cases import OVER, SwapState, state_of, swaps_of
from courseapp.term.swapping.desk import desk_with, waiting_count
from courseapp.term.tasks import settle_swaps
from groups.models import Group
from schedule.models import GroupRole, Lecture, RoleAssignment
from submissions.services.deriving import derive_deliverables
from tests.doors import browser
from tests.factories import (
    LECTURE_AT,
    START,
    actor,
    assign,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
)
from tests.term.acts.scenes import NOW, Term, make_term
from tests.term.acts.slots import holders_at, instants
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@dataclass
class Swapping:
    """Groups that each present one lecture, a week apart: their swaps break no rule."""

    course: Course
    instructor: Enrollment
    groups: list[Group]
    lectures: list[Lecture]

    def member(self, number: int) -> Enrollment:
        """Return the first member of a group."""
        return self.groups[number].memberships.order_by("seat")[0].enrollment

    def duty(self, number: int) -> RoleAssignment:
        """Return what presents a lecture now."""
        return RoleAssignment.objects.current().get(
            lecture=self.lectures[number], role=GroupRole.PRESENTER
        )

    def presenting(self) -> list[int]:
        """Return which group presents each lecture, by their numbers."""
        numbers = {group.pk: number for number, group in enumerate(self.groups)}
        return [numbers[self.duty(at).group_id] for at in range(len(self.lectures))]

    def offer(self, giving: int = 0, wanted: int = 1, *, message: str = "") -> RoleSwap:
        """Let a group offer what it presents for what another one does."""
        return services.offer_swap(
            actor=actor(self.member(giving)),
            offered_id=self.duty(giving).pk,
            wanted_id=self.duty(wanted).pk,
            message=message,
            now=NOW,
        )

    def accept(self, swap: RoleSwap, *, by: Enrollment | None = None, now: datetime = NOW) -> str:
        """Let the group that was asked agree; return how the swap stands."""
        who = by or swap.wanted.group.memberships.order_by("seat")[0].enrollment
        return services.accept_swap(actor=actor(who), swap_id=swap.pk, now=now).swap.outcome

    def confirm(self, swap: RoleSwap, *, reason: str = "", now: datetime = NOW) -> None:
        """Let the instructor confirm."""
        services.confirm_swap(actor=actor(self.instructor), swap_id=swap.pk, reason=reason, now=now)


def make_swapping(*, groups: int = 3, needs_staff: bool = True) -> Swapping:
    """Make the course."""
    course = make_course()
    course.swaps_need_staff = needs_staff
    course.save()
    instructor = enroll(course, Role.INSTRUCTOR, name="Ines Haugen")
    made = [make_group(course, [enroll(course) for _ in range(4)]) for _ in range(groups)]
    lectures = [
        make_lecture(course, starts_at=LECTURE_AT + timedelta(days=7 * week), topic=f"Week {week}")
        for week in range(groups)
    ]
    for group, lecture in zip(made, lectures, strict=True):
        assign(lecture, group)
    derive_deliverables(course=course, now=START)
    return Swapping(course, instructor, made, lectures)


@pytest.fixture
def scene() -> Swapping:
    return make_swapping()


def told(kind: str) -> set[str]:
    found = OutboxMail.objects.filter(kind=f"term/{kind}")
    return set(found.values_list("recipient", flat=True))


def addresses(*groups: Group) -> set[str]:
    people = Enrollment.objects.filter(memberships__group__in=groups)
    return set(people.values_list("email", flat=True))


def refused(call: object, *args: object, **options: object) -> str:
    with pytest.raises(Refused) as refusal:
        call(*args, **options)  # type: ignore[operator]
    return refusal.value.denied.code


def test_an_offer_is_told_to_the_group_that_is_asked_and_changes_nothing(scene: Swapping) -> None:
    scene.offer(message="We are at a conference.")
    assert told("swap_offered") == addresses(scene.groups[1])
    text = OutboxMail.objects.filter(kind="term/swap_offered")[0].text
    assert "You would get:  Presenters in Week 0, Wed Feb 12, 12:30 PM CST" in text
    assert "We are at a conference." in text
    assert scene.presenting() == [0, 1, 2]


def test_what_is_accepted_waits_for_staff_who_are_told_with_the_group_that_offered(
    scene: Swapping,
) -> None:
    assert scene.accept(scene.offer()) == ""
    assert told("swap_waits") == {scene.instructor.email}
    assert told("swap_accepted") == addresses(scene.groups[0])
    assert scene.presenting() == [0, 1, 2]
    assert waiting_count(scene.course, now=NOW) == 1


def test_what_staff_confirm_is_carried_out_as_an_act_that_tells_both_groups(
    scene: Swapping,
) -> None:
    swap = scene.offer()
    scene.accept(swap)
    scene.confirm(swap)
    assert scene.presenting() == [1, 0, 2]
    swap.refresh_from_db()
    assert swap.act is not None
    assert (swap.act.kind, swap.act.actor) == ("swap_duties", scene.instructor)
    assert told("changed") == addresses(scene.groups[0], scene.groups[1])
    assert waiting_count(scene.course, now=NOW) == 0


def test_a_course_may_let_groups_settle_it_themselves() -> None:
    scene = make_swapping(needs_staff=False)
    assert scene.accept(scene.offer()) == "carried_out"
    assert scene.presenting() == [1, 0, 2]
    assert told("swap_waits") == set()
    act = Act.objects.get()
    assert act.actor == scene.member(1)
    assert told("changed") == addresses(*scene.groups[:2]) - {scene.member(1).email}


def test_a_swap_that_breaks_a_rule_waits_for_staff_whatever_the_setting_says() -> None:
    term = make_term()
    term.course.swaps_need_staff = False
    term.course.save()
    scene = Swapping(term.course, term.instructor, term.groups, term.lectures)
    swap = scene.offer()
    assert scene.accept(swap) == ""
    assert "plays two roles" in OutboxMail.objects.filter(kind="term/swap_waits")[0].text
    assert refused(scene.confirm, swap) == "breaks_rules"
    scene.confirm(swap, reason="Both asked for it.")
    assert scene.presenting() == [1, 0, 2]


def test_the_act_of_a_swap_is_undone_like_any_other(scene: Swapping) -> None:
    swap = scene.offer()
    scene.accept(swap)
    scene.confirm(swap)
    swap.refresh_from_db()
    assert swap.act is not None
    term = Term(scene.course, scene.instructor, scene.groups, scene.lectures)
    assert undoing_of(swap.act).permit(term.teacher)
    carry_out(undoing_of(swap.act), actor=term.teacher, reason="", now=NOW + timedelta(minutes=5))
    assert scene.presenting() == [0, 1, 2]
    desk = desk_with(actor(scene.member(0)), now=NOW + timedelta(minutes=6), chosen_id=None)
    assert [line.case.is_undone for line in desk.over] == [True]


def test_declined_taken_back_and_not_confirmed_are_told_to_those_who_waited(
    scene: Swapping,
) -> None:
    first = scene.offer(0, 1)
    services.decline_swap(
        actor=actor(scene.member(1)), swap_id=first.pk, answer="We are away then.", now=NOW
    )
    assert told("swap_ended") == addresses(scene.groups[0])
    assert "We are away then." in OutboxMail.objects.filter(kind="term/swap_ended")[0].text
    OutboxMail.objects.update(kind="seen")
    second = scene.offer(0, 2)
    services.withdraw_swap(actor=actor(scene.member(0)), swap_id=second.pk, now=NOW)
    assert told("swap_ended") == addresses(scene.groups[2])
    OutboxMail.objects.update(kind="seen")
    third = scene.offer(1, 2)
    scene.accept(third)
    services.refuse_swap(
        actor=actor(scene.instructor), swap_id=third.pk, answer="Too late.", now=NOW
    )
    assert told("swap_ended") == addresses(scene.groups[1], scene.groups[2])
    assert scene.presenting() == [0, 1, 2]
    assert refused(scene.accept, first) == "over"


def test_a_swap_whose_duty_changed_hands_says_so(scene: Swapping) -> None:
    swap = scene.offer()
    term = Term(scene.course, scene.instructor, scene.groups, scene.lectures)
    term.do(PutInRole(scene.lectures[1].pk, "presenter", group_id=scene.groups[2].pk))
    with pytest.raises(Refused) as refusal:
        scene.accept(swap, by=scene.member(1))
    assert refusal.value.denied.sentence == OVER[SwapState.OVERTAKEN]


def test_a_swap_expires_when_the_first_of_its_lectures_begins(scene: Swapping) -> None:
    swap = scene.offer()
    at = LECTURE_AT
    assert state_of(swaps_of(scene.course).get(), now=at - timedelta(1)) is SwapState.OFFERED
    with pytest.raises(Refused) as refusal:
        scene.accept(swap, now=at)
    assert refusal.value.denied.sentence == OVER[SwapState.EXPIRED]


def test_offers_that_lapsed_are_ended_once_and_told_to_those_who_wait(scene: Swapping) -> None:
    overtaken, settled = scene.offer(2, 1), scene.offer(0, 1)
    scene.accept(settled)
    scene.confirm(settled)
    assert services.settle_swaps(now=NOW) == 1
    assert told("swap_ended") == addresses(scene.groups[2])
    assert "has changed hands" in OutboxMail.objects.filter(kind="term/swap_ended")[0].text
    overtaken.refresh_from_db()
    assert (overtaken.outcome, overtaken.ended_by) == ("overtaken", None)
    settle_swaps()
    assert RoleSwap.objects.filter(outcome="overtaken").count() == 1


def test_an_accepted_swap_that_expires_is_told_to_both_groups(scene: Swapping) -> None:
    scene.accept(scene.offer())
    assert services.settle_swaps(now=LECTURE_AT) == 1
    assert told("swap_ended") == addresses(*scene.groups[:2])
    assert "has begun" in OutboxMail.objects.filter(kind="term/swap_ended")[0].text


def test_what_may_not_be_offered_is_refused_in_words(scene: Swapping) -> None:
    scene.offer(0, 1)
    assert refused(scene.offer, 0, 1) == "offered_already"
    assert refused(scene.offer, 1, 0) == "offered_to_you"
    offer = partial(services.offer_swap, message="", now=NOW)
    own, others = scene.duty(0).pk, scene.duty(1).pk
    member, alone = scene.member(0), enroll(scene.course)
    assert refused(offer, actor=actor(member), offered_id=others, wanted_id=own) == "not_yours"
    assert refused(offer, actor=actor(member), offered_id=own, wanted_id=0) == "not_held"
    assert refused(offer, actor=actor(alone), offered_id=own, wanted_id=others) == "no_group"
    staff = actor(scene.instructor)
    assert refused(offer, actor=staff, offered_id=own, wanted_id=others) == "no_group"


def test_only_who_is_asked_answers_and_only_staff_confirm(scene: Swapping) -> None:
    swap = scene.offer()
    for by in (scene.member(0), scene.member(2), scene.instructor):
        assert refused(scene.accept, swap, by=by) == "not_asked"
    assert refused(scene.confirm, swap) == "not_accepted"
    scene.accept(swap)
    assert refused(scene.accept, swap) == "accepted"
    confirm = partial(services.confirm_swap, swap_id=swap.pk, reason="", now=NOW)
    for by in (scene.member(0), enroll(scene.course, Role.TA)):
        assert refused(confirm, actor=actor(by)) == "not_permitted"


def test_nobody_swaps_in_a_course_that_does_not_run(scene: Swapping) -> None:
    scene.course.state = "finished"
    scene.course.save()
    assert refused(scene.offer) == "not_running"


# The page.


def test_a_student_chooses_from_what_fits_and_is_told_what_does_not(scene: Swapping) -> None:
    near = make_lecture(scene.course, starts_at=LECTURE_AT + timedelta(days=16), topic="Near")
    assign(near, scene.groups[2], GroupRole.REVIEWERS)
    assign(near, scene.groups[0], GroupRole.AUTHORS)
    derive(scene.course)
    with clock.standing_at(NOW):
        page = browser(scene.member(0)).get(url(scene, f"?mine={scene.duty(0).pk}"))
    text = page.content.decode()
    assert page.status_code == 200
    assert f"{scene.groups[1]}</b>, Presenters in Week 1" in text
    assert "two days apart" in text


def test_members_of_other_groups_see_nothing_of_it(scene: Swapping) -> None:
    scene.offer(message="Between us.")
    assert "Between us." in browser(scene.member(1)).get(url(scene)).content.decode()
    assert "Between us." not in browser(scene.member(2)).get(url(scene)).content.decode()
    assert "Between us." in browser(scene.instructor).get(url(scene)).content.decode()


def test_the_page_asks_as_much_for_three_swaps_as_for_one(
    scene: Swapping, django_assert_num_queries: Any
) -> None:
    scene.offer(0, 1)
    reader = actor(scene.instructor)
    with django_assert_num_queries(QUERIES):
        desk_with(reader, now=NOW, chosen_id=None)
    scene.offer(0, 2)
    scene.offer(1, 2)
    with django_assert_num_queries(QUERIES):
        assert len(desk_with(reader, now=NOW, chosen_id=None).others) == 3


QUERIES = 10


def url(scene: Swapping, query: str = "") -> str:
    return f"/c/{scene.course.slug}/swaps/{query}"


# Many at once.


@pytest.mark.django_db(transaction=True)
def test_of_many_swaps_accepted_at_once_no_part_is_ever_empty_or_doubled() -> None:
    scene = make_swapping(groups=8, needs_staff=False)
    before = holders_at(NOW - timedelta(seconds=1))
    swaps = [scene.offer(at, (at + step) % 8) for at in range(8) for step in (1, 2, 3)]
    ends = at_once(
        partial(scene.accept, swap, now=NOW + timedelta(seconds=number % 5))
        for number, swap in enumerate(swaps)
    )
    won = [end for end in ends if end == "carried_out"]
    lost = [end for end in ends if isinstance(end, Refused)]
    assert len(won) + len(lost) == 24
    assert {refusal.denied.sentence for refusal in lost} == {OVER[SwapState.OVERTAKEN]}
    assert Act.objects.count() == len(won) >= 2
    assert sorted(scene.presenting()) == list(range(8))
    assert all(holders_at(instant) == before for instant in instants())


@pytest.mark.django_db(transaction=True)
def test_staff_who_confirm_and_change_parts_at_once_leave_none_empty_or_doubled() -> None:
    term = make_term()
    scene = Swapping(term.course, term.instructor, term.groups, term.lectures)
    before = holders_at(NOW - timedelta(seconds=1))
    swaps = [scene.offer(0, 1), scene.offer(1, 2), scene.offer(2, 0)]
    for swap in swaps:
        scene.accept(swap)
    confirms = [partial(scene.confirm, swap, reason="So.") for swap in swaps] * 2
    others = [
        partial(term.do, PutInRole(term.lectures[at].pk, "presenter", group_id=group.pk))
        for at, group in enumerate([*term.groups[1:], term.groups[0]])
    ]
    ends = at_once([*confirms, *others])
    strange = [end for end in ends if isinstance(end, Exception) and not isinstance(end, Refused)]
    assert strange == []
    assert all(holders_at(instant) == before for instant in instants())


@pytest.mark.django_db(transaction=True)
def test_the_same_offer_sent_many_times_at_once_is_one() -> None:
    scene = make_swapping()
    ends = at_once([scene.offer] * 6)
    codes = [end.denied.code for end in ends if isinstance(end, Refused)]
    assert codes == ["offered_already"] * 5
    assert RoleSwap.objects.count() == 1
