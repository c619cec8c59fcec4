"""A roster against who stands in the course: who is new, who is missing, who is written otherwise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from courseapp.term.formats.problems import Problem, Severity, quoted
from courseapp.term.formats.roster.reading import Roster, RosterRow

# Ids are short: one slip of the hand leaves this much alike.
NEAR: Final = 0.75


@dataclass(frozen=True, slots=True)
class Standing:
    """Someone who is in the course, or was: `is_student` is false of its staff and observers."""

    key: int
    student_id: str
    name: str
    email: str
    section: str
    is_student: bool = True
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A row that is nobody's yet; `hint` says who it may be after all."""

    row: int
    student_id: str
    name: str
    email: str
    section: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A standing student whom the file writes otherwise: each field before and after."""

    who: Standing
    fields: Mapping[str, tuple[str, str]]

    def after(self, field: str) -> str:
        """Return what a field will be."""
        found: str = self.fields[field][1] if field in self.fields else getattr(self.who, field)
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """All that a roster says otherwise than the course; `id_heading` is the column that tells who is who."""

    id_heading: str
    newcomers: tuple[Newcomer, ...] = ()
    returning: tuple[Standing, ...] = ()
    missing: tuple[Standing, ...] = ()
    changes: tuple[Change, ...] = ()
    same_count: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the course is as the file has it."""
        return not (self.newcomers or self.returning or self.missing or self.changes)


def compared(roster: Roster, people: Sequence[Standing]) -> tuple[Difference, list[Problem]]:
    """The difference, and what of it cannot be: an address of two people, a student who is staff."""
    heading = _telling_heading(roster, people)
    students = {
        found.student_id.casefold(): found
        for found in people
        if found.is_student and found.student_id
    }
    # Who has no id yet is known by the address.
    by_address = {found.email: found for found in people if found.email and not found.student_id}
    known: list[tuple[RosterRow, Standing]] = []
    unknown: list[RosterRow] = []
    for row in roster.rows:
        found = students.get(_id_of(row, heading).casefold()) or by_address.get(row.email)
        if found is not None and found.is_student:
            known.append((row, found))
        else:
            unknown.append(row)
    changes = [_change(row, found, heading) for row, found in known]
    seen = {found.key for _, found in known}
    missing = tuple(
        found
        for found in people
        if found.is_student and not found.is_dropped and found.key not in seen
    )
    difference = Difference(
        id_heading=heading,
        newcomers=tuple(_newcomer(row, heading, missing, people) for row in unknown),
        returning=tuple(found for _, found in known if found.is_dropped),
        missing=missing,
        changes=tuple(change for change in changes if change.fields),
        same_count=sum(not change.fields for change in changes),
    )
    return difference, _clashes(roster, difference, people)


def _telling_heading(roster: Roster, people: Iterable[Standing]) -> str:
    """The id column that names the most of those who stand; the first one where none does."""
    standing = {found.student_id.casefold() for found in people if found.student_id}
    hits = {
        heading: sum(row.ids.get(heading, "").casefold() in standing for row in roster.rows)
        for heading in roster.id_headings
    }
    return max(hits, key=lambda heading: hits[heading], default="")


def _id_of(row: RosterRow, heading: str) -> str:
    return row.ids.get(heading, "")


def _change(row: RosterRow, found: Standing, heading: str) -> Change:
    """What the file writes otherwise; a cell that says nothing changes nothing."""
    told = {
        "student_id": found.student_id or _id_of(row, heading),
        "name": row.name,
        "email": row.email,
        "section": row.section,
    }
    fields = {
        field: (getattr(found, field), value)
        for field, value in told.items()
        if value and value != getattr(found, field)
    }
    return Change(found, fields)


def _newcomer(
    row: RosterRow, heading: str, missing: Iterable[Standing], people: Iterable[Standing]
) -> Newcomer:
    student_id = _id_of(row, heading) or next(iter(row.ids.values()), "")
    return Newcomer(
        row=row.line,
        student_id=student_id,
        name=row.name or student_id or row.email,
        email=row.email,
        section=row.section,
        hint=_hint(row, student_id, list(missing), people),
    )


def _hint(
    row: RosterRow, student_id: str, missing: Sequence[Standing], people: Iterable[Standing]
) -> str:
    """Whom a new row may mean: who has its address, its name, or almost its id and is not in the file."""
    same_mail = next((one for one in people if row.email and one.email == row.email), None)
    if same_mail is not None:
        return f"{row.email} belongs to {_named(same_mail)}. Did you mean that one?"
    same_name = next((one for one in missing if _same_name(one.name, row.name)), None)
    if same_name is not None:
        return f"Did you mean {_named(same_name)}, who is not in the file?"
    by_id = {one.student_id.casefold(): one for one in missing if one.student_id}
    near = get_close_matches(student_id.casefold(), by_id, n=1, cutoff=NEAR)
    return f"Did you mean {_named(by_id[near[0]])}, who is not in the file?" if near else ""


def _same_name(first: str, second: str) -> bool:
    return bool(first) and first.casefold() == second.casefold()


def _named(person: Standing) -> str:
    return f"{person.student_id} ({person.name})" if person.student_id else person.name


def _clashes(roster: Roster, difference: Difference, people: Iterable[Standing]) -> list[Problem]:
    """Addresses that two people would have, and rows that name someone of the staff."""
    after = {change.who.key: change.after("email") for change in difference.changes}
    holders: dict[str, list[Standing]] = {}
    for person in people:
        holders.setdefault(after.get(person.key, person.email), []).append(person)
    rows = {row.email: row for row in roster.rows if row.email}
    taken = {newcomer.email: 0 for newcomer in difference.newcomers if newcomer.email}
    taken |= {
        change.after("email"): change.who.key
        for change in difference.changes
        if "email" in change.fields
    }
    return [
        _shared(roster.file, rows[address], other)
        for address, taker in taken.items()
        for other in holders.get(address, ())
        if other.key != taker
    ]


def _shared(file: str, row: RosterRow, holder: Standing) -> Problem:
    role = "" if holder.is_student else ", who is no student of this course"
    message = (
        f"{quoted(row.email)} belongs to {_named(holder)} already{role}. Correct the id or the"
        " address in the file, or change the entry in the course first."
    )
    return Problem(
        file, row.line, "email", row.email, message, Severity.ERROR, "address_of_another"
    )
