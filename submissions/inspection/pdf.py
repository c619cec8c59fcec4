"""What a PDF holds: its pages and words by PDFium, its structure by pypdf.

PDFium opens what people's viewers open, and reads the file as it needs it; pypdf shows what stands
in the catalog: scripts, actions, enclosed files. Only the child of `submissions.inspection.warm`
reads files: both libraries can be led into any amount of memory and time.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pypdf
import pypdfium2
from pypdf.generic import DictionaryObject

from submissions.inspection.findings import Finding, bad, count_of, note, warn, well
from submissions.inspection.headings import address_count, missing_sections
from submissions.inspection.marks import begins_as, ends_as_zip
from submissions.inspection.pages import extent_of, pages_finding
from submissions.inspection.wanted import Wanted

NEEDS_PASSWORD: Final = 4
# More pages than any hand-in has: those further on are not read.
MOST_PAGES: Final = 400
# In bytes: a file from which on its pictures would fill the memory that a look may take.
LARGE: Final = 32 * 1024**2
# Characters a page, below which it is taken for a picture.
FEW_CHARACTERS: Final = 40
END_MARK: Final = b"%%EOF"
TAIL: Final = 2048


def look_into_pdf(path: Path, wanted: Wanted) -> Iterator[Finding]:
    """Say what a PDF holds, and what of that should be changed."""
    try:
        with closing(pypdfium2.PdfDocument(path)) as document:
            count = len(document)
    except pypdfium2.PdfiumError as error:
        yield _not_opened(error)
        return
    yield from _ends(path)
    yield from _words(path, count, wanted)
    yield from _structure(path)


def _not_opened(error: pypdfium2.PdfiumError) -> Finding:
    if error.err_code == NEEDS_PASSWORD:
        return bad("encrypted", "A password is needed to open it: export it without a password.")
    return bad(
        "unreadable",
        "It cannot be opened as a PDF; part of it is missing or broken. Export it anew, open the"
        " result once yourself, and hand that in.",
    )


def _ends(path: Path) -> Iterator[Finding]:
    """Look at the outer bytes: is it whole, and nothing else besides?"""
    with path.open("rb") as file:
        head = file.read(1024)
        file.seek(max(0, path.stat().st_size - TAIL))
        tail = file.read()
        other = "a ZIP archive" if ends_as_zip(file) else begins_as(head)
    if END_MARK not in tail:
        yield warn(
            "truncated",
            "Its end is missing, so viewers have to repair it: export or download it anew.",
        )
    if other:
        yield warn("polyglot", f"The file is also {other}: export it as a plain PDF anew.")


def _words(path: Path, count: int, wanted: Wanted) -> Iterator[Finding]:
    if count > MOST_PAGES:
        yield warn(
            "pages_very_many",
            f"It has {count:,} pages; only {MOST_PAGES} are looked at: shorten it.",
        )
        return
    pages = _texts_of(path, count)
    if any(page is None for page in pages):
        broken = sum(page is None for page in pages)
        yield bad(
            "pages_broken",
            f"{count_of(broken, 'page')} of {count} cannot be shown: export it anew.",
        )
        return
    yield from _asked([page or "" for page in pages], wanted)


def _texts_of(path: Path, count: int) -> list[str | None]:
    """Return the text of each page; None where a page cannot be loaded.

    An open document keeps the pictures of the pages that were loaded, so a large one is opened anew
    for each page.
    """
    step = 1 if path.stat().st_size > LARGE else MOST_PAGES
    texts: list[str | None] = []
    for first in range(0, count, step):
        with closing(pypdfium2.PdfDocument(path)) as document:
            last = min(first + step, count)
            texts += [_text_of(document, index) for index in range(first, last)]
    return texts


def _text_of(document: pypdfium2.PdfDocument, index: int) -> str | None:
    try:
        page = document[index]
        text: str = page.get_textpage().get_text_bounded()
    except pypdfium2.PdfiumError:
        return None
    page.close()
    return text.replace("\r", "").replace("\x00", "")


def _asked(pages: list[str], wanted: Wanted) -> Iterator[Finding]:
    """Say how what is written compares with what is asked for."""
    yield pages_finding(extent_of(pages), wanted)
    characters = sum(len("".join(page.split())) for page in pages)
    if characters < FEW_CHARACTERS * len(pages) and wanted.sections:
        yield warn(
            "no_text",
            "Its pages are pictures without text, so nobody can search or cite it, and screen"
            " readers read nothing: export it from where it was written, rather than scanning it.",
        )
        return
    yield from _sections([line for page in pages for line in page.splitlines()], wanted)
    yield from _addresses("\n".join(pages), wanted)


def _sections(lines: list[str], wanted: Wanted) -> Iterator[Finding]:
    if not wanted.sections:
        return
    missing = [f"“{one.name}”" for one in missing_sections(lines, wanted.sections)]
    if not missing:
        names = ", ".join(section.name for section in wanted.sections)
        yield well("sections", f"All that is asked for has a heading: {names}.")
    elif len(missing) == 1:
        yield warn(
            "section_missing",
            f"No heading was found for {missing[0]}: write that section, or give it a heading by"
            " that name.",
        )
    else:
        yield warn(
            "section_missing",
            f"No headings were found for {', '.join(missing)}: write these sections, or give them"
            " headings by these names.",
        )


def _addresses(text: str, wanted: Wanted) -> Iterator[Finding]:
    if not wanted.addresses:
        return
    found = address_count(text)
    if found < wanted.addresses:
        named = count_of(found, "mail address", "mail addresses") if found else "No mail address"
        yield warn(
            "addresses_missing",
            f"{named} found for {count_of(wanted.addresses, 'member')}: name each member with an"
            " address.",
        )
    else:
        yield well("addresses", "The members are named with their addresses.")


def _structure(path: Path) -> Iterator[Finding]:
    """Look for what a PDF can do besides being read."""
    try:
        # Given the path, pypdf would take the whole file into memory.
        with path.open("rb") as file:
            reader = pypdf.PdfReader(file, strict=False)
            is_restricted = reader.is_encrypted
            if is_restricted:
                reader.decrypt("")
            acts = _acts(reader, _dictionary(reader.trailer["/Root"]))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - pypdf raises anything on what PDFium repairs
        yield note(
            "unusual", "Parts of its structure are unusual; viewers may show it differently."
        )
        return
    if is_restricted:
        yield note("restricted", "It asks viewers to forbid copying or printing.")
    yield from _said(acts)


def _said(acts: set[str]) -> Iterator[Finding]:
    if "/Launch" in acts:
        yield bad(
            "launches",
            "It asks to start another program when it is opened or clicked: export it without"
            " actions, for one by printing it to a PDF.",
        )
    if "/JavaScript" in acts:
        yield warn("javascript", "It holds a script (JavaScript): export it without.")
    if "/EmbeddedFiles" in acts:
        yield warn("encloses", "It encloses other files, which nobody will read: leave them out.")


def _acts(reader: pypdf.PdfReader, catalog: dict[str, Any]) -> set[str]:
    names = _dictionary(catalog.get("/Names"))
    found: set[str] = {name for name in ("/JavaScript", "/EmbeddedFiles") if name in names}
    found |= _acts_of(catalog)
    for page in islice(reader.pages, MOST_PAGES):
        found |= _acts_of(page)
        for annotation in _resolved(page.get("/Annots")) or []:
            found |= _acts_of(_dictionary(annotation))
    return found


def _acts_of(holder: dict[str, Any]) -> set[str]:
    """Return the kinds of what a page, a link or the catalog does by itself."""
    actions = [holder.get("/OpenAction"), holder.get("/A")]
    actions += list(_dictionary(holder.get("/AA")).values())
    kinds = {str(_dictionary(action).get("/S", "")) for action in actions}
    if holder.get("/Subtype") == "/FileAttachment":
        kinds.add("/EmbeddedFiles")
    return kinds


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _dictionary(value: Any) -> dict[str, Any]:
    found = _resolved(value)
    return found if isinstance(found, DictionaryObject) else {}
