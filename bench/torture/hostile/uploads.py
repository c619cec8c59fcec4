"""Uploads that are refused at once, and names that people and programs give."""

from bench.torture.hostile.cases import Case, refused
from bench.torture.hostile.deck_writing import deck
from bench.torture.hostile.pdf_writing import paper
from bench.torture.hostile.zip_writing import CODE, README, archive
from submissions.deadlines import Kind

MEBIBYTE = 1024**2
SIGNATURE = "wrong_signature"
ENDING = "wrong_ending"
FOREIGN = {
    "a Windows program": b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200,
    "a Linux program": b"\x7fELF\x02\x01\x01" + b"\x00" * 200,
    "a web page": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "a drawing with a script": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "a photo": b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 200,
    "a picture": b"\x89PNG\r\n\x1a\n" + b"\x00" * 200,
    "a tar": b"README.md".ljust(257, b"\x00") + b"ustar\x0000" + b"\x00" * 300,
    "a gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 200,
    "a 7z": b"7z\xbc\xaf\x27\x1c" + b"\x00" * 200,
    "a RAR": b"Rar!\x1a\x07\x01\x00" + b"\x00" * 200,
    "a shell script": b"#!/bin/sh\nrm -rf /\n",
    "PostScript": b"%!PS-Adobe-3.0\n",
    "plain text": b"I will hand this in later, promise.",
    "zeros": b"\x00" * 5000,
    "an empty archive": b"PK\x05\x06" + b"\x00" * 18,
}
TARGETS = (
    (Kind.REPORT, ".pdf"),
    (Kind.CODE, ".zip"),
    (Kind.SLIDES, ".pptx"),
    (Kind.SLIDES, ".ppt"),
)


def foreign() -> list[Case]:
    """Return other kinds of file under each ending that is taken."""
    cases = [
        refused(f"{words} as {ending}", f"work{ending}", content, SIGNATURE, kind)
        for kind, ending in TARGETS
        for words, content in FOREIGN.items()
    ]
    return [
        *cases,
        refused("a ZIP as a paper", "work.pdf", archive(README, CODE), SIGNATURE),
        refused("a paper as a ZIP", "work.zip", paper(2), SIGNATURE, Kind.CODE),
        refused("a paper as slides", "work.pptx", paper(2), SIGNATURE, Kind.SLIDES),
        refused("new slides as old ones", "work.ppt", deck(3), SIGNATURE, Kind.SLIDES),
        refused("a mark too far in", "work.pdf", b" " * 1024 + paper(8), SIGNATURE),
        refused("nothing", "work.pdf", b"", "empty"),
        refused("nothing as a ZIP", "work.zip", b"", "empty", Kind.CODE),
        _sized("a byte too many", 200 * MEBIBYTE + 1, "too_large"),
        _sized("a terabyte", 2**40, "too_large"),
        _sized("as large as can be", 200 * MEBIBYTE, ""),
    ]


def _sized(name: str, size: int, code: str) -> Case:
    return Case(name, Kind.REPORT, "work.pdf", lambda: paper(8), refused=code, size=size)


def upload_names() -> list[Case]:
    """Return good files under odd names."""
    whole = paper(8)
    wrong = (
        "work",
        "work.exe",
        "work.pdf.exe",
        "work.pptm",
        ".pdf",
        "work.pdf/",
        "work.pdf\\x",
        "work.p\u202edf.exe",
        "workpdf",
    )
    taken = (
        *("WORK.PDF", "work.pdf ", "\x00work.pdf", "work.php\x00.pdf", "../../../etc/cron.d/x.pdf"),
        *("C:\\Users\\me\\work.pdf", "/etc/passwd.pdf", "gpj\u202efdp.pdf", "con.pdf", "AUX.pdf"),
        *(
            "a" * 251 + ".pdf",
            "b" * 10_000 + ".pdf",
            "<script>alert(1)</script>.pdf",
            "=cmd|'x'!A1.pdf",
        ),
        *(
            "..pdf",
            "a\r\nContent-Type: text|html.pdf",
            "\u202e\u200b.pdf.pdf",
            "work..pdf",
            "📄.pdf",
            "-rf.pdf",
        ),
    )
    return [
        *(refused(f"under the name {name[-50:]!r}", name, whole, ENDING) for name in wrong),
        *(
            Case(f"under the name {name[-50:]!r}", Kind.REPORT, name, lambda: whole)
            for name in taken
        ),
    ]
