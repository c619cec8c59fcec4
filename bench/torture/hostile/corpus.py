"""All cases together."""

from bench.torture.hostile import archives, decks, pdfs, uploads
from bench.torture.hostile.cases import Case


def hostile_corpus() -> list[Case]:
    """Return every case; each builds its bytes when it is asked."""
    return [
        *uploads.foreign(),
        *uploads.upload_names(),
        *pdfs.papers(),
        *pdfs.locked_and_broken(),
        *pdfs.heavy(),
        *pdfs.acting(),
        *decks.decks(),
        *decks.deceptive_decks(),
        *decks.older_decks(),
        *archives.plain(),
        *archives.bombs(),
        *archives.names(),
        *archives.deceptive(),
    ]
