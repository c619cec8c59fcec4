"""Archives written by hand, so that they may be as wrong as they like."""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
UTF8 = 0x800
SYMLINK = 0o120777 << 16
LOCAL = struct.Struct("<4sHHHHHLLLHH")
CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")
END = struct.Struct("<4sHHHHLLH")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; what is None is as it should be.

    `packed` stands for the bytes as they lie in the archive, `claimed` for the unpacked size that is
    told, `local_name` for the name before the bytes, `at` for where the list says that it begins.
    """

    name: bytes
    content: bytes = b"print('hello')\n"
    method: int = DEFLATED
    flags: int = UTF8
    attributes: int = 0
    packed: bytes | None = None
    claimed: int | None = None
    local_name: bytes | None = None
    at: int | None = None
    extra: bytes = b""

    def bytes_packed(self) -> bytes:
        """Return the bytes as they lie in the archive."""
        if self.packed is not None:
            return self.packed
        if self.method == STORED:
            return self.content
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        return packer.compress(self.content) + packer.flush()


README = Entry(b"README.md", b"# How to run it\n\n1. Type `make`.\n" * 4)
CODE = Entry(b"src/main.py")


def archive(
    *entries: Entry, front: bytes = b"", comment: bytes = b"", count: int | None = None
) -> bytes:
    """Return an archive of the entries; `front` stands before it, `count` is what it tells."""
    return joined(entries, front=front, comment=comment, count=count)


def joined(
    entries: Iterable[Entry], *, front: bytes = b"", comment: bytes = b"", count: int | None = None
) -> bytes:
    """Return the same of entries that come one by one."""
    out, listed, number = bytearray(front), bytearray(), 0
    for entry in entries:
        at = len(out)
        packed = entry.bytes_packed()
        out += _local(entry, len(packed)) + packed
        listed += _central(entry, len(packed), at if entry.at is None else entry.at)
        number += 1
    told = number if count is None else count
    end = END.pack(
        b"PK\x05\x06", 0, 0, told & 0xFFFF, told & 0xFFFF, len(listed), len(out), len(comment)
    )
    return bytes(out + listed + end + comment)


def _local(entry: Entry, packed_size: int) -> bytes:
    name = entry.name if entry.local_name is None else entry.local_name
    fixed = (b"PK\x03\x04", 20, entry.flags, entry.method, 0, 0x21, _check(entry))
    return LOCAL.pack(*fixed, packed_size, _unpacked(entry), len(name), 0) + name


def _central(entry: Entry, packed_size: int, at: int) -> bytes:
    fixed = (b"PK\x01\x02", (3 << 8) | 20, 20, entry.flags, entry.method, 0, 0x21, _check(entry))
    sizes = (packed_size, _unpacked(entry), len(entry.name), len(entry.extra))
    return CENTRAL.pack(*fixed, *sizes, 0, 0, 0, entry.attributes, at) + entry.name + entry.extra


def _check(entry: Entry) -> int:
    return zlib.crc32(entry.content)


def _unpacked(entry: Entry) -> int:
    return len(entry.content) if entry.claimed is None else entry.claimed
