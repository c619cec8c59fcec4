"""What publishing slots does to when work is due (domain.md §3, §9)."""

from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor
from courseapp.course.models import CourseState
from schedule.models import SlotPlacement
from schedule.selectors.slots import SlotChange, SlotsPage, slots_page
from submissions.deadlines import Choices, moved_due_at
from submissions.models import Deliverable

NOTHING_TICKED: frozenset[int] = frozenset()


@dataclass(frozen=True)
class SlotMove:
    """A group whose slot changes: when its work is due as published, by the slot, and from now on.

    Without a slot, what holds for all groups is asked.
    """

    change: SlotChange
    before: datetime | None
    asked: datetime | None
    due_at: datetime | None
    is_passed: bool

    @property
    def stays(self) -> bool:
        """Say whether the due instant does not follow all the way."""
        return self.asked != self.due_at

    @property
    def loses_its_slot(self) -> bool:
        """Say whether the group has no slot any more."""
        return self.change.after is None


def slot_moves(
    board: SlotsPage,
    *,
    now: datetime,
    also_past: frozenset[int] = NOTHING_TICKED,
    on_short_notice: bool = False,
) -> list[SlotMove]:
    """Return the groups whose slot changes, with what is due; `also_past` are ticked groups."""
    placed = SlotPlacement.objects.filter(group__in=board.changed, kind=board.kind)
    held = dict(placed.values_list("group_id", "due_at"))
    of_all = _due_at_of_all(board)
    choices = Choices(
        is_careful=board.course.state != CourseState.DRAFT, on_short_notice=on_short_notice
    )
    moves = []
    for change in board.changes:
        before = held.get(change.group.pk) or of_all
        asked = of_all if change.after is None else change.after_at
        is_ticked = change.group.pk in also_past
        due_at = moved_due_at(before, asked, choices=choices, is_ticked=is_ticked, now=now)
        is_passed = choices.is_careful and before is not None and before <= now
        moves.append(SlotMove(change, before, asked, due_at, is_passed=is_passed))
    return moves


def _due_at_of_all(board: SlotsPage) -> datetime | None:
    standing = Deliverable.objects.filter(
        course=board.course, kind=board.kind, withdrawn_at__isnull=True
    )
    return standing.values_list("due_at", flat=True).first()


@dataclass(frozen=True)
class SlotsPublication:
    """The slots as they would be published, and what staff decide about due instants."""

    page: SlotsPage
    moves: list[SlotMove]

    @property
    def passed(self) -> list[SlotMove]:
        """Return what had passed and moves only where it is ticked."""
        return [one for one in self.moves if one.is_passed and one.stays and one.change.after]

    @property
    def held_back(self) -> list[SlotMove]:
        """Return what stays farther away than asked unless that is confirmed."""
        return [one for one in self.moves if one.stays and not one.is_passed and one.change.after]


def slots_publication(actor: Actor, *, now: datetime, kind: str) -> SlotsPublication | None:
    """Return what publishing the slots of a kind would do, for staff."""
    page = slots_page(actor, now=now, kind=kind)
    return None if page is None else SlotsPublication(page, slot_moves(page, now=now))
