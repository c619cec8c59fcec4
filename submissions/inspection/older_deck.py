"""What an older deck of slides (.ppt) holds: a compound file, whose list of streams tells enough."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import olefile

from submissions.inspection.findings import Finding, bad, note
from submissions.inspection.wanted import Wanted

DECK_STREAM: Final = "powerpoint document"
USER_STREAM: Final = "current user"
LOCKED_STREAMS: Final = ("encryptedpackage", "encryptioninfo", "encryptedsummary")
# What the stream "Current User" holds at byte 12 where the slides are encrypted.
LOCKED_MARK: Final = bytes.fromhex("DFC4D1F3")
OTHERS: Final = (
    ("worddocument", "a Word document"),
    ("workbook", "an Excel workbook"),
    ("book", "an Excel workbook"),
    ("__properties_version1.0", "an Outlook message"),
)


def look_into_older_deck(path: Path, wanted: Wanted) -> Iterator[Finding]:
    """Say what a .ppt holds, and what of that should be changed."""
    try:
        with olefile.OleFileIO(path) as compound:
            streams = {"/".join(one).casefold() for one in compound.listdir()}
            mark = _user_mark(compound, streams)
    except Exception:  # noqa: BLE001 - olefile raises anything on broken files
        yield bad(
            "unreadable",
            "It cannot be opened as slides; part of it is missing or broken. Save it as .pptx and"
            " hand that in.",
        )
        return
    yield _kind(streams, mark)
    if any("vba" in name for name in streams):
        yield note("macros", "It holds macros, which nobody will run.")


def _user_mark(compound: olefile.OleFileIO, streams: set[str]) -> bytes:
    if USER_STREAM not in streams:
        return b""
    mark: bytes = compound.openstream(USER_STREAM).read(16)[12:]
    return mark


def _kind(streams: set[str], mark: bytes) -> Finding:
    if mark == LOCKED_MARK or any(name in streams for name in LOCKED_STREAMS):
        return bad("encrypted", "A password is needed to open it: save it without a password.")
    if DECK_STREAM in streams:
        return note(
            "older_form",
            "It opens as older slides (.ppt), whose slides are not counted; a .pptx shows more"
            " surely as you made it.",
        )
    found = next((words for name, words in OTHERS if name in streams), "something else")
    return bad(
        "not_a_deck",
        f"Its name says slides, but it is {found}: export the slides as .pptx and hand that in.",
    )
