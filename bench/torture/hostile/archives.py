"""Archives of code: valid ones, and ones that lead out, blow up or deceive."""

import struct

from bench.torture.hostile.cases import Case, Files
from bench.torture.hostile.flate import deflated
from bench.torture.hostile.pdf_writing import paper
from bench.torture.hostile.zip_writing import (
    CODE,
    README,
    STORED,
    SYMLINK,
    UTF8,
    Entry,
    archive,
    joined,
)
from submissions.deadlines import Kind

ZIP = Files(Kind.CODE, ".zip")
HUGE = "bad unpacks_huge"
OUT = "bad leads_out"
HIDDEN = "bad deceives"
BARRED = "warn not_unpacked"
BROKEN = "bad unreadable"
TORN = "bad contradicts_itself"
NESTED = "warn nested"
# In bytes: as much as the form of a ZIP can tell without its larger numbers.
MOST = 2**32 - 2


def plain() -> list[Case]:
    """Return archives as people hand them in."""
    return [
        ZIP.case("code as asked", lambda: archive(README, CODE)),
        ZIP.case("one folder around all", lambda: archive(Entry(b"p/README"), Entry(b"p/a.py"))),
        ZIP.case("what macOS makes", _of_macos),
        ZIP.case("no README", lambda: archive(CODE), "warn no_readme"),
        ZIP.case(
            "a README two folders down", lambda: archive(Entry(b"a/b/README.md")), "warn no_readme"
        ),
        ZIP.case("stored, not packed", lambda: archive(README, Entry(b"a.py", method=STORED))),
        ZIP.case("only a folder", lambda: archive(Entry(b"p/", b"")), "bad no_files"),
        ZIP.case("umlauts and emoji", lambda: archive(README, Entry("Maße 📄.txt".encode()))),
        ZIP.case(
            "names of an older Windows", lambda: archive(README, Entry(b"Ma\xe1e.txt", flags=0))
        ),
        ZIP.case("a comment as long as can be", lambda: archive(README, comment=b"c" * 65_535)),
        ZIP.case(
            "a log that packs well", lambda: archive(README, Entry(b"log", b"same\n" * 100_000))
        ),
        ZIP.case("three thousand files", lambda: _many(3_000), "warn many_files"),
    ]


def bombs() -> list[Case]:
    """Return archives that would fill a disk or a memory."""
    return [
        ZIP.case("ten gigabytes of zeros", lambda: _zeros(10_000, 10_000 * 1024**2 % MOST), HUGE),
        ZIP.case("archives in archives", lambda: archive(README, *_sixteen(3)), NESTED),
        ZIP.case("sixteen times four gigabytes", lambda: archive(README, *_claiming(16)), HUGE),
        ZIP.case("exabytes by the larger numbers", _larger_numbers, HUGE),
        ZIP.case("entries that overlap", lambda: _overlapping(200), HUGE, TORN),
        ZIP.case("entries that are all the same", lambda: _overlapping(3, claimed=100), TORN),
        ZIP.case("an archive that holds itself", _itself, TORN, NESTED),
        ZIP.case("65,535 entries", lambda: _many(65_535), "warn many_files"),
        ZIP.case("more entries than are told", lambda: _many(70_000), "warn many_files"),
        ZIP.case("a tar inside", lambda: archive(README, Entry(b"old.tar.gz")), NESTED),
    ]


def names() -> list[Case]:
    """Return archives whose names lead out of their folder, deceive, or cannot be unpacked."""
    return [
        _named("two dots", b"../../etc/cron.d/x", OUT),
        _named("two dots further in", b"a/../../x", OUT),
        _named("from the root", b"/etc/passwd", OUT),
        _named("a drive", b"C:/Windows/x.txt", OUT, BARRED),
        _named("a drive and backslashes", b"C:\\Windows\\x.txt", OUT, BARRED),
        _named("a share of Windows", b"\\\\host\\share\\x.txt", OUT, BARRED),
        _named("two dots and backslashes", b"..\\..\\x.txt", OUT, BARRED),
        _named("backslashes", b"src\\main.py", BARRED),
        _named("right to left", "src/gpj\u202eexe.py".encode(), HIDDEN),
        _named("no width", "src/ma\u200bin.py".encode(), HIDDEN),
        _named("NUL", b"main.py\x00.txt", HIDDEN, BARRED),
        _named("a bell and a new line", b"a\x07b\n.py", HIDDEN, BARRED),
        _named("255 bytes", b"a" * 251 + b".txt", BARRED),
        _named("thousand folders", b"d/" * 1000 + b"x", BARRED),
        _named("reserved by Windows", b"src/AUX.py", BARRED),
        _named("reserved without an ending", b"con", BARRED),
        _named("a dot at its end", b"notes.", BARRED),
        _named("a space at its end", b"notes.txt ", BARRED),
        _named("a stream of Windows", b"x.txt:evil", BARRED),
        _named("a question", b"why?.md", BARRED),
        ZIP.case("twins", lambda: archive(README, Entry(b"A.py"), Entry(b"a.py")), "warn twins"),
        ZIP.case("twice the same name", lambda: archive(README, CODE, CODE), "warn doubled"),
    ]


def deceptive() -> list[Case]:
    """Return archives that are broken, locked, something else, or hold what they should not."""
    whole = archive(README, CODE)
    return [
        ZIP.case(
            "locked", lambda: archive(README, Entry(b"a.py", flags=UTF8 | 1)), "bad encrypted"
        ),
        ZIP.case("a link out", lambda: archive(README, _link(b"/etc/passwd")), "warn links"),
        ZIP.case("a link up", lambda: archive(README, _link(b"../../x")), "warn links"),
        ZIP.case("a program", lambda: archive(README, Entry(b"a.exe", b"MZ")), "warn programs"),
        ZIP.case("a shortcut", lambda: archive(README, Entry(b"README.lnk")), "warn programs"),
        ZIP.case("another name inside", lambda: archive(README, _renamed()), TORN),
        ZIP.case("an entry that is nowhere", lambda: archive(README, Entry(b"a", at=10**6)), TORN),
        ZIP.case("only a mark", lambda: b"PK\x03\x04", BROKEN),
        ZIP.case("a mark and noise", lambda: b"PK\x03\x04" + bytes(range(256)) * 99, BROKEN),
        ZIP.case("half", lambda: whole[: len(whole) // 2], BROKEN),
        ZIP.case("without its last byte", lambda: whole[:-1], BROKEN),
        ZIP.case("without its front", lambda: b"PK\x03\x04" + whole[150:], BROKEN),
        ZIP.case("a list elsewhere", lambda: _list_elsewhere(whole), TORN),
        ZIP.case("larger numbers that are cut", _cut_numbers, BROKEN),
        ZIP.case("two archives in a row", lambda: _two(whole), "note polyglot"),
        ZIP.case("a paper inside, in front", _paper_in_front, "note polyglot"),
        ZIP.case("unknown packing", lambda: archive(README, Entry(b"a", method=99, packed=b"x"))),
        ZIP.case("a thousand bytes behind", lambda: whole + b"\x00" * 1000),
    ]


def _named(name: str, inside: bytes, *found: str) -> Case:
    return ZIP.case(f"a name with {name}", lambda: archive(README, Entry(inside)), *found)


def _of_macos() -> bytes:
    junk = Entry(b"__MACOSX/p/._a.py"), Entry(b"p/.DS_Store")
    return archive(Entry(b"p/", b""), Entry(b"p/README.txt"), Entry(b"p/a.py"), *junk)


def _many(count: int) -> bytes:
    empty = (Entry(b"f%d" % index, b"", method=STORED) for index in range(count))
    return joined([README, *empty])


def _zeros(mebibytes: int, claimed: int) -> bytes:
    return archive(README, Entry(b"zeros", b"", packed=deflated(mebibytes), claimed=claimed))


def _claiming(count: int) -> list[Entry]:
    return [
        Entry(b"zeros%d" % index, b"", packed=b"\x03\x00", claimed=MOST) for index in range(count)
    ]


def _sixteen(depth: int) -> list[Entry]:
    """Return sixteen archives, each of which holds sixteen, and so on."""
    inside = archive(*_claiming(16)) if depth == 0 else archive(*_sixteen(depth - 1))
    return [Entry(b"lib%d.zip" % index, inside) for index in range(16)]


def _larger_numbers() -> bytes:
    extra = struct.pack("<HHQQ", 1, 16, 2**60, 100)
    entry = Entry(b"zeros", b"", packed=b"\x03\x00", claimed=2**32 - 1, extra=extra)
    return archive(README, entry)


def _cut_numbers() -> bytes:
    extra = struct.pack("<HHL", 1, 16, 7)
    return archive(README, Entry(b"zeros", b"", claimed=2**32 - 1, extra=extra))


def _overlapping(count: int, claimed: int = 20 * 1024**2) -> bytes:
    """Return an archive whose entries all stand for the same bytes."""
    first = Entry(b"zeros000", b"", packed=deflated(20), claimed=claimed)
    more = (
        Entry(b"zeros%03d" % index, b"", packed=b"", claimed=claimed, at=0)
        for index in range(1, count)
    )
    return joined([first, *more, Entry(b"README")])


def _itself() -> bytes:
    """Return an archive one of whose entries is told to begin where the archive does."""
    return archive(README, Entry(b"again.zip", packed=b"", claimed=500, at=0))


def _link(target: bytes) -> Entry:
    return Entry(b"src/link", target, method=STORED, attributes=SYMLINK)


def _renamed() -> Entry:
    return Entry(b"src/main.py", local_name=b"src/evil.py")


def _list_elsewhere(whole: bytes) -> bytes:
    end = whole.rindex(b"PK\x05\x06")
    return whole[: end + 16] + struct.pack("<L", 2**31) + whole[end + 20 :]


def _two(whole: bytes) -> bytes:
    return archive(README, CODE, front=whole)


def _paper_in_front() -> bytes:
    return archive(Entry(b"a.pdf", paper(2), method=STORED), README)
