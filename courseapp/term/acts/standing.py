"""How a course stands, and what a change of it means for whom."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from courseapp.course.models import Course, Enrollment
from groups.models import Group, Membership
from schedule.models import RoleAssignment, SlotPlacement
from schedule.selectors.role_names import role_names
from submissions.emails import duty_words
from submissions.models import Deliverable
from submissions.selectors.owed import Duty, duties

# More owners of one duty than this are counted, not named.
NAMED_OWNERS = 5

Owner = tuple[str, int]
Key = tuple[int, Owner]


@dataclass(frozen=True)
class Stamp:
    """When something is asked for, and when it is due; `placement_id` where that is by a slot."""

    asked: datetime | None
    due_at: datetime | None
    placement_id: int | None = None


@dataclass(frozen=True)
class Standing:
    """What is owed by whom and until when, who belongs where, and who plays what, at one instant."""

    owed: dict[Key, Duty]
    stamps: dict[int, Stamp]
    placed: dict[tuple[int | None, str], Stamp]
    group_of: dict[int, int]
    roles: dict[tuple[int, str, int], str]

    def stamp_of(self, duty: Duty) -> Stamp:
        """Return the stamp that holds for the owner of a duty: of talks, their slot's."""
        by_slot = self.placed.get((duty.group_id, duty.kind.value))
        return by_slot or self.stamps.get(duty.deliverable_id) or Stamp(None, None)


def standing_of(course: Course, *, now: datetime) -> Standing:
    """Return how the course stands; some seven queries, whatever its size."""
    deliverables = Deliverable.objects.filter(course=course, withdrawn_at__isnull=True)
    placed = SlotPlacement.objects.filter(group__course=course, due_at__isnull=False)
    members = Membership.objects.current().filter(group__course=course)
    held = RoleAssignment.objects.current().filter(lecture__course=course)
    names = role_names(course)
    return Standing(
        owed={
            (duty.deliverable_id, owner_of(duty)): duty for duty in duties(course=course, now=now)
        },
        stamps={
            pk: Stamp(asked, due)
            for pk, asked, due in deliverables.values_list("pk", "asked_due_at", "due_at")
        },
        placed={
            (one.group_id, one.kind): Stamp(one.asked_due_at, one.due_at, one.pk) for one in placed
        },
        group_of=dict(members.values_list("enrollment_id", "group_id")),
        roles={
            (
                one.lecture_id,
                one.role,
                one.group_id,
            ): f"{names.title(one.role)} of {one.lecture}"
            for one in held.select_related("lecture")
        },
    )


def owner_of(duty: Duty) -> Owner:
    """Return whose duty it is: a person's or a group's id."""
    if duty.enrollment_id is not None:
        return "person", duty.enrollment_id
    assert duty.group_id is not None
    return "group", duty.group_id


@dataclass(frozen=True)
class Line:
    """One duty of one owner, or of several, that came, went or moved.

    `before` and `after` are its due instants; None where it was not there, or is not any more.
    `asked` is where the schedule would put it, where it did not follow. `is_passed`: it had passed;
    `placement_id` then names the slot by which it was due, if it was by one.
    """

    deliverable_id: int
    what: str
    owners: str
    before: datetime | None
    after: datetime | None
    asked: datetime | None = None
    is_passed: bool = False
    placement_id: int | None = None

    @property
    def stays(self) -> bool:
        """Say whether the due instant stayed behind the schedule."""
        return self.asked is not None and self.asked != self.after

    @property
    def told_apart_by(self) -> tuple[Any, ...]:
        """Return what makes it another line: what is held back until tomorrow moves with the clock.

        What the act itself makes has another key with every rehearsal.
        """
        to = self.asked if self.stays else self.after
        key = None if self.before is None else self.deliverable_id
        return key, self.what, self.owners, self.before, to, self.is_passed, self.placement_id

    def as_json(self) -> dict[str, Any]:
        """Return the line as it is kept with an act."""
        kept = {**self.__dict__}
        for name in ("before", "after", "asked"):
            kept[name] = None if kept[name] is None else kept[name].isoformat()
        return kept


@dataclass(frozen=True)
class Consequences:
    """What a change means: by duty for staff, by person for those told."""

    lines: list[Line]
    of_person: dict[int, list[Line]]

    @property
    def moved_count(self) -> int:
        """Return how many due instants move."""
        return sum(1 for line in self.lines if line.before and line.after and not line.stays)

    @property
    def passed(self) -> list[Line]:
        """Return what had passed and moves only where it is ticked."""
        return [line for line in self.lines if line.is_passed and line.asked is not None]

    @property
    def held_back(self) -> list[Line]:
        """Return what stays farther away than asked, so that nobody is caught by it."""
        return [line for line in self.lines if line.stays and not line.is_passed]

    def as_json(self) -> dict[str, Any]:
        """Return the consequences as they are kept with an act."""
        return {"lines": [line.as_json() for line in self.lines]}


def compared(before: Standing, after: Standing, *, now: datetime) -> Consequences:
    """Return what differs between two standings of one course."""
    changed: dict[int, list[tuple[Owner, Line]]] = defaultdict(list)
    for key in sorted(before.owed.keys() | after.owed.keys()):
        line = _line(key, before, after, now=now)
        if line is not None:
            changed[key[0]].append((key[1], line))
    for person, line in _of_movers(before, after, now=now):
        changed[line.deliverable_id].append((("person", person), line))
    people, groups = _names(owner for found in changed.values() for owner, _ in found)
    lines = [
        line for found in changed.values() for line in _gathered(found, names={**people, **groups})
    ]
    return Consequences(
        lines=sorted(lines, key=lambda line: (line.after or line.before or now, line.what)),
        of_person=_by_person(changed, before, after),
    )


def _line(key: Key, before: Standing, after: Standing, *, now: datetime) -> Line | None:
    old, new = before.owed.get(key), after.owed.get(key)
    duty = new or old
    assert duty is not None
    was, stamp = before.stamp_of(duty), after.stamp_of(duty)
    is_asked_anew = bool(old and new) and was.asked != stamp.asked
    stays = old is not None and new is not None and old.due_at == new.due_at
    if stays and (not is_asked_anew or stamp.asked is None):
        return None
    is_passed = old is not None and old.base_due_at <= now
    return Line(
        deliverable_id=key[0],
        what=duty_words(duty),
        owners="",
        before=old.due_at if old else None,
        after=new.due_at if new else None,
        asked=stamp.asked if is_asked_anew and stamp.due_at != stamp.asked else None,
        is_passed=is_passed,
        placement_id=stamp.placement_id if is_passed else None,
    )


def _of_movers(before: Standing, after: Standing, *, now: datetime) -> list[tuple[int, Line]]:
    """Return what those who change groups leave to the old one, and take on with the new one.

    Only what is still open: past duties and their credit stay. A duty that went, came or moved with
    its whole group is told of the group already.
    """
    lines = []
    for person in sorted(_movers(before, after)):
        left, joined = before.group_of.get(person), after.group_of.get(person)
        for key, duty in before.owed.items():
            if key[1] == ("group", left) and duty.due_at > now and key in after.owed:
                lines.append((person, Line(key[0], duty_words(duty), "", duty.due_at, None)))
        for key, duty in after.owed.items():
            if key[1] == ("group", joined) and duty.due_at > now and key in before.owed:
                lines.append((person, Line(key[0], duty_words(duty), "", None, duty.due_at)))
    return lines


def _movers(before: Standing, after: Standing) -> set[int]:
    return {
        person
        for person in before.group_of.keys() | after.group_of.keys()
        if before.group_of.get(person) != after.group_of.get(person)
    }


def _gathered(found: list[tuple[Owner, Line]], *, names: dict[Owner, str]) -> list[Line]:
    """Return one line for all owners to whom the same happens."""
    alike: dict[Line, list[Owner]] = defaultdict(list)
    for owner, line in found:
        alike[line].append(owner)
    return [replace(line, owners=_owners(owners, names)) for line, owners in alike.items()]


def _owners(owners: list[Owner], names: dict[Owner, str]) -> str:
    if len(owners) > NAMED_OWNERS:
        what = "students" if owners[0][0] == "person" else "groups"
        return f"{len(owners)} {what}"
    return ", ".join(names[owner] for owner in owners)


def _names(owners: Any) -> tuple[dict[Owner, str], dict[Owner, str]]:
    wanted = set(owners)
    people = Enrollment.objects.filter(pk__in=[pk for kind, pk in wanted if kind == "person"])
    groups = Group.objects.filter(pk__in=[pk for kind, pk in wanted if kind == "group"])
    return (
        {("person", pk): name for pk, name in people.values_list("pk", "name")},
        {("group", pk): name for pk, name in groups.values_list("pk", "name")},
    )


def _by_person(
    changed: dict[int, list[tuple[Owner, Line]]], before: Standing, after: Standing
) -> dict[int, list[Line]]:
    """Return the changed duties of each person: their own, and those of their group.

    What a member of a group gains or loses by coming or going is theirs too.
    """
    members: dict[int, set[int]] = defaultdict(set)
    for standing in (before, after):
        for person, group in standing.group_of.items():
            members[group].add(person)
    of_person: dict[int, list[Line]] = defaultdict(list)
    for found in changed.values():
        for (kind, pk), line in found:
            for person in [pk] if kind == "person" else members[pk]:
                of_person[person].append(line)
    return dict(of_person)


def people_moved(before: Standing, after: Standing) -> set[int]:
    """Return who came into a group or left one, and who was or is in these groups."""
    moved = _movers(before, after)
    touched = {before.group_of.get(person) for person in moved}
    touched |= {after.group_of.get(person) for person in moved}
    return moved | _in_groups(touched, before, after)


def people_recast(before: Standing, after: Standing) -> set[int]:
    """Return the members of all groups that got another part, or lost one."""
    differing = before.roles.keys() ^ after.roles.keys()
    return _in_groups({group for *_, group in differing}, before, after)


def _in_groups(groups: set[Any], before: Standing, after: Standing) -> set[int]:
    return {
        person
        for standing in (before, after)
        for person, group in standing.group_of.items()
        if group in groups
    }
