"""A plan in words: why a group got what it got, which rules conflict, what to do about open cells."""

from collections import Counter
from collections.abc import Collection, Mapping

from schedule.planning.mending import Exchange
from schedule.planning.problem import Cell, Problem
from schedule.planning.result import OpenCell, Unserved
from schedule.planning.role_names import Role
from schedule.planning.rules import Broken, Rule

ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def explanations(problem: Problem, plan: Collection[Cell]) -> dict[int, str]:
    """Return for each group which of its choices it presents and, where not its first, why not."""
    firsts = {group: _first_choice(problem, group) for group in problem.groups}
    wanted = Counter(first for first in firsts.values() if first is not None)
    presented = {cell.group: cell.lecture for cell in sorted(plan) if cell.role == Role.PRESENTER}
    return {
        group: _explanation(problem, group, presented.get(group), firsts[group], wanted)
        for group in sorted(problem.groups)
    }


def _first_choice(problem: Problem, group: int) -> int | None:
    ranks = problem.ranks.get(group, {})
    return min(ranks, key=lambda lecture: (ranks[lecture], lecture), default=None)


def _explanation(
    problem: Problem, group: int, lecture: int | None, first: int | None, wanted: Counter[int]
) -> str:
    if lecture is None:
        return "You present no lecture: there are more groups than lectures."
    if first is None:
        return "You ranked no lecture, and got one that was left."
    if lecture == first:
        return "You got your first."
    rank = problem.ranks[group].get(lecture)
    got = "a lecture that you did not rank" if rank is None else f"your {ordinal(rank)}"
    if wanted[first] == 1:
        return (
            f"You got {got}; your first did not fit the rules, or another group's wishes, as well."
        )
    return f"You got {got}; your first was wanted by {in_words(wanted[first])} groups."


def slot_explanation(ranks: Mapping[int, int], slot: int) -> str:
    """Return which of its choices of slots a group got."""
    if not ranks:
        return "You ranked no slot, and got one that was left."
    rank = ranks.get(slot)
    return f"You got {'a slot that you did not rank' if rank is None else f'your {ordinal(rank)}'}."


def ordinal(rank: int) -> str:
    """Return a rank in words, up to the tenth."""
    if rank <= len(ORDINALS):
        return ORDINALS[rank - 1]
    is_teen = 10 <= rank % 100 <= 20
    return f"{rank}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(rank % 10, 'th')}"


def in_words(count: int) -> str:
    """Return a number in words, up to ten."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def sentence_of(problem: Problem, rule: Rule, cell: Cell | None) -> str:
    """Return a rule as a sentence; `cell` is what a rule about one cell is about."""
    if cell is not None:
        return _about_cell(problem, rule, cell)
    return {
        Rule.ONE_ROLE: "A group plays at most one role in a lecture.",
        Rule.ROLE_ONCE: "A group plays each role at most once.",
        Rule.ONE_GROUP: "A role of a lecture is played by one group.",
        Rule.DISTANCE: f"A group's duties lie at least {problem.minimum_distance.days} days apart.",
        Rule.FILLED: "Each role is filled as often as there are groups and lectures for it.",
    }[rule]


def _about_cell(problem: Problem, rule: Rule, cell: Cell) -> str:
    group = problem.group_names.get(cell.group, f"group {cell.group}")
    lecture = problem.lecture_names.get(cell.lecture, f"lecture {cell.lecture}")
    if rule == Rule.BLACKOUT:
        return f"{group} cannot play a part in {lecture}."
    told = "It is fixed" if rule == Rule.FIXED else "It is ruled out"
    return f"{told} that {group} {problem.role_names.does(cell.role)} in {lecture}."


def broken_sentence(problem: Problem, broken: Broken) -> str:
    """Say what a plan breaks, with the groups, lectures and days that break it."""
    if broken.rule == Rule.FILLED and broken.role is not None:
        return f"A role stays open that a group could play: nobody {problem.role_names.does(broken.role)}."
    if len(broken.cells) == 1:
        return _about_cell(problem, broken.rule, broken.cells[0])
    first, second = broken.cells
    group, other = _group(problem, first), _group(problem, second)
    lecture, role = _lecture(problem, first), problem.role_names.does(first.role)
    if broken.rule == Rule.ONE_GROUP:
        return f"{group} and {other} both {problem.role_names.of_two(first.role)} in {lecture}."
    if broken.rule == Rule.ONE_ROLE:
        return f"{group} plays two roles in {lecture}: it {role} and {problem.role_names.does(second.role)}."
    days = problem.distance(first.lecture, second.lecture).days
    if broken.rule == Rule.ROLE_ONCE:
        return f"{group} {role} twice: in {lecture} and in {_lecture(problem, second)}."
    return (
        f"{group} {role} in {lecture} and {problem.role_names.does(second.role)} in"
        f" {_lecture(problem, second)}: {_count(days, 'day')} apart,"
        f" {in_words(problem.minimum_distance.days)} are asked for."
    )


def sentence_of_exchange(problem: Problem, exchange: Exchange) -> str:
    """Say which exchange mends a plan, whether every rule holds then, and what it costs."""
    first, second = exchange.first, exchange.second
    role = problem.role_names.part(first.role)
    holds = "every rule holds again" if exchange.broken_count == 0 else "this rule holds again"
    cost = "at the same cost"
    if exchange.cost:
        cost = f"at {abs(exchange.cost)} {'more' if exchange.cost > 0 else 'less'}"
    return (
        f"Exchange {role} of {_group(problem, first)} in {_lecture(problem, first)} with that of"
        f" {_group(problem, second)} in {_lecture(problem, second)}, and {holds}, {cost}."
    )


def _count(count: int, noun: str) -> str:
    return f"{in_words(count)} {noun}{'' if count == 1 else 's'}"


def _group(problem: Problem, cell: Cell) -> str:
    return problem.group_names.get(cell.group, f"group {cell.group}")


def _lecture(problem: Problem, cell: Cell) -> str:
    held_on = problem.held_on[cell.lecture]
    name = problem.lecture_names.get(cell.lecture, f"lecture {cell.lecture}")
    return f"{name} ({held_on:%a %b} {held_on.day})"


def open_cells(problem: Problem, plan: Collection[Cell]) -> tuple[OpenCell, ...]:
    """Return the roles of open lectures that nobody plays: more lectures than groups (§7)."""
    held = {(cell.lecture, cell.role) for cell in plan}
    places = [(lecture, role) for lecture in sorted(problem.held_on) for role in Role]
    return tuple(
        OpenCell(lecture, role, _open_remedies(role))
        for lecture, role in places
        if lecture not in problem.closed and (lecture, role) not in held
    )


def unserved(problem: Problem, plan: Collection[Cell]) -> tuple[Unserved, ...]:
    """Return the groups that do not play a role: more groups than lectures (§7)."""
    served = {(cell.group, cell.role) for cell in plan}
    wishes = [(group, role) for group in sorted(problem.groups) for role in Role]
    remedy = ("Let two groups play this role in one lecture.",)
    return tuple(Unserved(*wish, remedy) for wish in wishes if wish not in served)


def _open_remedies(role: Role) -> tuple[str, ...]:
    staff = "Let staff present it." if role == Role.PRESENTER else "Let staff play this role."
    return (staff, "Cut the lecture, or the role in it.", "Let a group play the role twice.")
