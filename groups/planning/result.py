"""What is proposed: which groups take whom, which come together, which are founded, and why."""

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class PlannedGroup:
    """A group that changes or is founded (`group_id` is None), and why.

    Of groups that come together, `group_id` is the one that stays; the `merged` ones move into it.
    `shared` are the interests by which it was put together, the most shared first.
    """

    group_id: int | None
    newcomers: tuple[int, ...]
    merged: tuple[int, ...]
    size: int
    shared: tuple[str, ...] = ()
    why: str = ""
    waiver_why: str = ""

    @property
    def is_waiver(self) -> bool:
        """Say whether the size is outside those that the course asks for."""
        return bool(self.waiver_why)


@dataclass(frozen=True)
class Waiver:
    """A group outside the sizes that stays as it is, and why nothing is done about it."""

    group_id: int
    size: int
    why: str


@dataclass(frozen=True)
class Division:
    """The division: what changes, what stays outside the sizes, and how good it is.

    `waiver_bound` is what no division can go below; `shared_bound` what none can exceed, among
    those with the same waivers and the same number of groups changed. Each equals what was reached
    where it is proved.
    """

    planned: tuple[PlannedGroup, ...] = ()
    left_outside: tuple[Waiver, ...] = ()
    waiver_bound: int = 0
    shared_count: int = 0
    shared_bound: int = 0
    is_proved: bool = True
    seconds: float = 0.0

    @property
    def waiver_count(self) -> int:
        """Return how many groups would be outside the sizes."""
        return sum(found.is_waiver for found in self.planned) + len(self.left_outside)

    @property
    def placed_count(self) -> int:
        """Return how many people would be placed."""
        return sum(len(found.newcomers) for found in self.planned)

    def as_json(self) -> dict[str, Any]:
        """Return the division as JSON can keep it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Division":
        """Return the division that was kept."""
        planned = [PlannedGroup(**_with_tuples(found)) for found in kept["planned"]]
        left = [Waiver(**found) for found in kept["left_outside"]]
        return replace(cls(**kept), planned=tuple(planned), left_outside=tuple(left))


def _with_tuples(kept: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(it) if isinstance(it, list) else it for key, it in kept.items()}
