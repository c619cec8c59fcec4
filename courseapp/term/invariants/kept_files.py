"""The files that versions name: each is there, whole, and the one that was received."""

import hashlib
from dataclasses import dataclass

from courseapp.kernel import files
from courseapp.term.invariants.checking import SHOWN_ROWS
from courseapp.term.invariants.invariant import Broken
from submissions.models import Medium, SubmissionVersion


@dataclass(frozen=True)
class KeptFiles:
    """What was found in the store: how many files are named, how many are not, and what is wrong."""

    named_count: int
    unnamed_count: int
    broken: tuple[Broken, ...]


def check_files(*, is_hashing: bool) -> KeptFiles:
    """Look at every file that a version names; with `is_hashing` also at its bytes.

    Files that no version names are inactive: nothing leads to them. They are counted, no more.
    """
    missing, wrong_size, wrong_hash = [], [], []
    rows = SubmissionVersion.objects.filter(medium=Medium.FILE).order_by("pk")
    versions = list(rows.values_list("pk", "file_key", "size", "sha256"))
    # Looked at after the rows: the file of each was there before its row.
    kept = dict(files.kept_sizes())
    for pk, key, size, sha256 in versions:
        if key not in kept:
            missing.append(str(pk))
        elif kept[key] != size:
            wrong_size.append(str(pk))
        elif is_hashing and _sha256_of(key) != sha256:
            wrong_hash.append(str(pk))
    named = {key for _, key, _, _ in versions}
    broken = (
        _broken("file_is_there", "The file of every version is in the store.", missing),
        _broken("file_has_its_size", "Every kept file has the size of its version.", wrong_size),
        _broken("file_has_its_hash", "Every kept file has the SHA-256 of its version.", wrong_hash),
    )
    return KeptFiles(
        named_count=len(named),
        unnamed_count=len(kept.keys() - named),
        broken=tuple(found for found in broken if found is not None),
    )


def _broken(code: str, sentence: str, rows: list[str]) -> Broken | None:
    if not rows:
        return None
    return Broken(code, sentence, len(rows), tuple(rows[:SHOWN_ROWS]))


def _sha256_of(key: str) -> str:
    with files.open_kept(key) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
