"""Names inside an archive: which lead out of it, deceive the reader, or cannot be unpacked."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from submissions.inspection.findings import Finding, bad, warn

# Marks that turn the text's direction, and spaces of no width; joiners belong to some scripts.
UNSEEN: Final = re.compile(r"[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
LONGEST: Final = 240
SHOWN: Final = 60
RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
NOT_ON_WINDOWS: Final = re.compile(r'[<>:"|?*\x00-\x1f]')
DRIVE: Final = re.compile(r"^[A-Za-z]:")
# What macOS adds to every archive that it makes.
JUNK_FOLDER: Final = "__MACOSX/"
JUNK_FILE: Final = ".DS_Store"


def is_own(name: str) -> bool:
    """Say whether an entry is its maker's, and not what macOS adds by itself."""
    return not name.startswith(JUNK_FOLDER) and name.rpartition("/")[2] != JUNK_FILE


def shown(name: str) -> str:
    """Return a name as a page may print it: what hides or turns text is left out, the end cut."""
    seen = "".join(char if char.isprintable() else "�" for char in name)
    return seen if len(seen) <= SHOWN else f"{seen[:SHOWN]}…"


def look_at_names(names: Sequence[str]) -> Iterator[Finding]:
    """Say which names should be changed; each kind of trouble once, with the first that has it."""
    own = [name for name in names if is_own(name)]
    outside = next((name for name in own if leads_out(name)), None)
    if outside is not None:
        yield bad(
            "leads_out",
            f"The name {shown(outside)} leads out of the folder into which it is unpacked: zip the"
            " folder itself, from above it.",
        )
    hidden = next((name for name in own if deceives(name)), None)
    if hidden is not None:
        yield bad(
            "deceives",
            f"The name {shown(hidden)} holds characters that cannot be seen or that turn the text"
            " round: rename the file.",
        )
    barred = next((name for name in own if is_barred(name)), None)
    if barred is not None:
        yield warn(
            "not_unpacked",
            f"The name {shown(barred)} cannot be unpacked on every computer: use letters, digits,"
            " hyphens, and no more than 240 characters.",
        )
    twins = _twins(own)
    if twins:
        yield warn(
            "twins",
            f"The names {shown(twins[0])} and {shown(twins[1])} are the same on Windows and macOS:"
            " rename one.",
        )


def leads_out(name: str) -> bool:
    """Say whether unpacking under this name may write elsewhere: absolute, a drive, or `..`."""
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ".." in plain.split("/") or DRIVE.match(plain) is not None


def deceives(name: str) -> bool:
    """Say whether a name holds what is not seen: NUL, control characters, marks that turn text."""
    if name.isascii() and name.isprintable():
        return False
    return UNSEEN.search(name) is not None or any(
        unicodedata.category(char) in {"Cc", "Cs"} for char in name
    )


def is_barred(name: str) -> bool:
    """Say whether Windows or macOS cannot unpack a name."""
    parts = [part for part in name.split("/") if part]
    if "\\" in name or NOT_ON_WINDOWS.search(name):
        return True
    too_long = len(name) > LONGEST or any(len(part.encode()) > LONGEST for part in parts)
    return too_long or any(_is_barred_part(part) for part in parts)


def _is_barred_part(part: str) -> bool:
    ends_badly = part[-1] in ". " and part not in {".", ".."}
    return ends_badly or RESERVED.fullmatch(part) is not None


def _twins(names: Sequence[str]) -> tuple[str, str] | None:
    seen: dict[str, str] = {}
    for name in names:
        folded = unicodedata.normalize("NFC", name).casefold()
        other = seen.setdefault(folded, name)
        if other != name:
            return other, name
    return None
