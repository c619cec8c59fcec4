"""Groups: dissolved, merged, split, founded, renamed, each open part handed on (domain.md §13.2)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Max
from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.memberships import (
    active_students_of,
    dissolve,
    end_approaches,
    enter,
    leave,
    members_of,
    present_membership,
    sizes_waived,
    standing_groups_of,
)
from courseapp.term.acts.parts import (
    NOBODY,
    HandedOn,
    chosen,
    hand_on,
    open_parts,
    project_words,
    require_the_open,
)
from groups.models import Group, Membership


@dataclass(frozen=True)
class DissolveGroup(Action):
    """A group ends: of each member it is said where they go, of each open part who takes it.

    `members` and `goes_to`, `parts` and `takers` stand side by side; 0 is no group.
    """

    kind: ClassVar[str] = "dissolve_group"
    words: ClassVar[str] = "Dissolve a group"
    permission: ClassVar[Permission] = Permission.CHANGE_GROUPS

    group_id: int
    members: tuple[int, ...]
    goes_to: tuple[int, ...]
    parts: tuple[int, ...]
    takers: tuple[int, ...]

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        goes, takes = chosen(self.members, self.goes_to), chosen(self.parts, self.takers)
        ending = _ending_of(scene, self.group_id, [*goes.values(), *takes.values()])
        _require_members(ending, goes)
        handed = _hand_on_all(scene, ending, takes)
        wheres = [ending.groups.get(goes[seat.enrollment_id]) for seat in ending.seats]
        _end(scene, ending, wheres, why="dissolved")
        return Outcome(
            sentence=_dissolved_words(ending, wheres),
            public_sentence=handed.public_sentence,
            lines=(
                *handed.lines,
                *_project_left(ending.group),
                *sizes_waived(scene, goes.values()),
            ),
        )


@dataclass(frozen=True)
class Ending:
    """A group that ends, under lock: who is in it by seat, and the groups that take something over."""

    group: Group
    seats: list[Membership]
    groups: dict[int, Group]


def _ending_of(scene: Scene, group_id: int, other_ids: Collection[int]) -> Ending:
    seats = _locked_seats(group_id)
    groups = standing_groups_of(scene, {group_id, *other_ids} - {NOBODY})
    group = groups[group_id]
    if group_id in other_ids:
        raise Refused(Denied("itself", f"{group} ends; choose another group, or none."))
    _require_same_seats(group, seats)
    return Ending(group, seats, groups)


def _require_same_seats(group: Group, seats: list[Membership]) -> None:
    """Raise `Refused` where someone came or went between the lock of the people and that of the group."""
    current = Membership.objects.current().filter(group=group)
    if set(current.values_list("pk", flat=True)) != {seat.pk for seat in seats}:
        raise Refused(
            Denied(
                "changed_meanwhile", f"Someone has just come into {group} or left it; look again."
            )
        )


def _hand_on_all(scene: Scene, ending: Ending, takes: Mapping[int, int]) -> HandedOn:
    parts = open_parts(scene.course, [ending.group.pk], now=scene.now)
    require_the_open(parts, takes, ending.group)
    return hand_on(scene, parts, {pk: ending.groups.get(taker) for pk, taker in takes.items()})


def _end(scene: Scene, ending: Ending, wheres: list[Group | None], *, why: str) -> None:
    """Let each member go where it was said, and the group end."""
    for seat, where in zip(ending.seats, wheres, strict=True):
        leave(scene, seat, why=f"{ending.group} was {why}.")
        if where is not None:
            enter(scene, seat.enrollment, where, why=f"Came from {ending.group}, which was {why}.")
    dissolve(scene, ending.group)


def _locked_seats(group_id: int) -> list[Membership]:
    """Return the present memberships of a group, their people locked in the order of their ids."""
    current = Membership.objects.current().filter(group=group_id)
    people = Enrollment.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    locked = list(people.filter(memberships__in=current))
    seats = current.filter(enrollment__in=locked).select_related("enrollment").order_by("seat")
    return list(seats)


def _require_members(ending: Ending, named: Iterable[int]) -> None:
    if {seat.enrollment_id for seat in ending.seats} == set(named):
        return
    raise Refused(
        Denied(
            "changed_meanwhile",
            f"{ending.group} has other members by now. Look at them below, and say where each goes.",
        )
    )


def _dissolved_words(ending: Ending, wheres: list[Group | None]) -> str:
    pairs = zip(ending.seats, wheres, strict=True)
    went = [f"{seat.enrollment} to {where}" for seat, where in pairs if where is not None]
    left_over = wheres.count(None)
    if left_over:
        went.append(f"{left_over} without a group")
    return f"{ending.group} is dissolved" + (f": {', '.join(went)}." if went else ".")


def _project_left(group: Group) -> tuple[str, ...]:
    came = project_words(group)
    stays = f"{group}'s project ends with it"
    if came:
        stays += f"; what it handed in ({came}) stays with it, and its credit with who had it"
    return (f"{stays}. Its members take part in the project of the group that they join.",)


@dataclass(frozen=True)
class MergeGroups(Action):
    """A group joins another with all its members; the other keeps its name and its project."""

    kind: ClassVar[str] = "merge_groups"
    words: ClassVar[str] = "Merge two groups"
    permission: ClassVar[Permission] = Permission.CHANGE_GROUPS

    group_id: int
    into_id: int
    parts: tuple[int, ...]
    takers: tuple[int, ...]

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        takes = chosen(self.parts, self.takers)
        ending = _ending_of(scene, self.group_id, [self.into_id, *takes.values()])
        into = ending.groups[self.into_id]
        handed = _hand_on_all(scene, ending, takes)
        _end(scene, ending, [into] * len(ending.seats), why=f"merged into {into}")
        return Outcome(
            sentence=f"{ending.group} is merged into {into}, which has {_people(into)} now.",
            public_sentence=handed.public_sentence,
            lines=(
                *handed.lines,
                *_projects_merged(ending.group, into),
                *sizes_waived(scene, [into.pk]),
            ),
        )


def _people(group: Group) -> str:
    count = len(members_of(group))
    return f"{count} member{'' if count == 1 else 's'}"


def _projects_merged(group: Group, into: Group) -> tuple[str, ...]:
    """Say which project the merged group has, and what becomes of the other."""
    lines = [f"The merged group goes on with {into}'s project."]
    if project_words(into):
        lines[0] += f" It has handed in: {project_words(into)}."
        lines.append(f"A proposal of {into} is in force again once those who come have agreed.")
    if project_words(group):
        lines.append(
            f"What {group} handed in for its own project ({project_words(group)}) stays with "
            f"{group}, and its credit with who had it."
        )
    return tuple(lines)


@dataclass(frozen=True)
class SplitGroup(Action):
    """Some members leave a group together and found another; each open part stays or goes with them.

    `parts` are those that the new group takes. The project stays where it was.
    """

    kind: ClassVar[str] = "split_group"
    words: ClassVar[str] = "Split a group"
    permission: ClassVar[Permission] = Permission.CHANGE_GROUPS

    group_id: int
    leaving: tuple[int, ...]
    name: str
    parts: tuple[int, ...]

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        split = _ending_of(scene, self.group_id, [])
        group, going = split.group, _going(split, self.leaving)
        parts = open_parts(scene.course, [group.pk], now=scene.now)
        taken = [part for part in parts if part.pk in self.parts]
        if len(taken) != len(set(self.parts)):
            raise Refused(
                Denied("changed_meanwhile", f"{group} plays other parts by now; choose again.")
            )
        new = _new_group(scene, self.name)
        for seat in going:
            leave(scene, seat, why=f"{group} was split.")
            enter(scene, seat.enrollment, new, why=f"Came from {group}, which was split.")
        handed = hand_on(scene, taken, dict.fromkeys(self.parts, new))
        names = ", ".join(str(seat.enrollment) for seat in going)
        return Outcome(
            sentence=f"{group} is split: {names} {'is' if len(going) == 1 else 'are'} in {new} now.",
            public_sentence=handed.public_sentence,
            lines=(
                *handed.lines,
                *(f"{part.words} stays with {group}." for part in parts if part not in taken),
                *_project_split(group, new),
                *sizes_waived(scene, [group.pk, new.pk]),
            ),
        )


def _going(split: Ending, leaving: Collection[int]) -> list[Membership]:
    """Return the seats of those who leave; raise `Refused` unless these are some of the members."""
    group = split.group
    going = [seat for seat in split.seats if seat.enrollment_id in leaving]
    if len(going) != len(set(leaving)):
        raise Refused(
            Denied("changed_meanwhile", f"{group} has other members by now; choose again.")
        )
    if not going or len(going) == len(split.seats):
        raise Refused(Denied("nothing_split", "Choose some of the members, not none and not all."))
    return going


def _project_split(group: Group, new: Group) -> tuple[str, ...]:
    came = project_words(group)
    had = f", with what it handed in ({came})" if came else ""
    return (f"The project stays with {group}{had}; {new} begins one of its own.",)


def _new_group(scene: Scene, name: str) -> Group:
    """Found a group; without a name it gets the first number that no group of the course ever had."""
    known = Group.objects.filter(course=scene.course)
    _require_free_name(scene, name)
    names = set(known.values_list("name", flat=True))
    numbered = (f"Group {at}" for at in range(1, len(names) + 2))
    return Group.objects.create(
        course=scene.course,
        name=name.strip() or next(one for one in numbered if one not in names),
        position=(known.aggregate(last=Max("position"))["last"] or 0) + 1,
        formed_at=scene.now,
    )


def _require_free_name(scene: Scene, name: str) -> None:
    if Group.objects.filter(course=scene.course, name=name.strip()).exists():
        raise Refused(
            Denied(
                "name_taken",
                f"There is, or was, a group “{name.strip()}” in this course; choose another name.",
            )
        )


@dataclass(frozen=True)
class RenameGroup(Action):
    """A group gets another name; all else stays."""

    kind: ClassVar[str] = "rename_group"
    words: ClassVar[str] = "Rename a group"
    permission: ClassVar[Permission] = Permission.CHANGE_GROUPS

    group_id: int
    name: str

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        group = standing_groups_of(scene, [self.group_id])[self.group_id]
        if not self.name.strip():
            raise Refused(Denied("name_missing", "Give the group a name."))
        _require_free_name(scene, self.name)
        was, group.name = group.name, self.name.strip()
        group.save(update_fields=["name"])
        told = frozenset(person.pk for person in members_of(group))
        return Outcome(sentence=f"{was} is called {group} now.", concerned=told)


@dataclass(frozen=True)
class FoundGroup(Action):
    """Staff put students without a group together into a new one."""

    kind: ClassVar[str] = "found_group"
    words: ClassVar[str] = "Found a group"
    permission: ClassVar[Permission] = Permission.CHANGE_GROUPS

    name: str
    member_ids: tuple[int, ...]

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        people = active_students_of(scene, self.member_ids)
        if not people:
            raise Refused(Denied("nobody", "Choose at least one student for the group."))
        for person in people:
            _require_without_group(person)
        group = _new_group(scene, self.name)
        for person in people:
            enter(scene, person, group, why="Put together by staff.")
        end_approaches(scene, people)
        names = ", ".join(map(str, people))
        return Outcome(
            sentence=f"{group} is founded: {names}.",
            lines=(
                "It owes the project work that falls due from now on, and plays no part in a lecture yet.",
                *sizes_waived(scene, [group.pk]),
            ),
        )


def _require_without_group(person: Enrollment) -> None:
    present = present_membership(person)
    if present is not None:
        raise Refused(
            Denied(
                "has_group",
                f"{person} is in {present.group}; move them, or choose only students without a group.",
            )
        )


register(DissolveGroup, MergeGroups, SplitGroup, RenameGroup, FoundGroup)
