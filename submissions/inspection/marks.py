"""What the first and the last bytes of a file say that it is."""

import os
import struct
from typing import BinaryIO, Final

ZIP_END: Final = b"PK\x05\x06"
ZIP_ENTRY: Final = b"PK\x01\x02"
PDF_MARK: Final = b"%PDF-"
# How far before the end of a file the end of a ZIP archive may lie: 22 bytes and a long comment.
ZIP_END_WITHIN: Final = 22 + 65_535

MARKS: Final = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"GIF8", "a picture (GIF)"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"#!", "a script"),
)
PAGES_OF_THE_WEB: Final = (b"<!doctype html", b"<html", b"<script", b"<svg")


def begins_as(head: bytes) -> str:
    """Return what the first bytes say that a file is, where that is no PDF; else nothing."""
    if head.startswith(PDF_MARK):
        return ""
    for mark, words in MARKS:
        if head.startswith(mark):
            return words
    start = head[:1024].lower()
    return "a web page" if any(mark in start for mark in PAGES_OF_THE_WEB) else ""


def ends_as_zip(file: BinaryIO) -> bool:
    """Say whether the file's end is that of a ZIP archive, whatever it begins with."""
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - ZIP_END_WITHIN)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(ZIP_END)
    if at < 0 or len(tail) < at + 22:
        return False
    (directory_size,) = struct.unpack_from("<L", tail, at + 12)
    first = start + at - directory_size
    if first < 0:
        return False
    file.seek(first)
    return directory_size > 0 and file.read(4) == ZIP_ENTRY
