"""Slots of presentations: opened, ranked, placed, published, and what is due follows (§4, §9)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import CourseState
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from schedule.models import (
    Lecture,
    PresentationSlot,
    SlotDraft,
    SlotPlacement,
    SlotPreference,
    TalkKind,
)
from schedule.selectors.rankings import own_slot_ranking, slot_ranking_of
from schedule.selectors.slots import SlotsPage, slots_page
from schedule.services import slots as services
from submissions.deadlines import Kind
from submissions.selectors.owed import duties
from submissions.selectors.places import place_of
from submissions.selectors.tallies import tallies
from submissions.services.placing import SlotConsent, publish_slots
from tests.factories import (
    LECTURE_AT,
    actor,
    deliverable,
    derive,
    enroll,
    make_lecture,
    make_milestone,
)
from tests.schedule.plan_scenes import BEFORE, LATER, PlanScene

pytestmark = pytest.mark.django_db
TALKS_AT = LECTURE_AT + timedelta(weeks=8)
MIDTERM = TalkKind.MIDTERM


class TalkScene(PlanScene):
    """Four groups, and two meetings of 75 minutes for mid-semester presentations."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.meetings: list[Lecture] = [
            make_lecture(
                self.course,
                starts_at=TALKS_AT + timedelta(days=2 * number),
                kind="midterm",
                topic=f"Talks {number + 1}",
                required_count=0,
            )
            for number in range(2)
        ]
        make_milestone(self.course, "midterm", due_at=TALKS_AT)
        derive(self.course)

    def open(self, *meetings: int, length: int = 30, capacity: int = 1) -> SlotsPage:
        """Open slots in some meetings, counted from 0."""
        wish = services.Opening(
            frozenset(self.meetings[number].pk for number in meetings), length, capacity
        )
        return services.open_slots(actor=self.planner, kind=MIDTERM, wish=wish, now=BEFORE)

    def rank_slots(self, group: int, *slots: int, by: Actor | None = None) -> None:
        """Let a group rank slots by their place in time, counted from 0."""
        there = list(self.page().slots)
        services.rank_slots(
            actor=by or actor(self.members[group][0]),
            group_id=self.groups[group].pk,
            kind=MIDTERM,
            slot_ids=[there[number] for number in slots],
            now=BEFORE,
        )

    def place(self) -> SlotDraft:
        """Let the product place the groups."""
        return services.place_in_slots(actor=self.planner, kind=MIDTERM, now=LATER)

    def arrange(self, **places: int | None) -> SlotDraft:
        """Place groups by hand: g0=2 puts the first group into the third slot."""
        there = list(self.page().slots)
        wanted = dict(self.page().placements)
        for name, slot in places.items():
            group = self.groups[int(name[1:])].pk
            wanted.pop(group, None)
            if slot is not None:
                wanted[group] = there[slot]
        return services.arrange_slots(
            actor=self.planner, kind=MIDTERM, placements=wanted, now=LATER
        )

    def publish(
        self,
        *,
        seen: str | None = None,
        now: datetime = LATER,
        also_past: tuple[int, ...] = (),
        short: bool = False,
    ) -> int:
        """Publish the draft as it was shown."""
        token = self.page().token if seen is None else seen
        consent = SlotConsent(token, frozenset(self.groups[one].pk for one in also_past), short)
        return publish_slots(actor=self.planner, kind=MIDTERM, consent=consent, now=now)

    def page(self) -> SlotsPage:
        """Return the page as staff see it."""
        found = slots_page(self.planner, now=LATER, kind=MIDTERM)
        assert found is not None
        return found

    def due(self, group: int, *, now: datetime = LATER) -> datetime:
        """Return when a member of a group owes the slides of the talk."""
        person = self.members[group][0].pk
        owed = duties(course=self.course, now=now, person=person)
        (found,) = [duty.due_at for duty in owed if duty.kind == Kind.MIDTERM]
        return found


@pytest.fixture
def scene() -> TalkScene:
    return TalkScene()


def code(attempt: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        attempt()
    return caught.value.denied.code


def test_a_meeting_is_divided_into_as_many_slots_as_fit(scene: TalkScene) -> None:
    page = scene.open(0, 1, length=30, capacity=2)
    assert [(line.starts_at, line.slot.capacity) for line in page.lines()] == [
        (TALKS_AT, 2),
        (TALKS_AT + timedelta(minutes=30), 2),
        (TALKS_AT + timedelta(days=2), 2),
        (TALKS_AT + timedelta(days=2, minutes=30), 2),
    ]
    assert page.places == 8


def test_groups_are_placed_at_the_least_cost_and_due_at_their_slots_start(
    scene: TalkScene,
) -> None:
    scene.open(0, 1)
    scene.rank_slots(0, 3, 0)
    scene.rank_slots(1, 3, 1)
    assert {scene.due(group) for group in range(4)} == {TALKS_AT}

    scene.place()
    assert (scene.page().cost, scene.page().first_choice_count) == (1, 1)
    assert {scene.due(group) for group in range(4)} == {TALKS_AT}, "not before it is published"
    assert scene.publish() == 8

    starts = [scene.due(group) for group in range(4)]
    assert sorted(starts) == [
        TALKS_AT + timedelta(days=day, minutes=minutes) for day in (0, 2) for minutes in (0, 30)
    ]
    slides = deliverable(scene.course, Kind.MIDTERM)
    for group, due_at in enumerate(starts):
        member = actor(scene.members[group][0])
        place = place_of(member, now=LATER, deliverable_id=slides.pk)
        assert place is not None
        assert place.due_at == due_at
        mail = OutboxMail.objects.get(recipient=scene.members[group][0].email)
        assert "What your group hands in for it is due when the slot starts." in mail.text
    assert scene.publish() == 0, "nothing changed, nobody is told again"


def test_a_meeting_that_moves_takes_its_slots_and_what_is_due_along(scene: TalkScene) -> None:
    scene.open(0, 1)
    scene.place()
    scene.publish()
    before = scene.due(0)
    for meeting in scene.meetings:
        Lecture.objects.filter(pk=meeting.pk).update(
            starts_at=meeting.starts_at + timedelta(hours=1) if meeting.starts_at else None,
            ends_at=meeting.ends_at + timedelta(hours=1) if meeting.ends_at else None,
        )
    derive(scene.course)
    assert scene.due(0) == before + timedelta(hours=1)


def test_who_is_late_and_who_is_counted_follows_the_slot_not_the_first_meeting(
    scene: TalkScene,
) -> None:
    scene.open(0, 1)
    scene.arrange(g0=0, g1=3)
    scene.publish()
    between = TALKS_AT + timedelta(hours=5)
    (tally,) = [
        found
        for found in tallies(course=scene.course, now=between, due_after=between)
        if found.kind == Kind.MIDTERM
    ]
    assert (tally.due_at, tally.owed_count) == (TALKS_AT + timedelta(days=2, minutes=30), 4)
    by_group = {
        duty.group_id: duty.due_at
        for duty in duties(course=scene.course, now=between, due_after=between)
        if duty.kind == Kind.MIDTERM
    }
    assert by_group[scene.groups[0].pk] == by_group[scene.groups[2].pk] == TALKS_AT
    assert by_group[scene.groups[1].pk] == TALKS_AT + timedelta(days=2, minutes=30)


def test_by_hand_stays_where_the_product_places_the_others(scene: TalkScene) -> None:
    scene.open(0, 1)
    scene.rank_slots(0, 0)
    scene.arrange(g0=3)
    scene.place()
    placed = scene.page()
    assert list(placed.slots).index(placed.placements[scene.groups[0].pk]) == 3
    assert (set(placed.by_hand), len(placed.unplaced)) == ({scene.groups[0].pk}, 0)


def test_a_slot_that_is_too_full_is_seen_and_not_published(scene: TalkScene) -> None:
    scene.open(0, 1)
    scene.arrange(g0=0, g1=0)
    page = scene.page()
    assert [line.is_overfull for line in page.lines()] == [True, False, False, False]
    assert page.title == "A slot holds more groups than it takes"
    assert code(scene.publish) == "overfull"
    assert not SlotPlacement.objects.exists()


def test_too_few_places_are_told_and_nobody_is_placed(scene: TalkScene) -> None:
    scene.open(0)
    assert code(scene.place) == "no_placing"
    assert not SlotDraft.objects.exists()


def test_a_changed_slot_is_told_with_the_old_one_and_to_nobody_else(scene: TalkScene) -> None:
    scene.open(0, 1, capacity=2)
    scene.place()
    scene.publish()
    told = OutboxMail.objects.count()
    scene.arrange(g2=None)
    (change,) = scene.page().changes
    assert (change.group, change.after, len(change.members)) == (scene.groups[2], None, 2)
    assert scene.publish(now=LATER + timedelta(hours=1)) == 2
    news = OutboxMail.objects.order_by("pk")[told:]
    assert {mail.recipient for mail in news} == {one.email for one in scene.members[2]}
    assert all("no slot any more" in mail.text and "Before" in mail.text for mail in news)
    assert scene.due(2) == TALKS_AT


def test_nothing_else_is_published_than_what_was_shown(scene: TalkScene) -> None:
    scene.open(0, 1)
    scene.place()
    token = scene.page().token
    scene.arrange(g0=None)
    assert code(lambda: scene.publish(seen=token)) == "changed_since"


def test_no_slot_vanishes_under_a_group_that_was_told_it(scene: TalkScene) -> None:
    scene.open(0, 1)
    scene.rank_slots(0, 3)
    scene.place()
    scene.publish()
    assert code(lambda: scene.open(0)) == "placed_there"
    assert code(lambda: scene.open(0, 1, length=25)) == "placed_there"
    assert PresentationSlot.objects.count() == 4
    # More room, and a meeting more, harm nobody.
    assert scene.open(0, 1, capacity=3).places == 12


def test_slots_that_go_take_their_ranks_along(scene: TalkScene) -> None:
    scene.open(0, 1)
    scene.rank_slots(0, 3, 0)
    scene.open(0)
    assert SlotPreference.objects.get().rank == 2
    assert SlotPreference.with_withdrawn.count() == 2
    assert scene.page().ranks == {scene.groups[0].pk: {next(iter(scene.page().slots)): 2}}


def test_a_group_ranks_until_the_slots_are_placed_and_staff_after_that(scene: TalkScene) -> None:
    scene.open(0, 1)
    scene.rank_slots(0, 1)
    scene.rank_slots(0, 1)
    scene.rank_slots(0, 2, 1)
    assert SlotPreference.with_withdrawn.count() == 3
    stranger = actor(scene.members[1][0])
    assert code(lambda: scene.rank_slots(0, 1, by=stranger)) == "not_yours"
    own = own_slot_ranking(actor(scene.members[0][0]), now=LATER, kind="midterm")
    assert own is not None
    assert [choice.rank for choice in own.choices] == [1, 2, None, None]

    scene.place()
    scene.publish()
    assert code(lambda: scene.rank_slots(0, 1)) == "placed"
    scene.rank_slots(0, 1, by=scene.planner)
    got = own_slot_ranking(actor(scene.members[0][0]), now=LATER, kind="midterm")
    assert got is not None
    assert (got.is_placed, len(got.came_of_it)) == (True, 1)
    assert got.explanation.startswith("You got")


def test_only_slots_of_the_kind_are_ranked_each_once(scene: TalkScene) -> None:
    page = scene.open(0)
    first = next(iter(page.slots))
    for ids in ([0], [first, first]):
        assert (
            code(
                lambda ids=ids: services.rank_slots(  # type: ignore[misc]
                    actor=scene.planner,
                    group_id=scene.groups[0].pk,
                    kind=MIDTERM,
                    slot_ids=ids,
                    now=BEFORE,
                )
            )
            == "not_a_slot"
        )
    assert (
        code(
            lambda: services.rank_slots(
                actor=scene.planner, group_id=0, kind=MIDTERM, slot_ids=[], now=BEFORE
            )
        )
        == "not_found"
    )


def test_a_placing_names_groups_and_slots_of_the_course(scene: TalkScene) -> None:
    scene.open(0)
    for placements in ({0: 1}, {scene.groups[0].pk: 0}):
        assert (
            code(
                lambda placements=placements: services.arrange_slots(  # type: ignore[misc]
                    actor=scene.planner, kind=MIDTERM, placements=placements, now=LATER
                )
            )
            == "not_found"
        )


def test_only_who_changes_the_plan_opens_places_and_publishes(scene: TalkScene) -> None:
    scene.open(0, 1)
    for who, wanted in ((scene.grant(), "not_permitted"), (Actor(None), "not_found")):
        attempts: list[Callable[[], object]] = [
            lambda who=who: services.place_in_slots(actor=who, kind=MIDTERM, now=LATER),  # type: ignore[misc]
            lambda who=who: publish_slots(  # type: ignore[misc]
                actor=who, kind=MIDTERM, consent=SlotConsent(""), now=LATER
            ),
        ]
        assert [code(attempt) for attempt in attempts] == [wanted, wanted]
    granted = scene.grant(Permission.CHANGE_PLAN)
    assert services.place_in_slots(actor=granted, kind=MIDTERM, now=LATER).made_by == scene.ta


def test_the_slots_show_to_staff_and_the_own_ranking_to_students(scene: TalkScene) -> None:
    student, ta = actor(scene.members[0][0]), scene.grant()
    group = scene.groups[0].pk
    assert slots_page(student, now=LATER, kind="midterm") is None
    assert slots_page(ta, now=LATER, kind="other") is None
    assert slots_page(ta, now=LATER, kind="midterm") is not None
    assert own_slot_ranking(ta, now=LATER, kind="midterm") is None
    assert own_slot_ranking(student, now=LATER, kind="other") is None
    assert slot_ranking_of(student, now=LATER, kind="midterm", group_id=group) is None
    assert slot_ranking_of(ta, now=LATER, kind="other", group_id=group) is None
    assert slot_ranking_of(ta, now=LATER, kind="midterm", group_id=group) is not None
    alone = enroll(scene.course)
    page = own_slot_ranking(actor(alone), now=LATER, kind="midterm")
    assert page is not None
    assert (page.group, page.members) == (None, ())


def test_a_course_that_is_not_published_mails_nobody() -> None:
    scene = TalkScene(state=CourseState.DRAFT)
    scene.open(0, 1)
    scene.place()
    assert scene.page().told_count == 0
    assert scene.publish() == 0
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize("kind", ["midterm", "final"])
def test_a_course_without_such_meetings_says_so(kind: str) -> None:
    bare = PlanScene(size=1)
    page = slots_page(bare.planner, now=LATER, kind=kind)
    assert page is not None
    assert page.title.startswith("The schedule has no")
