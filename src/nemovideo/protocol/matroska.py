"""The first two elements of a Matroska or WebM file: is it one, and does it end where it says?

Source: RFC 8794 (EBML), section 4 (variable-size integers); RFC 9559 (Matroska): an EBML head and one Segment.
"""

from __future__ import annotations

from nemovideo.errors import DamagedFile, UnsupportedFile

__all__ = ["EBML", "check_matroska"]

EBML = b"\x1aE\xdf\xa3"
"""How a file begins."""

_SEGMENT = b"\x18S\x80g"
_WIDEST = 8  # bytes of a size


def check_matroska(head: bytes, size: int) -> None:
    """Look at the first bytes (64 do) of a file of `size` bytes.

    Raises:
        UnsupportedFile: it does not begin like Matroska. DamagedFile: it is shorter than it says.
    """
    if not head.startswith(EBML):
        raise UnsupportedFile("The file is no Matroska or WebM.", hint="")
    segment = _end_of(head, len(EBML))
    if segment is None or segment >= size:
        raise DamagedFile("The file has a head and nothing more: it was cut.")
    if head[segment : segment + len(_SEGMENT)] != _SEGMENT:
        return  # a head of unusual length
    end = _end_of(head, segment + len(_SEGMENT))
    if end is not None and end > size:
        raise DamagedFile(f"The file ends within its media: {end - size} bytes are missing.")


def _end_of(data: bytes, at: int) -> int | None:
    """Where the element ends whose size stands at `at`; None where that is not told, as in a live stream."""
    if at >= len(data) or not data[at]:
        return None
    width = _WIDEST + 1 - data[at].bit_length()
    value = int.from_bytes(data[at : at + width], "big") & ((1 << 7 * width) - 1)
    unknown = value == (1 << 7 * width) - 1
    return None if unknown or at + width > len(data) else at + width + value
