"""Who sits with whom: of all divisions with the best sizes, one in which most share an interest.

A group that stands draws newcomers who share any word with it. A group that is founded, or made of
several, is put together around one word (its theme). What is counted is each that joins others
with whom it shares one: of five founders who care about storage, four.
"""

from collections import Counter
from dataclasses import dataclass, field

from groups.planning.problem import Newcomer, Problem, StandingGroup
from groups.planning.question import NO_THEME, Question
from groups.planning.shapes import Shape
from groups.planning.sizes import Sizes
from groups.planning.solving import Answer, Stopwatch


@dataclass
class Draft:
    """A group in the making."""

    shape: Shape
    theme: str = NO_THEME
    standing: list[StandingGroup] = field(default_factory=list)
    newcomers: list[Newcomer] = field(default_factory=list)

    def lacks(self, size: int) -> bool:
        """Say whether a standing group of the size is still to come."""
        return sum(group.size == size for group in self.standing) < self.shape.standing.count(size)

    @property
    def words(self) -> list[frozenset[str]]:
        """Return what each standing group and each newcomer cares about."""
        standing = [group.words for group in self.standing]
        return [*standing, *(person.words for person in self.newcomers)]

    @property
    def lacks_newcomers(self) -> bool:
        """Say whether newcomers are still to come."""
        return len(self.newcomers) < self.shape.newcomer_count


@dataclass(frozen=True)
class Seating:
    """Who sits with whom, how many share an interest, and how many can at most."""

    drafts: list[Draft]
    shared_count: int
    shared_bound: int


def seat(problem: Problem, sizes: Sizes, *, watch: Stopwatch) -> Seating:
    """Return who sits with whom."""
    if not problem.newcomers and not any(shape.is_change for shape in sizes.counts):
        return Seating([], 0, 0)
    question = Question(problem, sizes, watch)
    answer = question.ask()
    drafts = _drafts(question, answer)
    reached = sum(shared_count(draft) for draft in drafts)
    bound = _most_that_share(problem, sizes)
    if question.is_whole:
        bound = min(bound, -answer.bound)
    return Seating(drafts, reached, max(bound, reached))


def _most_that_share(problem: Problem, sizes: Sizes) -> int:
    """Return a bound on how many join others with whom they share, however they are divided."""
    everyone: list[Newcomer | StandingGroup] = [*problem.newcomers, *problem.open_groups]
    counts = Counter(word for each in everyone for word in each.words)
    sharing = sum(any(counts[word] > 1 for word in person.words) for person in problem.newcomers)
    return sharing + sizes.merged_count


def shared_count(draft: Draft) -> int:
    """Return how many join others with whom they share an interest."""
    if len(draft.standing) == 1:
        words = draft.standing[0].words
        return sum(bool(person.words & words) for person in draft.newcomers)
    return max(sum(draft.theme in words for words in draft.words) - 1, 0)


def _drafts(question: Question, answer: Answer) -> list[Draft]:
    """Read the values as groups: those who share an interest first, then the others by ids."""
    problem, values = question.problem, answer.values
    standing = {group.id: group for group in problem.open_groups}
    people = {person.id: person for person in problem.newcomers}
    kept = {
        group_id: Draft(shape, standing=[standing[group_id]])
        for (group_id, shape), column in question.kept.items()
        if values[column]
    }
    drawn = [
        Draft(shape, theme)
        for (shape, theme), column in question.drawn.items()
        for _ in range(values[column])
    ]
    placed: set[int] = set()
    for (person_id, group_id), column in question.joins.items():
        if values[column]:
            kept[group_id].newcomers.append(people[person_id])
            placed.add(person_id)
    _seat_around_themes(question, answer, drawn, placed)
    moving = [standing[i] for i, column in question.moves.items() if values[column]]
    _fill(drawn, [group for group in moving if not _is_in(group, drawn)])
    free = iter([person for person in problem.newcomers if person.id not in placed])
    every = [*kept.values(), *drawn]
    for draft in every:
        while draft.lacks_newcomers:
            draft.newcomers.append(next(free))
    return every


def _seat_around_themes(
    question: Question, answer: Answer, drawn: list[Draft], placed: set[int]
) -> None:
    """Seat those who share a theme, spread over its groups so that each has one."""
    problem, values = question.problem, answer.values
    standing = {group.id: group for group in problem.open_groups}
    people = {person.id: person for person in problem.newcomers}
    for (group_id, theme), column in question.group_themes.items():
        if values[column]:
            group = standing[group_id]
            room = [d for d in drawn if d.theme == theme and d.lacks(group.size)]
            min(room, key=_seated_count).standing.append(group)
    for (person_id, theme), column in question.person_themes.items():
        if values[column]:
            room = [d for d in drawn if d.theme == theme and d.lacks_newcomers]
            min(room, key=_seated_count).newcomers.append(people[person_id])
            placed.add(person_id)


def _seated_count(draft: Draft) -> int:
    return len(draft.standing) + len(draft.newcomers)


def _fill(drawn: list[Draft], groups: list[StandingGroup]) -> None:
    for group in groups:
        next(draft for draft in drawn if draft.lacks(group.size)).standing.append(group)


def _is_in(group: StandingGroup, drawn: list[Draft]) -> bool:
    return any(group in draft.standing for draft in drawn)
