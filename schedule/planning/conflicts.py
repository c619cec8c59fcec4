"""Why there is no plan: a set of rules that cannot all hold, while all but any one of them can."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from schedule.planning.formulation import GENERAL_RULES, formulate
from schedule.planning.problem import Cell, Problem
from schedule.planning.result import Conflict
from schedule.planning.role_names import Role
from schedule.planning.rules import Rule
from schedule.planning.solving import Stopwatch, solve
from schedule.planning.words import sentence_of


@dataclass(frozen=True, slots=True)
class Restriction:
    """A general rule, or a rule about one cell; a blackout names the day by its presenter's cell."""

    rule: Rule
    cell: Cell | None = None


def conflicting_rules(problem: Problem, *, watch: Stopwatch) -> tuple[Conflict, ...]:
    """Return an irreducible set of rules that conflict, found by leaving out one at a time.

    Cells that were settled by hand are tried first, so that they are named only where they matter.
    When time runs out, what has not been tried yet stays in the set.
    """
    kept = list(_restrictions(problem))
    for restriction in list(kept):
        without = [other for other in kept if other != restriction]
        if watch.left <= 0:
            break
        if _is_infeasible(problem, without, watch=watch):
            kept = without
    return tuple(
        Conflict(each.rule, sentence_of(problem, each.rule, each.cell), each.cell)
        for each in sorted(kept, key=lambda each: list(Rule).index(each.rule))
    )


def _restrictions(problem: Problem) -> Iterator[Restriction]:
    for group, lecture in sorted(problem.blackouts):
        yield Restriction(Rule.BLACKOUT, Cell(lecture, Role.PRESENTER, group))
    for cell in sorted(problem.forbidden):
        yield Restriction(Rule.FORBIDDEN, cell)
    for cell in sorted(problem.fixed - problem.facts):
        yield Restriction(Rule.FIXED, cell)
    for rule in Rule:
        if rule in GENERAL_RULES:
            yield Restriction(rule)


def _is_infeasible(problem: Problem, kept: list[Restriction], *, watch: Stopwatch) -> bool:
    cells = {
        rule: frozenset(each.cell for each in kept if each.rule == rule and each.cell is not None)
        for rule in (Rule.FIXED, Rule.FORBIDDEN, Rule.BLACKOUT)
    }
    eased = replace(
        problem,
        ranks={},
        fixed=problem.facts | cells[Rule.FIXED],
        forbidden=cells[Rule.FORBIDDEN],
        blackouts=frozenset((cell.group, cell.lecture) for cell in cells[Rule.BLACKOUT]),
    )
    rules = GENERAL_RULES.intersection(each.rule for each in kept)
    return solve(formulate(eased, rules=rules).model, watch=watch).is_infeasible
