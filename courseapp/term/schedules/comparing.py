"""What a file's schedule says otherwise than the standing one, field by field.

Plain Python. `printed` are the standing rows as the file's own form would print and read them: so
nothing differs that the form cannot say, such as the room in a Markdown table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from courseapp.term.schedules.rows import (
    PLACE_FIELDS,
    READING_FIELDS,
    TEXT_FIELDS,
    Entry,
    Part,
    Row,
    paired,
    paired_readings,
)

What = Literal["new", "changed", "gone"]
Fields = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class ReadingDifference:
    """One reading that comes, goes, is replaced, or is written otherwise."""

    what: What
    title: str
    fields: Fields
    standing: Entry | None
    wanted: Entry | None

    @property
    def is_replaced(self) -> bool:
        """Whether another paper takes this one's place: both its title and its link are others."""
        return self.what == "changed" and {"title", "url"} <= self.fields.keys()


@dataclass(frozen=True, slots=True)
class PartDifference:
    """One role of a row whose holders, or whose links, become others."""

    role: str
    before: tuple[Part, ...]
    after: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row that comes, goes, or is written otherwise; `order` where only the readings' order is."""

    what: What
    row: Row
    fields: Fields
    readings: tuple[ReadingDifference, ...] = ()
    parts: tuple[PartDifference, ...] = ()
    order: tuple[Entry, ...] = ()


def compared_rows(printed: Sequence[Row], wanted: Sequence[Row]) -> list[RowDifference]:
    """The rows that differ, in the order of the file; those that are gone stand last."""
    found = []
    for standing, row in paired(printed, wanted):
        if standing is None and row is not None:
            found.append(_new(row))
        elif row is None and standing is not None:
            found.append(RowDifference("gone", standing, {}))
        elif standing is not None and row is not None:
            found.append(_changed(standing, row))
    return [
        one
        for one in found
        if one.what != "changed" or one.fields or one.readings or one.parts or one.order
    ]


def _new(row: Row) -> RowDifference:
    readings = tuple(ReadingDifference("new", one.title, {}, None, one) for one in row.readings)
    roles = dict.fromkeys(part.role for part in row.parts)
    parts = tuple(PartDifference(role, (), _of_role(row.parts, role)) for role in roles)
    return RowDifference("new", row, {}, readings, parts)


def _changed(standing: Row, row: Row) -> RowDifference:
    pairs = paired_readings(standing.readings, row.readings)
    kept = tuple(one for one, other in pairs if one is not None and other is not None)
    in_order = tuple(one for one in standing.readings if one in kept)
    return RowDifference(
        what="changed",
        row=replace(row, key=standing.key),
        fields=_fields(standing, row, (*PLACE_FIELDS, *TEXT_FIELDS)),
        readings=tuple(filter(None, (_reading(one, other) for one, other in pairs))),
        parts=_parts(standing.parts, row.parts),
        order=kept if kept != in_order else (),
    )


def _fields(before: Any, after: Any, names: Iterable[str]) -> Fields:
    return {
        name: (getattr(before, name), getattr(after, name))
        for name in names
        if getattr(before, name) != getattr(after, name)
    }


def _reading(standing: Entry | None, wanted: Entry | None) -> ReadingDifference | None:
    if standing is None and wanted is not None:
        return ReadingDifference("new", wanted.title, {}, None, wanted)
    if wanted is None and standing is not None:
        return ReadingDifference("gone", standing.title, {}, standing, None)
    assert standing is not None
    fields = _fields(standing, wanted, READING_FIELDS)
    if not fields:
        return None
    return ReadingDifference("changed", standing.title, fields, standing, wanted)


def _parts(before: Sequence[Part], after: Sequence[Part]) -> tuple[PartDifference, ...]:
    roles = dict.fromkeys(part.role for part in (*before, *after))
    found = [(role, _of_role(before, role), _of_role(after, role)) for role in roles]
    return tuple(PartDifference(role, was, now) for role, was, now in found if set(was) != set(now))


def _of_role(parts: Iterable[Part], role: str) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.role == role)
