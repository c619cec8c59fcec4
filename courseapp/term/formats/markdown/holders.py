"""Whom the tokens of the role cells mean: students, groups, staff or guests (domain.md §7, §12)."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from courseapp.term.formats.markdown.findings import Findings
from courseapp.term.formats.markdown.role_cells import Holder
from courseapp.term.formats.markdown.rows import Known
from courseapp.term.formats.names import PresenterKind
from courseapp.term.formats.problems import did_you_mean, quoted

# An id has a digit or is one word in lower case; a name begins with a capital and has no digit.
NAME: Final = re.compile(r"[^\W\d_][^\d_@]*")
ID: Final = re.compile(r"[\w.@+'-]+")
MAX_ID_LENGTH: Final = 60
MAX_NAME_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Duty:
    """A holder in its place: the lecture's position and the heading's role (by its column)."""

    position: int
    column: str
    holder: Holder

    def with_tokens(self, tokens: tuple[str, ...]) -> "Duty":
        """The same duty of other people."""
        return replace(self, holder=replace(self.holder, tokens=tokens))


@dataclass(frozen=True, slots=True)
class Told:
    """The duties of groups (their tokens are ids), of known groups by name, and of single people."""

    of_members: tuple[Duty, ...]
    of_named: tuple[tuple[Duty, str], ...]
    of_people: tuple[tuple[Duty, PresenterKind, str], ...]


def tell_apart(duties: list[Duty], *, known: Known, findings: Findings) -> Told:
    """Say of each holder who it is; an id that nobody knows is an error with "did you mean"."""
    people = _People.of(duties, known)
    members: list[Duty] = []
    named: list[tuple[Duty, str]] = []
    singles: list[tuple[Duty, PresenterKind, str]] = []
    for duty in duties:
        tokens = duty.holder.tokens
        if duty.holder.kind is not None:
            singles.append((duty, duty.holder.kind, ", ".join(tokens)))
        elif all(people.is_person(token) for token in tokens):
            singles += [(duty, people.kind(token, duty, findings), token) for token in tokens]
        elif len(tokens) == 1 and (group := people.group(tokens[0])) is not None:
            named.append((duty, group))
        else:
            ids = tuple(dict.fromkeys(people.student(one, duty, findings) for one in tokens))
            members.append(duty.with_tokens(ids))
    return Told(tuple(_split_joined(members, known)), tuple(named), tuple(singles))


@dataclass(frozen=True)
class _People:
    """What the whole table and the course say about a token."""

    known: Known
    students: dict[str, str]
    has_ids: bool
    in_lists: frozenset[str]

    @classmethod
    def of(cls, duties: Iterable[Duty], known: Known) -> "_People":
        holders = [duty.holder for duty in duties if duty.holder.kind is None]
        tokens = [token for holder in holders for token in holder.tokens]
        ids = [token for token in tokens if not NAME.fullmatch(token)]
        spelled: dict[str, str] = {}
        for token in (*known.students, *tokens):
            spelled.setdefault(token.casefold(), token)
        lists = {
            token.casefold() for found in holders if len(found.tokens) > 1 for token in found.tokens
        }
        return cls(known, spelled, 2 * len(ids) > len(tokens), frozenset(lists))

    def is_person(self, token: str) -> bool:
        """Whether a token is a name of staff or a guest rather than a student's id."""
        folded = token.casefold()
        if folded in {one.casefold() for one in self.known.students} or self.group(token):
            return False
        if self.staff_name(token):
            return True
        if not NAME.fullmatch(token) or token[0].islower():
            return False
        # In a table whose students stand by first names, a name alone in its cell is staff.
        return self.has_ids or bool(self.known.students) or folded not in self.in_lists

    def staff_name(self, token: str) -> bool:
        """Whether staff have this name, first name or login."""
        folded = token.casefold()
        return any(
            folded in {name.casefold(), *name.casefold().split()} for name in self.known.staff
        )

    def group(self, token: str) -> str | None:
        """The course's group of this name."""
        folded = token.casefold()
        return next((name for name in self.known.groups if name.casefold() == folded), None)

    def kind(self, token: str, duty: Duty, findings: Findings) -> PresenterKind:
        """Staff, or a guest where the course's staff have no such name."""
        if len(token) > MAX_NAME_LENGTH:
            findings.error(duty.holder.cell, "too_long", f"Shorten the name {quoted(token)}.")
        if self.staff_name(token) or not self.known.staff:
            return PresenterKind.STAFF
        hint = did_you_mean(token, self.known.staff)
        message = f"{quoted(token)} is not among the staff; taken as a guest.{hint}"
        findings.warn(duty.holder.cell, "unknown_staff", message, found=token)
        return PresenterKind.GUEST

    def student(self, token: str, duty: Duty, findings: Findings) -> str:
        """The id as the roster spells it; an unknown one is reported."""
        if len(token) > MAX_ID_LENGTH:
            message = f"{quoted(token)} is too long for an id: at most {MAX_ID_LENGTH} characters."
            findings.error(duty.holder.cell, "too_long", message, found=token)
        spelled = self.students[token.casefold()]
        if spelled not in self.known.students and not (
            ID.fullmatch(token) or NAME.fullmatch(token)
        ):
            message = f"{quoted(token)} is no student's id; list the ids of the group's members."
            findings.error(duty.holder.cell, "bad_id", message, found=token)
            return spelled
        if spelled in self.known.students or self.known.takes_new:
            return spelled
        hint = did_you_mean(token, (*self.known.students, *self.known.groups))
        message = f"There is no student {quoted(token)} in the course.{hint}"
        findings.error(duty.holder.cell, "unknown_student", message, found=token)
        return spelled


def _split_joined(duties: list[Duty], known: Known) -> list[Duty]:
    """Split a list of ids that is several groups in a row, which the table shows elsewhere alone."""
    alone = Counter(duty.holder.tokens for duty in duties)
    groups = {frozenset(tokens) for tokens in alone if len(tokens) > 1}
    groups |= set(known.groups.values())
    found: list[Duty] = []
    for duty in duties:
        parts = _parts(duty.holder.tokens, groups - {frozenset(duty.holder.tokens)})
        found += [duty.with_tokens(part) for part in parts or [duty.holder.tokens]]
    return found


def _parts(tokens: tuple[str, ...], groups: set[frozenset[str]]) -> list[tuple[str, ...]]:
    parts: list[tuple[str, ...]] = []
    start = 0
    while start < len(tokens):
        lengths = range(2, len(tokens) - start + 1)
        length = next(
            (size for size in lengths if frozenset(tokens[start : start + size]) in groups), None
        )
        if length is None:
            return []
        parts.append(tokens[start : start + length])
        start += length
    return parts


def report_lonely_ids(duties: Iterable[Duty], *, findings: Findings) -> None:
    """Report an id that stands once, in a group that the table shows elsewhere with a similar one.

    A roster that is made from the table must not gain a student by a slip of the hand (§12).
    """
    all_duties = list(duties)
    seen = Counter(token for duty in all_duties for token in duty.holder.tokens)
    groups = {frozenset(duty.holder.tokens) for duty in all_duties}
    for duty in all_duties:
        tokens = frozenset(duty.holder.tokens)
        for lonely in sorted(token for token in tokens if seen[token] == 1):
            rest = tokens - {lonely}
            same_size = [group for group in groups if rest and len(group) == len(tokens)]
            others = [one for group in same_size if rest < group for one in group - tokens]
            close = get_close_matches(lonely, others, n=1)
            if close:
                message = (
                    f"{quoted(lonely)} stands only here, with people who are elsewhere with"
                    f" {quoted(close[0])}. Did you mean {quoted(close[0])}?"
                )
                findings.error(duty.holder.cell, "unknown_student", message, found=lonely)
