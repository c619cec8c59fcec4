"""How those who remain would be placed, as staff see it: groups, people, reasons (domain.md §6)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from django.core import signing

from courseapp.course.models import Course, Enrollment
from groups.planning import Division
from groups.planning.result import Waiver
from groups.selectors.board import interests_of
from groups.selectors.remaining import Remaining, SeatedGroup
from groups.selectors.sizes import needs_waiver

# A salt of its own: no other signature of the server is a division.
SALT = "groups.ShownDivision"
NUMBERED = re.compile(r"Group (\d+)")


@dataclass(frozen=True)
class Joining:
    """A person who is placed, with their line of interests."""

    person: Enrollment
    interests: str


@dataclass(frozen=True)
class ShownGroup:
    """A group that changes (`seated`) or is founded, with all who would be in it."""

    name: str
    seated: SeatedGroup | None
    moved: list[SeatedGroup]
    joining: list[Joining]
    size: int
    shared: tuple[str, ...]
    why: str
    waiver_why: str

    @property
    def newcomers(self) -> list[Enrollment]:
        """Return the people who have no group yet."""
        return [one.person for one in self.joining]

    @property
    def members(self) -> list[Enrollment]:
        """Return who is in the group already."""
        return [] if self.seated is None else self.seated.members

    @property
    def moved_members(self) -> list[list[Enrollment]]:
        """Return the members of each group that moves in."""
        return [group.members for group in self.moved]


@dataclass(frozen=True)
class LeftOutside:
    """A group that stays outside the course's sizes, why, and whether a waiver covers that already."""

    seated: SeatedGroup
    size: int
    why: str
    is_waived: bool


@dataclass(frozen=True)
class ShownDivision:
    """How those who remain would be placed."""

    remaining: Remaining
    groups: list[ShownGroup]
    left_outside: list[LeftOutside]
    plan: Division

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return not self.groups and not self.waived_count

    @property
    def waived_count(self) -> int:
        """Return how many waivers are recorded."""
        left = sum(not one.is_waived for one in self.left_outside)
        return left + sum(bool(group.waiver_why) for group in self.groups)

    @property
    def founded_count(self) -> int:
        """Return how many groups are founded."""
        return sum(group.seated is None for group in self.groups)

    @property
    def changed_count(self) -> int:
        """Return how many standing groups get more members."""
        return len(self.groups) - self.founded_count

    @property
    def moved_count(self) -> int:
        """Return how many groups move into another."""
        return sum(len(group.moved) for group in self.groups)

    @property
    def told_count(self) -> int:
        """Return how many people are in a group that is founded or changes."""
        return sum(group.size for group in self.groups)

    @property
    def sentence(self) -> str:
        """Return what is done, in a sentence."""
        placed = _counted(self.plan.placed_count, "student")
        founded = _counted(self.founded_count, "group")
        changed = _counted(self.changed_count, "group")
        return f"Placed {placed} who had no group: {founded} founded, {changed} changed."

    @property
    def token(self) -> str:
        """Return what a form carries, so that exactly this is done: signed, nobody else can write it."""
        kept = {"seen": self.remaining.fingerprint, "plan": self.plan.as_json()}
        return signing.dumps(kept, salt=SALT, compress=True)


def shown_before(token: str, remaining: Remaining) -> ShownDivision | None:
    """Return the division that a token stands for; None where who remains has changed since."""
    try:
        kept = signing.loads(token, salt=SALT)
        seen, plan = kept["seen"], Division.from_json(kept["plan"])
    except (signing.BadSignature, KeyError, TypeError):
        # Not ours, or of another shape: one that an earlier version of the product signed.
        return None
    return shown_division(remaining, plan) if seen == remaining.fingerprint else None


def shown_division(remaining: Remaining, plan: Division) -> ShownDivision:
    """Return a division with the people and groups that it is about."""
    seated = {one.group.pk: one for one in remaining.seated}
    people = {one.pk: one for one in remaining.newcomers}
    names = _next_names(remaining.course)
    return ShownDivision(
        remaining=remaining,
        groups=[
            ShownGroup(
                name=next(names) if one.group_id is None else seated[one.group_id].group.name,
                seated=None if one.group_id is None else seated[one.group_id],
                moved=[seated[group_id] for group_id in one.merged],
                joining=[_joining(people[person_id]) for person_id in one.newcomers],
                size=one.size,
                shared=one.shared,
                why=one.why,
                waiver_why=one.waiver_why,
            )
            for one in plan.planned
        ],
        left_outside=[
            _left_outside(remaining.course, seated[one.group_id], one) for one in plan.left_outside
        ],
        plan=plan,
    )


def _left_outside(course: Course, seated: SeatedGroup, waiver: Waiver) -> LeftOutside:
    is_waived = not needs_waiver(course, waiver.size, seated.waived_sizes)
    return LeftOutside(seated, waiver.size, waiver.why, is_waived)


def _joining(person: Enrollment) -> Joining:
    return Joining(person, interests_of(person))


def _next_names(course: Course) -> Iterator[str]:
    """Yield "Group N", "Group N + 1" …, which continue the course's numbering."""
    numbered = map(NUMBERED.fullmatch, course.groups.values_list("name", flat=True))
    last = max((int(found[1]) for found in numbered if found), default=0)
    return (f"Group {number}" for number in count(last + 1))


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
