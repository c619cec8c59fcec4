"""Mails about the schedule."""

from datetime import datetime

from courseapp.course.emails import letters_to
from courseapp.kernel.mail import Letter
from schedule.selectors.slots import SlotChange, SlotsPage


def slot_published(
    *, board: SlotsPage, change: SlotChange, due_at: datetime | None, at: datetime
) -> list[Letter]:
    """Tell a group when it presents from now on, and when it did not any more."""
    return letters_to(
        change.members,
        kind="schedule/slot_published",
        course=board.course,
        key=f"slots/{board.kind}/{change.group.pk}/{at.isoformat()}",
        context={"group": change.group, "what": board.words, "change": change, "due_at": due_at},
    )
