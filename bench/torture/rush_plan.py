"""Who presses when in the storm `rush`: most in the last minute, many in the last second, some across it."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

# The last bytes leave until so many seconds after the due instant.
LATEST_S: Final = 3.0
# How many of all press in the last second or the first after it, and how many straddle the instant.
NEAR_SHARE: Final = 0.1
STRADDLING_SHARE: Final = 0.05
FILE_BYTES: Final = 1_000_000
FILLING: Final = random.Random(0).randbytes(FILE_BYTES)  # noqa: S311 - no secret


@dataclass(frozen=True)
class RushSize:
    """How many hand-ins from how many seconds before the due instant on, and the seed."""

    hand_ins: int
    seed: int
    window_s: float = 60.0


@dataclass(frozen=True)
class Press:
    """One hand-in by one person: its last byte leaves `at` seconds after the due instant.

    What comes before the last half leaves `pause` seconds earlier. The names are those that
    `sending` asks a hand-in for.
    """

    number: int
    way: str
    place: Mapping[str, Any]
    cookie: str
    token: str
    at: float
    pause: float

    @property
    def is_text(self) -> bool:
        """Say whether a question is asked."""
        return self.way == "question"

    @property
    def is_straddling(self) -> bool:
        """Say whether it begins before the due instant and ends after it."""
        return self.at - self.pause < 0 < self.at

    @property
    def path(self) -> str:
        """Return the page on which it is handed in."""
        return str(self.place["path"])

    @property
    def deliverable_id(self) -> int:
        """Return the deliverable."""
        return int(self.place["deliverable"])

    @property
    def key(self) -> str:
        """Return the key under which it is handed in."""
        return f"{self.number:032x}"

    @property
    def name(self) -> str:
        """Return the file's name."""
        return f"work-{self.number}.pdf"

    def content(self) -> bytes:
        """Return the bytes; each press has its own."""
        if self.is_text:
            return f"Question {self.number}: does this hold where the cache is shared?".encode()
        head = f"%PDF-1.7\n% work {self.number}\n".encode()
        return head + FILLING[: FILE_BYTES - len(head)]

    @cached_property
    def sha256(self) -> str:
        """Return the hash that the receipt must name."""
        return sha256(self.content()).hexdigest()


def presses(cast: Mapping[str, Any], size: RushSize) -> Iterator[Press]:
    """Yield the hand-ins: each person asks one question and hands in one file for their group."""
    randomness = random.Random(size.seed)  # noqa: S311 - a storm that can be repeated
    ways = ("form", "upload") if cast["has_uploads"] else ("form",)
    for number in range(1, size.hand_ins + 1):
        person = cast["people"][(number - 1) // 2]
        way = "question" if number % 2 else ways[number // 2 % len(ways)]
        at, pause = _moment(randomness, size.window_s)
        token = f"{randomness.getrandbits(128):032x}"
        yield Press(
            number=number,
            way=way,
            place=person["question" if way == "question" else "file"],
            cookie=f"{cast['session_cookie']}={person['session']}; {cast['csrf_cookie']}={token}",
            token=token,
            at=at,
            pause=pause,
        )


def _moment(randomness: random.Random, window_s: float) -> tuple[float, float]:
    """Return when the last byte leaves, and how long before that the first half does."""
    drawn = randomness.random()
    if drawn < STRADDLING_SHARE:
        at = randomness.uniform(0.001, 0.5)
        return at, at + randomness.uniform(0.001, 0.5)
    if drawn < STRADDLING_SHARE + NEAR_SHARE:
        return randomness.uniform(-1, 1), 0.0
    return randomness.uniform(-window_s, LATEST_S), 0.0
