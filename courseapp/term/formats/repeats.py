"""What must not come twice within a file."""

from collections.abc import Hashable

from courseapp.term.formats.cells import Cells


class Repeats:
    """Remembers in which row a key came first, over one file or several."""

    def __init__(self) -> None:
        self._first: dict[Hashable, tuple[str, int]] = {}

    def seen(self, row: Cells, key: Hashable) -> int | None:
        """The line of the row that had this key before; None (and remembered) for a new one."""
        place = self._place(row, key)
        return None if place is None else place[1]

    def seen_in_file(self, row: Cells, key: Hashable) -> str | None:
        """The same over several files: their file and row in words."""
        place = self._place(row, key)
        return None if place is None else f"{place[0]}, row {place[1]}"

    def _place(self, row: Cells, key: Hashable) -> tuple[str, int] | None:
        here = (row.file, row.line)
        first = self._first.setdefault(key, here)
        return None if first == here else first
