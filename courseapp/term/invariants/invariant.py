"""What an invariant is: a sentence about the data that always holds, and the query that finds where it does not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Invariant:
    """One truth about the data.

    `code` is stable (the tests and whoever watches the product match on it). `query` returns one
    text column: the rows that break it, each by its id. `%(now)s` in it is the present instant.
    """

    code: str
    sentence: str
    query: str


@dataclass(frozen=True)
class Broken:
    """An invariant that does not hold: how many rows break it, and the first of them."""

    code: str
    sentence: str
    count: int
    rows: tuple[str, ...]
