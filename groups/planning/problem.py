"""Who remains: people without a group, the groups that stand, and the sizes that the course asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

BETWEEN_WORDS = re.compile(r"[,;]")


def written_interests(line: str) -> dict[str, str]:
    """Return the interests that a line names, set apart by commas or semicolons, as they are written.

    The keys are what they are compared by: case and spacing do not count.
    """
    words = (" ".join(word.split()) for word in BETWEEN_WORDS.split(line))
    return {word.casefold(): word for word in words if word}


def interest_words(line: str) -> frozenset[str]:
    """Return what a line's interests are compared by."""
    return frozenset(written_interests(line))


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person without a group."""

    id: int
    name: str
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StandingGroup:
    """A group that stands, with what it and its members care about; a closed one stays as it is.

    One that may not merge takes newcomers, and neither moves nor takes another group in.
    """

    id: int
    name: str
    size: int
    words: frozenset[str] = frozenset()
    is_open: bool = True
    may_merge: bool = True


@dataclass(frozen=True)
class Problem:
    """The question: place every newcomer. Ids are whatever the caller counts by; order is by ids.

    `spelling` holds how people wrote an interest, for sentences.
    """

    newcomers: tuple[Newcomer, ...]
    groups: tuple[StandingGroup, ...] = ()
    size_min: int = 4
    size_max: int = 5
    spelling: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put all in the order of ids, so that the same people get the same division."""
        object.__setattr__(self, "newcomers", tuple(sorted(self.newcomers, key=lambda p: p.id)))
        object.__setattr__(self, "groups", tuple(sorted(self.groups, key=lambda g: g.id)))

    @property
    def size_limit(self) -> int:
        """Return the largest group that may be proposed: twice the least size would be two groups."""
        return max(2 * self.size_min - 1, self.size_max + 1)

    @property
    def open_groups(self) -> tuple[StandingGroup, ...]:
        """Return the groups that may change: one above the most, or empty, stays as it is."""
        return tuple(g for g in self.groups if g.is_open and 1 <= g.size <= self.size_max)

    def as_written(self, word: str) -> str:
        """Return an interest as someone wrote it."""
        return self.spelling.get(word, word)

    def distance(self, size: int) -> int:
        """Return how far a size lies outside those that the course asks for; 0 needs no waiver."""
        return max(self.size_min - size, size - self.size_max, 0)
