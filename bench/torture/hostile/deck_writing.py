"""Decks of slides (.pptx) written by hand, so that they may be as wrong as they like."""

from collections.abc import Mapping

from bench.torture.hostile.zip_writing import Entry, joined

MAIN = "ppt/presentation.xml"
TYPES = "[Content_Types].xml"
RELATIONS = "ppt/_rels/presentation.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
SLIDE = (
    f'<p:sld xmlns:p="{P}" xmlns:a="{A}"><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/>'
    "<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/></p:spTree></p:cSld></p:sld>"
)
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
MACRO_TYPE = "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
SLIDE_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.slide+xml"


def parts_of(slide_count: int, *, main_type: str = MAIN_TYPE) -> dict[str, bytes]:
    """Return the parts of a deck that is as it should be."""
    numbers = range(1, slide_count + 1)
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in numbers)
    kinds = "".join(
        f'<Override PartName="/ppt/slides/slide{n}.xml" ContentType="{SLIDE_TYPE}"/>'
        for n in numbers
    )
    parts = {
        TYPES: (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/{MAIN}" ContentType="{main_type}"/>{kinds}</Types>'
        ),
        "_rels/.rels": relations(f'Id="rId1" Type="{OFFICE}/officeDocument" Target="{MAIN}"'),
        MAIN: (
            f'<p:presentation xmlns:p="{P}" xmlns:r="{OFFICE}"><p:sldIdLst>{ids}</p:sldIdLst>'
            '<p:sldSz cx="9144000" cy="6858000"/></p:presentation>'
        ),
        RELATIONS: relations(
            *(f'Id="rId{n}" Type="{OFFICE}/slide" Target="slides/slide{n}.xml"' for n in numbers)
        ),
        **{f"ppt/slides/slide{n}.xml": SLIDE for n in numbers},
    }
    return {name: part.encode() for name, part in parts.items()}


def relations(*each: str) -> str:
    """Return a part of relationships."""
    lines = "".join(f"<Relationship {one}/>" for one in each)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def deck(
    slide_count: int = 12,
    *,
    more: Mapping[str, bytes] | None = None,
    without: str = "",
    entries: tuple[Entry, ...] = (),
    main_type: str = MAIN_TYPE,
) -> bytes:
    """Return a deck; `more` are further or other parts, `entries` come besides, `without` is left out."""
    parts = {**parts_of(slide_count, main_type=main_type), **(more or {})}
    parts.pop(without, None)
    return joined([*(Entry(name.encode(), part) for name, part in parts.items()), *entries])
