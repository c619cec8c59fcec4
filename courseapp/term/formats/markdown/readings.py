"""The readings cell: links, their marks and section notes, and the words that stand between them."""

import re
from dataclasses import dataclass, replace
from typing import Final

from courseapp.term.formats.cells import is_link
from courseapp.term.formats.markdown.findings import Cell, Findings
from courseapp.term.formats.markdown.kinds import says_no_class
from courseapp.term.formats.markdown.texts import BREAK, Segment, meant, segments, shielded
from courseapp.term.formats.problems import quoted

REQUIRED_WORDS: Final = r"required|mandatory|must[- ]read"
OPTIONAL_WORDS: Final = r"optional|recommended|suggested|supplementary"
MARK: Final = re.compile(rf"(?:({REQUIRED_WORDS})|({OPTIONAL_WORDS}))", re.IGNORECASE)
BRACKETED: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
TITLE_MARK: Final = re.compile(
    rf"\s*[(\[]\s*({REQUIRED_WORDS}|{OPTIONAL_WORDS})\s*[)\]]\s*", re.IGNORECASE
)
LEADING_MARK: Final = re.compile(
    rf"^({REQUIRED_WORDS}|{OPTIONAL_WORDS})(?:\s+reading)?\s*[:\-]\s*",
    re.IGNORECASE,
)
SECTION: Final = re.compile(
    r"^(?:sec(?:tion)?s?\b|§|ch(?:apter)?s?\b|pages?\b|pp?\b|parts?\b)", re.IGNORECASE
)
SECTION_NUMBER: Final = re.compile(r"^[\dIVX][\dIVX.\-– ]*(?:(?:and|&)\s*[\dIVX.]+)?$")  # noqa: RUF001
READING_WORD: Final = re.compile(r"\s+readings?$", re.IGNORECASE)
BARE_LINK: Final = re.compile(r"<?(https?://[^\s<>]+)>?")
BULLET: Final = re.compile(r"^\s*(?:[-•·+]|\d+[.)])\s+")
PUNCTUATION: Final = " \t,;:.-–—|_"  # noqa: RUF001 - people type all three dashes
ITALIC: Final = re.compile(r"(?<!\*)\*([^*\s][^*]*)\*(?!\*)")
# Links that stand beside a title, instead of around it.
BESIDE: Final = frozenset(
    {"pdf", "link", "paper", "slides", "video", "code", "blog", "html", "arxiv", "here", "url"}
)
LABEL_JOINT: Final = " / "


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading as it stands in its cell; `is_required` is None without a mark."""

    title: str
    url: str
    is_required: bool | None
    sections: str
    note: str


@dataclass(frozen=True, slots=True)
class ReadingsCell:
    """What a cell holds: its heading words, and its readings in order."""

    label: str
    entries: tuple[Entry, ...]


@dataclass
class _Around:
    """What the words around a link say; `text` is what is left of them."""

    text: str
    is_required: bool | None = None
    sections: str = ""

    def take_star(self, *, is_required: bool) -> None:
        """Read a lonely star as the mark that the page says it is."""
        plain = ITALIC.sub(r"\1", self.text.replace("**", ""))
        if "*" in plain:
            self.is_required = is_required
        self.text = plain.replace("*", " ")

    def take_brackets(self) -> None:
        """Read "(Required)" and "(Sec 1-4.2, Required)"; other brackets stay as they are."""
        self.text = BRACKETED.sub(self._bracket, self.text)

    def _bracket(self, found: re.Match[str]) -> str:
        items = [item.strip() for item in re.split("[,;]", found[1])]
        sections: list[str] = []
        rest: list[str] = []
        is_ours = False
        for item in items:
            if mark := MARK.fullmatch(READING_WORD.sub("", item)):
                self.is_required = mark[1] is not None
                is_ours = True
            elif SECTION.match(item) or (sections and SECTION_NUMBER.match(item)):
                sections.append(item)
            else:
                rest.append(item)
        if not is_ours and not sections:
            return found[0]
        self.sections = ", ".join(filter(None, [self.sections, *sections]))
        return " ".join(rest)

    def take_words(self) -> None:
        """Read a mark that stands alone before or after the link: "Optional:", "- required"."""
        bare = self.text.strip(PUNCTUATION)
        if leading := LEADING_MARK.match(bare):
            self.is_required = _says_required(leading[1])
            bare = bare[leading.end() :]
        elif alone := MARK.fullmatch(READING_WORD.sub("", bare)):
            self.is_required = alone[1] is not None
            bare = ""
        self.text = bare.strip(PUNCTUATION)


def read_readings(
    cell: Cell, *, star_is_required: bool, has_holders: bool, findings: Findings
) -> ReadingsCell:
    """Read a cell. Words in bold without a link are a heading of the row, never a reading.

    Plain words without a link are one too where nobody presents them; else they are a reading whose
    link is missing.
    """
    pieces = [BULLET.sub("", piece.strip()).strip() for piece in BREAK.split(shielded(cell.text))]
    has_links = any(_links(segments(piece)) or BARE_LINK.search(piece) for piece in pieces)
    labels: list[str] = []
    entries: list[Entry] = []
    heading: bool | None = None
    for piece in filter(None, pieces):
        said = _heading_mark(piece)
        if said is not None:
            heading = said
        elif _is_label(piece, stands_alone=not has_links and not has_holders):
            labels.append(meant(piece.replace("*", "")))
        else:
            for part in _one_reading_each(segments(piece)):
                entry = _entry(part, star_is_required=star_is_required)
                _check_mark(entry, part, cell, findings)
                if entry.is_required is None:
                    entry = replace(entry, is_required=heading)
                entries.append(_with_sound_link(entry, part, cell, findings))
    _check_repeats(entries, cell, findings)
    return ReadingsCell(LABEL_JOINT.join(labels), tuple(filter(_says_anything, entries)))


def _heading_mark(piece: str) -> bool | None:
    """What a line such as "**Required:**" says of the readings below it."""
    around = _Around(piece.replace("*", ""))
    around.take_words()
    return None if around.text else around.is_required


def _says_anything(entry: Entry) -> bool:
    return bool(entry.title)


def _is_label(piece: str, *, stands_alone: bool) -> bool:
    if _links(segments(piece)) or BARE_LINK.search(piece):
        return False
    around = _Around(piece)
    around.take_brackets()
    if around.is_required is not None:
        return False
    return piece.startswith("**") or piece.endswith(":") or stands_alone or says_no_class(piece)


def _links(parts: list[Segment]) -> list[Segment]:
    return [part for part in parts if part.url is not None]


def _is_beside(part: Segment) -> bool:
    return part.url is not None and meant(part.text).strip("[]() ").casefold() in BESIDE


def _one_reading_each(parts: list[Segment]) -> list[list[Segment]]:
    """Cut a piece before every further link that has a title of its own."""
    readings: list[list[Segment]] = [[]]
    for part in parts:
        if part.url is not None and not _is_beside(part) and _links(readings[-1]):
            readings.append([])
        readings[-1].append(part)
    return readings


def _entry(parts: list[Segment], *, star_is_required: bool) -> Entry:
    links = _links(parts)
    # Beside a link an escaped star is meant to be seen, and means the same.
    beside = " ".join(part.text for part in parts if part.url is None)
    around = _Around(beside.replace(shielded(r"\*"), "*"))
    around.take_star(is_required=star_is_required)
    around.take_brackets()
    around.take_words()
    main = links[0] if links else _bare_link(around)
    title = _Around("" if main is None else main.text)
    title.take_star(is_required=star_is_required)
    _take_title_mark(title)
    is_required = around.is_required if around.is_required is not None else title.is_required
    url = "" if main is None or main.url is None else main.url
    words = meant(around.text)
    takes_words = not meant(title.text) or (main is not None and _is_beside(main) and bool(words))
    return Entry(
        title=(words or url) if takes_words else meant(title.text),
        url=url,
        is_required=is_required,
        sections=meant(around.sections),
        note="" if takes_words else words,
    )


def _bare_link(around: _Around) -> Segment | None:
    found = BARE_LINK.search(around.text)
    if found is None:
        return None
    around.text = (around.text[: found.start()] + around.text[found.end() :]).strip(PUNCTUATION)
    return Segment("", found[1])


def _take_title_mark(title: _Around) -> None:
    if found := TITLE_MARK.search(title.text):
        title.is_required = _says_required(found[1])
        title.text = TITLE_MARK.sub(" ", title.text)
    if found := LEADING_MARK.match(title.text.strip()):
        title.is_required = _says_required(found[1])
        title.text = title.text.strip()[found.end() :]


def _check_mark(entry: Entry, parts: list[Segment], cell: Cell, findings: Findings) -> None:
    """Warn about a mark that stands both beside the link and inside it."""
    inside = [part.text for part in _links(parts) if TITLE_MARK.search(part.text)]
    outside = [part.text for part in parts if part.url is None and MARK.search(part.text)]
    if inside and outside:
        message = f"{quoted(entry.title)} has its mark inside the link's words too; taken out."
        findings.warn(cell, "mark_in_title", message, found=inside[0])


def _says_required(word: str) -> bool:
    mark = MARK.fullmatch(word)
    return mark is not None and mark[1] is not None


def _with_sound_link(entry: Entry, parts: list[Segment], cell: Cell, findings: Findings) -> Entry:
    """The entry with its link, or without one that leads nowhere; either is told."""
    name = quoted(entry.title)
    if not all(part.is_whole for part in parts):
        message = f"The link of {name} has no closing bracket."
        findings.warn(cell, "malformed_link", message, found=entry.url)
    if not entry.url:
        findings.warn(cell, "empty_link", f"{name} has no link.", found=entry.title)
        return entry
    if entry.url.startswith("www."):
        message = f"{quoted(entry.url)} begins with no https://; it was added."
        findings.warn(cell, "malformed_link", message, found=entry.url)
        return replace(entry, url=f"https://{entry.url}")
    if not is_link(entry.url, may_be_relative=False):
        message = f"{quoted(entry.url)} is not a link; {name} is taken without one."
        findings.warn(cell, "malformed_link", message, found=entry.url)
        return replace(entry, url="")
    if entry.title == entry.url:
        findings.warn(cell, "no_title", f"{name} has no title.", found=entry.url)
    return entry


def _check_repeats(entries: list[Entry], cell: Cell, findings: Findings) -> None:
    for at, entry in enumerate(entries):
        if entry.url and any(entry.url == other.url for other in entries[:at]):
            message = f"{quoted(entry.title)} has the same link as another reading of the row."
            findings.warn(cell, "repeated_link", message, found=entry.url)
        if any(entry.title.casefold() == other.title.casefold() for other in entries[:at]):
            message = f"{quoted(entry.title)} stands twice in the row."
            findings.warn(cell, "repeated_title", message, found=entry.title)
