"""Faster and slower sound at the same pitch; the picture's speed is a matter of its times (`cut.moved`). Pure."""

from __future__ import annotations

__all__ = ["sound"]


def sound(speed: float) -> str:
    """The chain for `speed` times as fast, in steps of 2 at most: a single larger one leaves out samples.

    Example:
        >>> sound(4.0), sound(0.25), sound(1.0)
        ('atempo=2,atempo=2', 'atempo=0.5,atempo=0.5', '')
    """
    steps: list[float] = []
    while speed > 2.0:
        steps.append(2.0)
        speed /= 2.0
    while speed < 0.5:
        steps.append(0.5)
        speed /= 0.5
    if abs(speed - 1.0) > 1e-9:
        steps.append(speed)
    return ",".join(f"atempo={step:.9g}" for step in steps)
