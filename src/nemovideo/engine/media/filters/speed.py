"""Faster and slower sound at the same pitch; the picture's speed is a matter of its times (`cut.moved`). Pure."""

from __future__ import annotations

from nemovideo.engine.media.filters.cut import SAMPLES

__all__ = ["early", "sound"]

_SLOW = 0.5
"""Under it there are two steps, and the second makes the first one's error larger."""


def sound(speed: float) -> str:
    """The chain for `speed` times as fast, in steps of 2 at most: a single larger one leaves out samples.

    FFmpeg moves whole windows of sound, of 43 ms at 48 kHz, and a beat gets about as far off its place. Told half the
    rate it takes windows of 21 ms; with half of these, voices under 120 Hz lose their pitch. FFmpeg's `rubberband` is
    more exact at 0.25x, but a tone came out of it up to 15 dB too soft (measured with FFmpeg 9.0.2).

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
    """Seconds by which that chain brings a beat too early: the middle of what was measured on tones, clicks and noise.

    That was 1 to 10 ms at double, 12 to 29 ms at half and 25 to 81 ms at a quarter of the speed.
    """
    slower = max(0.0, 1 / speed - 1)
    return 0.0 if speed == 1.0 else 0.007 + (0.0155 if speed < _SLOW else 0.011) * slower
