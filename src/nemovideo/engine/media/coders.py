"""The words that FFmpeg takes for each encoder: a pass of two, or a fixed quality. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.protocol.compress import Codec

__all__ = ["Coder", "FLOOR_CRF", "LEAST_SIDES", "PLEASING_CRF", "STARVED", "keys"]

PLEASING_CRF: dict[Codec, int] = {"h264": 21, "hevc": 23, "av1": 30}
"""Quality at which a viewer sees no loss; for requests that name no limit."""

FLOOR_CRF: dict[Codec, int] = {"h264": 51, "hevc": 51, "av1": 63}
"""The coarsest quality of each encoder."""

LEAST_SIDES: dict[Codec, int] = {"h264": 2, "hevc": 16, "av1": 16}
"""Pixels of the shortest side that each encoder takes; SVT-AV1 takes some smaller ones, but not in two passes."""

STARVED = "psy-rd=0.4,0:aq-strength=0.6:qcomp=0.45"
"""x264 under a limit: no bits for a show of detail, and more even ones over time.

Measured at 0.13 to 0.35 Mb/s, 360p and 540p, slow, three clips: with `_KEYS` VMAF +2.9 to +5.5 and VMAF-NEG +2.7 to
+5.0 over slow's own settings, the 5th percentile likewise.
"""

_KEYS = (20.0, 250, 600)
"""Seconds between key pictures, and pictures at least and at most: one fewer of 10 s is +1.2 to +2.2."""


def keys(fps: float) -> int:
    """The most pictures from one key picture to the next under a limit.

    Example:
        >>> keys(25.0)
        500
    """
    seconds, least, most = _KEYS
    return max(least, min(most, round(seconds * fps)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Coder:
    """One encoder, set up.

    Attributes:
        codec: which.
        preset: the encoder's own.
        threads: of the encoder.
        stats: the name that its statistics begin with, without a colon.
        keys: the most pictures from one key picture to the next, of encodes at a rate.
        apple: whether the container is one that Apple plays.
        lean: with one key picture and no greeting.
        reorder: with B-frames.
    """

    codec: Codec
    preset: str
    threads: int
    stats: str
    keys: int
    apple: bool
    lean: bool = False
    reorder: bool = True

    def at_rate(self, number: int, rate: int, *more: str) -> list[str]:
        """Pass `number` of two at `rate` bits a second; `more` goes to x264 alone."""
        words = ["-b:v", str(rate)]
        if self.codec == "hevc":
            return self._x265(words, f"pass={number}", f"stats={self.stats}.x265", f"keyint={self.keys}")
        words += ["-pass", str(number), "-passlogfile", self.stats, "-g", str(self.keys)]
        if self.codec == "av1":
            return self._svt(words)
        return self._x264([*words, "-x264-params", ":".join((STARVED, *more))])

    def at_quality(self, crf: float, *, statistics: bool = False) -> list[str]:
        """One pass at a fixed quality; with `statistics` for a second one (x264 alone)."""
        words = ["-crf", str(crf)]
        if self.codec == "hevc":
            return self._x265(words)
        if self.codec == "av1":
            return self._svt(words)
        if statistics:
            words += ["-g", str(self.keys), "-pass", "1", "-fastfirstpass", "0", "-passlogfile", self.stats]
        return self._x264(words)

    def _x264(self, words: list[str]) -> list[str]:
        words = ["-c:v", "libx264", "-preset", self.preset, "-profile:v", "high", *words]
        if self.lean:
            # Key frames are dear; x264's own greeting is 700 bytes of SEI.
            words += ["-g", "9999", "-bsf:v", "filter_units=remove_types=6"]
        if not self.reorder:
            words += ["-bf", "0"]
        return words

    def _x265(self, words: list[str], *more: str) -> list[str]:
        parameters = [f"pools={self.threads}", "log-level=error", "info=0", *more]
        if self.lean:
            parameters.append("keyint=9999")
        if not self.reorder:
            parameters.append("bframes=0")
        tag = ["-tag:v", "hvc1"] if self.apple else []
        return ["-c:v", "libx265", "-preset", self.preset, *words, *tag, "-x265-params", ":".join(parameters)]

    def _svt(self, words: list[str]) -> list[str]:
        lean = ["-g", "9999"] if self.lean else []
        return ["-c:v", "libsvtav1", "-preset", self.preset, "-svtav1-params", f"lp={self.threads}", *words, *lean]
