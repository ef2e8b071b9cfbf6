"""Faster and slower sound at the same pitch; the picture's speed is a matter of its times (`cut.moved`). Pure."""

from __future__ import annotations

from nemovideo.engine.media.filters.cut import SAMPLES

__all__ = ["early", "sound"]


def sound(speed: float) -> str:
    """The chain for `speed` times as fast, in steps of 2 at most: a single larger one leaves out samples.

    FFmpeg moves whole windows of sound, of 43 ms at 48 kHz, and a beat gets about as far off its place. Told half the
    rate it takes windows of 21 ms.

    Example:
        >>> sound(4.0), sound(1.0)
        ('asetrate=24000,atempo=2,atempo=2,asetrate=48000', '')
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
    if not steps:
        return ""
    return ",".join((f"asetrate={SAMPLES // 2}", *(f"atempo={step:.9g}" for step in steps), f"asetrate={SAMPLES}"))


def early(speed: float) -> float:
    """Seconds by which that chain brings a beat too early: the middle of what was measured (half speed: 0 to 25 ms)."""
    return 0.0 if speed == 1.0 else 0.003 + 0.010 * max(0.0, 1 / speed - 1)
