"""What is handed in, as a version holds it: text, or a file that the store keeps."""

import hashlib
from dataclasses import dataclass

from courseapp.kernel.files import KeptFile
from submissions.models import Medium


@dataclass(frozen=True)
class Content:
    """What is handed in, already durable: text, or a kept file. `size` in bytes.

    Its fields bear the names of a version's columns.
    """

    medium: Medium
    size: int
    sha256: str
    text: str = ""
    file_key: str = ""
    file_name: str = ""


def text_content(written: str) -> Content:
    """Return a text as a version holds it."""
    encoded = written.encode()
    sha256 = hashlib.sha256(encoded).hexdigest()
    return Content(medium=Medium.TEXT, text=written, size=len(encoded), sha256=sha256)


def file_content(kept: KeptFile, *, name: str) -> Content:
    """Return a kept file as a version holds it, under the name that is shown."""
    return Content(
        medium=Medium.FILE,
        size=kept.size,
        sha256=kept.sha256,
        file_key=kept.key,
        file_name=name,
    )
