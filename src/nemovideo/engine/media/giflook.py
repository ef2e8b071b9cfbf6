"""How large, fast and colourful a GIF is, and the looks that are tried where it does not fit. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from nemovideo.engine.media.media import Media
from nemovideo.protocol.compress import DEFAULT_MAX_HEIGHT, CompressRequest

__all__ = ["LEANER", "Look", "asked", "leaner"]

_LONG_SIDE = 480
"""Pixels of the long side unless asked otherwise: what chats and pages show a GIF at."""
_FPS = 12.5
"""Pictures a second unless asked otherwise: 8 hundredths each, and a GIF counts in hundredths."""
_FASTEST = 50.0
"""Browsers show pictures of less than two hundredths for ten."""
_FEW = 32
"""Colours from which down no pattern is laid over: it would cost more than it gives."""

LEANER = (
    (1.0, 1.0, 256),
    (0.84, 1.0, 256),
    (0.7, 1.0, 256),
    (0.6, 1.0, 256),
    (0.6, 0.8, 192),
    (0.5, 0.8, 192),
    (0.5, 0.64, 128),
    (0.42, 0.64, 128),
    (0.42, 0.5, 64),
    (0.34, 0.5, 64),
    (0.34, 0.4, 32),
    (0.27, 0.4, 32),
    (0.27, 0.25, 16),
    (0.2, 0.25, 16),
    (0.2, 0.16, 8),
    (0.14, 0.08, 4),
)
"""Shares of width and of pictures a second, and colours, from large to small: fewer pixels first, then fewer pictures
and colours. Each takes some three quarters of the one before; the first is what was asked for."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a GIF looks like.

    Attributes:
        width, height: in pixels, even.
        fps: pictures a second.
        colors: of its one palette.
        reduced: whether pictures of the source are left out for it.
    """

    width: int
    height: int
    fps: float
    colors: int = 256
    reduced: bool = False

    def scaled(self, factor: float) -> Look:
        """The same at another size."""
        return replace(self, width=_even(self.width * factor), height=_even(self.height * factor))

    def chain(self, *, slower: bool) -> str:
        """The filters from the small film to this size, and to this speed where it is slower."""
        steps = [f"fps=fps={self.fps:.6f}:round=near"] if slower else []
        return ",".join([*steps, f"scale=w={self.width}:h={self.height}:flags=lanczos", "setsar=1"])

    def palette(self) -> str:
        """The filter that finds the colours, of all pictures alike: a still sky bands first."""
        return f"palettegen=max_colors={self.colors}:stats_mode=full"

    def use(self) -> str:
        """The filter that uses them; an ordered pattern stays put from picture to picture and so compresses."""
        dither = "none" if self.colors <= _FEW else "bayer:bayer_scale=3"
        return f"paletteuse=dither={dither}:diff_mode=rectangle"

    def words(self) -> str:
        """For the notes."""
        return (
            f"GIF {self.width}x{self.height}, {self.fps:.3g} pictures a second, {self.colors} colours, plays for ever"
        )


def asked(source: Media, request: CompressRequest) -> Look:
    """The look to begin with: what the request names, else small enough for a chat; never more than the source."""
    short, long = sorted((source.width, source.height))
    if request.max_height == DEFAULT_MAX_HEIGHT:  # nobody named it
        share = min(1.0, _LONG_SIDE / long)
    elif request.max_height is None:
        share = 1.0
    else:
        share = min(1.0, request.max_height / short, request.max_height * 16 / 9 / long)
    most = min(request.fps or _FPS, _FASTEST)
    steady = source.video is not None and not source.video.vfr
    reduced = source.fps > most * 1.001 or not steady
    fps = _whole(most) if reduced else source.fps
    return Look(_even(source.width * share), _even(source.height * share), fps, reduced=reduced)


def leaner(first: Look, shares: tuple[float, float, int]) -> Look:
    """One of the leaner looks for a source."""
    size, speed, colors = shares
    fps = first.fps if speed == 1.0 else _whole(first.fps * speed)
    return replace(first.scaled(size), fps=fps, colors=colors)


def _whole(fps: float) -> float:
    """The fastest rate up to `fps` whose pictures last whole hundredths of a second."""
    return 100 / math.ceil(100 / fps - 1e-6)


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)
