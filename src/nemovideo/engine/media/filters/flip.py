"""Mirrored. Pure."""

from __future__ import annotations

__all__ = ["picture"]


def picture(ways: str) -> str:
    """The filters for "h" (left to right), "v" (upside down), "hv" (both) or "" (neither).

    Example:
        >>> picture("hv")
        'hflip,vflip'
    """
    return ",".join(filter_ for way, filter_ in (("h", "hflip"), ("v", "vflip")) if way in ways)
