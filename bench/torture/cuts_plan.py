"""What is uploaded in the storm `cuts`, by whom, and where each connection breaks."""

import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import Any, Final

from bench.torture.plan import HEADS

SIZES: Final = ((50_000, 1_000_000, 40), (1_000_000, 8_000_000, 50), (8_000_000, 16_000_000, 10))


class Break(StrEnum):
    """How a connection ends."""

    CLOSED = "closed"
    RESET = "reset"
    SILENT = "silent"


# A silent one is only noticed after a while, and holds the upload so long.
SHARES: Final = {Break.CLOSED: 60, Break.RESET: 38, Break.SILENT: 2}


@dataclass(frozen=True)
class CutsSize:
    """How many uploads, how many breaks in each, how many slow senders beside them, and the seed."""

    uploads: int
    cuts: int
    slow: int
    seed: int


@dataclass(frozen=True)
class Sending:
    """One upload: who sends what where, under which key, and how often it breaks."""

    number: int
    cookie: str
    token: str
    path: str
    ending: str
    key: str
    seed: int
    cuts: int

    @property
    def name(self) -> str:
        """Return the file's name."""
        return f"upload-{self.number}{self.ending}"

    @cached_property
    def content(self) -> bytes:
        """Return the bytes: each upload's are its own."""
        randomness = random.Random(self.seed)  # noqa: S311 - a storm that can be repeated
        low, high, _ = randomness.choices(SIZES, [share for *_, share in SIZES])[0]
        head = HEADS[self.ending] + f" upload {self.number} ".encode()
        return head + randomness.randbytes(randomness.randint(low, high))

    @cached_property
    def sha256(self) -> str:
        """Return the hash that the version must have."""
        return hashlib.sha256(self.content).hexdigest()

    def breaks(self) -> Iterator[tuple[Break, float]]:
        """Yield how each connection ends, and after which share of what is left."""
        randomness = random.Random(self.seed + 1)  # noqa: S311 - a storm that can be repeated
        for _ in range(self.cuts):
            way = randomness.choices([*SHARES], [*SHARES.values()])[0]
            # Most break early or late in a piece, where an offset is easily told wrongly.
            yield way, randomness.choice((randomness.random() ** 3, randomness.random()))


def sendings(cast: Mapping[str, Any], size: CutsSize) -> list[Sending]:
    """Return the uploads, then who sends slowly beside: people of the cast where they owe a file."""
    randomness = random.Random(size.seed)  # noqa: S311 - a storm that can be repeated
    who = [
        (person["session"], place)
        for person in cast["people"]
        for place in person["places"]
        if place["ending"]
    ]
    randomness.shuffle(who)
    found = []
    for number, (session, place) in enumerate(islice(who, size.uploads + size.slow), start=1):
        token = f"{randomness.getrandbits(190):048x}"[:32]
        names = cast["session_cookie"], cast["csrf_cookie"]
        found.append(
            Sending(
                number=number,
                cookie=f"{names[0]}={session}; {names[1]}={token}",
                token=token,
                path=place["path"],
                ending=place["ending"],
                key=f"{randomness.getrandbits(128):032x}",
                seed=randomness.getrandbits(60),
                cuts=size.cuts,
            )
        )
    return found
