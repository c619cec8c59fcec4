"""PDFs written by hand, so that they may be as wrong as they like."""

import io
from collections.abc import Mapping, Sequence

import pypdf

LOREM = "The quick brown fox jumps over the lazy dog while the reader waits for the next line"
SECTIONS = (
    *("1 Problem", "2 Motivation", "3 Solution Overview", "4 Evaluation Plan"),
    *("5 Hypothesis", "6 Drawbacks", "7 Discussion", "8 Limitations"),
)
MEMBERS = "{ann, bo, cy}@illinois.example dee@illinois.example"
# A catalog and a page tree around page objects from number 3 on.
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def assembled(
    objects: Mapping[int, bytes], *, trailer: bytes = b"", head: bytes = b"%PDF-1.7\n"
) -> bytes:
    """Return a PDF of these objects by number; object 1 is the catalog."""
    out, places = bytearray(head), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        place = places.get(number)
        out += b"0000000000 00000 f \n" if place is None else b"%010d 00000 n \n" % place
    out += b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """Return a stream object."""
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(content), content)


def written(lines: Sequence[str]) -> bytes:
    """Return a page's content that shows the lines."""
    shown = b"".join(
        b"(%b) ' " % line.replace("(", "\\(").replace(")", "\\)").encode("latin-1", "replace")
        for line in lines
    )
    return b"BT /F1 10 Tf 12 TL 50 760 Td %b ET" % shown


def pdf(
    pages: Sequence[Sequence[str]],
    *,
    catalog: bytes = b"",
    page: bytes = b"",
    more: Mapping[int, bytes] | None = None,
    trailer: bytes = b"",
) -> bytes:
    """Return a PDF that shows these lines; `catalog` and `page` are further entries, `more` objects.

    Objects from 1000 on are free for `more`.
    """
    return assembled(
        objects_of(pages, catalog=catalog, page=page) | dict(more or {}), trailer=trailer
    )


def objects_of(
    pages: Sequence[Sequence[str]], *, catalog: bytes = b"", page: bytes = b""
) -> dict[int, bytes]:
    """Return the objects of a PDF that shows these lines."""
    numbers = [10 + 2 * index for index in range(len(pages))]
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        2: b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, len(pages)),
        3: FONT,
    }
    for number, lines in zip(numbers, pages, strict=True):
        objects[number] = page_object(number + 1, page)
        objects[number + 1] = stream(written(lines))
    return objects


def page_object(content: int, entries: bytes = b"") -> bytes:
    """Return a page that shows the content of an object."""
    return (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>"
        b"/Contents %d 0 R%b>>" % (content, entries)
    )


def paper(page_count: int, *, references: int = 1, sections: Sequence[str] = SECTIONS) -> bytes:
    """Return a paper that is as it should be: sections, members, text, then pages of references."""
    return pdf(pages_of(page_count, references=references, sections=sections))


def pages_of(
    page_count: int, *, references: int = 1, sections: Sequence[str] = SECTIONS
) -> list[list[str]]:
    """Return the lines of such a paper, by pages."""
    text = [[LOREM] * 40 for _ in range(page_count)]
    text[0] = ["On Caches", MEMBERS, *(line for head in sections for line in (head, LOREM))]
    ends = [["References", *[f"[{number}] Somebody, Something, NSDI." for number in range(30)]]]
    more = [[f"[{number}] Somebody else, Something more, OSDI." for number in range(30)]]
    return text + (ends + more * (references - 1) if references else [])


def locked(content: bytes, *, user: str, owner: str, method: str = "RC4-128") -> bytes:
    """Return a PDF that is encrypted: whom the passwords let in, and by which method."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(user, owner, algorithm=method)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
