"""The files that the groups of the sample course hand in: small, but real PDFs."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

PORTRAIT: Final = (595, 842)
LANDSCAPE: Final = (960, 540)
# Of Helvetica, the mean width of a letter in its size.
LETTER: Final = 0.5
FILLER: Final = (
    (
        "The numbers hold on the cluster that the authors measured; whether they hold on another depends"
        " on how much of the gain comes from the network, which the paper does not take apart."
    ),
    (
        "We ran the small configuration again and found the same order of the systems, with smaller"
        " distances between them once the baseline had the same budget for tuning."
    ),
    (
        "What is new is not the mechanism but where it stands: the decision is made where the load is"
        " seen first, and so nothing has to be moved twice."
    ),
)


@dataclass(frozen=True)
class Line:
    """A line of text, its size in points."""

    text: str
    size: int = 11
    is_bold: bool = False


def summary(title: str, by: str, sections: Sequence[str]) -> bytes:
    """Return a summary of two pages with a paragraph or two under each heading."""
    pages: list[list[Line]] = [[Line(title, 18, is_bold=True), Line(by, 11), Line("")], []]
    for number, section in enumerate(sections):
        page = pages[0] if number * 2 < len(sections) else pages[1]
        page += [Line(section, 13, is_bold=True), *_paragraphs(number, 3)]
    return _pdf(PORTRAIT, pages)


def proposal(title: str, by: str, members: Sequence[str]) -> bytes:
    """Return a proposal of two pages and one of references."""
    first = [Line(title, 18, is_bold=True), Line(by, 11), Line("")]
    first += [Line(member, 10) for member in members]
    for number, section in enumerate(("Problem", "Motivation")):
        first += [Line(section, 13, is_bold=True), *_paragraphs(number, 3)]
    second: list[Line] = []
    for number, section in enumerate(("Solution overview", "Evaluation plan")):
        second += [Line(section, 13, is_bold=True), *_paragraphs(number + 1, 4)]
    third = [Line("References", 13, is_bold=True), *_references()]
    return _pdf(PORTRAIT, [first, second, third])


def slides(title: str, by: str, headings: Sequence[str]) -> bytes:
    """Return slides: a title, and one for each heading."""
    pages = [[Line(""), Line(title, 40, is_bold=True), Line(""), Line(by, 22)]]
    for number, heading in enumerate(headings):
        points = [Line(point, 20) for point in _points(number)]
        pages.append([Line(heading, 32, is_bold=True), Line(""), *points])
    return _pdf(LANDSCAPE, pages)


def _paragraphs(start: int, count: int) -> list[Line]:
    lines: list[Line] = []
    for number in range(count):
        lines += [Line(FILLER[(start + number) % len(FILLER)]), Line("")]
    return lines


def _points(number: int) -> Iterator[str]:
    for step in range(2):
        yield "- " + FILLER[(number + step) % len(FILLER)]


def _references() -> list[Line]:
    return [
        Line(f"[{number}] A. Author and B. Author. A paper of the course, read in week {number}.")
        for number in range(1, 9)
    ]


def _pdf(size: tuple[int, int], pages: Sequence[Sequence[Line]]) -> bytes:
    """Write pages of text in Helvetica, which every reader brings along."""
    fonts = "<</F1 3 0 R/F2 4 0 R>>"
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        *(
            f"<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>".encode()
            for name in ("Helvetica", "Helvetica-Bold")
        ),
    ]
    for number, lines in enumerate(pages):
        box = f"[0 0 {size[0]} {size[1]}]"
        bodies.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox{box}/Resources<</Font{fonts}>>"
            f"/Contents {6 + 2 * number} 0 R>>".encode()
        )
        content = _content(size, lines)
        bodies.append(b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content))
    return _file(bodies)


def _content(size: tuple[int, int], lines: Sequence[Line]) -> bytes:
    width, top = size[0] - 120, size[1] - 70
    parts = [f"BT 60 {top} Td"]
    for line in lines:
        for piece in textwrap.wrap(line.text, int(width / (line.size * LETTER))) or [""]:
            shown = piece.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            font = "F2" if line.is_bold else "F1"
            parts.append(f"/{font} {line.size} Tf 0 -{round(line.size * 1.4)} Td ({shown}) Tj")
    return "\n".join([*parts, "ET"]).encode("cp1252", "replace")


def _file(bodies: Sequence[bytes]) -> bytes:
    written = bytearray(b"%PDF-1.7\n")
    places: list[int] = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(bodies) + 1
    written_to = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    written += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, written_to)
    return bytes(written)
