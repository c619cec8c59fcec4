"""What was handed in: durable before anyone is told so, under names of our making (docs/adr/0012).

One interface, two stores: `FILES_STORE` names the one in use, a folder or an S3-compatible service.

- *Kept* files are history: nothing here removes one that a version names. What was kept and then came
  to be named by none (it repeated what was there, or was refused under the lock) is forgotten.
- *Pieces* are an upload on its way. They become a kept file, or are dropped.
- *Passing* files can be made again (an archive of the course): only they can be removed.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from io import BufferedReader
from pathlib import Path

from django.conf import settings

from courseapp.kernel.files.bucket import Bucket, Service, client_of
from courseapp.kernel.files.kept import (
    CHUNK,
    Gap,
    Interrupted,
    KeptFile,
    Store,
    StoreAway,
    kept_key_of_pieces,
)
from courseapp.kernel.files.local import LocalStore
from courseapp.kernel.files.s3 import ObjectStore

__all__ = ["CHUNK", "Gap", "Interrupted", "KeptFile", "StoreAway"]


def keep(chunks: Iterable[bytes]) -> KeptFile:
    """Keep the bytes for good and return where they lie. A file that no version names is inactive."""
    return _store().keep(chunks)


def open_kept(key: str) -> BufferedReader:
    """Open a kept or passing file for reading, at any place; FileNotFoundError where it is lost."""
    return _store().open_kept(key)


def local_copy(key: str) -> AbstractContextManager[Path]:
    """Give a path that holds a kept file, to read only: the file itself, or a copy for so long."""
    return _store().local_copy(key)


def kept_sizes() -> Iterator[tuple[str, int]]:
    """Return key and size of every file in the store, but for pieces and passing ones."""
    return _store().kept_sizes()


def begin_pieces() -> str:
    """Begin a file that comes in pieces and return its key."""
    return _store().begin_pieces()


def add_piece(key: str, offset: int, chunks: Iterable[bytes]) -> int:
    """Add bytes at an offset and return the file's new length, all of it durable.

    What lies beyond the offset is cut off first: a crash left it, and nobody was told of it. Where
    the chunks break off, what arrived is kept and `Interrupted` says how long the file is. Raises
    `Gap` where the file ends before the offset.
    """
    return _store().add_piece(key, offset, chunks)


def staged_length(key: str) -> int:
    """Return how many bytes of the pieces are there."""
    return _store().staged_length(key)


def staged_head(key: str, size: int) -> bytes:
    """Return the first bytes of the pieces, at most so many."""
    return _store().staged_head(key, size)


def keep_pieces(key: str) -> KeptFile:
    """Make a kept file of the pieces; said again, it returns the same one.

    So who crashes between this and the version that names the file asks once more.
    """
    return _store().keep_pieces(key)


def drop_pieces(key: str) -> None:
    """Forget pieces that were not kept; a kept file of theirs stays."""
    _store().drop_pieces(key)


def forget_pieces(key: str) -> None:
    """Forget an upload that became no version, whether or not its pieces were kept by then."""
    store = _store()
    store.drop_pieces(key)
    store.forget(kept_key_of_pieces(key))


def forget(key: str) -> None:
    """Forget a file that was kept and that no version came to name; only its keeper can know."""
    _store().forget(key)


def keep_passing(chunks: Iterable[bytes]) -> KeptFile:
    """Keep a file that is no history and may be removed, as it can be made again."""
    return _store().keep_passing(chunks)


def remove_passing(key: str) -> None:
    """Remove a passing file; FileNotFoundError for the key of any other."""
    _store().remove_passing(key)


def _store() -> Store:
    if settings.FILES_STORE == "local":
        return LocalStore(settings.FILES_ROOT)
    service = Service(
        endpoint_url=settings.S3_ENDPOINT_URL,
        region=settings.S3_REGION,
        access_key_id=settings.S3_ACCESS_KEY_ID,
        secret_access_key=settings.S3_SECRET_ACCESS_KEY,
    )
    return ObjectStore(Bucket(client_of(service), settings.S3_BUCKET))
