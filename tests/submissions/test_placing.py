"""What is due by placed slots moves no more freely than anything else (domain.md §3, §9)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from courseapp.course.models import CourseState
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.carrying_out import CAREFULLY, Carried, carry_out, doing_of, rehearse
from courseapp.term.acts.meetings import ChangeMeeting
from courseapp.term.acts.undoing import undoing_of
from courseapp.term.calendars.revisions import revisions_of_deliverables
from courseapp.term.desks import Preview, choices_in
from grading.services import awarding, releasing
from schedule.models import Lecture, SlotPlacement
from submissions.deadlines import Choices, Kind
from submissions.selectors.tallies import tallies
from submissions.services.extending import extend
from tests.factories import actor, deliverable, derive, part, plan
from tests.grading.scenes import move
from tests.schedule.test_slots import TALKS_AT, TalkScene, code

pytestmark = pytest.mark.django_db
# Three days before the talks, and when both meetings are over.
BEFORE_TALKS = TALKS_AT - timedelta(days=3)
OVER = TALKS_AT + timedelta(days=4)
SLOT = timedelta(minutes=30)


@pytest.fixture
def scene() -> TalkScene:
    """Each of the four groups in a slot of its own: two on the first day, two on the other."""
    scene = TalkScene()
    scene.open(0, 1)
    scene.arrange(g0=0, g1=1, g2=2, g3=3)
    scene.publish()
    return scene


def moved(scene: TalkScene, meeting: int, *, to: datetime) -> ChangeMeeting:
    row = scene.meetings[meeting]
    begins = to.astimezone(ZoneInfo(scene.course.timezone))
    return ChangeMeeting(
        lecture_id=row.pk,
        starts_on=begins.date(),
        starts_from=begins.time(),
        ends_by=(begins + timedelta(minutes=75)).time(),
        room=row.room,
        lecture_kind=row.kind,
    )


def do(
    scene: TalkScene, action: ChangeMeeting, *, now: datetime, choices: Choices = CAREFULLY
) -> Carried:
    doing = doing_of(action, reason="So.")
    return carry_out(doing, actor=scene.planner, reason="So.", now=now, choices=choices)


def dues(scene: TalkScene, *, now: datetime) -> list[datetime]:
    return [scene.due(group, now=now) for group in range(4)]


STARTS = [
    TALKS_AT,
    TALKS_AT + SLOT,
    TALKS_AT + timedelta(days=2),
    TALKS_AT + timedelta(days=2) + SLOT,
]


def test_a_meeting_brought_near_leaves_a_day_unless_that_is_confirmed(scene: TalkScene) -> None:
    soon = BEFORE_TALKS + timedelta(hours=3)
    carried = do(scene, moved(scene, 0, to=soon), now=BEFORE_TALKS)
    a_day_on = BEFORE_TALKS + timedelta(days=1, minutes=1)
    assert dues(scene, now=BEFORE_TALKS) == [a_day_on, a_day_on, *STARTS[2:]]
    held_back = carried.consequences.held_back
    assert [(line.before, line.asked, line.after) for line in held_back] == [
        (TALKS_AT, soon, a_day_on),
        (TALKS_AT + SLOT, soon + SLOT, a_day_on),
    ]
    (tally,) = [
        one for one in tallies(course=scene.course, now=BEFORE_TALKS) if one.kind == Kind.MIDTERM
    ]
    assert (tally.due_at, tally.owed_count) == (STARTS[3], 4)


def test_on_short_notice_it_is_due_when_the_slot_starts(scene: TalkScene) -> None:
    soon = BEFORE_TALKS + timedelta(hours=3)
    confirmed = choices_in(QueryDict("on_short_notice=on"))
    do(scene, moved(scene, 0, to=soon), now=BEFORE_TALKS, choices=confirmed)
    assert dues(scene, now=BEFORE_TALKS) == [soon, soon + SLOT, *STARTS[2:]]


def test_a_passed_due_instant_stays_where_its_slot_moves_unless_it_is_ticked(
    scene: TalkScene,
) -> None:
    to = TALKS_AT + timedelta(weeks=1)
    now = TALKS_AT + timedelta(days=1)
    action = moved(scene, 0, to=to)
    shown = rehearse(doing_of(action, reason="So."), actor=scene.planner, reason="So.", now=now)
    passed = shown.consequences.passed
    assert [(line.owners, line.before, line.asked) for line in passed] == [
        ("Group 1", TALKS_AT, to),
        ("Group 2", TALKS_AT + SLOT, to + SLOT),
    ]
    page = render_to_string(
        "term/choices.html", {"preview": Preview(shown, CAREFULLY), "course": scene.course}
    )
    first, second = SlotPlacement.objects.filter(group__in=scene.groups[:2]).order_by("group")
    for placement in (first, second):
        assert f'name="also_past_slots" value="{placement.pk}"' in page

    ticked = choices_in(QueryDict(f"also_past_slots={second.pk}&also_past_slots=x"))
    carried = do(scene, action, now=now, choices=ticked)
    assert dues(scene, now=now) == [TALKS_AT, to + SLOT, *STARTS[2:]]
    undoing = undoing_of(carried.act)
    carry_out(undoing, actor=scene.planner, reason="A mistake.", now=now)
    # The slot is past again, but what was reopened does not close at once.
    closes_at = now + timedelta(days=1, minutes=1)
    assert dues(scene, now=now) == [TALKS_AT, closes_at, *STARTS[2:]]


def test_undoing_a_move_brings_back_what_was_due(scene: TalkScene) -> None:
    carried = do(scene, moved(scene, 0, to=TALKS_AT + timedelta(days=1)), now=BEFORE_TALKS)
    assert dues(scene, now=BEFORE_TALKS)[0] == TALKS_AT + timedelta(days=1)
    undoing = undoing_of(carried.act)
    carry_out(undoing, actor=scene.planner, reason="A mistake.", now=BEFORE_TALKS)
    assert dues(scene, now=BEFORE_TALKS) == STARTS


def test_a_meeting_that_loses_its_times_takes_no_due_instant_along(scene: TalkScene) -> None:
    Lecture.objects.filter(pk=scene.meetings[0].pk).update(starts_at=None, ends_at=None)
    derive(scene.course)
    assert dues(scene, now=BEFORE_TALKS) == STARTS


def test_publishing_a_slot_that_is_near_leaves_a_day_unless_that_is_confirmed(
    scene: TalkScene,
) -> None:
    now = TALKS_AT - timedelta(hours=1)
    scene.arrange(g0=3, g3=0)
    page = text_of(scene, now=now)
    assert "These would come nearer than 24 hours from now" in page
    assert "Group 4: the slot starts" in page
    scene.publish(now=now)
    assert (scene.due(0, now=now), scene.due(3, now=now)) == (
        STARTS[3],
        now + timedelta(days=1, minutes=1),
    )
    mail = OutboxMail.objects.filter(recipient=scene.members[3][0].email).latest("pk")
    assert "What your group hands in for it is due Thu" in mail.text


def test_a_near_slot_is_published_on_short_notice_by_its_page(scene: TalkScene) -> None:
    now = TALKS_AT - timedelta(hours=1)
    scene.arrange(g0=3, g3=0)
    send(scene, {"on_short_notice": "on"}, now=now)
    assert scene.due(3, now=now) == TALKS_AT


def test_publishing_moves_a_passed_due_instant_only_where_it_is_ticked(scene: TalkScene) -> None:
    now = TALKS_AT + timedelta(hours=2)
    scene.open(0, 1, capacity=2)
    scene.arrange(g0=3, g1=3, g2=2, g3=2)
    page = text_of(scene, now=now)
    assert "These have passed. They move only where you tick them" in page
    send(scene, {"also_past": [str(scene.groups[1].pk), "x"]}, now=now)
    assert dues(scene, now=now) == [STARTS[0], STARTS[3], STARTS[2], STARTS[2]]


def test_a_group_keeps_its_slot_where_its_work_would_fall_due_without_it(scene: TalkScene) -> None:
    now = TALKS_AT + timedelta(hours=2)
    scene.arrange(g3=None)
    assert code(lambda: scene.publish(now=now)) == "due_without_slot"
    assert scene.due(3, now=now) == STARTS[3]


def test_a_first_slot_comes_no_nearer_either_than_what_held_before() -> None:
    scene = TalkScene()
    scene.open(0, 1)
    first_day = TALKS_AT - timedelta(hours=1)
    scene.arrange(g0=0, g1=3)
    scene.publish(now=first_day)
    assert [scene.due(group, now=first_day) for group in (0, 1)] == [TALKS_AT, STARTS[3]]


def test_a_draft_follows_its_slots_freely() -> None:
    scene = TalkScene(state=CourseState.DRAFT)
    scene.open(0, 1)
    scene.arrange(g0=0)
    scene.publish()
    scene.arrange(g0=3)
    scene.publish(now=OVER)
    assert SlotPlacement.objects.get().due_at == STARTS[3]


def test_more_time_is_measured_by_the_groups_own_slot(scene: TalkScene) -> None:
    talk = deliverable(scene.course, Kind.MIDTERM)

    def give(until: datetime) -> Any:
        return extend(
            actor=scene.planner,
            deliverable_id=talk.pk,
            owner=scene.groups[3],
            due_at=until,
            reason="Ill.",
            now=BEFORE_TALKS,
        )

    with pytest.raises(Refused) as refusal:
        give(TALKS_AT + timedelta(days=1))
    assert refusal.value.denied.code == "not_later"
    give(STARTS[3] + timedelta(hours=1))
    assert scene.due(3, now=BEFORE_TALKS) == STARTS[3] + timedelta(hours=1)


def test_told_of_a_grade_are_the_members_at_the_groups_own_slot(scene: TalkScene) -> None:
    plan(scene.course)
    stays, leaves = scene.members[3]
    comes = scene.members[0][1]
    for person, group in ((leaves, scene.groups[0]), (comes, scene.groups[3])):
        move(person, group, at=TALKS_AT + timedelta(hours=5))
    talk = part(scene.course, "Mid-semester presentation", "talk")
    wish = awarding.Wish(
        part=talk,
        points=Decimal(80),
        deliverable=deliverable(scene.course, Kind.MIDTERM),
        group=scene.groups[3],
    )
    awarding.award(actor=actor(scene.ta), wish=wish, now=OVER)
    releasing.release(actor=scene.planner, part_id=talk.pk, now=OVER)
    told = OutboxMail.objects.filter(kind="grading/released").values_list("recipient", flat=True)
    assert set(told) == {stays.email, comes.email}


def test_a_calendar_learns_of_a_moved_slot_and_of_nobody_elses(scene: TalkScene) -> None:
    talk = deliverable(scene.course, Kind.MIDTERM).pk

    def number(group: int) -> int:
        person = scene.members[group][0].pk
        return revisions_of_deliverables(scene.course.pk, person=person)[talk].number

    before = [number(group) for group in range(4)]
    do(scene, moved(scene, 0, to=TALKS_AT + timedelta(days=1)), now=BEFORE_TALKS)
    after = [number(group) for group in range(4)]
    assert [now > then for now, then in zip(after, before, strict=True)] == [
        True,
        True,
        False,
        False,
    ]


def text_of(scene: TalkScene, *, now: datetime) -> str:
    with clock.standing_at(now):
        answer = browser(scene).get(address(scene))
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode()).split())


def send(scene: TalkScene, form: dict[str, Any], *, now: datetime) -> None:
    with clock.standing_at(now):
        client = browser(scene)
        answer = client.post(address(scene), {"seen": scene.page().token, **form})
        said = client.get(answer["Location"]).content.decode()
    assert "Published. What is due follows the slots." in said


def address(scene: TalkScene) -> str:
    return reverse("publish-slots", args=[scene.course.slug, "midterm"])


def browser(scene: TalkScene) -> Client:
    client = Client()
    assert scene.instructor.user is not None
    client.force_login(scene.instructor.user)
    return client
