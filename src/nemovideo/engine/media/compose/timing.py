"""Where things lie, exactly: the canvas's grid of pictures and samples, and places in a source. Pure.

Sound and picture stay in step because both ends of a piece are the same steps of the grid for both, and both are cut
out of a source at the same time of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from nemovideo.engine.media.filters.cut import SAMPLES
from nemovideo.engine.media.media import AudioTrack, Media, VideoTrack
from nemovideo.engine.media.sync import JUMPING

__all__ = ["Grid", "Opening", "opening", "snapped"]

_SEEKING = frozenset({"mov", "matroska", "wav"})
"""Demuxers that find a time by an index. The others guess it by bytes: they are read from the start."""
_RUN_UP = 1.0
"""Seconds before a cut at which reading begins: what a sound's decoder needs to settle, several times over."""
_DELAY = 0.25
"""Seconds that encoders and containers put before the first picture; what is longer was meant."""
_WORTH_A_SEEK = 2.0
"""Seconds into a source from which seeking is faster than reading."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The steps of the canvas: `rate` pictures a second."""

    rate: Fraction

    @classmethod
    def of(cls, fps: float) -> Grid:
        """The grid for a rate as a draft writes it: 29.97 and 23.976 mean thousands over 1001.

        Example:
            >>> Grid.of(29.97).rate, Grid.of(25.0).rate, Grid.of(0.0).rate
            (Fraction(30000, 1001), Fraction(25, 1), Fraction(1000, 1))
        """
        if fps <= 0:
            return cls(Fraction(1000))
        whole = round(fps * 1.001)
        if whole and abs(fps - whole / 1.001) < 0.0006 * whole and abs(fps - round(fps)) > 1e-6:
            return cls(Fraction(whole * 1000, 1001))
        return cls(Fraction(fps).limit_denominator(1001 if fps >= 1 else 1_000_000))

    def step(self, milliseconds: float) -> int:
        """The step next to a time."""
        return math.floor(Fraction(milliseconds) * self.rate / 1000 + Fraction(1, 2))

    def seconds(self, step: int) -> float:
        """The time of a step."""
        return float(step / self.rate)

    def sample(self, step: int) -> int:
        """The sample that sounds at a step."""
        return round(step * SAMPLES / self.rate)


@dataclass(frozen=True, slots=True)
class Opening:
    """How a source is opened for one piece.

    Attributes:
        options: what stands before its name.
        at: when the piece begins, by the clock that FFmpeg then shows, in seconds.
    """

    options: tuple[str, ...]
    at: float


def opening(media: Media, track: VideoTrack | AudioTrack, time: float) -> Opening:
    """Open `media` to read `track` from `time` (seconds by the file's own clock) on.

    FFmpeg moves what it reads to zero: by the earliest of all tracks, for formats whose clock may jump by the earliest
    of those in use, and by what it was told to seek.
    """
    if media.demuxer in JUMPING:
        return Opening((), time - track.start)
    at = time - media.zero
    seek = at - _RUN_UP
    if media.demuxer not in _SEEKING or seek < _WORTH_A_SEEK:
        return Opening((), at)
    seek = math.floor(seek * 1000) / 1000
    return Opening(("-noaccurate_seek", "-ss", f"{seek:.3f}"), at - seek)


def snapped(media: Media, milliseconds: float) -> float:
    """The time of the source's picture next to `milliseconds` from its beginning, by the file's clock, in seconds.

    Sources without a steady rhythm have no next picture: there it is the time itself, and the picture shown then.
    Sound is cut where the picture is.
    """
    video = media.video
    if video is None:
        return media.start + milliseconds / 1000
    # What an encoder's or a container's own delay lets sound begin earlier is not the beginning of the film.
    start = video.start if video.start - media.start <= _DELAY else media.start
    time = start + milliseconds / 1000
    if video.vfr or video.frames < 2 or video.fps <= 0:
        return time
    return video.start + round((time - video.start) * video.fps) / video.fps
