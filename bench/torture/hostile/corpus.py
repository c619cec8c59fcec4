"""All cases together."""

from collections.abc import Callable, Mapping
from typing import Final

from bench.torture.hostile import archives, decks, pdfs, uploads
from bench.torture.hostile.cases import Case

CHAPTERS: Final[Mapping[str, Callable[[], list[Case]]]] = {
    "other kinds of file under an ending that is taken": uploads.foreign,
    "names of uploads": uploads.upload_names,
    "papers as people hand them in": pdfs.papers,
    "papers that are locked or broken": pdfs.locked_and_broken,
    "papers that want all memory or time": pdfs.heavy,
    "papers that act, or are something else besides": pdfs.acting,
    "slides as people hand them in": decks.decks,
    "slides that deceive": decks.deceptive_decks,
    "older slides": decks.older_decks,
    "archives as people hand them in": archives.plain,
    "archives that blow up": archives.bombs,
    "names in archives": archives.names,
    "archives that deceive": archives.deceptive,
}


def hostile_corpus() -> list[Case]:
    """Return every case; each builds its bytes when it is asked."""
    return [case for chapter in CHAPTERS.values() for case in chapter()]
