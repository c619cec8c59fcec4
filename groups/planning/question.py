"""Who shares an interest with whom, as a question in whole numbers, once the sizes are settled."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from itertools import islice

from groups.planning.problem import Problem, StandingGroup
from groups.planning.shapes import Shape
from groups.planning.sizes import AIMS, Sizes
from groups.planning.solving import Answer, Program, Stopwatch

NO_THEME = ""
# Beyond this many ways to join a standing group the question is asked in part: `Question.is_whole`.
JOIN_LIMIT = 80_000
JOINS_EACH = 8


class Question:
    """The columns and rows, and how their values read as groups.

    Where it would be too large, it is not asked as a whole: the ids settle which standing groups take
    how many, and each newcomer looks at a few of these groups only.
    """

    def __init__(self, problem: Problem, sizes: Sizes, watch: Stopwatch) -> None:
        self.problem = problem
        self.program = Program(watch)
        self.counts = sizes.counts
        self.by_ids = _shapes_by_ids(problem, sizes)
        joins = list(_joins(problem))
        self.is_whole = len(joins) <= JOIN_LIMIT
        if not self.is_whole:
            joins = list(_few_joins(problem, self.by_ids))
        founded = [shape for shape in _founded_shapes(problem) if sizes.allows(problem, shape)]
        mergers = [shape for shape in sizes.mergers if sizes.allows(problem, shape)]
        self.mergeable = frozenset(size for shape in mergers for size in shape.standing)
        self.themes = [NO_THEME, *_themes(problem, self.mergeable)]
        column = self.program.add_column
        self.drawn = {
            (shape, theme): column() for shape in (*founded, *mergers) for theme in self.themes
        }
        self.kept = {
            (group.id, shape): column(upper=1)
            for group in problem.open_groups
            for shape in _kept_shapes(problem, group)
            if self._may_keep(group, shape, sizes)
        }
        self.moves = {
            group.id: column(upper=1)
            for group in problem.open_groups
            if group.may_merge and group.size in self.mergeable
            if self.is_whole or group.id not in self.by_ids
        }
        self.group_themes = {
            (group.id, theme): column(upper=1, is_implied=True)
            for group in problem.open_groups
            if group.id in self.moves
            for theme in self.themes
            if theme in group.words
        }
        self.person_themes = {
            (person.id, theme): column(upper=1, is_implied=True)
            for person in problem.newcomers
            for theme in self.themes
            if theme in person.words
        }
        self.joins = {join: column(upper=1, is_implied=True) for join in joins}
        self._add_rows(sizes)

    def ask(self) -> Answer:
        """Return the answer in which most share an interest; the aim is its opposite."""
        aim = dict.fromkeys(
            (*self.group_themes.values(), *self.person_themes.values(), *self.joins.values()), -1.0
        )
        aim |= {column: 1.0 for (_, theme), column in self.drawn.items() if theme != NO_THEME}
        return self.program.minimise(aim, known=tuple(self._without_interests()))

    def _may_keep(self, group: StandingGroup, shape: Shape, sizes: Sizes) -> bool:
        if self.is_whole:
            return sizes.allows(self.problem, shape)
        return self.by_ids.get(group.id) == shape

    def _add_rows(self, sizes: Sizes) -> None:
        self._place_each()
        self._fill_themes()
        self._draw_into_standing()
        used = [*((shape, c) for (shape, _), c in self.drawn.items())]
        used += [(shape, column) for (_, shape), column in self.kept.items()]
        for measure, reached in zip(AIMS, sizes.reached, strict=True):
            row = {c: float(count) for shape, c in used if (count := measure(self.problem, shape))}
            self.program.add_row(row, upper=reached)
        everyone = {c: float(shape.newcomer_count) for shape, c in used if shape.newcomer_count}
        count = len(self.problem.newcomers)
        self.program.add_row(everyone, lower=count, upper=count)

    def _place_each(self) -> None:
        """Each stands, or moves, once; and shares one interest at most."""
        rows: dict[tuple[str, int], list[int]] = defaultdict(list)
        for (group_id, _), column in self.kept.items():
            rows["group", group_id].append(column)
        for (person_id, _), column in (*self.person_themes.items(), *self.joins.items()):
            rows["person", person_id].append(column)
        for group_id, column in self.moves.items():
            rows["group", group_id].append(column)
        for (kind, _), columns in rows.items():
            lower = 1 if kind == "group" else 0
            self.program.add_row(dict.fromkeys(columns, 1.0), lower=lower, upper=1)

    def _fill_themes(self) -> None:
        """Around a theme there is room for as many as its groups hold, by kind."""
        for theme in self.themes[1:]:
            row = {
                column: -float(shape.newcomer_count)
                for (shape, about), column in self.drawn.items()
                if about == theme
            }
            row |= {c: 1.0 for (_, about), c in self.person_themes.items() if about == theme}
            self.program.add_row(row, upper=0)
        for size in sorted(self.mergeable):
            self._move_in(size)

    def _move_in(self, size: int) -> None:
        """As many groups of a size move as there is room for, in all and around each theme."""
        moving = [g.id for g in self.problem.open_groups if g.size == size and g.id in self.moves]
        rooms = {
            key: -float(key[0].standing.count(size))
            for key in self.drawn
            if size in key[0].standing
        }
        row = {self.drawn[key]: weight for key, weight in rooms.items()}
        row |= {self.moves[group_id]: 1.0 for group_id in moving}
        self.program.add_row(row, lower=0, upper=0)
        for theme in self.themes[1:]:
            row = {self.drawn[key]: weight for key, weight in rooms.items() if key[1] == theme}
            themed = [(g, theme) for g in moving if (g, theme) in self.group_themes]
            row |= {self.group_themes[key]: 1.0 for key in themed}
            self.program.add_row(row, upper=0)
        for group_id in moving:
            themes = [theme for theme in self.themes if (group_id, theme) in self.group_themes]
            row = {self.group_themes[group_id, theme]: 1.0 for theme in themes}
            self.program.add_row({**row, self.moves[group_id]: -1.0}, upper=0)

    def _draw_into_standing(self) -> None:
        rows: dict[int, dict[int, float]] = defaultdict(dict)
        for (group_id, shape), column in self.kept.items():
            if shape.newcomer_count:
                rows[group_id][column] = -float(shape.newcomer_count)
        for (_, group_id), column in self.joins.items():
            rows[group_id][column] = 1.0
        for row in rows.values():
            self.program.add_row(row, upper=0)

    def _without_interests(self) -> Iterator[int]:
        """Yield the values of the sizes alone: groups take their shapes in the order of ids."""
        chosen = {self.kept[group_id, shape]: 1 for group_id, shape in self.by_ids.items()}
        chosen |= {
            column: 1 for group_id, column in self.moves.items() if group_id not in self.by_ids
        }
        for shape, count in self.counts.items():
            if len(shape.standing) != 1:
                chosen[self.drawn[shape, NO_THEME]] = count
        return (chosen.get(column, 0) for column in range(self.program.column_count))


def _shapes_by_ids(problem: Problem, sizes: Sizes) -> dict[int, Shape]:
    """Return the shape of each standing group that moves nowhere, in the order of ids.

    Those that may not move come first, so that each of them has one.
    """
    waiting: dict[int, deque[int]] = defaultdict(deque)
    for group in sorted(problem.open_groups, key=lambda group: (group.may_merge, group.id)):
        waiting[group.size].append(group.id)
    return {
        waiting[shape.standing[0]].popleft(): shape
        for shape, count in sizes.counts.items()
        if len(shape.standing) == 1
        for _ in range(count)
    }


def _joins(problem: Problem) -> Iterator[tuple[int, int]]:
    """Yield each newcomer with each standing group that shares an interest."""
    for person in problem.newcomers:
        for group in problem.open_groups:
            if person.words & group.words:
                yield person.id, group.id


def _few_joins(problem: Problem, by_ids: dict[int, Shape]) -> Iterator[tuple[int, int]]:
    """Yield for each newcomer some of the groups that take people, for each of them others."""
    taking = [
        group
        for group in problem.open_groups
        if group.id in by_ids and by_ids[group.id].newcomer_count
    ]
    for position, person in enumerate(problem.newcomers):
        start = position % max(len(taking), 1)
        sharing = (g for g in (*taking[start:], *taking[:start]) if person.words & g.words)
        for group in islice(sharing, JOINS_EACH):
            yield person.id, group.id


def _founded_shapes(problem: Problem) -> list[Shape]:
    most = min(problem.size_limit, len(problem.newcomers))
    return [Shape((), count) for count in range(1, most + 1)]


def _kept_shapes(problem: Problem, group: StandingGroup) -> list[Shape]:
    room = min(problem.size_limit - group.size, len(problem.newcomers))
    return [Shape((group.size,), count) for count in range(room + 1)]


def _themes(problem: Problem, mergeable: frozenset[int]) -> list[str]:
    """Return the words that at least two could share, in alphabetical order."""
    counts: Counter[str] = Counter()
    for person in problem.newcomers:
        counts.update(person.words)
    for group in problem.open_groups:
        if group.size in mergeable:
            counts.update(group.words)
    return sorted(word for word, count in counts.items() if count > 1)
