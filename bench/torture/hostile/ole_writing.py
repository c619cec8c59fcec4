"""Compound files (.ppt and encrypted .pptx), written by hand."""

import struct
from collections.abc import Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
# Streams of this size and more lie in sectors of their own.
SMALLEST = 4096
NO_LINK = 0xFFFFFFFF


def compound(streams: dict[str, bytes], *, is_looped: bool = False) -> bytes:
    """Return a compound file of these streams, below one storage; `is_looped` ties its chain of sectors."""
    sectors: list[bytes] = []
    chain: list[int] = []
    starts, sizes = [], []
    for content in streams.values():
        padded = content.ljust(max(SMALLEST, -(-len(content) // SECTOR) * SECTOR), b"\x00")
        starts.append(len(sectors))
        sizes.append(len(padded))
        _add(sectors, chain, padded)
    directory = _directory(list(streams), starts, sizes)
    directory_at = len(sectors)
    _add(sectors, chain, directory)
    table_at = len(sectors)
    chain.append(FAT)
    if is_looped:
        chain[directory_at] = directory_at
    chain += [FREE] * (SECTOR // 4 - len(chain))
    sectors.append(struct.pack(f"<{SECTOR // 4}L", *chain))
    return _header(directory_at, table_at) + b"".join(sectors)


def _add(sectors: list[bytes], chain: list[int], content: bytes) -> None:
    first, count = len(sectors), len(content) // SECTOR
    sectors += [content[at * SECTOR : (at + 1) * SECTOR] for at in range(count)]
    chain += [*range(first + 1, first + count), END]


def _directory(names: Sequence[str], starts: Sequence[int], sizes: Sequence[int]) -> bytes:
    # The streams hang below the root as a list to the right, ordered as readers want them.
    order = sorted(range(len(names)), key=lambda at: (len(names[at]), names[at].upper()))
    rows = [_row("Root Entry", kind=5, child=1, right=NO_LINK, start=END, size=0)]
    for place, at in enumerate(order, start=1):
        right = place + 1 if place < len(order) else NO_LINK
        row = _row(names[at], kind=2, child=NO_LINK, right=right, start=starts[at], size=sizes[at])
        rows.append(row)
    rows += [b"\x00" * 128] * (-len(rows) % 4)
    return b"".join(rows)


def _row(name: str, *, kind: int, child: int, right: int, start: int, size: int) -> bytes:
    encoded = (name + "\x00").encode("utf-16-le")
    links = struct.pack("<LLL", NO_LINK, right, child)
    end = (
        links + b"\x00" * 16 + struct.pack("<L", 0) + b"\x00" * 16 + struct.pack("<LQ", start, size)
    )
    return encoded.ljust(64, b"\x00") + struct.pack("<HBB", len(encoded), kind, 1) + end


def _header(directory_at: int, table_at: int) -> bytes:
    head = bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 16
    head += struct.pack(
        "<HHHHH6xLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, directory_at, 0, SMALLEST, END, 0, END, 0
    )
    return (head + struct.pack("<L", table_at)).ljust(SECTOR, b"\xff")
