"""Slots of a kind of talk, who is placed where, and what publishing would change (domain.md §9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, Enrollment
from groups.models import Group
from groups.selectors import groups_of
from schedule.models import Lecture, PresentationSlot, SlotDraft, SlotPlacement, TalkKind
from schedule.planning import Slot, SlotProblem, cost_of_slots, overfull, slot_explanation
from schedule.selectors.changes import members_of
from schedule.selectors.rankings import KIND_WORDS, slot_ranks, slots_of, starts_at_of


@dataclass(frozen=True)
class Meeting:
    """A row of the schedule that can hold slots."""

    lecture: Lecture
    slots: tuple[PresentationSlot, ...]

    @property
    def minutes(self) -> int:
        """Return how long the meeting is."""
        if self.lecture.starts_at is None or self.lecture.ends_at is None:
            return 0
        return int((self.lecture.ends_at - self.lecture.starts_at).total_seconds() // 60)


@dataclass(frozen=True)
class SlotLine:
    """A slot with who is placed in it and who is published there."""

    slot: PresentationSlot
    starts_at: datetime | None
    groups: tuple[Group, ...]
    is_overfull: bool


@dataclass(frozen=True)
class GroupLine:
    """A group with its slot in the draft, its published one, and how it ranked."""

    group: Group
    slot: PresentationSlot | None
    published: PresentationSlot | None
    rank: int | None
    ranked_count: int


@dataclass(frozen=True)
class SlotChange:
    """A group whose slot changes by publishing, and who is told."""

    group: Group
    before: PresentationSlot | None
    after: PresentationSlot | None
    explanation: str
    members: tuple[Enrollment, ...]

    @property
    def before_at(self) -> datetime | None:
        """Return when the group presents as published; None where it has no slot."""
        return None if self.before is None else starts_at_of(self.before)

    @property
    def after_at(self) -> datetime | None:
        """Return when the group presents from now on; None where it has no slot."""
        return None if self.after is None else starts_at_of(self.after)


@dataclass(frozen=True)
class SlotsPage:
    """The slots of a kind, the draft of who presents when, and what is published."""

    course: Course
    kind: TalkKind
    meetings: tuple[Meeting, ...]
    groups: tuple[Group, ...]
    ranks: Mapping[int, Mapping[int, int]]
    placements: Mapping[int, int]
    by_hand: frozenset[int]
    published: Mapping[int, int]
    has_draft: bool
    may_change: bool

    @property
    def words(self) -> str:
        """Name the kind of talk."""
        return KIND_WORDS[self.kind]

    @cached_property
    def slots(self) -> dict[int, PresentationSlot]:
        """Return the slots by id, in the order of time."""
        return {slot.pk: slot for meeting in self.meetings for slot in meeting.slots}

    @cached_property
    def problem(self) -> SlotProblem:
        """Return the question to the solver; who was placed by hand stays there."""
        by_hand = {group: slot for group, slot in self.placements.items() if group in self.by_hand}
        return SlotProblem(
            groups=tuple(group.pk for group in self.groups),
            slots=tuple(Slot(slot.pk, slot.capacity) for slot in self.slots.values()),
            ranks=self.ranks,
            fixed=by_hand,
        )

    @property
    def cost(self) -> int:
        """Return what the draft costs."""
        return cost_of_slots(self.problem, self.placements)

    @property
    def places(self) -> int:
        """Return how many groups the slots take together."""
        return sum(slot.capacity for slot in self.slots.values())

    @property
    def ranking_count(self) -> int:
        """Return how many groups have ranked slots."""
        return sum(bool(self.ranks.get(group.pk)) for group in self.groups)

    @property
    def first_choice_count(self) -> int:
        """Return how many groups are placed in the slot that they ranked first."""
        placed = self.placements.items()
        return sum(self.ranks.get(group, {}).get(slot) == 1 for group, slot in placed)

    @cached_property
    def overfull(self) -> list[int]:
        """Return the slots that hold more groups than they take."""
        return overfull(self.problem, self.placements)

    @property
    def unplaced(self) -> list[Group]:
        """Return the groups without a slot."""
        return [group for group in self.groups if group.pk not in self.placements]

    def lines(self) -> list[SlotLine]:
        """Return the slots with the groups that are placed in them."""
        return [
            SlotLine(
                slot=slot,
                starts_at=starts_at_of(slot),
                groups=tuple(one for one in self.groups if self.placements.get(one.pk) == slot.pk),
                is_overfull=slot.pk in self.overfull,
            )
            for slot in self.slots.values()
        ]

    def group_lines(self) -> list[GroupLine]:
        """Return the groups with their slots."""
        return [
            GroupLine(
                group=group,
                slot=self.slots.get(self.placements.get(group.pk, 0)),
                published=self.slots.get(self.published.get(group.pk, 0)),
                rank=self.ranks.get(group.pk, {}).get(self.placements.get(group.pk, 0)),
                ranked_count=len(self.ranks.get(group.pk, {})),
            )
            for group in self.groups
        ]

    @cached_property
    def changed(self) -> list[int]:
        """Return the groups whose slot would change by publishing."""
        groups = [group.pk for group in self.groups]
        return [one for one in groups if self.placements.get(one) != self.published.get(one)]

    @cached_property
    def changes(self) -> list[SlotChange]:
        """Return what publishing would change, and who would be told; one query."""
        members = members_of(self.changed)
        return [
            SlotChange(
                group=group,
                before=self.slots.get(self.published.get(group.pk, 0)),
                after=self.slots.get(self.placements.get(group.pk, 0)),
                explanation=self._explained(group.pk),
                members=tuple(members.get(group.pk, ())),
            )
            for group in self.groups
            if group.pk in self.changed
        ]

    def _explained(self, group: int) -> str:
        slot = self.placements.get(group)
        return "" if slot is None else slot_explanation(self.ranks.get(group, {}), slot)

    @property
    def told_count(self) -> int:
        """Return how many people publishing would tell."""
        return sum(len(one.members) for one in self.changes) if self.course.mails else 0

    @property
    def token(self) -> str:
        """Name the changes, so that nothing else is done by the click."""
        rows = [
            (group, self.published.get(group), self.placements.get(group)) for group in self.changed
        ]
        return sha256(repr(rows).encode()).hexdigest()[:32]

    @property
    def title(self) -> str:
        """Say what comes next."""
        if not self.meetings:
            return f"The schedule has no {self.words} yet"
        if not self.slots:
            return "Tick the meetings in which groups present"
        if self.overfull:
            return "A slot holds more groups than it takes"
        if self.changed:
            count = len(self.changed)
            return f"{count} group{'' if count == 1 else 's'} to be told a new slot: publish"
        if self.unplaced:
            count = len(self.unplaced)
            return f"{count} group{' has' if count == 1 else 's have'} no slot yet: place them"
        return "Every group has its slot, as published"


def slots_page(actor: Actor, *, now: datetime, kind: str) -> SlotsPage | None:
    """Return the slots of a kind of talk, for staff."""
    if actor.course is None or not actor.is_staff or kind not in TalkKind.values:
        return None
    may_change = bool(actor.may(Permission.CHANGE_PLAN))
    return slots_board(actor.course, TalkKind(kind), may_change=may_change)


def slots_board(course: Course, kind: TalkKind, *, may_change: bool = True) -> SlotsPage:
    """Return the slots of a kind as the course stands."""
    slots = slots_of(course, kind)
    meetings = Lecture.objects.filter(course=course, kind=kind, starts_at__isnull=False)
    groups = tuple(groups_of(course))
    ids = {group.pk for group in groups}
    published = {
        one.group_id: one.slot_id
        for one in SlotPlacement.objects.filter(group__in=ids, slot__in=slots, kind=kind)
    }
    draft = SlotDraft.objects.filter(course=course, kind=kind).order_by("-pk").first()
    wanted = published if draft is None else {int(g): s for g, s in draft.placements.items()}
    there = {slot.pk for slot in slots}
    placements = {group: slot for group, slot in wanted.items() if group in ids and slot in there}
    by_hand = frozenset() if draft is None else frozenset(draft.by_hand) & placements.keys()
    return SlotsPage(
        course=course,
        kind=kind,
        meetings=tuple(
            Meeting(lecture, tuple(slot for slot in slots if slot.lecture_id == lecture.pk))
            for lecture in meetings.order_by("starts_at", "position")
        ),
        groups=groups,
        ranks=slot_ranks([group.pk for group in groups], slots),
        placements=placements,
        by_hand=by_hand,
        published=published,
        has_draft=draft is not None,
        may_change=may_change,
    )
