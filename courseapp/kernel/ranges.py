"""A part of a file over HTTP: which bytes a request asks for, and the answer with just these (RFC 9110 §14)."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO, Final

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.utils.http import content_disposition_header

CHUNK: Final = 64 * 1024
TYPE: Final = "application/octet-stream"
_ONE_RANGE: Final = re.compile(r"bytes=(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))", re.ASCII)


class Unsatisfiable(Exception):  # noqa: N818 - an answer: 416
    """No byte of the file lies in the part that is asked for."""


def asked_part(header: str, *, size: int) -> range | None:
    """Return the bytes that a Range header asks for; None where it asks for what we do not give.

    Several parts at once, other units and nonsense are answered with the whole file, as one may.
    Raises `Unsatisfiable` where the part begins behind the end.
    """
    found = _ONE_RANGE.fullmatch(header.strip())
    if found is None:
        return None
    first, last, length = (None if word is None else int(word) for word in found.groups())
    if first is None:
        assert length is not None
        part = range(max(size - length, 0), size)
    elif last is not None and last < first:
        return None
    else:
        part = range(first, size if last is None else min(last + 1, size))
    if not part:
        raise Unsatisfiable
    return part


@dataclass(frozen=True)
class Outgoing:
    """A file on its way out: its bytes, how many they are, a tag that names just these, its name."""

    file: BinaryIO
    size: int
    tag: str
    name: str


def file_answer(request: HttpRequest, outgoing: Outgoing) -> HttpResponseBase:
    """Answer with a file, or the part of it that is asked for, as a download that no browser runs."""
    etag = f'"{outgoing.tag}"'
    part = None
    # Of another file than the one that was begun with, a part would be worse than nothing.
    if request.method == "GET" and request.headers.get("If-Range", etag) == etag:
        try:
            part = asked_part(request.headers.get("Range", ""), size=outgoing.size)
        except Unsatisfiable:
            outgoing.file.close()
            return _nothing(outgoing.size)
    response = _whole(outgoing) if part is None else _part(outgoing, part)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    named = content_disposition_header(as_attachment=True, filename=outgoing.name)
    response["Content-Disposition"] = named or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _whole(outgoing: Outgoing) -> HttpResponseBase:
    response = FileResponse(outgoing.file, content_type=TYPE)
    response.block_size = CHUNK
    return response


def _part(outgoing: Outgoing, part: range) -> HttpResponseBase:
    content = _Part(outgoing.file, part)
    response = FileResponse(content, status=HTTPStatus.PARTIAL_CONTENT, content_type=TYPE)
    response.block_size = CHUNK
    response["Content-Length"] = str(len(part))
    response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{outgoing.size}"
    return response


def _nothing(size: int) -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    response["Content-Range"] = f"bytes */{size}"
    return response


class _Part:
    """A part of a file, to be read from its beginning; closes the file."""

    def __init__(self, file: BinaryIO, part: range) -> None:
        self._file, self._left = file, len(part)
        file.seek(part.start)

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most so many; none at the end."""
        chunk = self._file.read(min(size, self._left))
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        """Close the file that this is a part of."""
        self._file.close()
