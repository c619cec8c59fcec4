"""A linear question in zeros and ones, and the solver that answers it (HiGHS)."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

import highspy
import numpy as np
from highspy import Highs, HighsLp, HighsModelStatus, HighsSolution, HighsVarType
from highspy.highs import HighsCallbackEvent

from courseapp.kernel.solver import exact_solver
from schedule.planning.result import Progress

# Objectives are whole numbers, so a bound of 6.0000001 proves 7.
ROUNDING = 1e-6
# Seconds between two reports of progress.
REPORT_EVERY = 0.2


class Stopwatch:
    """How much of the allowed time is left, how far the search is, and whether it shall go on."""

    def __init__(self, seconds: float, report: Callable[[Progress], bool] | None = None) -> None:
        """Start; `report` answers whether to go on."""
        self._began = monotonic()
        self._seconds = seconds
        self._report = report
        self._told_at = -REPORT_EVERY
        self.is_stopped = False
        self.cost: float | None = None
        self.bound = 0.0

    @property
    def spent(self) -> float:
        """Return the seconds since the start."""
        return monotonic() - self._began

    @property
    def left(self) -> float:
        """Return the seconds that remain; none once the caller has stopped the search."""
        return 0.0 if self.is_stopped else max(self._seconds - self.spent, 0.0)

    def goes_on(self) -> bool:
        """Report where the search is, now and then; return whether it goes on."""
        if self._report is None or self.spent - self._told_at < REPORT_EVERY:
            return self.left > 0
        self._told_at = self.spent
        self.is_stopped = not self._report(Progress(self.spent, self.cost, self.bound))
        return self.left > 0


@dataclass(frozen=True)
class Answer:
    """What the solver found: `chosen` are the columns at one, None where it found no solution."""

    chosen: frozenset[int] | None
    objective: int | None
    bound: int
    is_proved: bool
    is_infeasible: bool = False


@dataclass
class Model:
    """Columns of zeros and ones with costs, and rows that bound sums of them."""

    costs: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integral: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    indices: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add_column(
        self, *, cost: float = 0, is_allowed: bool = True, is_integral: bool = True
    ) -> int:
        """Add a column and return its number; one that is not allowed stays zero."""
        self.costs.append(cost)
        self.upper.append(1.0 if is_allowed else 0.0)
        self.integral.append(is_integral)
        return len(self.costs) - 1

    def add_row(
        self,
        columns: Sequence[int],
        *,
        lower: float = -math.inf,
        upper: float = math.inf,
        values: Iterable[float] | None = None,
    ) -> None:
        """Bound the sum of some columns, each with its value (1 where none is given)."""
        self.indices.extend(columns)
        self.values.extend([1.0] * len(columns) if values is None else values)
        self.starts.append(len(self.indices))
        self.row_lower.append(lower)
        self.row_upper.append(upper)


def solve(
    model: Model,
    *,
    watch: Stopwatch,
    start: Iterable[int] | None = None,
    is_about_cost: bool = False,
) -> Answer:
    """Solve a model within the time that is left; `start` are the columns of a known solution.

    A model that is about the plan's cost moves the bound that is reported.
    One thread and a fixed seed: the same question has the same answer.
    """
    if not model.costs:
        # The solver gives no verdict on a model without columns.
        is_impossible = any(lower > 0 for lower in model.row_lower)
        chosen: frozenset[int] | None = None if is_impossible else frozenset()
        return Answer(chosen, 0, 0, is_proved=True, is_infeasible=is_impossible)
    solver = exact_solver()
    solver.setOptionValue("time_limit", watch.left)
    solver.passModel(_as_lp(model))
    if start is not None:
        solver.setSolution(_as_solution(model, start))
    _watch(solver, watch, is_about_cost=is_about_cost)
    solver.run()
    return _answer(solver, model)


def _as_lp(model: Model) -> HighsLp:
    lp = HighsLp()
    lp.num_col_, lp.num_row_ = len(model.costs), len(model.row_lower)
    lp.col_cost_ = np.array(model.costs, dtype=np.double)
    lp.col_lower_ = np.zeros(len(model.costs), dtype=np.double)
    lp.col_upper_ = np.array(model.upper, dtype=np.double)
    lp.row_lower_ = np.array(model.row_lower, dtype=np.double)
    lp.row_upper_ = np.array(model.row_upper, dtype=np.double)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(model.starts, dtype=np.int32)
    lp.a_matrix_.index_ = np.array(model.indices, dtype=np.int32)
    lp.a_matrix_.value_ = np.array(model.values, dtype=np.double)
    lp.integrality_ = [
        HighsVarType.kInteger if is_integral else HighsVarType.kContinuous
        for is_integral in model.integral
    ]
    return lp


def _as_solution(model: Model, chosen: Iterable[int]) -> HighsSolution:
    values = np.zeros(len(model.costs), dtype=np.double)
    values[list(chosen)] = 1.0
    solution = HighsSolution()
    solution.col_value = list(values)
    solution.value_valid = True
    return solution


def _watch(solver: Highs, watch: Stopwatch, *, is_about_cost: bool) -> None:
    def look(event: HighsCallbackEvent) -> None:
        if not watch.goes_on():
            event.interrupt()

    def look_at_cost(event: HighsCallbackEvent) -> None:
        cost, bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
        watch.cost = cost if math.isfinite(cost) else watch.cost
        watch.bound = max(watch.bound, bound) if math.isfinite(bound) else watch.bound
        look(event)

    solver.cbSimplexInterrupt.subscribe(look)
    solver.cbMipInterrupt.subscribe(look_at_cost if is_about_cost else look)


def _answer(solver: Highs, model: Model) -> Answer:
    status, info = solver.getModelStatus(), solver.getInfo()
    if status == HighsModelStatus.kInfeasible:
        return Answer(None, None, 0, is_proved=True, is_infeasible=True)
    bound = math.ceil(info.mip_dual_bound - ROUNDING) if math.isfinite(info.mip_dual_bound) else 0
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Answer(None, None, bound, is_proved=False)
    values = np.asarray(solver.getSolution().col_value)
    chosen = frozenset(np.flatnonzero(values > 0.5).tolist())
    objective = round(float(values @ np.array(model.costs, dtype=np.double)))
    is_proved = status == HighsModelStatus.kOptimal or bound >= objective
    return Answer(chosen, objective, objective if is_proved else bound, is_proved=is_proved)
