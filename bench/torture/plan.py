"""What will be handed in, by whom and where: the same for the same seed, every content once."""

import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

TEXT_SHARE = 0.6
# How often the same request is sent twice at once, as by a double click.
DOUBLE_SHARE = 0.1
# Sizes of files in bytes, and how often they come.
SIZES = ((1_000, 64_000, 70), (64_000, 1_000_000, 25), (1_000_000, 5_000_000, 5))
HEADS = {".pdf": b"%PDF-1.7\n", ".pptx": b"PK\x03\x04", ".zip": b"PK\x03\x04"}


@dataclass(frozen=True)
class Size:
    """How large a storm is, and the seed of everything random in it."""

    kills: int
    hand_ins: int
    seed: int


@dataclass(frozen=True)
class HandIn:
    """One hand-in: who sends what where, under which key."""

    number: int
    cookie: str
    token: str
    path: str
    deliverable_id: int
    owner: tuple[int | None, int | None]
    ending: str
    seed: int
    key: str
    is_double: bool

    @property
    def is_text(self) -> bool:
        """Say whether a question is asked."""
        return not self.ending

    @property
    def name(self) -> str:
        """Return the file's name."""
        return f"work-{self.number}{self.ending}"

    @property
    def place(self) -> tuple[int, int | None, int | None]:
        """Return the deliverable and whose work it is."""
        return self.deliverable_id, *self.owner

    def content(self) -> bytes:
        """Return the bytes, made anew each time: thousands of files need not lie in memory."""
        randomness = random.Random(self.seed)  # noqa: S311 - a storm that can be repeated
        if self.is_text:
            words = " ".join(
                f"{randomness.getrandbits(40):x}" for _ in range(randomness.randint(3, 60))
            )
            return f"Question {self.number}: what follows from {words}?".encode()
        low, high, _ = randomness.choices(SIZES, [share for *_, share in SIZES])[0]
        head = HEADS[self.ending] + f" hand-in {self.number} ".encode()
        return head + randomness.randbytes(randomness.randint(low, high))

    @cached_property
    def sha256(self) -> str:
        """Return the hash that the receipt must name."""
        return hashlib.sha256(self.content()).hexdigest()


def hand_ins(cast: Mapping[str, Any], size: Size) -> Iterator[HandIn]:
    """Yield as many hand-ins as asked for, by people of the cast where they owe something."""
    randomness = random.Random(size.seed)  # noqa: S311 - a storm that can be repeated
    by_medium: dict[bool, list[tuple[str, dict[str, Any]]]] = {True: [], False: []}
    for person in cast["people"]:
        for place in person["places"]:
            by_medium[not place["ending"]].append((person["session"], place))
    for number in range(1, size.hand_ins + 1):
        session, place = randomness.choice(by_medium[randomness.random() < TEXT_SHARE])
        # Whoever may set a cookie may choose its value: the token need not be fetched first.
        token = f"{randomness.getrandbits(128):032x}"
        yield HandIn(
            number=number,
            cookie=f"{cast['session_cookie']}={session}; {cast['csrf_cookie']}={token}",
            token=token,
            path=place["path"],
            deliverable_id=place["deliverable"],
            owner=(place["enrollment"], place["group"]),
            ending=place["ending"],
            seed=randomness.getrandbits(32),
            key=f"{randomness.getrandbits(128):032x}",
            is_double=randomness.random() < DOUBLE_SHARE,
        )
