"""Bytes that a power cut cannot take any more."""

import os
from pathlib import Path


def flush(path: Path) -> None:
    """Flush a file or a folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_below(folder: Path) -> None:
    """Flush every file and folder below a folder, and itself."""
    for path in folder.rglob("*"):
        flush(path)
    flush(folder)
