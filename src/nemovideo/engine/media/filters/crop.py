"""A part of the upright source. Pure."""

from __future__ import annotations

__all__ = ["picture", "window"]

Shares = tuple[float, float, float, float]


def window(crop: Shares, width: int, height: int, *, step: int = 2) -> tuple[int, int, int, int]:
    """The part in pixels, on multiples of `step` and within the picture: x, y, width, height.

    `crop` is x, y, width and height as shares of the upright source as coded, `width` x `height`. A `step` of 2 goes
    with the halved colours of 4:2:0; 4 keeps the lines of interlaced fields apart.

    Example:
        >>> window((0.25, 0.0, 0.5, 1.0), 1920, 1080)
        (480, 0, 960, 1080)
    """
    x, wide = _span(crop[0], crop[2], width, step)
    y, high = _span(crop[1], crop[3], height, step)
    return x, y, wide, high


def picture(crop: Shares | None, width: int, height: int, *, step: int = 2) -> str:
    """The filter that keeps that part; nothing for the whole.

    Example:
        >>> picture((0.0, 0.0, 0.5, 0.5), 640, 360)
        'crop=w=320:h=180:x=0:y=0:exact=1'
    """
    if crop is None:
        return ""
    x, y, wide, high = window(crop, width, height, step=step)
    return "" if (wide, high) == (width, height) else f"crop=w={wide}:h={high}:x={x}:y={y}:exact=1"


def _span(start: float, share: float, whole: int, step: int) -> tuple[int, int]:
    # Those of less than two steps are kept whole: half a picture of two lines is no picture.
    first = min(round(start * whole / step), max(0, (whole - step) // step)) * step
    length = max(step, round(share * whole / step) * step)
    return first, min(length, whole - first)
