"""The encoder's preset for an effort: slower where pictures are small, since it costs little there. Pure."""

from __future__ import annotations

from nemovideo.protocol.compress import Codec, Effort

__all__ = ["preset"]

_SMALL = {"fast": 12e6, "balanced": 14e6, "best": 20e6}
_TINY = {"fast": 6e6, "balanced": 5e6, "best": 5e6}
"""Pixels a second. Fast: of 60 s of 1080p at 540p `faster` takes 3.2 times the CPU of decoding, `veryfast` 2.7."""
_CHEAP = 4e6
"""Pixels a second of which a slower preset costs a second or two, whatever the source is."""


def preset(codec: Codec, effort: Effort, pixel_rate: float, *, share: float = 0.0) -> str:
    """The encoder's preset.

    Args:
        codec: which encoder.
        effort: how long the person wants to wait.
        pixel_rate: pixels a second; 720p at 30 is 28 million, 360p at 30 is 7 million.
        share: of the source's pixels: what a smaller picture saves may be spent on it, not more (balanced takes no
            longer than x264 medium would at the source's size; slow costs 1.5 times medium, slower some 2.5).
    """
    small, tiny = pixel_rate < _SMALL[effort], pixel_rate < _TINY[effort]
    if effort == "balanced":
        small, tiny = (small and share <= 0.6) or pixel_rate < _CHEAP, tiny and share <= 0.35
    step = small + (small and tiny)
    if codec == "h264":
        steps = {"fast": ("veryfast", "faster", "medium"), "balanced": ("medium", "slow", "slower")}
        return steps.get(effort, ("slow", "slower", "veryslow"))[step]
    if codec == "hevc":
        steps = {"fast": ("superfast", "veryfast", "faster"), "balanced": ("veryfast", "fast", "medium")}
        return steps.get(effort, ("medium", "slow", "slow"))[step]
    # SVT-AV1: screen-content tools are off at 9 and above, so balanced stays at 8.
    numbers = {"fast": ("10", "9", "8"), "balanced": ("8", "7", "6")}
    return numbers.get(effort, ("6", "5", "4"))[step]
