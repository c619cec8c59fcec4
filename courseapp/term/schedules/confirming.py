"""What of a schedule's difference is carried out, and the difference as machines read it."""

from collections.abc import Collection, Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Any, Final

from courseapp.term.schedules.bringing_in import ImportSchedule
from courseapp.term.schedules.comparing import (
    Fields,
    PartDifference,
    ReadingDifference,
    RowDifference,
)
from courseapp.term.schedules.differences import ScheduleDifference
from courseapp.term.schedules.rows import Row
from courseapp.term.schedules.steps import steps_of


def confirmed_action(
    name: str, difference: ScheduleDifference, *, drops: Collection[int] = ()
) -> ImportSchedule:
    """Return what to carry out: all that comes or changes; rows that are gone where confirmed."""
    rows = [row for row in difference.rows if row.what != "gone" or row.row.key in set(drops)]
    return ImportSchedule(
        file=name,
        steps=tuple(steps_of(rows, difference.milestones)),
        groups=dict(difference.groups) if rows else {},
    )


def gone_rows(difference: ScheduleDifference) -> list[Row]:
    """Return the rows that the file does not have."""
    return [row.row for row in difference.rows if row.what == "gone"]


# What pages call the fields.
FIELD_WORDS: Final[Mapping[str, str]] = {
    "starts_on": "date",
    "ends_on": "last day",
    "starts_from": "from",
    "ends_by": "until",
    "is_required": "mark",
    "url": "link",
}


def difference_document(
    difference: ScheduleDifference, *, words: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """Return the difference as JSON prints it; with `words`, fields are called as people do."""
    return {
        "rows": [_row(row, words) for row in difference.rows],
        "milestones": [
            {
                "what": "new" if one.key is None else "changed",
                "milestone": one.wanted.name,
                "date": one.wanted.due_on.isoformat(),
                "time": said(one.wanted.due_time),
            }
            for one in difference.milestones
        ],
        "groups": {name: list(ids) for name, ids in difference.groups.items()},
        "same": difference.same_count,
    }


def _row(row: RowDifference, words: Mapping[str, str]) -> dict[str, Any]:
    return {
        "what": row.what,
        "line": row.row.line,
        "date": row.row.starts_on.isoformat(),
        "title": row.row.title,
        "fields": _fields(row.fields, words),
        "readings": [_reading(one, words) for one in row.readings],
        "parts": [_part(one) for one in row.parts],
        "reordered": bool(row.order),
    }


def _reading(one: ReadingDifference, words: Mapping[str, str]) -> dict[str, Any]:
    return {"what": one.what, "title": one.title, "fields": _fields(one.fields, words)}


def _fields(fields: Fields, words: Mapping[str, str]) -> dict[str, list[str]]:
    return {
        words.get(name, name): [said(before), said(after)]
        for name, (before, after) in fields.items()
    }


def _part(one: PartDifference) -> dict[str, Any]:
    return {
        "role": one.role,
        "before": [part.name for part in one.before],
        "after": [part.name for part in one.after],
    }


def said(value: Any) -> str:
    """Return a field's value in words; empty where there is none."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "required" if value else "optional"
    return "" if value is None else str(value)


def lines_of(difference: ScheduleDifference) -> list[str]:
    """Return the difference in lines, as a terminal prints it."""
    found = []
    for row in difference.rows:
        place = f"{row.row.starts_on} {row.row.title}"
        found.append(f"{row.what}: {place}")
        found += [f"  {name}: {_pair(pair)}" for name, pair in row.fields.items()]
        for one in row.readings:
            found.append(f"  reading {one.what}: {one.title}")
            found += [f"    {name}: {_pair(pair)}" for name, pair in one.fields.items()]
        found += [f"  {one.role}: {_names(one.before)} -> {_names(one.after)}" for one in row.parts]
        found += ["  the readings are in another order"] * bool(row.order)
    found += [
        f"milestone: {one.wanted.name} {one.wanted.due_on} {said(one.wanted.due_time)}".rstrip()
        for one in difference.milestones
    ]
    found += [f"group {name}: {', '.join(ids)}" for name, ids in difference.groups.items()]
    return [*found, f"the same: {difference.same_count}"]


def _pair(pair: tuple[Any, Any]) -> str:
    before, after = map(said, pair)
    return f"{before or 'none'} -> {after or 'none'}"


def _names(parts: Any) -> str:
    return ", ".join(part.name for part in parts) or "nobody"
