"""How a group can be put together: of which standing groups, by size, and how many newcomers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from groups.planning.problem import Problem

# Beyond this many ways of coming together the question grows too large; see `shapes_of`.
SHAPE_LIMIT = 5_000


@dataclass(frozen=True)
class Shape:
    """Standing groups, by their sizes (none: a group is founded), and a number of newcomers."""

    standing: tuple[int, ...]
    newcomer_count: int

    @cached_property
    def size(self) -> int:
        """Return how many people are in it."""
        return sum(self.standing) + self.newcomer_count

    @property
    def merged_count(self) -> int:
        """Return how many standing groups move into another."""
        return max(len(self.standing) - 1, 0)

    @property
    def is_change(self) -> bool:
        """Say whether a standing group is not as it was."""
        return bool(self.standing) and (len(self.standing) > 1 or self.newcomer_count > 0)


def shapes_of(problem: Problem) -> tuple[list[Shape], bool]:
    """Return the shapes that a group of the division can have, and whether these are all.

    Where a course's sizes are so wide that there are too many, only pairs of groups come together.
    """
    available = Counter(group.size for group in problem.open_groups if group.may_merge)
    every = list(_first(_shapes(problem, available, most=problem.size_limit), SHAPE_LIMIT + 1))
    if len(every) <= SHAPE_LIMIT:
        return every, True
    return list(_shapes(problem, available, most=2)), False


def _shapes(problem: Problem, available: Counter[int], *, most: int) -> Iterator[Shape]:
    limit = problem.size_limit
    bundles = _bundles(sorted(available.elements(), reverse=True), limit, most)
    alone = sorted({group.size for group in problem.open_groups} - available.keys())
    for standing in chain(bundles, ((size,) for size in alone)):
        room = min(limit - sum(standing), len(problem.newcomers))
        for newcomer_count in range(0 if standing else 1, room + 1):
            yield Shape(standing, newcomer_count)


def _bundles(sizes: list[int], room: int, most: int) -> Iterator[tuple[int, ...]]:
    """Yield every choice of sizes that fits into the room, each once."""
    yield ()
    if most == 0:
        return
    tried: set[int] = set()
    for position, size in enumerate(sizes):
        if size > room or size in tried:
            continue
        tried.add(size)
        for others in _bundles(sizes[position + 1 :], room - size, most - 1):
            yield (size, *others)


def _first(shapes: Iterator[Shape], count: int) -> Iterator[Shape]:
    yield from (shape for shape, _ in zip(shapes, range(count), strict=False))
