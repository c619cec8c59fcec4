"""Slides: valid ones, and ones with macros, links, entities, or another kind of file inside."""

from bench.torture.hostile.cases import Case, Files
from bench.torture.hostile.deck_writing import (
    MACRO_TYPE,
    MAIN,
    OFFICE,
    RELATIONS,
    TYPES,
    deck,
    parts_of,
    relations,
)
from bench.torture.hostile.flate import deflated
from bench.torture.hostile.ole_writing import compound
from bench.torture.hostile.pdf_writing import paper
from bench.torture.hostile.zip_writing import CODE, README, STORED, UTF8, Entry, archive
from submissions.deadlines import Kind

SLIDES = Files(Kind.SLIDES, ".pptx")
OLDER = Files(Kind.SLIDES, ".ppt")
ENTITIES = "bad entities"
OTHER = "bad not_a_deck"
BROKEN = "bad unreadable"
MACROS = "warn macros"
LINKED = "warn linked"
OLD = "note older_form"
LOCKED = "bad encrypted"
USER = b"\x14\x00\x00\x00\x00\x00\xf6\x0f\x14\x00\x00\x00"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def decks() -> list[Case]:
    """Return decks that can be opened, with what should be changed in them."""
    whole = deck()
    return [
        SLIDES.case("slides as asked", lambda: whole),
        SLIDES.case("one slide", lambda: deck(1)),
        SLIDES.case("no slide", lambda: deck(0), "bad no_slides"),
        SLIDES.case(
            "a slide that is missing", lambda: deck(without="ppt/slides/slide3.xml"), BROKEN
        ),
        SLIDES.case("macros", lambda: deck(more={"ppt/vbaProject.bin": b"x"}), MACROS),
        SLIDES.case("macros by type only", lambda: deck(main_type=MACRO_TYPE), MACROS),
        SLIDES.case(
            "a picture from outside", lambda: _linked("image", "https://a.example/x.png"), LINKED
        ),
        SLIDES.case(
            "a template from outside", lambda: _linked("attachedTemplate", "file://h/x"), LINKED
        ),
        SLIDES.case("a video on a disk", lambda: _linked("video", "file:///C:/talk.mp4"), LINKED),
        SLIDES.case("a link to the web", lambda: _linked("hyperlink", "https://a.example/")),
        SLIDES.case(
            "an enclosed sheet", lambda: deck(more={"ppt/embeddings/a.xlsx": b"x"}), "note encloses"
        ),
        SLIDES.case("a video of a gigabyte", lambda: deck(entries=(_video(1000, 10**6),))),
        SLIDES.case("a name that leads out", lambda: deck(more={"../../x": b"x"}), "bad leads_out"),
    ]


def deceptive_decks() -> list[Case]:
    """Return what is no deck, or one that would take a reader's memory, time or secrets."""
    whole = deck()
    zeros = Entry(b"ppt/media/a.bin", b"", packed=deflated(900), claimed=900 * 1024**2)
    vast = Entry(MAIN.encode(), b"", packed=deflated(2000), claimed=2000)
    return [
        SLIDES.case(
            "a Word document", lambda: _office("word/document.xml", "wordprocessingml"), OTHER
        ),
        SLIDES.case(
            "an Excel workbook", lambda: _office("xl/workbook.xml", "spreadsheetml"), OTHER
        ),
        SLIDES.case("an OpenDocument", lambda: archive(Entry(b"mimetype", b"odp")), OTHER),
        SLIDES.case("a plain archive", lambda: archive(README, CODE), OTHER),
        SLIDES.case("no list of types", lambda: deck(without=TYPES), OTHER),
        SLIDES.case("no presentation", lambda: deck(without=MAIN), OTHER),
        SLIDES.case(
            "locked as a ZIP", lambda: deck(entries=(Entry(b"a", flags=UTF8 | 1),)), LOCKED
        ),
        SLIDES.case(
            "a secret file asked for", lambda: _entity('SYSTEM "file:///etc/passwd"'), ENTITIES
        ),
        SLIDES.case(
            "a machine within asked", lambda: _entity('SYSTEM "http://169.254.169.254/"'), ENTITIES
        ),
        SLIDES.case(
            "entities by parameter",
            lambda: _doctype('<!ENTITY % x SYSTEM "http://a.example/">%x;'),
            ENTITIES,
        ),
        SLIDES.case(
            "a billion laughs", lambda: _doctype(f'<!ENTITY l0 "ha">{LAUGHS}', "&l9;"), ENTITIES
        ),
        SLIDES.case(
            "one long laugh",
            lambda: _doctype(f'<!ENTITY a "{"a" * 99999}">', "&a;" * 9999),
            ENTITIES,
        ),
        SLIDES.case("laughs in relations", _laughing_relations, ENTITIES),
        SLIDES.case("a type of its own", lambda: _doctype(""), ENTITIES),
        SLIDES.case("zeros of 900 MB", lambda: deck(entries=(zeros,)), OTHER),
        SLIDES.case(
            "a presentation of 2 GB told small", lambda: deck(without=MAIN, entries=(vast,)), BROKEN
        ),
        SLIDES.case("elements in elements", lambda: _deep(300_000), BROKEN),
        SLIDES.case("no XML", lambda: deck(more={MAIN: b"\x00\x01\x02"}), BROKEN),
        SLIDES.case("half", lambda: whole[: len(whole) // 2], BROKEN),
        SLIDES.case("a bit that turned", lambda: _turned(whole), BROKEN),
        SLIDES.case("thirty thousand parts", _many_parts, OTHER),
        SLIDES.case("a paper in front", _paper_in_front, "warn polyglot"),
    ]


def older_decks() -> list[Case]:
    """Return older slides and what else is kept in their form."""
    whole = compound(
        {"PowerPoint Document": b"x", "Current User": USER + bytes.fromhex("5FC091E3")}
    )
    mark = compound({"PowerPoint Document": b"x", "Current User": USER + bytes.fromhex("DFC4D1F3")})
    packed = compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"})
    return [
        OLDER.case("older slides as asked", lambda: whole, OLD),
        OLDER.case(
            "older slides with macros",
            lambda: compound({"PowerPoint Document": b"x", "VBA": b"x"}),
            OLD,
            "note macros",
        ),
        OLDER.case("older slides that are locked", lambda: mark, LOCKED),
        OLDER.case("newer slides that are locked", lambda: packed, LOCKED),
        OLDER.case("a Word document of old", lambda: compound({"WordDocument": b"x"}), OTHER),
        OLDER.case("an Excel workbook of old", lambda: compound({"Workbook": b"x"}), OTHER),
        OLDER.case("a mail of Outlook", lambda: compound({"__properties_version1.0": b"x"}), OTHER),
        OLDER.case("a container of nothing", lambda: compound({}), OTHER),
        OLDER.case("only a mark", lambda: whole[:8], BROKEN),
        OLDER.case("only a header", lambda: whole[:512], BROKEN),
        OLDER.case("half", lambda: whole[: len(whole) // 2], BROKEN),
        OLDER.case(
            "sectors in a circle",
            lambda: compound({"PowerPoint Document": b"x"}, is_looped=True),
            OLD,
        ),
        OLDER.case(
            "sectors of a billion bytes", lambda: whole[:30] + b"\x1e\x00" + whole[32:], BROKEN
        ),
        Case(
            "locked slides under the new ending",
            Kind.SLIDES,
            "a.pptx",
            lambda: packed,
            refused="wrong_signature",
        ),
    ]


def _linked(kind: str, target: str) -> bytes:
    line = f'Id="rId1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"'
    return deck(more={"ppt/slides/_rels/slide1.xml.rels": relations(line).encode()})


def _video(mebibytes: int, packed_size: int) -> Entry:
    """Return a video that packs no better than videos do, without being built."""
    content = b"\x00" * (packed_size * 12)
    return Entry(
        b"ppt/media/talk.mp4", b"", method=STORED, packed=content, claimed=mebibytes * 1024**2
    )


def _office(main: str, kind: str) -> bytes:
    types = f"<Types><Override ContentType='application/vnd.openxmlformats-officedocument.{kind}.x'/></Types>"
    return archive(Entry(TYPES.encode(), types.encode()), Entry(main.encode(), b"<x/>"))


def _doctype(inside: str, text: str = "") -> bytes:
    main = parts_of(3)[MAIN].decode().replace("</p:sldIdLst>", f"</p:sldIdLst>{text}", 1)
    return deck(3, more={MAIN: f"<!DOCTYPE x [{inside}]>{main}".encode()})


def _entity(what: str) -> bytes:
    return _doctype(f"<!ENTITY x {what}>", "&x;")


def _laughing_relations() -> bytes:
    doctype = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'.encode()
    return deck(3, more={RELATIONS: doctype + parts_of(3)[RELATIONS]})


def _deep(depth: int) -> bytes:
    return deck(3, more={MAIN: b"<a>" * depth + b"</a>" * (depth - 1)})


def _turned(whole: bytes) -> bytes:
    at = whole.index(MAIN.encode()) + len(MAIN) + 40
    return whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]


def _many_parts() -> bytes:
    return deck(3, entries=tuple(Entry(b"x/%d" % n, b"", method=STORED) for n in range(30_000)))


def _paper_in_front() -> bytes:
    first = Entry(b"a.pdf", paper(2), method=STORED)
    parts = (Entry(name.encode(), part) for name, part in parts_of(3).items())
    return archive(first, *parts)
