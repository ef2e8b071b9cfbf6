"""Turned by a quarter, a half, three quarters. Pure."""

from __future__ import annotations

__all__ = ["picture", "turned"]

_TURNS = {90: "transpose=dir=clock", 180: "hflip,vflip", 270: "transpose=dir=cclock"}


def picture(degrees: int) -> str:
    """The filter for so many degrees clockwise, a multiple of 90.

    Example:
        >>> picture(90), picture(-90), picture(360)
        ('transpose=dir=clock', 'transpose=dir=cclock', '')
    """
    return _TURNS.get(degrees % 360, "")


def turned(width: float, height: float, degrees: int) -> tuple[float, float]:
    """The size after that."""
    return (height, width) if degrees % 180 else (width, height)
