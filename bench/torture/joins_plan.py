"""What is asked in one round of the storm `joins`: the same for the same seed, every way in mixed."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class JoinsSize:
    """How large a storm is, and the seed of everything random in it."""

    requests: int
    rounds: int
    seed: int


@dataclass(frozen=True)
class Move:
    """One request: who presses what; `person` is who would come in or leave by it."""

    way: str
    presser: int
    person: int
    path: str


# How often each is pressed. The first four are the ways in; the others let seats and wishes come and go.
WEIGHTS: Final = {
    "invitation": 28,
    "link": 28,
    "request": 28,
    "found": 4,
    "leave": 4,
    "decline": 4,
    "withdraw": 4,
}
WAYS_IN: Final = frozenset({"invitation", "link", "request", "found"})


def moves(scene: Mapping[str, Any], count: int, *, seed: int) -> list[Move]:
    """Return the requests of one round; some are pressed twice, and many are for the same seat."""
    randomness = random.Random(seed)  # noqa: S311 - a storm that can be repeated
    ways = randomness.choices(list(WEIGHTS), list(WEIGHTS.values()), k=count)
    return [_MAKERS[way](scene, randomness) for way in ways]


def _invitation(scene: Mapping[str, Any], randomness: random.Random) -> Move:
    found = randomness.choice(scene["invitations"])
    return Move("invitation", found["person"], found["person"], found["accept"])


def _link(scene: Mapping[str, Any], randomness: random.Random) -> Move:
    person = randomness.choice(scene["free"])
    return Move("link", person, person, randomness.choice(scene["links"]))


def _request(scene: Mapping[str, Any], randomness: random.Random) -> Move:
    found = randomness.choice(scene["requests"])
    return Move("request", randomness.choice(found["members"]), found["person"], found["accept"])


def _found(scene: Mapping[str, Any], randomness: random.Random) -> Move:
    person = randomness.choice(scene["free"])
    return Move("found", person, person, scene["found"])


def _leave(scene: Mapping[str, Any], randomness: random.Random) -> Move:
    person = randomness.choice(randomness.choice(scene["members"]))
    return Move("leave", person, person, scene["leave"])


def _decline(scene: Mapping[str, Any], randomness: random.Random) -> Move:
    found = randomness.choice(scene["invitations"])
    return Move("decline", found["person"], found["person"], found["decline"])


def _withdraw(scene: Mapping[str, Any], randomness: random.Random) -> Move:
    found = randomness.choice(scene["requests"])
    return Move("withdraw", found["person"], found["person"], found["withdraw"])


_MAKERS: Final[Mapping[str, Callable[[Mapping[str, Any], random.Random], Move]]] = {
    "invitation": _invitation,
    "link": _link,
    "request": _request,
    "found": _found,
    "leave": _leave,
    "decline": _decline,
    "withdraw": _withdraw,
}
