"""A question in whole numbers, asked with one aim after another of the solver HiGHS."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

import numpy as np
from highspy import HighsVarType, SolutionStatus

from courseapp.kernel.solver import exact_solver

# Aims are whole numbers, so a bound of 6.0000001 proves 7.
ROUNDING = 1e-6


class Stopwatch:
    """How much of the allowed time is left."""

    def __init__(self, seconds: float) -> None:
        """Start."""
        self._began = monotonic()
        self._seconds = seconds

    @property
    def spent(self) -> float:
        """Return the seconds since the start."""
        return monotonic() - self._began

    @property
    def left(self) -> float:
        """Return the seconds that remain."""
        return max(self._seconds - self.spent, 0.0)


@dataclass(frozen=True)
class Answer:
    """The least value of an aim that was found, and a bound that no answer goes below."""

    values: tuple[int, ...]
    reached: int
    bound: int

    @property
    def is_proved(self) -> bool:
        """Say whether nothing can be better."""
        return self.bound >= self.reached


class Program:
    """Columns of whole numbers from 0, and rows that bound weighted sums of them.

    One thread and a fixed seed: the same question has the same answer.
    """

    def __init__(self, watch: Stopwatch) -> None:
        """Start without columns."""
        self._watch = watch
        self._column_count = 0
        self._solver = exact_solver()

    @property
    def column_count(self) -> int:
        """Return how many columns there are."""
        return self._column_count

    def add_column(self, *, upper: float = math.inf, is_implied: bool = False) -> int:
        """Add a column and return its number; an implied one is whole wherever the others are."""
        column = self._column_count
        self._solver.addVar(0.0, upper)
        implied = HighsVarType.kImplicitInteger  # type: ignore[attr-defined]  # the stub lacks it
        kind = implied if is_implied else HighsVarType.kInteger
        self._solver.changeColIntegrality(column, kind)
        self._column_count += 1
        return column

    def add_row(
        self, terms: Mapping[int, float], *, lower: float = -math.inf, upper: float = math.inf
    ) -> None:
        """Bound a sum of columns, each with its weight."""
        indices = np.array(list(terms), dtype=np.int32)
        values = np.array(list(terms.values()), dtype=np.double)
        self._solver.addRow(lower, upper, len(terms), indices, values)

    def minimise(self, aim: Mapping[int, float], *, known: tuple[int, ...]) -> Answer:
        """Find the least sum of the aim within the time that is left, or fall back on a known answer.

        The known answer is not given to the solver: given one, HiGHS 1.16 may report a better value
        than that of the columns which it returns.
        """
        if min(aim.values(), default=0) >= 0 and not any(known[column] for column in aim):
            return Answer(known, 0, 0)
        columns = np.arange(self._column_count, dtype=np.int32)
        costs = np.zeros(self._column_count, dtype=np.double)
        costs[list(aim)] = list(aim.values())
        self._solver.changeColsCost(self._column_count, columns, costs)
        # Half of what is left, so that the next aim has its time as well.
        self._solver.setOptionValue("time_limit", self._watch.left / 2)
        self._solver.run()
        return self._answer(costs, known)

    def _answer(
        self, costs: "np.ndarray[tuple[int], np.dtype[np.double]]", known: tuple[int, ...]
    ) -> Answer:
        info = self._solver.getInfo()
        values = np.array(self._solver.getSolution().col_value)
        is_found = info.primal_solution_status == SolutionStatus.kSolutionStatusFeasible
        is_whole = is_found and bool(np.all(np.abs(values - np.rint(values)) < ROUNDING))
        found = np.rint(values) if is_whole else np.array(known)
        # A search that was cut short may not even have come as far as what was known.
        best = min((found, np.array(known)), key=lambda values: float(costs @ values))
        reached = round(float(costs @ best))
        bound = min(_rounded_up(info.mip_dual_bound), reached)
        return Answer(tuple(int(value) for value in best), reached, bound)


def _rounded_up(bound: float) -> int:
    return math.ceil(bound - ROUNDING) if math.isfinite(bound) else -(10**9)
