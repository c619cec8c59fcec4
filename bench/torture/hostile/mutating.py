"""Files of the corpus with some of their bytes changed, cut out or put in, by a seed."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from bench.torture.hostile.cases import Case
from bench.torture.hostile.corpus import hostile_corpus

# In bytes: in larger ones a change rarely meets what is read.
LARGEST: Final = 60_000
CHANGES: Final = (1, 2, 5, 20, 200)
LONGEST_STRETCH: Final = 60


def mutated(*, seed: int, count: int) -> Iterator[Case]:
    """Yield so many changed files; what they must be found to be is not known."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated by its seed, not to be guessed
    cases = [case for case in hostile_corpus() if not (case.refused or case.is_endless)]
    number = 0
    while number < count:
        case = chance.choice(cases)
        content = case.build()
        if len(content) > LARGEST:
            continue
        changed = _changed(content, chance)
        yield replace(case, name=f"{case.name}, {number} of seed {seed}", build=_giving(changed))
        number += 1


def _giving(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def _changed(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice(CHANGES)):
        at = chance.randrange(len(changed))
        stretch = chance.randrange(1, LONGEST_STRETCH)
        match chance.randrange(4):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                changed[at] ^= 1 << chance.randrange(8)
            case 2:
                other = chance.randrange(len(changed))
                changed[at:at] = changed[other : other + stretch]
            case _ if len(changed) > stretch:
                del changed[at : at + stretch]
    return bytes(changed)
