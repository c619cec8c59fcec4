"""The goals of this release, and by how much they are met or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from bench.figures import Figure
from bench.plan import Plan, Size

STUDENT_PAGES = ("student home", "schedule", "lecture", "grades")
PAGE_CPU, PAGE_QUERIES = 1.7, 8
GROWTH = 1.1
HAND_IN_CPU, HAND_IN_QUERIES = 2.5, 10
EMPTY_CPU = 1.25

Figures = Mapping[tuple[str, Size], Figure]


@dataclass(frozen=True)
class Verdict:
    """One goal for one page: what was measured, and what was wanted at most."""

    goal: int
    what: str
    measured: float
    limit: float
    unit: str

    @property
    def is_met(self) -> bool:
        """Say whether the goal is met, as far as it is printed."""
        return round(self.measured, 2) <= self.limit

    @property
    def words(self) -> str:
        """Say it in a line."""
        end = "met" if self.is_met else f"not met, {self.measured / self.limit:.2f} times the goal"
        measured = f"{self.measured:.2f}".rstrip("0").rstrip(".")
        return f"goal {self.goal:>2}  {self.what}: {measured} {self.unit} of at most {self.limit:g}, {end}"


def verdicts(figures: Figures, plan: Plan) -> list[Verdict]:
    """Return every goal's verdicts in the order of their numbers."""
    small, large = plan.sizes[0], plan.sizes[-1]
    return [
        *(
            verdict
            for page in STUDENT_PAGES
            for verdict in (
                Verdict(1, page, _ratio(figures, page, small), PAGE_CPU, "F"),
                Verdict(1, page, _queries(figures, page, small), PAGE_QUERIES, "queries"),
            )
        ),
        *(_growth(page, figures, small, large) for page in STUDENT_PAGES),
        *(_same_queries(page, figures, plan) for page in STUDENT_PAGES),
        Verdict(6, "hand in", _ratio(figures, "hand in", small), HAND_IN_CPU, "Fp"),
        Verdict(6, "hand in", _queries(figures, "hand in", small), HAND_IN_QUERIES, "statements"),
        Verdict(10, "empty page", _ratio(figures, "empty page", small), EMPTY_CPU, "F"),
    ]


def _ratio(figures: Figures, page: str, size: Size) -> float:
    """Return the CPU in floors; endless where there was no answer."""
    found = figures.get((page, size))
    return inf if found is None else found.ratio


def _cpu(figures: Figures, page: str, size: Size) -> float:
    found = figures.get((page, size))
    return inf if found is None else found.cpu_ms


def _queries(figures: Figures, page: str, size: Size) -> float:
    found = figures.get((page, size))
    return inf if found is None else found.query_count


def _growth(page: str, figures: Figures, small: Size, large: Size) -> Verdict:
    # Measured right after one another: the floor between them would only add its own noise.
    growth = _cpu(figures, page, large) / _cpu(figures, page, small)
    return Verdict(
        2, f"{page}, {large.words} against {small.words}", growth, GROWTH, "times the CPU"
    )


def _same_queries(page: str, figures: Figures, plan: Plan) -> Verdict:
    counts = {_queries(figures, page, size) for size in plan.sizes}
    return Verdict(2, f"{page} at all sizes", len(counts), 1, "query counts")
