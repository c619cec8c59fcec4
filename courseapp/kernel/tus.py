"""tus 1.0, the protocol of uploads that go on after a break: what its headers say (tus.io).

Plain Python: no library for a plain Django was found that is kept up, and the core is small.
"""

import binascii
import hashlib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final

VERSION: Final = "1.0.0"
EXTENSIONS: Final = ("creation", "creation-with-upload", "termination", "expiration", "checksum")
ALGORITHMS: Final = ("sha1", "sha256")
CONTENT_TYPE: Final = "application/offset+octet-stream"
CHECKSUM_MISMATCH: Final = 460
# Fifteen digits: more than any file, and no trouble for a column.
LONGEST_NUMBER: Final = 15

Headers = Mapping[str, str]


class Misspoken(Exception):  # noqa: N818 - the client's mistake, answered with its status
    """The client does not keep to the protocol; `status` and `sentence` are its answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True)
class Checksum:
    """What a piece must hash to, by one of `ALGORITHMS`."""

    algorithm: str
    digest: bytes

    def begin(self) -> Any:
        """Return a hash that has seen nothing yet."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def require_version(headers: Headers) -> None:
    """Go on only with a client that speaks our version."""
    if headers.get("Tus-Resumable") != VERSION:
        raise Misspoken(412, f"This server speaks tus {VERSION}.")


def require_content_type(headers: Headers) -> None:
    """Go on only with bytes of a file."""
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise Misspoken(415, f"The body of an upload is {CONTENT_TYPE}.")


def length_of(headers: Headers) -> int:
    """Return how long the whole file is; a length that is said later is not taken."""
    return _number(headers, "Upload-Length")


def offset_of(headers: Headers) -> int:
    """Return where a piece begins."""
    return _number(headers, "Upload-Offset")


def _number(headers: Headers, name: str) -> int:
    said = headers.get(name, "")
    if not (said.isascii() and said.isdecimal() and len(said) <= LONGEST_NUMBER):
        raise Misspoken(400, f"{name} must be a number of bytes.")
    return int(said)


def metadata_of(headers: Headers) -> dict[str, str]:
    """Return what the client says about the file: pairs of a key and a text in base64."""
    found: dict[str, str] = {}
    for pair in filter(None, headers.get("Upload-Metadata", "").split(",")):
        key, _, encoded = pair.strip().partition(" ")
        if not key or key in found:
            raise Misspoken(400, "Upload-Metadata has an empty or a repeated key.")
        found[key] = _text(encoded)
    return found


def _text(encoded: str) -> str:
    try:
        return b64decode(encoded.strip(), validate=True).decode()
    except ValueError as error:
        raise Misspoken(400, "Upload-Metadata is not base64 of UTF-8.") from error


def checksum_of(headers: Headers) -> Checksum | None:
    """Return what the piece must hash to, None where the client does not say."""
    said = headers.get("Upload-Checksum")
    if said is None:
        return None
    algorithm, _, encoded = said.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise Misspoken(400, f"Checksums are taken by {' or '.join(ALGORITHMS)}.")
    try:
        digest = b64decode(encoded.strip(), validate=True)
    except binascii.Error as error:
        raise Misspoken(400, "Upload-Checksum is not base64.") from error
    return Checksum(algorithm, digest)


def method_of(method: str, headers: Headers) -> str:
    """Return the method that is meant: some networks let only GET and POST pass."""
    return headers.get("X-HTTP-Method-Override", method).upper() if method == "POST" else method


def options(*, max_size: int) -> dict[str, str]:
    """Return what this server can, for who asks before it sends."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Max-Size": str(max_size),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def standing(*, offset: int, length: int, expires_at: datetime | None) -> dict[str, str]:
    """Return how far an upload is, and until when it can go on."""
    found = {"Upload-Offset": str(offset), "Upload-Length": str(length)}
    if expires_at is not None:
        found["Upload-Expires"] = format_datetime(expires_at, usegmt=True)
    return found
