"""Titles and captions as pictures to lay over a film.

Drawn by Pillow with the fonts that come along, not by FFmpeg's drawtext or libass: a foreign text is never part of a
filter or of a script that could be broken out of, lines break by our own rules, what no font has is known and told,
and the result does not depend on the fonts and libraries of the machine.
"""

from __future__ import annotations

import asyncio
import errno
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nemovideo.engine.media.compose.composition import Text
from nemovideo.engine.media.text.block import Block, block
from nemovideo.engine.media.text.color import Color, color_of, contrast_of
from nemovideo.engine.media.text.wording import worded
from nemovideo.errors import DiskFull, MissingExtra

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Drawn", "drawn"]

_SHADOW = 0.55
"""How dark the soft shadow is: the outline alone swims on a picture of many edges."""
_SOFT, _FALL = 0.09, 0.03
"""Radius of the shadow and how far it falls, in em."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture of a text.

    Attributes:
        path: a PNG with transparency, of just the box of the text; None where nothing is left to draw.
        x, y: where its left upper corner goes on the canvas, in pixels, even.
        width, height: of the box, even.
        missing: signs that no font has, left out.
        cut: whether the text was so long that its end was left out.
    """

    path: Path | None
    x: int
    y: int
    width: int
    height: int
    missing: tuple[str, ...]
    cut: bool = False


async def drawn(text: Text, *, width: int, height: int, folder: Path, name: str) -> Drawn:
    """Draw a text for a canvas of `width` x `height` pixels, as `folder`/`name`.png.

    Raises:
        UsageError: its colour, size or place is none.
        MissingExtra: Pillow is not installed.
        DiskFull: the folder's disk has no room.
    """
    return await asyncio.to_thread(_drawn, text, width, height, folder / f"{name}.png")


def _drawn(text: Text, width: int, height: int, path: Path) -> Drawn:
    color = color_of(text.color)
    wording = worded(text.text)
    if not wording.lines:
        return Drawn(None, 0, 0, 0, 0, wording.missing)
    done = block(text, wording, width=width, height=height)
    window = _window(done, width, height)
    picture = _painted(done, color, window)
    box = picture.getchannel("A").getbbox()
    if box is None:
        return Drawn(None, 0, 0, 0, 0, wording.missing)
    # Even corners: 4:2:0 has one colour for two pixels each way, and half a pixel off it bleeds.
    left, top, right, bottom = box[0] & ~1, box[1] & ~1, box[2] + 1 & ~1, box[3] + 1 & ~1
    try:
        picture.crop((left, top, right, bottom)).save(path, compress_level=1)
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull("No space left on the disk of the engine's work folder") from error
        raise
    x, y = window.left + left, window.top + top
    return Drawn(path, x, y, right - left, bottom - top, wording.missing, done.cut)


@dataclass(frozen=True, slots=True)
class _Window:
    """The part of the canvas that is painted; all of a 4K canvas takes a second."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top


def _window(done: Block, width: int, height: int) -> _Window:
    """What the text can reach, shadow included, on the canvas; its corners are even."""
    lefts, rights, baselines = zip(
        *((left, left + line.width * done.em, baseline) for line, left, baseline in done.lines), strict=True
    )
    far = 0.5 * done.em + 2  # the shadow, and what leans out of its own width
    left, top = max(0, int(min(lefts) - far)) & ~1, max(0, int(min(baselines) - done.em - far)) & ~1
    return _Window(left, top, min(width, int(max(rights) + far)), min(height, int(max(baselines) + done.em)))


def _painted(done: Block, color: Color, window: _Window) -> Image:
    """Transparent but for the text: shadow, outline and letters."""
    try:
        from PIL import Image, ImageChops, ImageFilter  # noqa: PLC0415  # of an extra, and loaded off the loop
    except ImportError:
        raise MissingExtra(
            "Drawing titles needs Pillow", hint='Install it with: python -m pip install "nemovideo[engine]"'
        ) from None
    around = _mask(done, window, outline=done.outline)
    dim = ImageChops.multiply(around, Image.new("L", window.size, round(255 * _SHADOW)))
    edge = contrast_of(color)
    picture = Image.new("RGBA", window.size, (*edge, 0))
    shadow = Image.new("L", window.size)
    shadow.paste(dim, (0, round(_FALL * done.em)))
    picture.putalpha(shadow.filter(ImageFilter.GaussianBlur(_SOFT * done.em)))
    for rgb, mask in ((edge, around), (color, _mask(done, window, outline=0))):
        layer = Image.new("RGBA", window.size, (*rgb, 0))
        layer.putalpha(mask)
        picture.alpha_composite(layer)
    return picture


def _mask(done: Block, window: _Window, *, outline: int) -> Image:
    """White where letters, `outline` pixels wider, are."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  # as above

    basic = ImageFont.Layout.BASIC  # the places are ours; raqm is not everywhere
    fonts = {
        face.path: ImageFont.truetype(face.path, done.em, layout_engine=basic)
        for line, _, _ in done.lines
        for face in {sign.face.path: sign.face for sign in line.signs}.values()
    }
    mask = Image.new("L", window.size)
    pen = ImageDraw.Draw(mask)
    for line, left, baseline in done.lines:
        for sign, place in zip(line.signs, line.places, strict=True):
            if not sign.sign.isspace():
                at = (left + place * done.em - window.left, round(baseline) - window.top)
                pen.text(at, sign.sign, fill=255, font=fonts[sign.face.path], anchor="ls", stroke_width=outline)
    return mask
