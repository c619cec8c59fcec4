"""What differs between two plans, group by group: what changes for whom."""

from collections.abc import Collection
from dataclasses import dataclass

from schedule.planning.problem import Cell


@dataclass(frozen=True)
class GroupChange:
    """The parts that a group loses and gets; what it keeps is no change."""

    group: int
    gone: tuple[Cell, ...]
    new: tuple[Cell, ...]


def differences(before: Collection[Cell], after: Collection[Cell]) -> list[GroupChange]:
    """Return what changes from one plan to another, by the group's id."""
    gone, new = set(before) - set(after), set(after) - set(before)
    groups = sorted({cell.group for cell in gone | new})
    return [
        GroupChange(
            group=group,
            gone=tuple(sorted(cell for cell in gone if cell.group == group)),
            new=tuple(sorted(cell for cell in new if cell.group == group)),
        )
        for group in groups
    ]
