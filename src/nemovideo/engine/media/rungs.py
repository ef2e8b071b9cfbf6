"""The sizes a picture may be encoded at: never up, even, upright, under the ceiling. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nemovideo.engine.media.media import Media
from nemovideo.protocol.compress import DEFAULT_MAX_HEIGHT, CompressRequest

__all__ = ["LEAST_FPS", "LEAST_SIDE", "Picture", "exceeds", "floor", "ladder", "lasts"]

RUNGS = (1.0, 0.75, 0.5, 0.375, 0.25, 0.1875, 0.125, 0.09375, 0.0625)
LEAST_SIDE = 90
"""Short side in pixels under which no rung goes: smaller pictures are stamps."""
LEAST_FPS = 5.0
"""Pictures a second under which no plan goes: fewer is a slide show."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A size to encode at.

    Attributes:
        width, height: pixels, even, square.
        fps: pictures a second to reduce to; None keeps every one.
        rung: the share of the displayed short side.
    """

    width: int
    height: int
    fps: float | None = None
    rung: float = 1.0

    def frames(self, media: Media) -> int:
        """Pictures that an encode of `media` will have."""
        video = media.video
        if video is None:
            return 0
        return video.frames if self.fps is None else max(1, min(video.frames, round(video.duration * self.fps)))

    def pixel_rate(self, media: Media) -> float:
        """Pixels a second."""
        return self.width * self.height * (self.fps or media.fps)


def ladder(media: Media, request: CompressRequest) -> tuple[Picture, ...]:
    """The sizes to choose from, largest first: never up, under the ceiling, even, upright.

    The ceiling is a short side and the long side that goes with it at 16:9 (1080 → 1920).
    """
    short, long = sorted((media.width, media.height))
    most = 1.0
    if request.max_height is not None:
        most = min(1.0, request.max_height / short, (request.max_height * 16 / 9) / long)
    video = media.video
    native = video.fps if video else 0.0
    fps = request.fps
    if fps is not None and video is not None:
        fps = max(fps, 1 / max(video.duration, 0.001))  # one picture at least
        fps = fps if fps < native * 0.999 else None
    pictures: list[Picture] = []
    for rung in RUNGS:
        picture = Picture(_even(media.width * most * rung), _even(media.height * most * rung), fps, rung)
        if pictures and min(picture.width, picture.height) < LEAST_SIDE:
            break
        pictures.append(picture)
    return tuple(pictures)


def exceeds(media: Media, request: CompressRequest) -> bool:
    """Whether the source is larger or faster than was asked for in words; the default ceiling is no such word."""
    short, long = sorted((media.width, media.height))
    height = None if request.max_height == DEFAULT_MAX_HEIGHT else request.max_height
    too_large = height is not None and (short > height or long > height * 16 / 9 + 1)
    return too_large or (request.fps is not None and media.fps > request.fps * 1.001)


def _even(pixels: float) -> int:
    """The even number next to `pixels`, downwards for odd sizes (never up), at least 2."""
    return max(2, int((pixels + 0.5) // 2) * 2)


def floor(media: Media, request: CompressRequest) -> Picture:
    """The least of all pictures: the smallest rung at the lowest rate."""
    smallest = ladder(media, request)[-1]
    native = smallest.fps or media.fps
    slow = native > LEAST_FPS * 1.2 and lasts(media, LEAST_FPS)
    return replace(smallest, fps=LEAST_FPS) if slow else smallest


def lasts(media: Media, fps: float) -> bool:
    """Whether enough pictures are left at this rate for it to mean anything."""
    return media.video is not None and media.video.duration * fps >= 3
