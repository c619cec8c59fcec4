"""What the lines of a text tell: its headings, where the references begin, who is named.

Headings are told by their words, not by their looks, as a PDF keeps no structure: a short line, or
the first words of a paragraph up to its first colon or full stop.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from submissions.inspection.wanted import Section

LONGEST_HEADING: Final = 80
MOST_WORDS: Final = 8
# A paragraph's line may be as short as a heading; without a number, a heading is shorter still.
MOST_WORDS_UNNUMBERED: Final = 6
# "3", "3.1", "IV.", "A)", "§ 2", "##": what stands before the words of a heading.
NUMBERING: Final = re.compile(
    r"^(?:[#§*]+\s*)?(?:(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-H])(?:[.):]\s*|\s+))?"
)
RUN_IN: Final = re.compile(r"^(.{3,60}?)[.:\u2013\u2014](?:\s|$)")
REFERENCES: Final = re.compile(
    r"(?:[\divx]{1,4}[.)]?)?(?:references|bibliography|workscited|literature|referencescited"
    r"|referencesandnotes|literaturecited|citedworks)[.:]?"
)
ADDRESS: Final = re.compile(
    r"(?:\{([^{}@\s][^{}@]{0,200})\}|[\w.+-]{1,64})\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63})+"
)


def headings_of(lines: Iterable[str]) -> list[str]:
    """Return what may be a heading, without its number, in lower case."""
    found = (_heading_in(line.strip()) for line in lines)
    return [heading.casefold() for heading in found if heading]


def _heading_in(line: str) -> str:
    number = NUMBERING.match(line)
    prefix = number[0] if number else ""
    text = line[len(prefix) :]
    run_in = RUN_IN.match(text)
    if run_in is not None:
        text = run_in[1]
    most = MOST_WORDS if prefix else MOST_WORDS_UNNUMBERED
    is_short = len(text) <= LONGEST_HEADING and len(text.split()) <= most
    # A heading begins with a capital, and goes on in no next line.
    is_whole = text[:1].isupper() and text[-1:] not in {",", ";", "-"}
    return text if is_short and is_whole else ""


def missing_sections(lines: Sequence[str], sections: Sequence[Section]) -> list[Section]:
    """Return the sections that no line begins with, and of which no heading holds a word."""
    headings = headings_of(lines) if sections else []
    beginnings = [NUMBERING.sub("", line.strip()).casefold() for line in lines if sections]
    return [
        section
        for section in sections
        if not _is_named(section, beginnings) and not _is_found(section, headings)
    ]


def _is_named(section: Section, beginnings: Iterable[str]) -> bool:
    name = section.name.casefold()
    return any(beginning.startswith(name) for beginning in beginnings)


def _is_found(section: Section, headings: Iterable[str]) -> bool:
    begins = re.compile("|".join(rf"\b{re.escape(word)}" for word in section.words))
    return not section.words or any(begins.search(heading) for heading in headings)


def is_references(line: str) -> bool:
    """Say whether a line is the heading of the references, also in spaced capitals."""
    return REFERENCES.fullmatch(re.sub(r"\s", "", line.casefold())) is not None


def address_count(text: str) -> int:
    """Return how many different addresses are named; `{ann, bo}@example.edu` are two."""
    found: set[str] = set()
    for address in ADDRESS.finditer(text):
        at = address[0].casefold().rpartition("@")[2].strip()
        names = address[1].split(",") if address[1] else [address[0].rpartition("@")[0]]
        found |= {f"{name.strip().casefold()}@{at}" for name in names if name.strip()}
    return len(found)
