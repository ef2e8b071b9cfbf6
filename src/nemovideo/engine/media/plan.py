"""Numbers before any encoding: what the picture may cost, and how large and how fast it may be for that. Pure.

Calibrated on the clips of the test set with x264 two-pass; see `ENOUGH`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from nemovideo.engine.media.effort import preset
from nemovideo.engine.media.media import Media, VideoTrack
from nemovideo.engine.media.rungs import LEAST_FPS, LEAST_SIDE, Picture, exceeds, floor, ladder, lasts
from nemovideo.protocol.compress import Codec, CompressRequest

__all__ = [
    "Budget",
    "Choice",
    "LEAST_FPS",
    "LEAST_SIDE",
    "Picture",
    "audio_ceiling",
    "choose",
    "easy",
    "exceeds",
    "floor",
    "ladder",
    "more_than_source",
    "overhead",
    "preset",
    "share_out",
    "worth",
]

ENOUGH: dict[Codec, float] = {"h264": 0.026, "hevc": 0.019, "av1": 0.015}
"""Bits a pixel that feed even a hard picture."""
ENOUGH_OF_SOURCE: dict[Codec, float] = {"h264": 0.30, "hevc": 0.22, "av1": 0.17}
"""Share of the source's own bits a pixel that feeds it: an easy picture (a screen, a still camera) shows there.

Fitted to x264 veryfast two-pass, VMAF of five rungs, eight clips at 25 % and 10 %; on those same clips it picks the
best rung or one within 0.7 in 12 of 16 cases, loses 0.33 on the mean and 1.7 at worst. Not tried on others.
"""
_EASY = 0.03
"""Bits a pixel of a source under which it is a screen or the like: sharp and still, pixels worth more than bits."""
_HOLDS = {"hevc": 1.5, "av1": 1.8, "vp9": 1.4, "mpeg2video": 0.5, "mpeg4": 0.7, "mjpeg": 0.2}
"""How much more picture a bit of each codec holds than one of H.264."""
_OF_FEWER_PIXELS = 0.75
"""Exponent by which bits follow pixels at the same quality."""
LEAST_FRAME_BYTES = 36
"""Bytes below which a coded picture of the smallest rung does not go, headers included, unless it is an easy one."""
LEAST_OF_SOURCE = 0.6
"""Share of what the source's own pictures take that is enough for an easy one."""
SKIPPED = (16.5, 1 / 170)
"""Bytes of a picture in which nothing moves: at all, and for each block of 16x16 (x264 CABAC: 21 at 640x360)."""
INDEX_OF_B_FRAMES = 8
"""Bytes of an MP4's index that each picture costs when B-frames reorder them."""
LARGEST_INDEX = 0.2
"""Share of the limit from which on that index is worth doing without."""
AUDIO_SHARE = 0.12
"""Share of the limit that sound may take before it is encoded smaller."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How the limit is shared out, in bytes."""

    limit: int
    audio: int
    overhead: int

    @property
    def video(self) -> int:
        """What is left for the picture; may be negative."""
        return self.limit - self.audio - self.overhead


@dataclass(frozen=True, slots=True)
class Choice:
    """A picture and what it may cost; `starved` when even the smallest is short of bits.

    Without `reorder` the plan is for an encode without B-frames: their index would leave too little of the limit.
    """

    picture: Picture
    budget: Budget
    starved: bool
    reorder: bool = True


def more_than_source(media: Media, codec: Codec, picture: Picture) -> float:
    """Bytes beyond which more only repeat the source's own losses: its own, or what they are in `codec`.

    Of a smaller or slower picture fewer say as much; of an intermediate made here the bytes say nothing.
    """
    video = media.video
    if video is None:
        return 0.0
    if media.composed:
        return math.inf
    share = picture.width * picture.height * picture.frames(media) / (media.width * media.height * video.frames)
    worth = max(1.0, _HOLDS.get(video.codec, 1.0) / _HOLDS.get(codec, 1.0))
    return video.bytes * worth * math.pow(min(1.0, share), _OF_FEWER_PIXELS)


def overhead(
    container: str, *, video_packets: int, audio_packets: int, steady: bool = True, reorder: bool = True
) -> int:
    """Bytes that the container will take, somewhat on the safe side (measured: 8 to 21 a packet in MP4).

    MP4 tells every packet's size (4), composition offsets of B-frames (8 in the worst case), durations where they vary
    (8), and the place of every chunk of the interleaving.
    """
    if container in {"mp4", "mov", "m4v"}:
        video = (13 if steady else 20) - (0 if reorder else INDEX_OF_B_FRAMES)
        return 1900 + video * video_packets + 7 * audio_packets
    return 1400 + 9 * video_packets + 8 * audio_packets


def audio_ceiling(limit: int) -> int:
    """Bytes of sound that a limit allows before sound is made smaller."""
    return int(limit * AUDIO_SHARE)


def share_out(
    media: Media, picture: Picture, limit: int, container: str, sound: tuple[int, int], *, reorder: bool = True
) -> Budget:
    """What is left for `picture` under a limit when the sound takes (bytes, packets)."""
    steady = media.video is None or not media.video.vfr or picture.fps is not None
    frames = picture.frames(media)
    cost = overhead(container, video_packets=frames, audio_packets=sound[1], steady=steady, reorder=reorder)
    return Budget(limit, sound[0], cost)


def choose(
    media: Media,
    request: CompressRequest,
    *,
    limit: int,
    container: str,
    audio_bytes: int = 0,
    audio_packets: int = 0,
    below: float | None = None,
) -> Choice:
    """The largest picture that the budget feeds.

    A rung is fed when its bits a pixel reach `ENOUGH`; where not even the smallest is, pictures are dropped until it
    is, or until `LEAST_FPS`.

    Args:
        media: the source.
        request: ceiling, codec and frame rate.
        limit: bytes of the whole file.
        container: the suffix of the result.
        audio_bytes: bytes of the sound's packets.
        audio_packets: their number.
        below: only rungs smaller than this one (after a rung that did not fit).
    """
    rungs = [p for p in ladder(media, request) if below is None or p.rung < below] or [ladder(media, request)[-1]]

    def budget(picture: Picture, *, reorder: bool = True) -> Budget:
        sound = audio_bytes, audio_packets
        return share_out(media, picture, limit, container, sound, reorder=reorder)

    def fed(picture: Picture, enough: float) -> Choice | None:
        frames = max(1, picture.frames(media))
        index_is_large = INDEX_OF_B_FRAMES * frames > LARGEST_INDEX * limit
        for reorder in (True, False) if index_is_large else (True,):
            share = budget(picture, reorder=reorder)
            bits = share.video * 8 / (frames * picture.width * picture.height)
            if bits >= enough and share.video >= _least(media, picture):
                return Choice(picture, share, starved=False, reorder=reorder)
        return None

    enough = _enough(media, request.codec)
    for picture in rungs:
        if choice := fed(picture, enough):
            return choice
    native = rungs[-1].fps or media.fps
    divisor, slow = 1, rungs
    while True:
        if choice := fed(slow[-1], enough / 3):
            # Of a still picture it is the number of pictures that costs, not their size.
            return next((larger for p in slow if (larger := fed(p, enough))), choice)
        slower = native / (divisor + 1)
        if slower < LEAST_FPS or not lasts(media, slower):
            return Choice(slow[-1], budget(slow[-1]), starved=True)
        divisor += 1
        slow = [replace(picture, fps=slower) for picture in rungs]


def worth(codec: Codec) -> float:
    """How much more picture a bit of `codec` holds than one of H.264."""
    return _HOLDS.get(codec, 1.0)


def easy(media: Media) -> bool:
    """Whether the source is a screen or the like: few bits a pixel, in bursts between which nothing moves."""
    return media.video is not None and not media.composed and _spent(media.video) < _EASY


def _spent(video: VideoTrack) -> float:
    """Bits a pixel of the source, as H.264 would take them."""
    return video.bytes * 8 / max(1, video.frames * video.width * video.height) * _HOLDS.get(video.codec, 1.0)


def _enough(media: Media, codec: Codec) -> float:
    """Bits a pixel that feed this source's picture; see `ENOUGH_OF_SOURCE`."""
    video = media.video
    if video is None or media.composed:
        return ENOUGH[codec]
    spent = _spent(video)
    ease = math.sqrt(min(1.0, spent / _EASY))
    return min(ENOUGH[codec], ENOUGH_OF_SOURCE[codec] * spent * ease)


def _least(media: Media, picture: Picture) -> float:
    """Bytes that the pictures of an encode take at least."""
    video = media.video
    if video is None:
        return 0.0
    still = SKIPPED[0] + SKIPPED[1] * math.ceil(picture.width / 16) * math.ceil(picture.height / 16)
    easy = max(still, LEAST_OF_SOURCE * video.bytes / video.frames)
    return min(LEAST_FRAME_BYTES, easy) * picture.frames(media)
