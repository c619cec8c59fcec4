"""The role cell: who plays a part, as lists of ids or names, with the links to their slides."""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from courseapp.term.formats.cells import is_link
from courseapp.term.formats.markdown.findings import Cell, Findings
from courseapp.term.formats.markdown.readings import BESIDE
from courseapp.term.formats.markdown.texts import BREAK, Segment, meant, segments, shielded
from courseapp.term.formats.names import PresenterKind
from courseapp.term.formats.problems import quoted

BETWEEN_GROUPS: Final = re.compile(r"\s*([&;\n])\s*")
BETWEEN_PEOPLE: Final = re.compile(r"\s*(?:,|/|\band\b)\s*")
SAID_KIND: Final = re.compile(r"(guest|staff|student)\s*:\s*", re.IGNORECASE)
NOBODY: Final = frozenset({"", "tbd", "tba", "-", "–", "—", "n/a", "none", "?"})  # noqa: RUF001
HAS_DIGIT: Final = re.compile(r"\S*\d\S*")
BESIDE_ROLE: Final = BESIDE | {"deck", "summary", "recording", "notes", "review", "presentation"}


@dataclass(frozen=True, slots=True)
class Holder:
    """One group's ids, or one person's name, in one role cell; `kind` where the cell says it."""

    cell: Cell
    tokens: tuple[str, ...]
    material: str = ""
    kind: PresenterKind | None = None


@dataclass
class _Reading:
    """The holders of a cell while it is read, with what stands before the next of them."""

    cell: Cell
    holders: list[Holder] = field(default_factory=list)
    separators: list[str] = field(default_factory=list)
    is_open: bool = False
    waiting: str = ""

    def add_words(self, text: str, material: str) -> None:
        """Take plain words, or the words of a link around them."""
        pieces = BETWEEN_GROUPS.split(text)
        for at in range(0, len(pieces), 2):
            if at:
                self._separate(pieces[at - 1])
            self._add_people(pieces[at], material)

    def add_material(self, url: str) -> None:
        """Take a link that stands beside the ids: before the first holder, or after its own."""
        if not self.holders:
            self.waiting = self.waiting or url
        elif not self.holders[-1].material:
            self.holders[-1] = replace(self.holders[-1], material=url)

    def _separate(self, separator: str) -> None:
        # A comma before a line break goes on with the same group.
        if not (separator == "\n" and self.is_open) and self.holders:
            self.separators.append(separator)
            self.holders.append(Holder(self.cell, ()))

    def _add_people(self, text: str, material: str) -> None:
        if text.strip().casefold() in NOBODY:
            return
        said = SAID_KIND.match(text.strip())
        if said is not None:
            text = text.strip()[said.end() :]
        tokens = tuple(
            token
            for piece in BETWEEN_PEOPLE.split(text)
            for token in _words(piece, is_name=said is not None)
            if token.casefold() not in NOBODY
        )
        self.is_open = text.rstrip().endswith(",")
        if not tokens:
            return
        if not self.holders:
            self.holders.append(Holder(self.cell, ()))
        last = self.holders[-1]
        self.holders[-1] = replace(
            last,
            tokens=(*last.tokens, *tokens),
            material=last.material or material or self.waiting,
            kind=PresenterKind(said[1].casefold()) if said else last.kind,
        )
        self.waiting = ""


def _unbracketed(text: str) -> str:
    """A token without the brackets of its list; "Jane Doe (Meta)" keeps its own."""
    # The bracket around a link beside the ids was cut from its other half.
    text = text.rstrip("([ ").lstrip(")] ")
    for opening, closing in ("()", "[]"):
        if text.startswith(opening) and (closing not in text or text.endswith(closing)):
            text = text[1:]
        if text.endswith(closing) and opening not in text:
            text = text[:-1]
    return text.strip()


def _words(piece: str, *, is_name: bool) -> list[str]:
    """Ids that only spaces hold apart; a name of several words stays whole."""
    text = meant(_unbracketed(piece.replace("*", "").strip()))
    words = text.split()
    if not is_name and len(words) > 1 and all(HAS_DIGIT.fullmatch(word) for word in words):
        return words
    return [text]


def read_holders(cell: Cell, *, findings: Findings) -> list[Holder]:
    """Read a role cell: `&`, `;` and line breaks stand between groups, commas between people."""
    reading = _Reading(cell)
    text = BREAK.sub("\n", shielded(cell.text))
    for part in segments(text):
        if part.url is None:
            reading.add_words(part.text, "")
            continue
        url = _material(part, cell, findings)
        if meant(part.text).casefold() in BESIDE_ROLE or not meant(part.text):
            reading.add_material(url)
        else:
            reading.add_words(part.text, url)
    return _one_group_of_lines(reading)


def _material(part: Segment, cell: Cell, findings: Findings) -> str:
    url = part.url or ""
    if not part.is_whole:
        message = f"The link to {quoted(url)} has no closing bracket."
        findings.warn(cell, "malformed_link", message, found=url)
    if not url:
        findings.warn(cell, "empty_link", f"{quoted(meant(part.text))} links to nothing.")
    elif not is_link(url, may_be_relative=True):
        message = f"{quoted(url)} is not a link; it was left out."
        findings.warn(cell, "malformed_link", message, found=url)
        return ""
    return url


def _one_group_of_lines(reading: _Reading) -> list[Holder]:
    """One id a line is one group; else each line is a group of its own."""
    holders = [holder for holder in reading.holders if holder.tokens]
    is_lines = bool(reading.separators) and set(reading.separators) == {"\n"}
    is_singles = all(len(holder.tokens) == 1 and holder.kind is None for holder in holders)
    if not (is_lines and is_singles and len(holders) > 1):
        return holders
    tokens = tuple(token for holder in holders for token in holder.tokens)
    material = next((holder.material for holder in holders if holder.material), "")
    return [Holder(reading.cell, tokens, material)]
