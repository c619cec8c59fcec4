"""How large the groups become: fewest waivers, then the closest sizes, then the fewest changes.

People of one standing do not differ here, so the question is small: how many groups of each shape.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from groups.planning.problem import Problem
from groups.planning.shapes import Shape, shapes_of
from groups.planning.solving import Program, Stopwatch

Measure = Callable[[Problem, Shape], int]

# What is counted of each shape, the most important first; less is better.
AIMS: tuple[Measure, ...] = (
    lambda problem, shape: int(problem.distance(shape.size) > 0),
    lambda problem, shape: problem.distance(shape.size),
    lambda problem, shape: shape.merged_count,
    lambda problem, shape: int(shape.is_change),
)


@dataclass(frozen=True)
class Sizes:
    """How many groups have each shape, of which shapes, what each aim reached, and its bound."""

    shapes: list[Shape]
    counts: dict[Shape, int]
    reached: tuple[int, ...]
    waiver_bound: int
    is_proved: bool

    @property
    def merged_count(self) -> int:
        """Return how many standing groups move into another."""
        return self.reached[2]

    @property
    def mergers(self) -> list[Shape]:
        """Return the shapes in which groups come together; none where none has to."""
        return [s for s in self.shapes if s.merged_count] if self.merged_count else []

    def allows(self, problem: Problem, shape: Shape) -> bool:
        """Say whether a group of the shape can be part of an answer as good."""
        return problem.distance(shape.size) <= self.reached[1]


def settle_sizes(problem: Problem, *, watch: Stopwatch) -> Sizes:
    """Return the best sizes, each aim at its least under those before it."""
    shapes, is_complete = shapes_of(problem)
    if not shapes:
        return Sizes([], {}, (0,) * len(AIMS), 0, is_proved=True)
    program = Program(watch)
    for _ in shapes:
        program.add_column()
    _place_all(problem, shapes, program)
    values: tuple[int, ...] = _as_they_are(problem, shapes)
    answers = []
    for measure in AIMS:
        aim = {
            column: float(count)
            for column, shape in enumerate(shapes)
            if (count := measure(problem, shape))
        }
        answer = program.minimise(aim, known=values)
        answers.append(answer)
        values = answer.values
        program.add_row(aim, upper=answer.reached)
    return Sizes(
        shapes=shapes,
        counts={shape: count for shape, count in zip(shapes, values, strict=True) if count},
        reached=tuple(answer.reached for answer in answers),
        waiver_bound=answers[0].bound if is_complete else 0,
        is_proved=is_complete and all(answer.is_proved for answer in answers),
    )


def _place_all(problem: Problem, shapes: list[Shape], program: Program) -> None:
    """Every newcomer is in a group, and every standing group in exactly one."""
    newcomers = {column: float(shape.newcomer_count) for column, shape in enumerate(shapes)}
    count = len(problem.newcomers)
    program.add_row(newcomers, lower=count, upper=count)
    for size, standing_count in Counter(group.size for group in problem.open_groups).items():
        row = {
            column: float(shape.standing.count(size))
            for column, shape in enumerate(shapes)
            if size in shape.standing
        }
        program.add_row(row, lower=standing_count, upper=standing_count)
    _merge_who_may(problem, shapes, program)


def _merge_who_may(problem: Problem, shapes: list[Shape], program: Program) -> None:
    """Of each size, no more groups come together than may."""
    free = Counter(group.size for group in problem.open_groups if group.may_merge)
    bound = {group.size for group in problem.open_groups if not group.may_merge}
    for size in sorted(bound & free.keys()):
        row = {
            column: float(shape.standing.count(size))
            for column, shape in enumerate(shapes)
            if shape.merged_count and size in shape.standing
        }
        program.add_row(row, upper=free[size])


def _as_they_are(problem: Problem, shapes: list[Shape]) -> tuple[int, ...]:
    """Return the simplest answer: groups stay as they are, newcomers found groups of even sizes."""
    simple = Counter(Shape((group.size,), 0) for group in problem.open_groups)
    count = len(problem.newcomers)
    founded_count = -(-count // problem.size_max)
    for position in range(founded_count):
        simple[Shape((), (count + position) // founded_count)] += 1
    return tuple(simple[shape] for shape in shapes)
