"""A text drawn on a canvas, and what of the canvas it covers."""

from __future__ import annotations

import asyncio
import functools
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from nemovideo.engine.media.compose.composition import Text
from nemovideo.engine.media.text.draw import Drawn, drawn


def draw(folder: Path, text: str, *, width: int = 320, height: int = 180, **fields: Any) -> Drawn:
    """What is drawn of a text; checks what holds of every drawing."""
    made = asyncio.run(
        drawn(Text(text=text, start=0, duration=1000, **fields), width=width, height=height, folder=folder, name="t")
    )
    if made.path is None:
        assert (made.x, made.y, made.width, made.height) == (0, 0, 0, 0)
        assert not list(folder.iterdir())
        return made
    with Image.open(made.path) as picture:
        assert picture.mode == "RGBA"
        assert picture.size == (made.width, made.height)
    assert all(number % 2 == 0 for number in (made.x, made.y, made.width, made.height))
    assert 0 <= made.x < made.x + made.width <= width
    assert 0 <= made.y < made.y + made.height <= height
    return made


def canvas(made: Drawn, *, width: int = 320, height: int = 180, ground: str = "#808080") -> Image.Image:
    """The drawing laid over one colour, in RGB."""
    assert made.path is not None
    picture = Image.new("RGB", (width, height), ground)
    with Image.open(made.path) as text:
        picture.paste(text, (made.x, made.y), text)
    return picture


def letters(made: Drawn, color: tuple[int, int, int] = (255, 255, 255)) -> tuple[int, int, int, int]:
    """The box of the pixels that are wholly of a colour, on the canvas: left, top, right, bottom."""
    assert made.path is not None
    with Image.open(made.path) as text:
        same = [
            band.point([255 * (value == wanted) for value in range(256)])
            for band, wanted in zip(text.split(), (*color, 255), strict=True)
        ]
    box = functools.reduce(ImageChops.darker, same).getbbox()
    assert box is not None
    return made.x + box[0], made.y + box[1], made.x + box[2], made.y + box[3]


def ink(folder: Path, sign: str) -> bytes:
    """The letters of one large sign, without place: their alpha, 40 pixels square."""
    made = draw(folder, sign, size=0.5)
    left, top, right, bottom = letters(made)
    return canvas(made).crop((left, top, right, bottom)).convert("L").resize((40, 40)).tobytes()
