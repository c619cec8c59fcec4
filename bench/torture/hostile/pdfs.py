"""Papers: valid ones, and ones that would take a reader's memory, time or trust."""

import zlib

from bench.torture.hostile.cases import Case, Files
from bench.torture.hostile.flate import zlib_bomb
from bench.torture.hostile.pdf_writing import (
    LOREM,
    SECTIONS,
    assembled,
    locked,
    objects_of,
    page_object,
    pages_of,
    paper,
    pdf,
    stream,
    written,
)
from bench.torture.hostile.zip_writing import CODE, README, archive
from submissions.deadlines import Kind

REPORT = Files(Kind.REPORT, ".pdf")
PROPOSAL = Files(Kind.PROPOSAL, ".pdf")
SUMMARY = Files(Kind.SUMMARY, ".pdf")
POSTER = Files(Kind.FINAL, ".pdf")

EIGHT = pages_of(8)
MISSING = "warn section_missing"
FEW = "warn pages_few"
LONG = "warn pages_many"
BROKEN = "bad unreadable"
BEYOND = "bad beyond_limits"
UNSHOWN = "bad pages_broken"
UNUSUAL = "note unusual"


def papers() -> list[Case]:
    """Return papers as people hand them in, good and less good."""
    return [
        REPORT.case("a report as asked", lambda: paper(8)),
        REPORT.case("a report with two pages of references", lambda: paper(7, references=2)),
        REPORT.case("a report without references", lambda: paper(8, references=0)),
        REPORT.case("a report too long", lambda: paper(9), LONG),
        REPORT.case("a report too short", lambda: paper(6), FEW),
        REPORT.case(
            "a report without limitations", lambda: paper(8, sections=SECTIONS[:3]), MISSING
        ),
        REPORT.case("a scan", lambda: pdf([[]] * 8), "warn no_text"),
        REPORT.case("letters outside Latin", lambda: pdf([*EIGHT[:7], ["ÄÖÜ ß é ø"] * 30])),
        REPORT.case("a page of a million letters", _long_page),
        PROPOSAL.case("a proposal as asked", lambda: paper(2)),
        PROPOSAL.case("a proposal of one page", lambda: paper(1), FEW),
        PROPOSAL.case(
            "a proposal without addresses",
            lambda: pdf([["Our plan", *SECTIONS, LOREM], [LOREM] * 9]),
            "warn addresses_missing",
        ),
        PROPOSAL.case("a proposal without headings", lambda: paper(2, sections=()), MISSING),
        SUMMARY.case("a summary as asked", lambda: paper(3, references=0)),
        SUMMARY.case("a summary of five pages", lambda: paper(5), LONG),
        POSTER.case("a poster that is a picture", lambda: pdf([[]])),
        POSTER.case("a page as wide as a town", lambda: pdf([[LOREM]], page=b"/UserUnit 75000")),
        REPORT.case("bytes before the mark", lambda: b"\n\n\x00" + paper(8)),
        REPORT.case("a link to the web", lambda: _acting(b"/A<</S/URI/URI(https://a.example/)>>")),
    ]


def locked_and_broken() -> list[Case]:
    """Return papers that cannot be opened, or only after a repair."""
    whole = paper(8)
    return [
        REPORT.case("locked", lambda: locked(whole, user="s", owner="t"), "bad encrypted"),
        REPORT.case(
            "not to be copied", lambda: locked(whole, user="", owner="t"), "note restricted"
        ),
        REPORT.case("locked by AES", lambda: _by_aes(whole, "s"), "bad encrypted"),
        REPORT.case("not to be copied by AES", lambda: _by_aes(whole, ""), "note restricted"),
        REPORT.case("only a mark", lambda: b"%PDF-1.7\n", BROKEN),
        REPORT.case("a mark and zeros", lambda: b"%PDF-1.7\n" + b"\x00" * 100_000, BROKEN),
        REPORT.case("a mark and noise", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 200, BROKEN),
        REPORT.case("a tenth", lambda: whole[: len(whole) // 10], BROKEN),
        REPORT.case("half", lambda: whole[: len(whole) // 2], BROKEN),
        REPORT.case("all but the table", lambda: whole[: whole.rindex(b"xref\n0")], BROKEN),
        REPORT.case(
            "all but the end", lambda: whole.removesuffix(b"%%EOF\n"), "warn truncated", UNUSUAL
        ),
        REPORT.case("a table that lies", lambda: _shifted(whole)),
        REPORT.case("lines of Windows", lambda: whole.replace(b"\n", b"\r\n")),
        REPORT.case("no catalog", lambda: whole.replace(b"/Catalog", b"/Catalpa")),
        REPORT.case("no pages", lambda: pdf([]), BROKEN),
        REPORT.case("a page that is none", _page_of_nothing, UNSHOWN),
        REPORT.case("an end and more", lambda: whole + b"\x00" * 4000, "warn truncated"),
    ]


def heavy() -> list[Case]:
    """Return papers that want all memory or all time."""
    return [
        REPORT.case("a page that unpacks to 2 GB", lambda: _bomb(2000), BEYOND),
        REPORT.case("a bomb within a bomb", _bomb_twice, BEYOND),
        REPORT.case("an object stream that unpacks to 2 GB", _object_stream, BEYOND),
        REPORT.case("a tree of pages of depth 4000", lambda: _deep_tree(4000), UNSHOWN, UNUSUAL),
        REPORT.case("a tree of pages that holds itself", _circle, UNSHOWN, UNUSUAL),
        REPORT.case("two billion pages told", lambda: _told(2**31 - 1)),
        REPORT.case("fewer than no pages told", lambda: _told(-5)),
        REPORT.case("a page twenty thousand times", _many_pages, "warn pages_very_many"),
        REPORT.case("a table that comes before itself", _table_in_a_circle),
        REPORT.case("a table of a billion rows", _huge_table),
        REPORT.case("lists in lists", lambda: _nested(b"[", b"]", 200_000), UNUSUAL),
        REPORT.case("dictionaries in dictionaries", lambda: _nested(b"<</A", b">>", 20_000)),
        REPORT.case("a form that shows itself", _form_in_itself, BEYOND),
        REPORT.case("forms that show ten forms each", _forms_by_ten, BEYOND),
        REPORT.case("a length that is itself", _length_of_itself, FEW, MISSING),
        REPORT.case("a picture of four billion points", _vast_picture, "warn no_text", FEW),
        REPORT.case("ten thousand notes on a page", _many_notes, FEW),
        REPORT.case("eight million notes", _shared_notes, LONG, "warn not_whole", is_endless=True),
        REPORT.case("an outline in a circle", _outline, FEW, MISSING),
        REPORT.case("a font that maps without end", _font_bomb, FEW),
    ]


def acting() -> list[Case]:
    """Return papers that do more than being read, or are something else besides."""
    whole = paper(8)
    script = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
    launch = b"<</S/Launch/F(calc.exe)>>"
    tree = b"<</Names[(a)%b]>>"
    enclosed = b"/Names<</EmbeddedFiles<</Names[(a.exe)1000 0 R]>>>>"
    also = "warn polyglot"
    return [
        _with("a script when opened", b"/OpenAction" + script, "warn javascript"),
        _with(
            "a script by name", b"/Names<</JavaScript" + tree % script + b">>", "warn javascript"
        ),
        _with("a script when closed", b"/AA<</WC" + script + b">>", "warn javascript"),
        _with("a program when opened", b"/OpenAction" + launch, "bad launches"),
        REPORT.case("a program when clicked", lambda: _acting(b"/A" + launch), "bad launches"),
        REPORT.case("a script of a page", lambda: _page_script(script), "warn javascript"),
        _with("an enclosed program", enclosed, "warn encloses"),
        REPORT.case(
            "a file pinned to a page",
            lambda: _acting(b"/FS 1000 0 R", b"FileAttachment"),
            "warn encloses",
        ),
        REPORT.case("a ZIP behind a paper", lambda: whole + archive(README), also),
        REPORT.case("a ZIP and an end behind", lambda: _with_zip(whole), also, UNUSUAL),
        REPORT.case(
            "a web page in front", lambda: b"<html><script>alert(1)</script>" + whole, also
        ),
        REPORT.case("a picture in front", lambda: b"GIF89a\x01\x00\x01\x00" + whole, also),
        REPORT.case("a program in front", lambda: b"MZ\x90\x00" + whole, also),
        REPORT.case("a ZIP in front", lambda: archive(README, CODE)[:200] + whole, also),
        REPORT.case("a script of a shell in front", lambda: b"#!/bin/sh\nrm -rf /\n" + whole, also),
    ]


def _with(name: str, catalog: bytes, *found: str) -> Case:
    holder = {1000: b"<</Type/Filespec/F(a.exe)/EF<</F 1001 0 R>>>>", 1001: stream(b"MZ")}
    return REPORT.case(name, lambda: pdf(EIGHT, catalog=catalog, more=holder), *found)


def _acting(entries: bytes, subtype: bytes = b"Link") -> bytes:
    note = b"<</Type/Annot/Subtype/%b/Rect[0 0 99 99]%b>>" % (subtype, entries)
    return pdf(EIGHT, page=b"/Annots[%b]" % note, more={1000: b"<</Type/Filespec/F(a.exe)>>"})


def _page_script(script: bytes) -> bytes:
    return pdf(EIGHT, page=b"/AA<</O%b>>" % script)


def _with_zip(whole: bytes) -> bytes:
    return archive(README, CODE, front=whole, comment=b"\n%%EOF\n")


def _by_aes(whole: bytes, user: str) -> bytes:
    return locked(whole, user=user, owner="t", method="AES-256")


def _long_page() -> bytes:
    return pdf([*EIGHT[:7], [LOREM] * 12_000])


def _shifted(whole: bytes) -> bytes:
    table = whole.rindex(b"xref\n0")
    return whole[:table].replace(b"endobj\n", b"endobj\n\n\n") + whole[table:]


def _page_of_nothing() -> bytes:
    objects = objects_of(EIGHT)
    return assembled({**objects, 10: b"(not a page)"})


def _bomb(mebibytes: int) -> bytes:
    objects = objects_of(EIGHT)
    objects[11] = stream(zlib_bomb(mebibytes), b"/Filter/FlateDecode")
    return assembled(objects)


def _bomb_twice() -> bytes:
    objects = objects_of(EIGHT)
    outer = zlib.compress(zlib_bomb(2000))
    objects[11] = stream(outer, b"/Filter[/FlateDecode/FlateDecode]")
    return assembled(objects)


def _object_stream() -> bytes:
    packed = stream(zlib_bomb(2000), b"/Type/ObjStm/N 100000/First 1000/Filter/FlateDecode")
    rows = b"".join(b"\x02\x00\x05" + bytes([index]) for index in range(4))
    table = stream(rows, b"/Type/XRef/Size 4/W[1 2 1]/Root 1 0 R/Index[0 4]")
    start = b"%PDF-1.7\n5 0 obj\n" + packed + b"\nendobj\n"
    return start + b"6 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(start)


def _deep_tree(depth: int) -> bytes:
    objects = objects_of([[LOREM]])
    for number in range(1000, 1000 + depth):
        objects[number] = b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1)
    objects[1000 + depth] = page_object(11)
    objects[2] = b"<</Type/Pages/Kids[1000 0 R]/Count 1>>"
    return assembled(objects)


def _circle() -> bytes:
    objects = objects_of(EIGHT)
    return assembled({**objects, 2: b"<</Type/Pages/Kids[2 0 R 2 0 R 2 0 R]/Count 8>>"})


def _told(count: int) -> bytes:
    objects = objects_of(EIGHT)
    objects[2] = objects[2].replace(b"/Count 8", b"/Count %d" % count)
    return assembled(objects)


def _many_pages() -> bytes:
    objects = objects_of([[LOREM]])
    kids = b"10 0 R " * 20_000
    return assembled({**objects, 2: b"<</Type/Pages/Kids[%b]/Count 20000>>" % kids})


def _table_in_a_circle() -> bytes:
    whole = pdf(EIGHT)
    start = whole.rindex(b"xref\n0")
    return pdf(EIGHT, trailer=b"/Prev %d" % start)


def _huge_table() -> bytes:
    table = stream(
        b"\x00" * 64, b"/Type/XRef/Size 2000000000/W[1 8 8]/Root 1 0 R/Index[0 2000000000]"
    )
    start = assembled(objects_of(EIGHT)).partition(b"xref\n0")[0]
    return start + b"6 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(start)


def _nested(opening: bytes, closing: bytes, depth: int) -> bytes:
    return pdf(EIGHT, catalog=b"/X " + opening * depth + b" 1 " + closing * depth)


def _form(shows: int, times: int, number: int = 1000) -> bytes:
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</F %d 0 R>>>>"
    return stream(b"/F Do " * times, entries % shows)


def _showing(forms: dict[int, bytes]) -> bytes:
    objects = objects_of([[LOREM]]) | forms
    objects[10] = objects[10].replace(b"/Font<<", b"/XObject<</F 1000 0 R>>/Font<<")
    objects[11] = stream(b"/F Do")
    return assembled(objects)


def _form_in_itself() -> bytes:
    return _showing({1000: _form(1000, 2)})


def _forms_by_ten() -> bytes:
    forms = {1000 + level: _form(1001 + level, 10) for level in range(12)}
    return _showing(
        {**forms, 1012: stream(written([LOREM]), b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")}
    )


def _length_of_itself() -> bytes:
    objects = objects_of([[LOREM, *SECTIONS]])
    objects[11] = b"<</Length 11 0 R>>stream\n" + written([LOREM]) + b"\nendstream"
    return assembled(objects)


def _vast_picture() -> bytes:
    picture = b"/Type/XObject/Subtype/Image/Width 65535/Height 65535/BitsPerComponent 8/ColorSpace/DeviceRGB"
    return _showing({1000: stream(zlib_bomb(16), picture + b"/Filter/FlateDecode")})


def _many_notes() -> bytes:
    note = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]>>"
    return pdf([[LOREM, *SECTIONS]], page=b"/Annots[%b]" % (note * 10_000))


def _shared_notes() -> bytes:
    objects = objects_of([["1 Limitations", LOREM]] * 8)
    kids = b" ".join(b"%d 0 R" % number for number in range(10, 26, 2)) + b" "
    objects[2] = b"<</Type/Pages/Kids[%b]/Count 80>>" % (kids * 10)
    for number in range(10, 26, 2):
        objects[number] = page_object(number + 1, b"/Annots 1000 0 R")
    notes = {1000: b"[" + b"1001 0 R " * 100_000 + b"]", 1001: b"<</Type/Annot/Subtype/Link>>"}
    return assembled({**objects, **notes})


def _outline() -> bytes:
    items = {
        1000: b"<</First 1001 0 R/Last 1001 0 R/Count 1>>",
        1001: b"<</Title(a)/Parent 1000 0 R/Next 1001 0 R/First 1000 0 R>>",
    }
    return pdf([[LOREM]], catalog=b"/Outlines 1000 0 R", more=items)


def _font_bomb() -> bytes:
    ranges = b"1 begincodespacerange <00000000> <ffffffff> endcodespacerange\n"
    ranges += b"1 beginbfrange <00000000> <ffffffff> <0000> endbfrange\n" * 50
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 1000 0 R>>"
    objects = objects_of([[LOREM, *SECTIONS]])
    return assembled({**objects, 3: font, 1000: stream(ranges)})
