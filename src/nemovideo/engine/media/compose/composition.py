"""What is to be seen and heard, and when: a draft's segments as checked values. Pure.

Times are milliseconds, places are shares of the canvas (0..1), sizes of text are shares of its short side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Anchor", "Clip", "Composition", "Fill", "Footage", "Place", "Text"]

Fill = Literal["pad", "crop", "blur", "stretch"]
"""How a picture of another shape fills the canvas: bars, cut, a blurred copy behind it, or pulled."""

Anchor = Literal[
    "top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right"
]  # fmt: skip

Place = tuple[float, float, float]
"""Where a picture over the picture stands: x and y of its middle, and its width, as shares of the canvas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """What the reader must know of a source.

    Attributes:
        kind: "video", "audio" or "image".
        duration: milliseconds; None of a still.
        width, height: as displayed, in pixels; 0 without a picture.
        fps: pictures a second; 0 likewise.
    """

    kind: str
    duration: float | None
    width: int = 0
    height: int = 0
    fps: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A piece of one source, on a picture's track or on a sound's.

    Attributes:
        src: the upload's hash.
        start, duration: on the timeline.
        source_start: in the source; the piece takes `duration * speed` from there.
        speed: 2 is twice as fast.
        volume: 1 as it is, 0 silent, up to 4.
        rotate: degrees clockwise: 0, 90, 180, 270.
        flip: mirrored: "h" left to right, "v" upside down, "hv" both.
        crop: the part of the upright source that is shown: x, y, width, height as shares of it.
        fill: how it fills the canvas.
        fade_in, fade_out: of picture (from and to black) and sound.
        layer: 0 is the picture itself; higher ones lie over it.
        place: where on the canvas a higher layer stands; None fills the canvas.
    """

    src: str
    start: float
    duration: float
    source_start: float = 0.0
    speed: float = 1.0
    volume: float = 1.0
    rotate: int = 0
    flip: str = ""
    crop: tuple[float, float, float, float] | None = None
    fill: Fill = "pad"
    fade_in: float = 0.0
    fade_out: float = 0.0
    layer: int = 0
    place: Place | None = None

    @property
    def end(self) -> float:
        """Where it ends on the timeline."""
        return self.start + self.duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    r"""Words over the picture.

    Attributes:
        text: what is shown; "\n" breaks a line, long lines are broken.
        start, duration: on the timeline.
        anchor: the place that it leans on.
        x, y: the middle of the text; where they are given they count, and not `anchor`.
        size: height of a line as a share of the canvas's short side.
        color: "#RRGGBB" or a CSS name.
        fade_in, fade_out: in milliseconds.
    """

    text: str
    start: float
    duration: float
    anchor: Anchor = "center"
    x: float | None = None
    y: float | None = None
    size: float = 0.08
    color: str = "#FFFFFF"
    fade_in: float = 0.0
    fade_out: float = 0.0

    @property
    def end(self) -> float:
        """Where it ends on the timeline."""
        return self.start + self.duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """The whole of it.

    Attributes:
        width, height: of the canvas in pixels, even; 0 where there is no picture.
        fps: pictures a second of the canvas; 0 likewise.
        asked_fps: what was asked for, where that is more than a timeline is put together at; else 0.
        duration: milliseconds.
        pictures, sounds, texts: by start; those of one layer never overlap.
        notes: what was left out or cut, in words.
        ground: the colour of bars, "#RRGGBB" or a CSS name.
    """

    width: int
    height: int
    fps: float
    duration: float
    pictures: tuple[Clip, ...] = ()
    sounds: tuple[Clip, ...] = ()
    texts: tuple[Text, ...] = ()
    notes: tuple[str, ...] = ()
    asked_fps: float = 0.0
    ground: str = "black"

    @property
    def sources(self) -> tuple[str, ...]:
        """The hashes of all sources, each once, in the order of their first use."""
        return tuple(dict.fromkeys(clip.src for clip in (*self.pictures, *self.sounds)))
