"""Louder and quieter. Pure."""

from __future__ import annotations

__all__ = ["sound"]


def sound(volume: float) -> str:
    """The filter for `volume` times the amplitude.

    Example:
        >>> sound(0.35), sound(1.0)
        ('volume=0.35', '')
    """
    return "" if volume == 1.0 else f"volume={volume:.6g}"
