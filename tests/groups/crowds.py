"""Crowds of people and partial groups, and a judge of divisions that shares no code with the product."""

import random
from collections import Counter
from collections.abc import Iterator
from functools import cache

from groups.planning import Division, Newcomer, PlannedGroup, Problem, StandingGroup

VOCABULARY = (
    "attention",
    "caching",
    "energy",
    "kernels",
    "memory",
    "routing",
    "serving",
    "tracing",
)


def person(number: int, *words: str) -> Newcomer:
    """Return a person without a group."""
    return Newcomer(number, f"Person {number}", frozenset(words))


def standing(
    number: int, size: int, *words: str, is_open: bool = True, may_merge: bool = True
) -> StandingGroup:
    """Return a group that stands."""
    name, about = f"Group {number}", frozenset(words)
    return StandingGroup(number, name, size, about, is_open=is_open, may_merge=may_merge)


def crowd(count: int, *, seed: int, sizes: tuple[int, ...] = (1, 2, 3, 3, 4, 5)) -> Problem:
    """Return that many students, some in groups of these sizes already, some not."""
    chance = random.Random(seed)
    share = chance.random()
    left = count
    groups: list[StandingGroup] = []
    people: list[Newcomer] = []
    while left:
        words = frozenset(chance.sample(VOCABULARY, chance.randint(0, 3)))
        if chance.random() < share:
            size = min(left, chance.choice(sizes))
            groups.append(StandingGroup(len(groups) + 1, f"Group {len(groups) + 1}", size, words))
            left -= size
        else:
            people.append(Newcomer(left, f"Person {left}", words))
            left -= 1
    return Problem(tuple(people), tuple(groups))


def faults(problem: Problem, division: Division) -> list[str]:
    """Return what is wrong with a division, whether or not it is the best."""
    newcomers = [person for found in division.planned for person in found.newcomers]
    touched = [number for found in division.planned for number in groups_in(found)]
    sizes = {group.id: group.size for group in problem.groups}
    closed = {group.id for group in problem.groups if not group.is_open}
    found = []
    if sorted(newcomers) != [person.id for person in problem.newcomers]:
        found.append("not everyone is placed exactly once")
    if len(set(touched)) != len(touched):
        found.append("a group is in two places")
    if closed.intersection(touched):
        found.append("a closed group was changed")
    for planned in division.planned:
        size = len(planned.newcomers) + sum(sizes[number] for number in groups_in(planned))
        if planned.size != size:
            found.append("a size is wrong")
        if planned.is_waiver == (problem.size_min <= size <= problem.size_max):
            found.append("a waiver is wrongly told")
    untouched = [group for group in problem.groups if group.id not in touched]
    outside = [g.id for g in untouched if not problem.size_min <= g.size <= problem.size_max]
    if [waiver.group_id for waiver in division.left_outside] != outside:
        found.append("a group left outside is not told")
    return [*found, *_wrong_mergers(problem, division)]


def _wrong_mergers(problem: Problem, division: Division) -> list[str]:
    bound = {group.id for group in problem.groups if not group.may_merge}
    mergers = [groups_in(planned) for planned in division.planned if planned.merged]
    return ["a group that may not merge did"] * any(map(bound.intersection, mergers))


def groups_in(planned: PlannedGroup) -> tuple[int, ...]:
    """Return the standing groups that a planned one is made of."""
    return planned.merged if planned.group_id is None else (planned.group_id, *planned.merged)


Standing = tuple[int, int, int, int, int]


def judged(problem: Problem, division: Division) -> Standing:
    """Return waivers, distance, groups merged away, groups changed, and people without a shared interest."""
    people = {person.id: person for person in problem.newcomers}
    groups = {group.id: group for group in problem.groups}
    touched = {number for found in division.planned for number in groups_in(found)}
    bags: list[list[Newcomer | StandingGroup]] = [
        [*(groups[number] for number in groups_in(found)), *(people[i] for i in found.newcomers)]
        for found in division.planned
    ]
    bags += [[group] for group in problem.groups if group.id not in touched]
    return _measure(problem, bags)


def best_by_force(problem: Problem) -> Standing:
    """Return the best that any division reaches, by trying all."""
    units: list[Newcomer | StandingGroup] = [*problem.newcomers, *problem.groups]
    every = _divisions(units, most=_largest(problem))
    return min(_measure(problem, bags) for bags in every if all(map(_may_be, bags)))


def _may_be(bag: list[Newcomer | StandingGroup]) -> bool:
    standing = [unit for unit in bag if isinstance(unit, StandingGroup)]
    return len(standing) < 2 or all(group.may_merge for group in standing)


def _largest(problem: Problem) -> int:
    return max(2 * problem.size_min - 1, problem.size_max + 1)


def _size(unit: Newcomer | StandingGroup) -> int:
    return unit.size if isinstance(unit, StandingGroup) else 1


def _divisions(
    units: list[Newcomer | StandingGroup], *, most: int
) -> Iterator[list[list[Newcomer | StandingGroup]]]:
    if not units:
        yield []
        return
    first, rest = units[0], units[1:]
    for bags in _divisions(rest, most=most):
        yield [[first], *bags]
        for position, bag in enumerate(bags):
            if _size(first) + sum(map(_size, bag)) <= most:
                yield [*bags[:position], [first, *bag], *bags[position + 1 :]]


def _measure(problem: Problem, bags: list[list[Newcomer | StandingGroup]]) -> Standing:
    waivers = distance = merged = changed = shared = 0
    for bag in bags:
        size = sum(map(_size, bag))
        outside = max(problem.size_min - size, size - problem.size_max, 0)
        standing_count = sum(isinstance(unit, StandingGroup) for unit in bag)
        waivers += outside > 0
        distance += outside
        merged += max(standing_count - 1, 0)
        changed += standing_count > 0 and len(bag) > 1
        shared += _shared(bag, standing_count)
    return waivers, distance, merged, changed, -shared


def _shared(bag: list[Newcomer | StandingGroup], standing_count: int) -> int:
    if standing_count == 1:
        host = next(unit for unit in bag if isinstance(unit, StandingGroup))
        return sum(bool(unit.words & host.words) for unit in bag if unit is not host)
    counts = Counter(word for unit in bag for word in unit.words)
    return max(counts.values(), default=1) - 1


def fewest_waivers(problem: Problem) -> int:
    """Return the fewest groups outside the sizes, by counting over all ways to pack sizes."""
    limit, least, most = _largest(problem), problem.size_min, problem.size_max
    counts = Counter(group.size for group in problem.groups)
    start = tuple(counts[size] for size in range(1, most + 1))

    @cache
    def fewest(standing_counts: tuple[int, ...], newcomers: int) -> int:
        largest = max((s for s, count in enumerate(standing_counts, 1) if count), default=0)
        if not largest:
            is_even = any(least * k <= newcomers <= most * k for k in range(newcomers + 1))
            return 0 if is_even else 1
        found = 10**6
        for taken, rest in _completions(_less(standing_counts, largest), limit - largest):
            for joining in range(min(newcomers, limit - largest - taken) + 1):
                is_outside = not least <= largest + taken + joining <= most
                found = min(found, is_outside + fewest(rest, newcomers - joining))
                if found == 0:
                    return 0
        return found

    return fewest(start, len(problem.newcomers))


def _less(counts: tuple[int, ...], size: int) -> tuple[int, ...]:
    return tuple(count - (number == size) for number, count in enumerate(counts, 1))


def _completions(
    counts: tuple[int, ...], room: int, largest: int = 10**6
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield how many people of standing groups move in, and which groups are then left."""
    yield 0, counts
    for size, count in enumerate(counts, 1):
        if count and size <= min(room, largest):
            for taken, rest in _completions(_less(counts, size), room - size, size):
                yield taken + size, rest
