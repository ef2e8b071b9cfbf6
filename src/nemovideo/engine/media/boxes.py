"""The top-level boxes of an MP4: how much of a file is packets and how much is index."""

from __future__ import annotations

from pathlib import Path

__all__ = ["measured", "payload"]


def measured(file: Path) -> tuple[int, int | None]:
    """A file's size on disk and its `payload`, both in bytes."""
    return file.stat().st_size, payload(file)


def payload(file: Path) -> int | None:
    """Bytes of packets in an MP4 or MOV file, so that `size - payload` is what the container costs.

    Returns:
        The bytes inside its `mdat` boxes; None when the file is of no such kind.
    """
    total = 0
    found = False
    size = file.stat().st_size
    with file.open("rb") as opened:
        at = 0
        while at + 8 <= size:
            opened.seek(at)
            head = opened.read(16)
            length, kind, inner = int.from_bytes(head[:4], "big"), head[4:8], 8
            if length == 1:
                length, inner = int.from_bytes(head[8:16], "big"), 16
            elif length == 0:
                length = size - at
            if length < inner:
                return None
            if kind == b"mdat":
                total += length - inner
                found = True
            at += length
    return total if found else None
