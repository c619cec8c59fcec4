"""What is owed, as lists print it: the questions of one lecture are one item."""

from dataclasses import dataclass
from datetime import datetime

from submissions.deadlines import Kind
from submissions.selectors.owed import Duty


@dataclass(frozen=True)
class Item:
    """One line: what, of whom, until when, and what became of it."""

    title: str
    note: str
    due_at: datetime
    is_question: bool
    lecture_id: int | None
    deliverable_id: int
    is_in: bool
    state_word: str
    state_tone: str


def items_of(owed: list[Duty], *, now: datetime) -> list[Item]:
    """Return duties as lines, in their order."""
    groups: dict[tuple[bool, int | None], list[Duty]] = {}
    for duty in owed:
        is_question = duty.kind == Kind.QUESTION
        key = (True, duty.lecture_id) if is_question else (False, duty.deliverable_id)
        groups.setdefault(key, []).append(duty)
    return [_item(found, now=now) for found in groups.values()]


def _item(found: list[Duty], *, now: datetime) -> Item:
    first = found[0]
    word, tone = _state(found, now=now)
    return Item(
        title=_title(found),
        note=_note(first),
        due_at=first.asked_again_until or first.due_at,
        is_question=first.kind == Kind.QUESTION,
        lecture_id=first.lecture_id,
        deliverable_id=first.deliverable_id,
        is_in=all(duty.is_in and not duty.asked_again_until for duty in found),
        state_word=word,
        state_tone=tone,
    )


def _title(found: list[Duty]) -> str:
    first = found[0]
    if first.kind != Kind.QUESTION:
        return f"{first.words} for {first.lecture_title}" if first.lecture_title else first.words
    if len(found) == 1:
        return f"Question for {first.lecture_title}"
    return f"{len(found)} questions for {first.lecture_title}"


def _note(first: Duty) -> str:
    if first.group_id is None:
        return "You"
    return f"{first.group_name} as {first.role}" if first.role else first.group_name


def _state(found: list[Duty], *, now: datetime) -> tuple[str, str]:
    if found[0].asked_again_until is not None:
        return "Changes requested", "warn"
    in_count = sum(duty.is_in for duty in found)
    if in_count == len(found):
        return ("Handed in" if found[0].kind != Kind.QUESTION else "Saved"), "ok"
    if any(duty.is_only_late for duty in found):
        return "Late, no credit", "bad"
    if found[0].due_at < now:
        return "Missing", "bad"
    return (f"{in_count} of {len(found)} saved", "draft") if in_count else ("Nothing yet", "")
