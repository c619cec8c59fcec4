"""A division in words: why a group takes whom, and why one stays outside the sizes."""

from collections import Counter

from groups.planning.problem import Problem, StandingGroup
from groups.planning.seating import Draft


def sizes_in_words(problem: Problem) -> str:
    """Return the sizes that the course asks for: "4 to 5"."""
    if problem.size_min == problem.size_max:
        return str(problem.size_min)
    return f"{problem.size_min} to {problem.size_max}"


def shared_words(problem: Problem, draft: Draft) -> tuple[str, ...]:
    """Return the interests that the group's people share, those of most first."""
    counts = Counter(word for words in draft.words for word in words)
    shared = [word for word, count in counts.items() if count > 1]
    shared.sort(key=lambda word: (-counts[word], word))
    return tuple(map(problem.as_written, shared))


def why(problem: Problem, draft: Draft) -> str:
    """Return why the group is put together so."""
    if not draft.standing:
        return _why_founded(problem, draft)
    host, *merged = draft.standing
    if merged:
        return _why_merged(problem, draft, host, merged)
    return _why_joined(problem, draft, host)


def _why_founded(problem: Problem, draft: Draft) -> str:
    count = draft.shape.size
    if count == 1:
        return "Nobody else is left to be with."
    founded = f"Founded by {count} who have no group yet"
    shared = sum(draft.theme in person.words for person in draft.newcomers)
    if shared < 2:
        return f"{founded}."
    those = "all" if shared == count else f"{shared} of them"
    return f"{founded}; {those} care about {problem.as_written(draft.theme)}."


def _why_merged(
    problem: Problem, draft: Draft, host: StandingGroup, merged: list[StandingGroup]
) -> str:
    names = " and ".join(f"{group.name} ({_people(group.size)})" for group in merged)
    moves = "moves" if len(merged) == 1 else "move"
    return (
        f"{names} {moves} into {host.name} ({_people(host.size)}) as a whole:"
        f" apart, more groups would stay outside {sizes_in_words(problem)}."
    )


def _why_joined(problem: Problem, draft: Draft, host: StandingGroup) -> str:
    count = len(draft.newcomers)
    if problem.distance(host.size) == 0:
        return (
            f"Was complete with {host.size}; with {count} more, no further group"
            f" has to be outside {sizes_in_words(problem)}."
        )
    sharing = sum(bool(person.words & host.words) for person in draft.newcomers)
    takes = f"Had {_people(host.size)} and takes {count} more"
    if not sharing:
        return f"{takes}."
    return f"{takes}, {sharing} of them with interests that the group shares."


def why_waiver(problem: Problem, size: int, *, is_proved: bool) -> str:
    """Return why a group that is put together is outside the sizes; empty where it is not."""
    if problem.distance(size) == 0:
        return ""
    outside = f"{_people(size)} instead of {sizes_in_words(problem)}"
    if not is_proved:
        return f"{outside}: no better division was found in the time given."
    return f"{outside}: no division of those who remain leaves fewer groups outside, or closer."


def why_left(problem: Problem, group: StandingGroup) -> str:
    """Return why a group outside the sizes stays as it is."""
    if group.size > problem.size_max:
        return "It is larger already, and nobody is taken out of a group."
    if not group.is_open:
        return "It is not open to more."
    if not group.may_merge:
        return (
            "Nobody is left who could join it, and with what it has to do it joins no other group."
        )
    return (
        "Nobody is left who could join it without leaving another group outside"
        f" {sizes_in_words(problem)}."
    )


def _people(count: int) -> str:
    return f"{count} member{'' if count == 1 else 's'}"
