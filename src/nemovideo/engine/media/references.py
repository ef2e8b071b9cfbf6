"""MOV files that are only a list: their picture or sound lies in another file, which is never opened.

Asked of files that cannot be read, to say why. The other file's name is neither followed nor repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["refers_elsewhere"]

_WAY = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref")
_MOST_BOXES = 10_000
_SELF_CONTAINED = 1


def refers_elsewhere(file: Path) -> bool:
    """Whether a track of this MP4 or MOV file names another file as the place of its packets."""
    with file.open("rb") as opened:
        left = iter(range(_MOST_BOXES))
        return any(_foreign(opened, at, end) for at, end in _boxes(opened, 0, file.stat().st_size, _WAY, left))


def _boxes(
    opened: BinaryIO, at: int, end: int, way: tuple[bytes, ...], left: Iterator[int]
) -> Iterator[tuple[int, int]]:
    """Where the insides of the boxes at the end of `way` lie between two places of a file."""
    while at + 8 <= end and next(left, None) is not None:
        opened.seek(at)
        head = opened.read(16)
        length, inner = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, inner = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = end - at
        if length < inner:
            return
        if head[4:8] == way[0]:
            inside = at + inner, min(at + length, end)
            if len(way) == 1:
                yield inside
            else:
                yield from _boxes(opened, *inside, way[1:], left)
        at += length


def _foreign(opened: BinaryIO, at: int, end: int) -> bool:
    """Whether a list of references (`dref`, after version, flags and count) holds one that is not this file itself."""
    at += 8
    for _ in range(64):
        if at + 12 > end:
            break
        opened.seek(at)
        entry = opened.read(12)
        if not entry[11] & _SELF_CONTAINED:
            return True
        at += max(12, int.from_bytes(entry[:4], "big"))
    return False
