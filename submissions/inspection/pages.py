"""How many pages the text has, and how many the references."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from submissions.inspection.findings import Finding, count_of, warn, well
from submissions.inspection.headings import is_references
from submissions.inspection.wanted import Wanted

# Of a page's characters; a running title and a page's number are less.
TENTH: Final = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Extent:
    """The pages of text, those of references, and whether a heading of references was found."""

    body: int
    references: int
    has_references: bool


def extent_of(pages: Sequence[str]) -> Extent:
    """Count the pages before the references, and those from there on.

    The last line that is nothing but such a heading is where they begin. The page on which they
    begin is one of text where more than a tenth of what is written on it stands before the heading;
    all that follows the heading, an appendix too, counts as references.
    """
    for index in range(len(pages) - 1, -1, -1):
        lines = pages[index].splitlines()
        heads = [number for number, line in enumerate(lines) if is_references(line)]
        if heads:
            share = _share(lines, heads[-1])
            body = index + (1 if share > TENTH else 0)
            return Extent(body, len(pages) - index, has_references=True)
    return Extent(len(pages), 0, has_references=False)


def _share(lines: Sequence[str], head: int) -> Fraction:
    sizes = [len("".join(line.split())) for line in lines]
    return Fraction(sum(sizes[:head]), max(1, sum(sizes)))


def pages_finding(extent: Extent, wanted: Wanted) -> Finding:
    """Say how many pages there are, and what is asked for ("7 pages and 2 of references")."""
    found = count_of(extent.body, "page")
    if extent.has_references:
        found += f" and {extent.references} of references"
    low, high = wanted.min_pages, wanted.max_pages
    said = f"{found}{_asked(low, high)}"
    if low is not None and extent.body < low:
        return warn("pages_few", f"{said}: write more, or check that no page is missing.")
    if high is not None and extent.body > high:
        return warn("pages_many", f"{said}: {_shorten(extent, high)}")
    return well("pages", f"{said}.")


def _asked(low: int | None, high: int | None) -> str:
    """Return what is asked for, as the end of a sentence; nothing where nothing is."""
    if low is None and high is None:
        return ""
    if low is None or high is None:
        limit = f"at least {low}" if high is None else f"at most {high}"
        return f"; {limit} are asked for"
    return f"; {low if low == high else f'{low} to {high}'} are asked for"


def _shorten(extent: Extent, high: int) -> str:
    sentence = f"shorten the text by {count_of(extent.body - high, 'page')}."
    if extent.has_references:
        return sentence
    return sentence[:-1] + ", or put the heading “References” on a line of its own above them."
