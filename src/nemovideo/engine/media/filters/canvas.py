"""A picture of any shape on the canvas: with bars, cut, before a blurred copy of itself, or pulled. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.media.compose.composition import Fill

__all__ = ["Fitting", "fitting", "picture"]

_NEAR = 2
"""Pixels by which sides may differ from the canvas's and still be pulled: rounding to even must leave no bars."""
_BLUR_AT = 8
"""The copy behind is blurred at an eighth of the size, where a small blur reaches as far at a sixtieth of the work."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """How a picture meets the canvas: the even size that it is scaled to, and the fill that then remains to be done."""

    width: int
    height: int
    fill: Fill | None


def fitting(width: float, height: float, canvas: tuple[int, int], fill: Fill) -> Fitting:
    """The size for a picture of `width` x `height` square pixels (only their ratio counts).

    Example:
        >>> fitting(1920, 1080, (1080, 1080), "pad")
        Fitting(width=1080, height=608, fill='pad')
        >>> fitting(1920, 1080, (1280, 720), "pad")
        Fitting(width=1280, height=720, fill=None)
    """
    wide, high = canvas
    scales = (wide / width, high / height)
    scale = max(scales) if fill == "crop" else min(scales)
    size = (_even(width * scale), _even(height * scale))
    if fill == "stretch" or (abs(size[0] - wide) <= _NEAR and abs(size[1] - high) <= _NEAR):
        return Fitting(wide, high, None)
    if fill == "crop":
        return Fitting(max(wide, size[0]), max(high, size[1]), fill)
    return Fitting(min(wide, size[0]), min(high, size[1]), fill)


def picture(fill: Fill | None, canvas: tuple[int, int], label: str, *, ground: str = "black") -> str:
    """The filters from a picture of the fitting's size to the canvas; `label` is unique within the graph.

    `ground` is the colour of the bars, "black@0" for none.

    Example:
        >>> picture("pad", (1080, 1080), "a")
        'pad=w=1080:h=1080:x=(ow-iw)/2:y=(oh-ih)/2:color=black'
    """
    wide, high = canvas
    match fill:
        case "pad":
            return f"pad=w={wide}:h={high}:x=(ow-iw)/2:y=(oh-ih)/2:color={ground}"
        case "crop":
            return f"crop=w={wide}:h={high}"
        case "blur":
            small = (_even(wide / _BLUR_AT + 2), _even(high / _BLUR_AT + 2))
            behind = (
                f"scale=w={small[0]}:h={small[1]}:force_original_aspect_ratio=increase:flags=area,"
                f"crop=w={small[0]}:h={small[1]},gblur=sigma=4,scale=w={wide}:h={high}:flags=bilinear,setsar=1"
            )
            return (
                f"split[{label}f][{label}c];[{label}c]{behind}[{label}b];"
                f"[{label}b][{label}f]overlay=x=(W-w)/2:y=(H-h)/2:eval=init"
            )
        case _:
            return ""


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)
