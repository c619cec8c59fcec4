"""What an archive lists: its central directory is read, nothing is ever unpacked.

The limits are those of failures.md, row 44: 1 GiB, 2,000 entries, a hundredfold, no archive inside.
"""

import stat
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from submissions.inspection import names
from submissions.inspection.findings import Finding, bad, count_of, note, warn, well
from submissions.inspection.marks import PDF_MARK
from submissions.inspection.wanted import Wanted

MOST_ENTRIES: Final = 2_000
MOST_BYTES: Final = 1024**3
MOST_RATIO: Final = 100
# Text may shrink a hundredfold and more; below this size that hurts nobody.
RATIO_FROM: Final = 50 * 1024**2
LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
NESTED: Final = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".jar", ".zst")
PROGRAMS: Final = (".exe", ".dll", ".msi", ".scr", ".com", ".bat", ".cmd", ".lnk", ".app", ".dmg")
ENCRYPTED_FLAG: Final = 0x1


@dataclass(frozen=True, slots=True)
class Listing:
    """The entries of an archive, and those that are files of its maker."""

    entries: tuple[zipfile.ZipInfo, ...]
    files: tuple[zipfile.ZipInfo, ...]


def look_into_archive(path: Path, wanted: Wanted) -> Iterator[Finding]:
    """Say what an archive of code holds, and what of that should be changed."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = tuple(archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError):
        yield bad("unreadable", "It cannot be opened as a ZIP: part of it is missing. Zip it anew.")
        return
    listing = Listing(entries, tuple(one for one in entries if names.is_own(one.filename)))
    if not any(not one.is_dir() for one in listing.files):
        yield bad("no_files", "There is no file in it: zip the folder with your code anew.")
        return
    yield _size(listing)
    if wanted.kind == "code":
        yield _readme(listing)
    yield from names.look_at_names([one.orig_filename for one in entries])
    yield from _odd_entries(listing)
    with path.open("rb") as file:
        yield from _seams(file, entries)


def _size(listing: Listing) -> Finding:
    count = sum(not one.is_dir() for one in listing.files)
    unpacked = sum(one.file_size for one in listing.entries)
    packed = max(1, sum(one.compress_size for one in listing.entries))
    said = f"{count_of(count, 'file')}, {_in_mb(unpacked)} unpacked"
    if unpacked > MOST_BYTES or (unpacked > RATIO_FROM and unpacked > MOST_RATIO * packed):
        return bad(
            "unpacks_huge",
            f"{said}: nobody will unpack that. Leave out what can be made or downloaded again, at"
            " most 1 GB in all.",
        )
    if len(listing.entries) > MOST_ENTRIES:
        return warn(
            "many_files",
            f"{said}; more than {MOST_ENTRIES:,} are hard to grade: leave out .git, node_modules,"
            " environments and what is built.",
        )
    return well("listed", f"{said}.")


def _in_mb(size: int) -> str:
    """Return a size for people, in MB of 1,048,576 bytes."""
    megabytes = size / 1024**2
    return f"{megabytes:,.0f} MB" if megabytes >= 10 else f"{max(megabytes, 0.1):.1f} MB"


def _readme(listing: Listing) -> Finding:
    """Look for a README at the top; one folder around all is what people zip, and counts as the top."""
    paths = [one.filename.split("/") for one in listing.files if not one.is_dir()]
    if any(len(path) == 1 and _is_readme(path[0]) for path in paths):
        return well("readme", "There is a README at its top.")
    tops = {path[0] for path in paths}
    if len(tops) == 1 and any(len(path) == 2 and _is_readme(path[1]) for path in paths):
        top = names.shown(tops.pop())
        return well("readme", f"There is a README at the top of its one folder, {top}.")
    return warn(
        "no_readme",
        "There is no README at its top: write one that says, step by step, how to run the code.",
    )


def _is_readme(name: str) -> bool:
    return name.casefold().partition(".")[0] in {"readme", "read_me", "read me"}


def _odd_entries(listing: Listing) -> Iterator[Finding]:
    """Look for what an entry is, besides a file or a folder with a plain name."""
    entries = listing.entries
    if any(one.flag_bits & ENCRYPTED_FLAG for one in entries):
        yield bad("encrypted", "A password is needed to unpack it: zip it without a password.")
    links = sum(stat.S_ISLNK(one.external_attr >> 16) for one in entries)
    if links:
        yield warn(
            "links",
            f"{count_of(links, 'symbolic link')} in it may point to nothing elsewhere: put the"
            " files themselves in.",
        )
    nested = _ending_in(listing.files, NESTED)
    if nested:
        yield warn(
            "nested",
            f"There is an archive inside the archive ({nested}), which is not looked into: put its"
            " files in, or leave it out.",
        )
    programs = _ending_in(listing.files, PROGRAMS)
    if programs:
        yield warn(
            "programs", f"It holds a program ({programs}): hand in the code it is made from."
        )


def _ending_in(files: Sequence[zipfile.ZipInfo], endings: tuple[str, ...]) -> str:
    """Return the name of the first file with one of the endings; nothing where there is none."""
    found = (one.filename for one in files if one.filename.casefold().endswith(endings))
    return names.shown(next(found, ""))


def _seams(file: BinaryIO, entries: Sequence[zipfile.ZipInfo]) -> Iterator[Finding]:
    """Look whether programs that unpack would agree on what is in it."""
    ordered = sorted(entries, key=lambda one: one.header_offset)
    doubled = [
        name for name, count in Counter(one.filename for one in entries).items() if count > 1
    ]
    is_odd = _overlap(ordered) or not all(_agrees(file, one) for one in ordered[:MOST_ENTRIES])
    if is_odd:
        yield bad(
            "contradicts_itself",
            "Its entries overlap or contradict its list of files, so that programs unpack different"
            " things: zip the folder anew.",
        )
    elif doubled:
        yield warn(
            "doubled",
            f"The name {names.shown(doubled[0])} is in it more than once; only one is unpacked:"
            " zip the folder anew.",
        )
    file.seek(0)
    head = file.read(1024)
    if ordered[0].header_offset > 0 or PDF_MARK in head:
        yield note("polyglot", "Some programs take it for another kind of file: zip it anew.")


def _overlap(ordered: Sequence[zipfile.ZipInfo]) -> bool:
    ends = (
        one.header_offset + LOCAL_HEADER.size + len(one.orig_filename) + one.compress_size
        for one in ordered
    )
    return any(end > after.header_offset for end, after in zip(ends, ordered[1:], strict=False))


def _agrees(file: BinaryIO, one: zipfile.ZipInfo) -> bool:
    """Say whether an entry begins where the list says, under the same name."""
    if one.header_offset < 0:
        return False
    file.seek(one.header_offset)
    header = file.read(LOCAL_HEADER.size)
    if len(header) < LOCAL_HEADER.size:
        return False
    mark, name_length, _ = LOCAL_HEADER.unpack(header)
    if mark != b"PK\x03\x04":
        return False
    return _decoded(file.read(name_length), one) == one.orig_filename


def _decoded(name: bytes, one: zipfile.ZipInfo) -> str:
    return name.decode("utf-8" if one.flag_bits & 0x800 else "cp437", "replace")
