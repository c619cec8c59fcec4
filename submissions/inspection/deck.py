"""What a deck of slides holds: a .pptx, which is an archive of XML.

Only the parts that tell about the deck are read, never its pictures and videos: python-pptx takes
all of a deck into memory, which for one with 150 MB of video were 187 MB. Entities and document
types, by which XML can grow without end or fetch what it should not, are refused by defusedxml.
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from submissions.inspection import names
from submissions.inspection.archive import ENCRYPTED_FLAG, MOST_BYTES, MOST_RATIO, RATIO_FROM
from submissions.inspection.findings import Finding, bad, count_of, note, warn, well
from submissions.inspection.marks import PDF_MARK
from submissions.inspection.wanted import Wanted

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

TYPES_PART: Final = "[Content_Types].xml"
MAIN_PART: Final = "ppt/presentation.xml"
# In bytes; the part that lists the slides of a real deck has some KB.
LARGEST_PART: Final = 8 * 1024**2
MOST_PARTS: Final = 20_000
MOST_RELATIONS: Final = 2_000
HYPERLINK: Final = "/hyperlink"
OTHERS: Final = (
    ("wordprocessingml", "a Word document"),
    ("spreadsheetml", "an Excel workbook"),
    ("visio", "a Visio drawing"),
)


class NotADeckError(Exception):
    """The archive is something else, or lacks what makes it a deck; the words say what."""


@dataclass(frozen=True, slots=True)
class Related:
    """What the parts of a deck point at: places outside of it, and what is enclosed in it."""

    outside: int
    enclosed: int


def look_into_deck(path: Path, wanted: Wanted) -> Iterator[Finding]:
    """Say what a .pptx holds, and what of that should be changed."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _parts(archive)
    except NotADeckError as error:
        yield bad("not_a_deck", str(error))
    except DefusedXmlException:
        yield bad(
            "entities", "Its XML holds entities, which no program for slides writes: save it anew."
        )
    except (zipfile.BadZipFile, NotImplementedError, ParseError, ValueError, zlib.error, EOFError):
        yield bad(
            "unreadable",
            "It cannot be opened as slides; part of it is missing or broken. Save it anew, open the"
            " result once yourself, and hand that in.",
        )
    with path.open("rb") as file:
        if PDF_MARK in file.read(1024):
            yield warn("polyglot", "The file is also a PDF: save it as .pptx anew.")


def _parts(archive: zipfile.ZipFile) -> Iterator[Finding]:
    entries = archive.infolist()
    _refuse_heavy(entries)
    if any(one.flag_bits & ENCRYPTED_FLAG for one in entries):
        yield bad("encrypted", "A password is needed to open it: save it without a password.")
        return
    parts = frozenset(archive.namelist())
    _refuse_other(archive, parts)
    yield _slides(archive, parts)
    types = _read(archive, TYPES_PART)
    if (
        any(name.casefold().endswith("vbaproject.bin") for name in parts)
        or b"macroEnabled" in types
    ):
        yield warn(
            "macros", "It holds macros, which nobody will run: save it as .pptx without macros."
        )
    yield from _said(_related(archive, sorted(parts)))
    yield from names.look_at_names([one.orig_filename for one in entries])


def _refuse_heavy(entries: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(one.file_size for one in entries)
    packed = max(1, sum(one.compress_size for one in entries))
    is_bomb = unpacked > RATIO_FROM and unpacked > MOST_RATIO * packed
    if is_bomb or unpacked > MOST_BYTES or len(entries) > MOST_PARTS:
        raise NotADeckError(
            "It unpacks to more than any deck has, so it is not opened: save it as .pptx anew, with"
            " smaller pictures and videos."
        )


def _refuse_other(archive: zipfile.ZipFile, parts: frozenset[str]) -> None:
    if TYPES_PART in parts and MAIN_PART in parts:
        return
    found = "a ZIP archive"
    if TYPES_PART in parts:
        types = _read(archive, TYPES_PART).decode("utf-8", "replace").casefold()
        found = next((words for mark, words in OTHERS if mark in types), "no presentation")
    elif "mimetype" in parts:
        found = "an OpenDocument file"
    raise NotADeckError(
        f"Its name says slides, but it is {found}: export the slides as .pptx and hand that in."
    )


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a part, which must be small whatever the archive says of its size."""
    with archive.open(name) as part:
        content = part.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise NotADeckError("A part of it is larger than that of any deck: save it as .pptx anew.")
    return content


def _tree(archive: zipfile.ZipFile, name: str) -> "Element":
    tree: Element = fromstring(_read(archive, name), forbid_dtd=True)
    return tree


def _slides(archive: zipfile.ZipFile, parts: frozenset[str]) -> Finding:
    """Count the slides that the presentation lists, as far as they are there."""
    listed = sum(1 for one in _tree(archive, MAIN_PART).iter() if _word(one.tag) == "sldId")
    there = sum(_is_slide(name) for name in parts)
    if listed == 0:
        return bad("no_slides", "There is no slide in it: save it anew and look at it once.")
    if there < listed:
        return bad(
            "unreadable", f"{count_of(listed - there, 'slide')} of {listed} missing: save it anew."
        )
    return well("slides", f"{count_of(listed, 'slide')}.")


def _is_slide(name: str) -> bool:
    return name.startswith("ppt/slides/") and name.endswith(".xml")


def _word(tag: object) -> str:
    """Return an element's name without its namespace."""
    return str(tag).rpartition("}")[2]


def _related(archive: zipfile.ZipFile, parts: Sequence[str]) -> Related:
    outside = 0
    for name in [name for name in parts if name.endswith(".rels")][:MOST_RELATIONS]:
        for one in _tree(archive, name).iter():
            is_outside = one.get("TargetMode") == "External"
            outside += is_outside and not one.get("Type", "").endswith(HYPERLINK)
    return Related(outside, sum(name.startswith("ppt/embeddings/") for name in parts))


def _said(related: Related) -> Iterator[Finding]:
    if related.outside:
        yield warn(
            "linked",
            f"{count_of(related.outside, 'picture, video or sheet', 'pictures, videos or sheets')}"
            " linked from outside will be missing when it is shown: put them into the slides.",
        )
    if related.enclosed:
        yield note(
            "encloses",
            f"{count_of(related.enclosed, 'object')} of other programs enclosed: shown as a picture"
            " where that program is missing.",
        )
