"""Slots: published to the groups, and what is due by them (domain.md §3, §9)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import audit, mail
from courseapp.kernel.decisions import Denied, Refused, require
from schedule import emails, policies
from schedule.models import SlotPlacement, TalkKind
from schedule.selectors.rankings import starts_at_of
from schedule.selectors.slots import SlotsPage, slots_board
from submissions.deadlines import Choices, moved_due_at
from submissions.selectors.placing import SlotMove, slot_moves


@dataclass(frozen=True)
class SlotConsent:
    """What whoever publishes slots has seen and answers for.

    `seen` is the token of what was shown, `also_past` are the groups whose passed due instant moves.
    """

    seen: str
    also_past: frozenset[int] = frozenset()
    on_short_notice: bool = False


@transaction.atomic
def publish_slots(*, actor: Actor, kind: TalkKind, consent: SlotConsent, now: datetime) -> int:
    """Let the draft stand, and tell the members of the groups whose slot changes; return how many.

    From then on a group's work is due at its slot's start, as far as due instants move (§3).
    """
    board = _locked_board(actor, kind, now=now)
    _require_as_seen(board, consent.seen)
    moves = slot_moves(
        board, now=now, also_past=consent.also_past, on_short_notice=consent.on_short_notice
    )
    _require_no_loss(moves)
    with audit.acting(user_id=actor.user_id, action="publish_slots"):
        SlotPlacement.objects.filter(group__in=board.changed, kind=kind).update(withdrawn_at=now)
        SlotPlacement.objects.bulk_create(
            [_placement(one, kind, now=now) for one in moves if not one.loses_its_slot]
        )
    if not board.course.mails:
        return 0
    letters = [
        letter
        for one in moves
        for letter in emails.slot_published(
            board=board, change=one.change, due_at=one.due_at, at=now
        )
    ]
    mail.queue(letters, now=now)
    return len(letters)


def stamp_slots(*, course: Course, now: datetime, choices: Choices) -> None:
    """Let what is due by placed slots follow their meetings, as far as `choices` let it (§3).

    A slot without times asks for nothing; what it was due by stays until it has times again.
    """
    placed = SlotPlacement.objects.select_for_update(of=("self",)).filter(group__course=course)
    for placement in placed.select_related("slot__lecture"):
        asked = _asked_due_at(placement)
        if placement.asked_due_at == asked:
            continue
        placement.asked_due_at = asked
        if asked is not None:
            placement.due_at = moved_due_at(
                placement.due_at,
                asked,
                choices=choices,
                is_ticked=placement.pk in choices.also_past_slots,
                now=now,
            )
        placement.save(update_fields=["asked_due_at", "due_at"])


def _asked_due_at(placement: SlotPlacement) -> datetime | None:
    slot = placement.slot
    is_there = slot.withdrawn_at is None and slot.lecture.withdrawn_at is None
    return starts_at_of(slot) if is_there else None


def _placement(move: SlotMove, kind: TalkKind, *, now: datetime) -> SlotPlacement:
    return SlotPlacement(
        group=move.change.group,
        slot=move.change.after,
        kind=kind,
        asked_due_at=move.change.after_at,
        due_at=move.due_at,
        placed_at=now,
    )


def _locked_board(actor: Actor, kind: TalkKind, *, now: datetime) -> SlotsPage:
    if actor.course is None:
        raise Refused(Denied("not_found", "There is no such course."))
    require(policies.change_plan(actor, actor.course, now=now))
    return slots_board(Course.objects.select_for_update().get(pk=actor.course.pk), kind)


def _require_as_seen(board: SlotsPage, seen: str) -> None:
    if seen != board.token:
        sentence = "The slots changed since you looked. Look again at who is told."
        raise Refused(Denied("changed_since", sentence))
    if board.overfull:
        raise Refused(Denied("overfull", "A slot holds more groups than it takes: move one first."))


def _require_no_loss(moves: list[SlotMove]) -> None:
    """Let nobody's work fall due because their slot is taken back."""
    names = [one.change.group.name for one in moves if one.loses_its_slot and one.stays]
    if names:
        raise Refused(
            Denied(
                "due_without_slot",
                f"{', '.join(names)}: without a slot, their work would be due in less than 24 hours"
                " or not be due as it was. Place them in another slot instead.",
            )
        )
