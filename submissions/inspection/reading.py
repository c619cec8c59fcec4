"""One look into one file, by the ending of its name."""

from collections.abc import Iterator
from pathlib import Path

from submissions.inspection.archive import look_into_archive
from submissions.inspection.deck import look_into_deck
from submissions.inspection.findings import Finding, bad, note
from submissions.inspection.older_deck import look_into_older_deck
from submissions.inspection.pdf import look_into_pdf
from submissions.inspection.wanted import Wanted

READERS = {
    ".pdf": look_into_pdf,
    ".pptx": look_into_deck,
    ".ppt": look_into_older_deck,
    ".zip": look_into_archive,
}


def look_into(path: Path, *, ending: str, wanted: Wanted) -> Iterator[Finding]:
    """Say what a file holds, line by line; whatever a library raises on it becomes a line.

    Where memory runs out, MemoryError is raised: the caller knows the limits.
    """
    reader = READERS.get(ending.casefold())
    if reader is None:
        yield note("not_looked_into", "Files of this kind are not looked into.")
        return
    try:
        yield from reader(path, wanted)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - hostile files make libraries raise anything
        yield bad(
            "unreadable",
            "It cannot be read; part of it is missing or broken. Export it anew, open the result"
            " once yourself, and hand that in.",
        )
