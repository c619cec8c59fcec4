"""What a group ranks, in its own order, and what came of it (domain.md §7, §9)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from courseapp.course.actors import Actor
from courseapp.course.models import Course, Enrollment
from groups.models import Group
from groups.selectors import group_of, groups_of, members_at
from schedule.models import (
    Lecture,
    PlanPublication,
    Preference,
    PresentationSlot,
    RoleAssignment,
    SlotPlacement,
    SlotPreference,
    TalkKind,
)
from schedule.planning import RoleNames, slot_explanation
from schedule.selectors import student_lectures_of
from schedule.selectors.drafts import latest_publication
from schedule.selectors.planning import has_begun
from schedule.selectors.role_names import role_names

KIND_WORDS = {
    TalkKind.MIDTERM: "mid-semester presentations",
    TalkKind.FINAL: "final presentations",
}


@dataclass(frozen=True)
class Choice:
    """Something that a group can rank."""

    id: int
    title: str
    held_on: date
    starts_at: datetime | None
    rank: int | None


@dataclass(frozen=True)
class RankingPage:
    """A group's ranking of lectures, or of slots (`kind`); `came_of_it` is what the group got.

    `group` is None for who is in none; `is_placed` says that the slots have been published.
    """

    course: Course
    group: Group | None
    is_own: bool
    choices: tuple[Choice, ...]
    members: tuple[Enrollment, ...]
    is_placed: bool
    came_of_it: tuple[str, ...]
    explanation: str
    kind: TalkKind | None = None

    @property
    def what(self) -> str:
        """Name what is ranked."""
        return "lectures" if self.kind is None else f"slots of the {KIND_WORDS[self.kind]}"

    @property
    def ranks(self) -> dict[int, int]:
        """Return the group's ranks by what it ranked."""
        return {one.id: one.rank for one in self.choices if one.rank is not None}


def own_ranking(actor: Actor, *, now: datetime) -> RankingPage | None:
    """Return the ranking of the actor's own group, for students."""
    if actor.course is None or not actor.is_student:
        return None
    return _of_lectures(actor.course, group_of(actor), is_own=True, now=now)


def ranking_of(actor: Actor, *, now: datetime, group_id: int) -> RankingPage | None:
    """Return a group's ranking, for staff."""
    group = _group_for_staff(actor, group_id)
    if actor.course is None or group is None:
        return None
    return _of_lectures(actor.course, group, is_own=False, now=now)


def own_slot_ranking(actor: Actor, *, now: datetime, kind: str) -> RankingPage | None:
    """Return the own group's ranking of the slots of a kind, for students."""
    if actor.course is None or not actor.is_student or kind not in TalkKind.values:
        return None
    return _of_slots(actor.course, group_of(actor), TalkKind(kind), now=now)


def slot_ranking_of(actor: Actor, *, now: datetime, kind: str, group_id: int) -> RankingPage | None:
    """Return a group's ranking of the slots of a kind, for staff."""
    group = _group_for_staff(actor, group_id)
    if actor.course is None or group is None or kind not in TalkKind.values:
        return None
    return _of_slots(actor.course, group, TalkKind(kind), now=now, is_own=False)


def _group_for_staff(actor: Actor, group_id: int) -> Group | None:
    if actor.course is None or not actor.is_staff:
        return None
    return groups_of(actor.course).filter(pk=group_id).first()


def _of_lectures(
    course: Course, group: Group | None, *, is_own: bool, now: datetime
) -> RankingPage:
    ranks: dict[int, int] = {}
    if group is not None:
        current = Preference.objects.current().filter(group=group)
        ranks = dict(current.values_list("lecture", "rank"))
    found = Lecture.objects.filter(pk__in=student_lectures_of(course)).order_by("position")
    choices = [
        Choice(one.pk, one.title, one.starts_on, one.starts_at, ranks.get(one.pk))
        for one in found
        if one.pk in ranks or not has_begun(one, now=now)
    ]
    members = [] if group is None else members_at(group.pk, instant=now)
    published = None if group is None else latest_publication(course)
    explained = {} if published is None else published.explanations
    return RankingPage(
        course=course,
        group=group,
        is_own=is_own,
        choices=_in_order(choices),
        members=tuple(members),
        is_placed=False,
        came_of_it=_parts(group, role_names(course)),
        explanation="" if group is None else explained.get(str(group.pk), ""),
    )


def _parts(group: Group | None, names: RoleNames) -> tuple[str, ...]:
    if group is None:
        return ()
    current = RoleAssignment.objects.current().filter(group=group, lecture__withdrawn_at=None)
    return tuple(
        f"{_day(one.lecture.starts_on)}, {one.lecture.title}: your group {names.does(one.role)}."
        for one in current.select_related("lecture").order_by("lecture__position")
    )


def _of_slots(
    course: Course,
    group: Group | None,
    kind: TalkKind,
    *,
    now: datetime,
    is_own: bool = True,
) -> RankingPage:
    slots = slots_of(course, kind)
    ranks = {} if group is None else slot_ranks([group.pk], slots).get(group.pk, {})
    choices = [
        Choice(
            slot.pk,
            slot.lecture.title,
            slot.lecture.starts_on,
            starts_at_of(slot),
            ranks.get(slot.pk),
        )
        for slot in slots
    ]
    placed = None
    if group is not None:
        placements = SlotPlacement.objects.filter(group=group, kind=kind)
        placed = placements.select_related("slot__lecture").first()
    members = [] if group is None else members_at(group.pk, instant=now)
    is_placed = SlotPlacement.objects.filter(group__course=course, kind=kind).exists()
    return RankingPage(
        course=course,
        group=group,
        is_own=is_own,
        choices=_in_order(choices),
        members=tuple(members),
        is_placed=is_placed,
        came_of_it=() if placed is None else (f"Your group presents in {_slot_words(placed)}.",),
        explanation="" if placed is None else slot_explanation(ranks, placed.slot_id),
        kind=kind,
    )


def _slot_words(placed: SlotPlacement) -> str:
    return f"slot {placed.slot.position + 1} on {_day(placed.slot.lecture.starts_on)}"


def _day(held_on: date) -> str:
    return f"{held_on:%a %b} {held_on.day}"


def _in_order(choices: list[Choice]) -> tuple[Choice, ...]:
    """Put what is ranked first, by rank; the rest as it came."""
    return tuple(sorted(choices, key=lambda one: one.rank or len(choices) + 1))


def slots_of(course: Course, kind: TalkKind) -> list[PresentationSlot]:
    """Return the slots of a kind in the order of time."""
    found = PresentationSlot.objects.filter(
        lecture__course=course, lecture__kind=kind, lecture__withdrawn_at=None
    )
    return list(found.select_related("lecture"))


def starts_at_of(slot: PresentationSlot) -> datetime | None:
    """Return when a slot begins: so many lengths after its meeting's start."""
    begins = slot.lecture.starts_at
    if begins is None:
        return None
    return begins + timedelta(minutes=slot.position * slot.length_minutes)


def slot_due_at(group_id: int | None, kind: str) -> datetime | None:
    """Return when the work of a group is due that is published in a slot; None where it is in none."""
    if group_id is None or kind not in TalkKind.values:
        return None
    placed = SlotPlacement.objects.filter(group=group_id, kind=kind)
    return placed.values_list("due_at", flat=True).first()


def slot_ranks(groups: list[int], slots: list[PresentationSlot]) -> dict[int, dict[int, int]]:
    """Return the ranks that groups gave to slots, by group and slot."""
    ranks: dict[int, dict[int, int]] = {}
    for wish in SlotPreference.objects.filter(group__in=groups, slot__in=slots):
        ranks.setdefault(wish.group_id, {})[wish.slot_id] = wish.rank
    return ranks


@dataclass(frozen=True)
class Wishes:
    """What a group ranked and was told, in short; `talks` are the kinds of talk that have slots."""

    ranked_count: int
    explanation: str
    talks: tuple[tuple[str, str], ...]


def wishes_of(group: Group) -> Wishes:
    """Return a group's wishes for its page, in one query."""
    course = OuterRef("course")
    current = Preference.objects.current().filter(group=OuterRef("pk")).order_by()
    published = PlanPublication.objects.filter(course=course).order_by("-pk")
    slots = PresentationSlot.objects.filter(lecture__course=course, lecture__withdrawn_at=None)
    found = Group.objects.filter(pk=group.pk).values_list(
        Coalesce(Subquery(current.values("group").annotate(n=Count("pk")).values("n")), 0),
        Subquery(published.values("explanations")[:1]),
        *[Exists(slots.filter(lecture__kind=kind)) for kind in KIND_WORDS],
    )
    ranked_count, explanations, *has_slots = found.get()
    kinds = zip(KIND_WORDS.items(), has_slots, strict=True)
    return Wishes(
        ranked_count=ranked_count,
        explanation=(explanations or {}).get(str(group.pk), ""),
        talks=tuple((kind.value, words) for (kind, words), has in kinds if has),
    )
