"""Opening slots, ranking them, and placing groups in them (§9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused, require
from groups.models import Group
from groups.selectors import members_at
from schedule import policies
from schedule.models import PresentationSlot, SlotDraft, SlotPlacement, SlotPreference, TalkKind
from schedule.planning import place_groups
from schedule.selectors.rankings import slots_of
from schedule.selectors.slots import SlotsPage, slots_board


@dataclass(frozen=True)
class Opening:
    """Which meetings hold slots, how long each slot is, and how many groups it takes."""

    lecture_ids: frozenset[int]
    length_minutes: int
    capacity: int


@transaction.atomic
def open_slots(*, actor: Actor, kind: TalkKind, wish: Opening, now: datetime) -> SlotsPage:
    """Let the ticked meetings hold slots, as many as fit.

    A slot that stays keeps its groups and ranks. None vanishes or changes its length while a group
    is published in it: its work is due at the slot's start.
    """
    board = _locked_board(actor, kind, now=now)
    wanted = {
        (meeting.lecture.pk, position)
        for meeting in board.meetings
        if meeting.lecture.pk in wish.lecture_ids
        for position in range(meeting.minutes // wish.length_minutes)
    }
    standing = {
        (slot.lecture_id, slot.position): slot
        for slot in board.slots.values()
        if slot.length_minutes == wish.length_minutes
    }
    kept = {standing[place].pk for place in wanted & standing.keys()}
    _require_nobody_in(board, board.slots.keys() - kept)
    with audit.acting(user_id=actor.user_id, action="open_slots"):
        gone = PresentationSlot.objects.filter(pk__in=board.slots.keys() - kept)
        SlotPreference.objects.filter(slot__in=gone).update(withdrawn_at=now)
        gone.update(withdrawn_at=now)
        PresentationSlot.objects.filter(pk__in=kept).update(capacity=wish.capacity)
        PresentationSlot.objects.bulk_create(
            [
                PresentationSlot(
                    lecture_id=lecture_id,
                    position=position,
                    length_minutes=wish.length_minutes,
                    capacity=wish.capacity,
                    opened_at=now,
                )
                for lecture_id, position in sorted(wanted - standing.keys())
            ]
        )
    return slots_board(board.course, kind)


@transaction.atomic
def rank_slots(
    *, actor: Actor, group_id: int, kind: TalkKind, slot_ids: Sequence[int], now: datetime
) -> None:
    """Replace a group's ranking of the slots of a kind as a whole: the first gets rank 1."""
    course = actor.course
    groups = Group.objects.select_for_update().filter(
        pk=group_id, course=course, dissolved_at__isnull=True
    )
    group = groups.first()
    if group is None or course is None:
        raise Refused(Denied("not_found", "There is no such group in your course (any more)."))
    is_placed = SlotPlacement.objects.filter(group__course=course, kind=kind).exists()
    members = members_at(group.pk, instant=now)
    require(policies.rank_slots(actor, members, is_placed=is_placed, now=now))
    slots = {slot.pk for slot in slots_of(course, kind)}
    if not slots.issuperset(slot_ids) or len(set(slot_ids)) < len(slot_ids):
        raise Refused(Denied("not_a_slot", "Rank each of the slots that there are at most once."))
    standing = SlotPreference.objects.filter(group=group, slot__in=slots).order_by("rank")
    if [found.slot_id for found in standing] == list(slot_ids):
        return
    with audit.acting(user_id=actor.user_id, action="rank_slots"):
        standing.update(withdrawn_at=now)
        SlotPreference.objects.bulk_create(
            [
                SlotPreference(group=group, slot_id=slot_id, rank=rank, ranked_at=now)
                for rank, slot_id in enumerate(slot_ids, start=1)
            ]
        )


@transaction.atomic
def place_in_slots(*, actor: Actor, kind: TalkKind, now: datetime) -> SlotDraft:
    """Let the product place the groups at the least cost; who was placed by hand stays."""
    board = _locked_board(actor, kind, now=now)
    found = place_groups(board.problem)
    if not found.placements:
        raise Refused(Denied("no_placing", found.conflict or "There are no groups to place."))
    return _draft(actor, board, found.placements, by_hand=board.by_hand, now=now)


@transaction.atomic
def arrange_slots(
    *, actor: Actor, kind: TalkKind, placements: Mapping[int, int], now: datetime
) -> SlotDraft:
    """Place groups by hand; whoever is moved counts as placed by hand from then on."""
    board = _locked_board(actor, kind, now=now)
    groups = {group.pk for group in board.groups}
    if not placements.keys() <= groups or not set(placements.values()) <= board.slots.keys():
        raise Refused(Denied("not_found", "A group or a slot is gone; look at the page again."))
    moved = {one for one, slot in placements.items() if board.placements.get(one) != slot}
    by_hand = (board.by_hand | moved) & placements.keys()
    return _draft(actor, board, placements, by_hand=by_hand, now=now)


def _draft(
    actor: Actor,
    board: SlotsPage,
    placements: Mapping[int, int],
    *,
    by_hand: frozenset[int],
    now: datetime,
) -> SlotDraft:
    return SlotDraft.objects.create(
        course=board.course,
        kind=board.kind,
        placements={str(group): slot for group, slot in sorted(placements.items())},
        by_hand=sorted(by_hand),
        made_by=actor.enrollment,
        made_at=now,
    )


def _locked_board(actor: Actor, kind: TalkKind, *, now: datetime) -> SlotsPage:
    if actor.course is None:
        raise Refused(Denied("not_found", "There is no such course."))
    require(policies.change_plan(actor, actor.course, now=now))
    return slots_board(Course.objects.select_for_update().get(pk=actor.course.pk), kind)


def _require_nobody_in(board: SlotsPage, slots: set[int]) -> None:
    names = [group.name for group in board.groups if board.published.get(group.pk, 0) in slots]
    if names:
        raise Refused(
            Denied(
                "placed_there",
                f"{', '.join(names)}: published in a slot that would vanish. Place them elsewhere,"
                " or nowhere, and publish that first.",
            )
        )
