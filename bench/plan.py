"""How much is measured: the databases' sizes, and how long each page is asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Size:
    """A database: students in the measured course, and courses in all."""

    students: int
    courses: int

    @property
    def database(self) -> str:
        """Return the database's name."""
        return f"bench_{self.students}_{self.courses}"

    @property
    def words(self) -> str:
        """Name it for people."""
        return f"{self.students:,} / {self.courses:,}"


@dataclass(frozen=True)
class Plan:
    """One run. `sizes` begin with the smallest; of the same students the one course comes first.

    `seconds` by number of connections; `tables` are the sizes of J.
    """

    sizes: tuple[Size, ...]
    tables: tuple[int, ...]
    rounds: int
    seconds: dict[int, int]
    floor_seconds: int = 1


FULL = Plan(
    sizes=(Size(92, 1), Size(92, 1_000), Size(10_000, 1), Size(10_000, 1_000)),
    tables=(92, 1_000, 10_000),
    rounds=2,
    seconds={1: 1, 16: 2, 64: 1},
)
QUICK = Plan(
    sizes=(Size(92, 1), Size(920, 20)),
    tables=(92, 920),
    rounds=1,
    seconds={1: 1, 16: 1},
)
HANDING_IN = Plan(
    sizes=(Size(92, 1),),
    tables=(),
    rounds=3,
    seconds={16: 2, 64: 3},
)
