"""The solver HiGHS as every planner asks it: silent, exact, and the same answer to the same question."""

from highspy import Highs
from typing_extensions import override


class _QuietHighs(Highs):
    """HiGHS that prints nothing; it announces itself on standard output while it is being made."""

    @override
    def enableCallbacks(self) -> None:
        """Silence the solver before its first line."""
        self.setOptionValue("output_flag", False)  # noqa: FBT003 - the library's signature
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def exact_solver() -> Highs:
    """Return a solver for questions whose objectives are whole numbers.

    One thread and a fixed seed: the same question has the same answer.
    """
    solver = _QuietHighs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    # HiGHS 1.16 presolves some questions into others: it then calls possible ones impossible, or
    # returns columns that break rows ("untransformed violations").
    solver.setOptionValue("presolve", "off")
    solver.setOptionValue("mip_rel_gap", 0.0)
    # Closer than one is equal.
    solver.setOptionValue("mip_abs_gap", 1 - 1e-3)
    return solver
