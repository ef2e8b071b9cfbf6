"""Cutting MP4 files open: what no muxer writes, and strangers do."""

from __future__ import annotations

import struct
from collections.abc import Iterator

SAMPLE_ENTRY = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
REFERENCES = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref")
_BEFORE_CHILDREN = {b"stsd": 8, b"dref": 8, b"hvc1": 78, b"avc1": 78}


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def boxes(data: bytes, at: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of each box in a row."""
    end = len(data) if end is None else end
    while at + 8 <= end:
        length = struct.unpack_from(">I", data, at)[0]
        yield data[at + 4 : at + 8], at, at + length
        at += length


def put(data: bytes, way: tuple[bytes, ...], added: bytes, *, instead: bool = False) -> bytes:
    """Add to (or put in place of) the inside of the box that `way` leads to; the index must stand at the end."""
    around: list[int] = []
    at, end = 0, len(data)
    for kind in way:
        _, begin, end = next(found for found in boxes(data, at, end) if found[0] == kind)
        around.append(begin)
        at = begin + 8 + _BEFORE_CHILDREN.get(kind, 0)
    at = at if instead else end
    whole = bytearray(data)
    for begin in around:
        struct.pack_into(">I", whole, begin, struct.unpack_from(">I", data, begin)[0] + len(added) - (end - at))
    whole[at:end] = added
    return bytes(whole)


def without(data: bytes, kind: bytes) -> bytes:
    return b"".join(data[begin:end] for found, begin, end in boxes(data) if found != kind)


def reference(kind: bytes, content: bytes) -> bytes:
    """An entry of a list of references whose flags say "not in this file"."""
    return box(kind, bytes(4) + content)


def dolby_vision(profile: int, base: int) -> bytes:
    """The box that tells of Dolby Vision: version 1.0, level 4, with a base picture and its own data."""
    told = bytes([1, 0]) + struct.pack(">H", (profile << 9) | (4 << 3) | 0b101) + bytes([base << 4]) + bytes(19)
    return box(b"dvvC" if profile > 7 else b"dvcC", told)
